//! The states of a run: rest, cue, memory, after; what a table of a run has as its columns.
//!
//! Stimuli cut the run; between them an episode of recall is a memory, and the rest is rest or what came after. A state
//! that follows a stimulus is given time to settle, so that numbers are those of the state and not of the way to it.

use super::Window;
use super::recall::Episode;

/// What is left out after a stimulus, and at the start, of a state long enough for it, ms.
pub const SETTLE_MS: [f64; 2] = [200.0, 100.0];
/// What is left out before the next stimulus, of a state long enough for it, ms.
pub const MARGIN_MS: f64 = 50.0;
/// States shorter than this are not told, ms.
pub const STATE_MS_MIN: f64 = 100.0;

/// When a stimulus is on, and which pattern it cues.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Driven {
    /// When.
    pub window: Window,
    /// The pattern; `None` for a pulse.
    pub pattern: Option<usize>,
}

/// What a state is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Before anything was driven or recalled.
    Rest,
    /// A pattern is cued.
    Cue(usize),
    /// A pulse drives a population.
    Pulse,
    /// A memory is active without being driven.
    Memory(usize),
    /// Nothing is driven and nothing recalled, and something was.
    After,
}

impl Kind {
    /// The pattern that is cued or remembered.
    #[must_use]
    pub const fn pattern(self) -> Option<usize> {
        match self {
            Self::Cue(pattern) | Self::Memory(pattern) => Some(pattern),
            Self::Rest | Self::Pulse | Self::After => None,
        }
    }
}

/// A state of a run.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct State {
    /// What it is.
    pub kind: Kind,
    /// When, without the time it had to settle.
    pub window: Window,
}

/// The states of a run in order of time. `whole` is what was recorded, `episodes` are in order of time.
#[must_use]
pub fn states(stimuli: &[Driven], episodes: &[Episode], whole: Window) -> Vec<State> {
    let driven = merged(stimuli, whole);
    let mut states = Vec::new();
    let mut free_from = whole.start_ms;
    let ends = driven.iter().map(|driven| (driven.window, Some(*driven)));
    let last = (Window::new(whole.stop_ms, whole.stop_ms), None);
    for (window, driven) in ends.chain([last]) {
        let undriven = Window::new(free_from, window.start_ms);
        between(undriven, episodes, whole, &mut states);
        if let Some(driven) = driven {
            states.push(State { kind: driven.pattern.map_or(Kind::Pulse, Kind::Cue), window });
        }
        free_from = window.stop_ms;
    }
    states.retain(|state| state.window.stop_ms - state.window.start_ms >= STATE_MS_MIN - super::TIME_TOLERANCE_MS);
    states
}

/// Stimuli in order of time; those that overlap become one, which cues a pattern if any of them does.
fn merged(stimuli: &[Driven], whole: Window) -> Vec<Driven> {
    let inside = |one: &Driven| {
        let window = Window::new(one.window.start_ms.max(whole.start_ms), one.window.stop_ms.min(whole.stop_ms));
        (window.start_ms < window.stop_ms).then_some(Driven { window, ..*one })
    };
    let mut ordered: Vec<Driven> = stimuli.iter().filter_map(inside).collect();
    ordered.sort_by(|a, b| a.window.start_ms.total_cmp(&b.window.start_ms));
    let mut merged: Vec<Driven> = Vec::new();
    for one in ordered {
        match merged.last_mut() {
            Some(last) if one.window.start_ms < last.window.stop_ms => {
                last.window.stop_ms = last.window.stop_ms.max(one.window.stop_ms);
                last.pattern = last.pattern.or(one.pattern);
            }
            _ => merged.push(one),
        }
    }
    merged
}

/// The states of a stretch without stimuli.
fn between(undriven: Window, episodes: &[Episode], whole: Window, states: &mut Vec<State>) {
    let mut at_ms = undriven.start_ms;
    let settled =
        |from_ms: f64, to_ms: f64, kind: Kind| State { kind, window: settled(from_ms, to_ms, undriven, whole) };
    for episode in episodes {
        let start_ms = episode.window.start_ms.max(undriven.start_ms);
        let stop_ms = episode.window.stop_ms.min(undriven.stop_ms);
        if stop_ms - start_ms < STATE_MS_MIN {
            continue;
        }
        let before = calm(states);
        states.push(settled(at_ms, start_ms, before));
        states.push(settled(start_ms, stop_ms, Kind::Memory(episode.pattern)));
        at_ms = stop_ms;
    }
    let before = calm(states);
    states.push(settled(at_ms, undriven.stop_ms, before));
    states.retain(|state| state.window.start_ms < state.window.stop_ms);
}

/// What a calm state is called after those before it.
fn calm(before: &[State]) -> Kind {
    if before.iter().any(|state| state.kind != Kind::Rest) { Kind::After } else { Kind::Rest }
}

/// A state without the time it had to settle, where it is long enough.
fn settled(from_ms: f64, to_ms: f64, undriven: Window, whole: Window) -> Window {
    let lead_ms = match (from_ms <= whole.start_ms, from_ms <= undriven.start_ms) {
        (true, _) => SETTLE_MS[1],
        (false, true) => SETTLE_MS[0],
        (false, false) => 0.0,
    };
    let tail_ms = if to_ms >= undriven.stop_ms && to_ms < whole.stop_ms { MARGIN_MS } else { 0.0 };
    if to_ms - from_ms >= 2.0 * (lead_ms + tail_ms) {
        Window::new(from_ms + lead_ms, to_ms - tail_ms)
    } else {
        Window::new(from_ms, to_ms)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn driven(start_ms: f64, stop_ms: f64, pattern: Option<usize>) -> Driven {
        Driven { window: Window::new(start_ms, stop_ms), pattern }
    }

    fn episode(pattern: usize, start_ms: f64, stop_ms: f64) -> Episode {
        Episode { pattern, window: Window::new(start_ms, stop_ms), overlap_mean: 1.0 }
    }

    fn told(states: &[State]) -> Vec<(Kind, f64, f64)> {
        states.iter().map(|state| (state.kind, state.window.start_ms, state.window.stop_ms)).collect()
    }

    #[test]
    fn the_reference_protocol_has_the_windows_of_its_table() {
        let stimuli = [driven(500.0, 700.0, Some(3)), driven(2000.0, 2200.0, Some(17)), driven(3500.0, 3700.0, None)];
        let episodes = [episode(3, 520.0, 2050.0), episode(17, 2050.0, 3520.0)];
        let found = states(&stimuli, &episodes, Window::new(0.0, 4500.0));
        assert_eq!(
            told(&found),
            [
                (Kind::Rest, 100.0, 450.0),
                (Kind::Cue(3), 500.0, 700.0),
                (Kind::Memory(3), 900.0, 1950.0),
                (Kind::Cue(17), 2000.0, 2200.0),
                (Kind::Memory(17), 2400.0, 3450.0),
                (Kind::Pulse, 3500.0, 3700.0),
                (Kind::After, 3900.0, 4500.0),
            ]
        );
    }

    #[test]
    fn a_memory_that_dies_leaves_what_comes_after() {
        let found = states(&[driven(500.0, 700.0, Some(3))], &[episode(3, 520.0, 1400.0)], Window::new(0.0, 3000.0));
        assert_eq!(told(&found)[2..], [(Kind::Memory(3), 900.0, 1400.0), (Kind::After, 1400.0, 3000.0)]);
    }

    #[test]
    fn memories_without_stimuli_follow_one_another() {
        let episodes = [episode(1, 300.0, 600.0), episode(2, 600.0, 650.0), episode(5, 650.0, 1000.0)];
        let found = states(&[], &episodes, Window::new(0.0, 1000.0));
        assert_eq!(
            told(&found),
            [
                (Kind::Rest, 100.0, 300.0),
                (Kind::Memory(1), 300.0, 600.0),
                // 50 ms of another pattern are too short to tell; the time is told as what came after.
                (Kind::Memory(5), 650.0, 1000.0)
            ]
        );
        assert!(states(&[], &[], Window::new(0.0, 50.0)).is_empty());
    }

    #[test]
    fn stimuli_at_the_same_time_are_one_and_those_outside_are_none() {
        let stimuli = [driven(400.0, 600.0, None), driven(300.0, 500.0, Some(4)), driven(2000.0, 2200.0, Some(1))];
        let found = states(&stimuli, &[], Window::new(0.0, 1000.0));
        assert_eq!(
            told(&found),
            [(Kind::Rest, 100.0, 250.0), (Kind::Cue(4), 300.0, 600.0), (Kind::After, 800.0, 1000.0)]
        );
    }
}
