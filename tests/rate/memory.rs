//! Memories of rate networks: recalled from little, and switched by a cue.

use crate::{load, read, run};

fn memory(patterns: u32, rest: &str) -> String {
    format!(
        "model = \"rate\"\nduration = \"300 ms\"\n[patterns]\ncount = {patterns}\nactivity = 0.5\n[network]\nsize = 2000\n\
         tau = \"10 ms\"\ngain = {{ kind = \"tanh\", slope = 3.0 }}\ncoupling = {{ kind = \"hebbian\" }}\nstrength = 1.0\n{rest}\n"
    )
}

/// Overlaps of the fixed points near a pattern, with so many others stored.
#[test]
fn low_rank_memories_have_the_overlaps_of_theory() {
    for (patterns, expected) in [(5, 0.9945f32), (20, 0.9943), (100, 0.9888)] {
        let (_, network) = read(&memory(patterns, "[start]\npattern = 2\noverlap = 1.0"));
        let frames = run(&network);
        let end = &frames.last().unwrap().1;
        let mine = end.overlaps[2];
        assert!((mine - expected).abs() < 0.001, "{patterns} patterns: {mine}, {expected} is due");
        assert!(end.residual < 1e-5, "{patterns} patterns: {}", end.residual);
    }
}

#[test]
fn a_memory_is_recalled_from_an_overlap_of_a_tenth() {
    let (_, network) = read(&memory(5, "[start]\npattern = 3\noverlap = 0.1"));
    let frames = run(&network);
    // 0.1 exactly at the start.
    assert!((frames[0].1.overlaps[3] - 0.1).abs() < 1e-6 && frames[0].1.rates.iter().all(|rate| rate.abs() == 0.1));
    let end = &frames.last().unwrap().1;
    assert!(end.overlaps[3] > 0.99 && end.residual < 1e-5, "{:?}, residual {}", end.overlaps, end.residual);
}

/// The example of the project: memory 3 is recalled, and a cue of the members of 17 takes its place.
#[test]
fn a_cue_switches_from_one_memory_to_another() {
    let network = load("rate-memory.toml", &[]);
    let frames = run(&network);
    let overlaps = |ms: usize| &frames[ms].1.overlaps;
    assert_eq!(frames[240].0, 2400);
    assert!(overlaps(240)[3] > 0.99 && overlaps(240)[17].abs() < 0.1, "{:?}", overlaps(240));
    let end = &frames.last().unwrap().1;
    assert!(end.overlaps[17] > 0.99 && end.overlaps[3].abs() < 0.1, "{:?}", end.overlaps);
    assert!(end.residual < 1e-5, "{}", end.residual);
    // Without the cue nothing changes.
    let end = run(&load("rate-memory.toml", &["stimuli=[]"])).pop().unwrap().1;
    assert!(end.overlaps[3] > 0.99 && end.overlaps[17].abs() < 0.1, "{:?}", end.overlaps);
}

/// Low activity, the covariance rule and a saturating gain: members stay at the maximum, all others are silent.
#[test]
fn a_low_activity_memory_is_recalled() {
    let text = memory(40, "[start]\npattern = 7\noverlap = 0.3")
        .replace("activity = 0.5", "activity = 0.1")
        .replace("\"tanh\", slope = 3.0", "\"saturating\", slope = 4.0, threshold = 0.45");
    let (_, network) = read(&text.replace("strength = 1.0", "strength = 2.0"));
    let end = run(&network).pop().unwrap().1;
    let others = end.overlaps.iter().enumerate().filter(|(pattern, _)| *pattern != 7).map(|(_, overlap)| overlap.abs());
    assert!(end.overlaps[7] > 0.95, "{}", end.overlaps[7]);
    assert!(others.fold(0.0, f32::max) < 0.15 && end.residual < 1e-5, "{:?}", end.overlaps);
}
