//! The report: what it says, and that it works in a browser without a network.

#[path = "support/recorded.rs"]
mod recorded;

use std::path::PathBuf;
use std::process::Command;

use attractor::report::report;

use recorded::{recorded, recorded_of};

#[test]
fn it_says_what_happened_and_how_to_repeat_it() {
    let (_folder, results) = recorded(&[]);
    let page = report(&results).unwrap();
    let attributes = results.attributes();
    for part in [
        "Memory 3 was recalled from",
        "1,000 excitatory, 125 linear, 125 ceiling",
        "cue of 3",
        "memory 3",
        attributes.run_hash.as_ref().unwrap(),
        "attractor run small.toml",
        "[populations.excitatory]",
        "prefers-color-scheme: dark",
        "@media print",
        "whoever repeats it gets the same, on any machine",
    ] {
        assert!(page.contains(part), "`{part}` is not in the page");
    }
    // Nothing is fetched from elsewhere: no address is loaded, and the page forbids it.
    for part in ["src=\"http", "href=\"http", "url(", "@import"] {
        assert!(!page.contains(part), "`{part}` is in the page");
    }
    assert!(page.contains("default-src 'none'"));
}

#[test]
fn a_run_with_little_in_it_has_a_report_all_the_same() {
    let (_folder, results) = recorded(&["duration=60 ms", "stimuli=[]", "record.overlaps=off"]);
    let page = report(&results).unwrap();
    assert!(!page.contains("NaN") && page.contains("Concept cells") && page.contains("record.overlaps"));
    let (_folder, results) = recorded(&["duration=300 ms", "stimuli=[]"]);
    assert!(report(&results).unwrap().contains("No memory was recalled."));
    let (_folder, results) = recorded(&["duration=300 ms", "stimuli=[]", "record.spikes=[]"]);
    assert!(report(&results).unwrap().contains("No raster: record spikes"));
}

#[test]
fn a_binary_network_has_a_report() {
    let (_folder, results) = recorded_of("images", &[]);
    let page = report(&results).unwrap();
    for part in ["256 neurons", "5 patterns", "It ended in", "What each trial came to", "attractor run images.toml"] {
        assert!(page.contains(part), "`{part}` is not in the page");
    }
    assert!(!page.contains("NaN"));
    // Of more trials than the table has, all count.
    let many = ["trials={ count = 60 }", "network.size=100", "patterns.count=2", "sweeps=3"];
    let (_folder, results) = recorded_of("hopfield", &many);
    let recalled = (0..60).filter(|&trial| results.ending(trial).unwrap().recalled.is_some()).count();
    let page = report(&results).unwrap();
    assert!(page.contains(&format!("In {recalled} of 60 trials a memory was recalled.")));
    assert!(page.contains("10 later trials are left out"));
    // One of each is told as one.
    let one = ["network.size=1", "patterns={ values = [[1]] }", "sweeps=1", "start={ pattern = 0 }"];
    let (_folder, results) = recorded_of("primer", &one);
    let page = report(&results).unwrap();
    for part in ["of 1 neuron with", "at most 1 sweep from", "store 1 pattern of"] {
        assert!(page.contains(part), "`{part}` is not in the page");
    }
    let (_folder, results) = recorded_of("hopfield-stochastic", &["network.size=100", "patterns.count=1", "sweeps=2"]);
    assert!(report(&results).unwrap().contains("It came to no fixed point in 2 sweeps"));
}

#[test]
fn a_rate_network_has_a_report() {
    let (_folder, results) = recorded_of("rate-memory", &[]);
    let page = report(&results).unwrap();
    for part in [
        "2,000 neurons",
        "20 patterns",
        "Fixed points",
        "<td>17</td>",
        "attractor run rate-memory.toml",
        "whoever repeats it gets the same on the same engine (cpu).",
    ] {
        assert!(page.contains(part), "`{part}` is not in the page");
    }
    assert!(!page.contains("NaN"));
}

#[test]
#[ignore = "needs Chromium, and ATTRACTOR_PYTHON with tests/python/requirements.txt"]
fn chromium_opens_it_zooms_and_hovers_and_asks_for_nothing() {
    let (folder, results) = recorded(&["record.voltages=[{ population = \"excitatory\", neurons = 3 }]"]);
    let path = folder.path().join("report.html");
    let page = report(&results).unwrap();
    let python = std::env::var_os("ATTRACTOR_PYTHON");
    let python = python.expect("set ATTRACTOR_PYTHON to a Python that has tests/python/requirements.txt");
    let check = |page: &str| {
        std::fs::write(&path, page).unwrap();
        let script = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/python/check_report.py");
        let output = Command::new(&python).arg(script).arg(&path).output().unwrap();
        let said = String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr);
        (output.status.success(), said)
    };
    let (fine, said) = check(&page);
    assert!(fine && said.contains("the page works"), "{said}");
    // The check is one that can fail: a page that asks for something, and one whose script is broken.
    let asking = page.replace("<main>", "<main><img src=\"https://example.invalid/x.png\" alt=\"\">");
    let (fine, said) = check(&asking);
    assert!(!fine && said.contains("example.invalid"), "{said}");
    let (fine, said) = check(&page.replace("\"use strict\";", "\"use strict\"; no_such_name();"));
    assert!(!fine && said.contains("no_such_name"), "{said}");
}
