//! The report on a spiking run: in words, drawn, its states in tables, its memories.

use crate::analysis::selectivity;
use crate::analysis::states::{Kind, State};
use crate::findings::spiking::{self as findings, Memory, Population, Recalled, Spiking, StateFindings};
use crate::plot::{self, Options, naming};
use crate::results::Results;

use super::ReportError;
use super::html::{Table, milliseconds, number, percent, remark};
use super::page::Page;

/// So many states have a row in the tables.
const STATES_MAX: usize = 40;

/// Fills the page.
pub(super) fn fill(results: &Results, page: &mut Page) -> Result<(), ReportError> {
    let run = Spiking::read(results)?;
    let recalls = findings::recalls(results, &run)?;
    page.words(&words(results, &run, &recalls));
    page.figure("What happened", &plot::spiking::figure(results, &run, &Options::default())?);
    if run.patterns.is_some() && run.overlaps.is_some() {
        page.section("Which memory, from when to when, how complete", &episodes(&recalls));
    }
    let mut states = run.states();
    let left_out = states.len().saturating_sub(STATES_MAX);
    states.truncate(STATES_MAX);
    let found = findings::table(results, &run, &states)?;
    let more = if left_out > 0 { remark(&format!("{left_out} later states are left out.")) } else { String::new() };
    if found.iter().any(|state| !state.memories.is_empty()) {
        page.section("The memories in each state", &(memories(&found) + &more));
    }
    if found.iter().any(|state| !state.populations.is_empty()) {
        page.section("The populations in each state", &(populations(&found) + &more));
    }
    if let Some(html) = concept_cells(&run) {
        page.section("Concept cells", &html);
    }
    Ok(())
}

fn words(results: &Results, run: &Spiking, recalls: &[Recalled]) -> Vec<String> {
    let facts = &run.facts;
    let sizes: Vec<String> =
        facts.populations.iter().map(|(name, size)| format!("{} {name}", naming::count(*size as u64))).collect();
    let mut told = vec![format!(
        "A spiking network of {} neurons, simulated for {} ms from seed {}.",
        sizes.join(", "),
        milliseconds(facts.duration_ms),
        facts.seed
    )];
    if let Some(patterns) = &run.patterns {
        let learned = run.changes.iter().filter(|change| change.members.is_some()).count();
        told[0] += &match (patterns.count(), run.changes.is_empty()) {
            (count, true) => format!(
                " Its weights store {}, in each of which {} of the {} neurons take part.",
                naming::counted(count as u64, "pattern"),
                percent(patterns.activity),
                patterns.population,
            ),
            (count, false) => {
                let start = naming::counted(count.saturating_sub(run.learnable) as u64, "pattern");
                format!(" Its weights store {start} at the start, and it learned {learned} while it ran.")
            }
        };
    }
    told.extend(naming::changes(run));
    told.extend(naming::guarded(run));
    if let Some(how) = naming::incomplete(results) {
        let reached = milliseconds(run.recorded_ms.round());
        told.push(format!("The run {how} at {reached} ms; the report is on what it had recorded until then."));
    }
    let recalled: Vec<&Recalled> =
        recalls.iter().filter(|one| one.judged.is_some_and(|judged| judged.recalled)).collect();
    if run.overlaps.is_some() && run.patterns.is_some() {
        let memories = recalled.iter().map(|one| memory_in_words(one)).collect::<Vec<_>>();
        told.push(if memories.is_empty() { "No memory was recalled.".into() } else { memories.join(" ") });
    }
    told
}

fn memory_in_words(one: &Recalled) -> String {
    let window = one.episode.window;
    let times = format!("{} to {} ms", milliseconds(window.start_ms), milliseconds(window.stop_ms));
    let rates = one.judged.map_or(String::new(), |judged| {
        format!(
            ": its members fired at {} Hz, the other neurons at {} Hz, and {} of it was active",
            number(judged.rates.on_hz, 1),
            number(judged.rates.off_hz, 2),
            percent(judged.completeness.members),
        )
    });
    format!("Memory {} was recalled from {times}{rates}.", one.episode.pattern)
}

fn episodes(recalls: &[Recalled]) -> String {
    let mut table = Table::new(&[
        "memory",
        "from (ms)",
        "to (ms)",
        "overlap",
        "members (Hz)",
        "others (Hz)",
        "M",
        "members active",
        "others active",
        "recalled",
    ]);
    for one in recalls.iter().take(STATES_MAX) {
        let window = one.episode.window;
        let judged = one.judged;
        let of = |value: fn(findings::Judged) -> f64| judged.map_or(f64::NAN, value);
        table.rows.push(vec![
            one.episode.pattern.to_string(),
            milliseconds(window.start_ms),
            milliseconds(window.stop_ms),
            number(one.episode.overlap_mean, 2),
            number(of(|judged| judged.rates.on_hz), 1),
            number(of(|judged| judged.rates.off_hz), 2),
            number(of(|judged| judged.rates.contrast()), 3),
            percent(of(|judged| judged.completeness.members)),
            percent(of(|judged| judged.completeness.others)),
            judged.map_or("–", |judged| if judged.recalled { "yes" } else { "no" }).to_owned(),
        ]);
    }
    let remarks = "A memory leads while its overlap, smoothed over 100 ms, is the largest and at least 16 Hz over the reference rate. It is \
         recalled if M = 1 − r_off/r_on > 0.8 and its members fire at 20 to 60 Hz. Active is who fires at half the members' \
         mean rate or more.";
    if table.rows.is_empty() { "<p>No memory led.</p>\n".into() } else { table.html() + &remark(remarks) }
}

fn memories(found: &[StateFindings]) -> String {
    let mut table = Table::new(&[
        "state",
        "time (ms)",
        "memory",
        "members (Hz)",
        "others (Hz)",
        "overlap",
        "M",
        "CV of members",
        "members active",
        "largest other overlap",
    ]);
    for state in found {
        let other = state
            .largest_other
            .map_or("–".into(), |(pattern, overlap)| format!("{} (pattern {pattern})", number(overlap, 3)));
        for (at, memory) in state.memories.iter().enumerate() {
            let mut row = if at == 0 { named(&state.state).to_vec() } else { vec![String::new(), String::new()] };
            row.extend(of_memory(memory));
            row.push(if at == 0 { other.clone() } else { String::new() });
            table.rows.push(row);
        }
    }
    table.html()
        + &remark(
            "States are given time to settle: 200 ms after a stimulus, 50 ms before the next. CV: mean over the members with at \
             least 5 spikes. Members of another memory fire through shared cells; that memory's overlap stays near 0.",
        )
}

fn of_memory(memory: &Memory) -> [String; 7] {
    [
        memory.pattern.to_string(),
        number(memory.rates.on_hz, 2),
        number(memory.rates.off_hz, 3),
        number(memory.overlap, 3),
        number(memory.rates.contrast(), 3),
        number(memory.members_cv.mean, 3),
        percent(memory.completeness.members),
    ]
}

fn populations(found: &[StateFindings]) -> String {
    let mut table = Table::new(&[
        "population",
        "state",
        "time (ms)",
        "mean (Hz)",
        "5 / 50 / 95 % (Hz)",
        "CV",
        "of neurons",
        "Fano",
        "rate CV, 5 ms",
        "Poisson's",
        "χ",
        "peak (Hz)",
    ]);
    let names = found.iter().flat_map(|state| state.populations.iter().map(|own| &own.name));
    let mut order: Vec<&String> = Vec::new();
    names.for_each(|name| {
        if !order.contains(&name) {
            order.push(name);
        }
    });
    for name in order {
        for (at, state) in found.iter().enumerate() {
            let Some(own) = state.populations.iter().find(|own| own.name == *name) else { continue };
            let [kind, time] = named(&state.state);
            let mut row = vec![if at == 0 { name.clone() } else { String::new() }, kind, time];
            row.extend(of_population(own));
            table.rows.push(row);
        }
    }
    table.html()
        + &remark(
            "Rates over neurons. CV of intervals: mean over the neurons with at least 5 spikes, of which there are so many. Fano factor of \
             counts in 100 ms. CV of the population's rate in 5 ms, beside that of independent Poisson neurons. χ: synchrony in 5 ms \
             (Golomb & Rinzel 1994), 1 where all fire together. Peak of the spectrum from 10 Hz on, where it stands out fivefold.",
        )
}

/// A peak is told from here on: chance alone makes smaller ones.
const PROMINENCE_MIN: f64 = 5.0;

fn of_population(own: &Population) -> [String; 9] {
    let rates = own.rates;
    let peak = own.peak.filter(|peak| peak.prominence >= PROMINENCE_MIN);
    [
        number(rates.mean_hz, 2),
        format!("{} / {} / {}", number(rates.low_hz, 1), number(rates.median_hz, 1), number(rates.high_hz, 1)),
        number(own.cv.mean, 2),
        naming::count(own.cv.neurons as u64),
        number(own.fano.mean, 2),
        number(own.fluctuation.cv, 3),
        number(own.fluctuation.poisson_cv, 3),
        number(own.chi, 3),
        peak.map_or("–".into(), |peak| number(peak.frequency_hz, 0)),
    ]
}

/// What a state is and when.
fn named(state: &State) -> [String; 2] {
    let kind = match state.kind {
        Kind::Rest => "rest".to_owned(),
        Kind::Cue(pattern) => format!("cue of {pattern}"),
        // Of a population or of a group of it.
        Kind::Pulse => "stimulus".to_owned(),
        Kind::Memory(pattern) => format!("memory {pattern}"),
        Kind::After => "after".to_owned(),
    };
    [kind, format!("{}–{}", milliseconds(state.window.start_ms), milliseconds(state.window.stop_ms))]
}

/// In how many memories neurons take part.
fn concept_cells(run: &Spiking) -> Option<String> {
    let patterns = run.patterns.as_ref()?;
    let size = run.facts.size(&patterns.population);
    let memberships = selectivity::memberships((0..patterns.count()).map(|pattern| patterns.members(pattern)), size);
    let histogram = selectivity::histogram(&memberships);
    let most = *histogram.iter().max().filter(|&&most| most > 0)? as f64;
    let mean = memberships.iter().map(|&own| f64::from(own)).sum::<f64>() / size as f64;
    let bars: String = (histogram.iter().enumerate())
        .map(|(number, &neurons)| {
            let count = naming::count(neurons as u64);
            let height = 100.0 * neurons as f64 / most;
            format!(
                "<li title=\"{count} neurons in {number}\"><span style=\"height:{height:.1}%\"></span><b>{number}</b></li>\n"
            )
        })
        .collect();
    let words = remark(&format!(
        "How many of the {} {} neurons take part in how many of the {} memories: in {} on average, each in a small share of them.",
        naming::count(size as u64),
        patterns.population,
        naming::count(patterns.count() as u64),
        number(mean, 1),
    ));
    // A bar a number is readable up to some hundred.
    (histogram.len() <= 120).then(|| format!("<div class=\"wide\"><ol class=\"bars\">\n{bars}</ol></div>\n{words}"))
}
