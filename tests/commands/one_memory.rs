//! docs/one-memory-six-models.md: every command in it runs, and says what the page says.

use std::fs;
use std::path::Path;

use attractor::results::Results;

use crate::Place;

/// A block of the page: its language, and its lines.
fn blocks(page: &str) -> Vec<(&str, Vec<&str>)> {
    let mut blocks = Vec::new();
    let mut parts = page.split("```");
    // Every other part is between two fences.
    parts.next();
    while let Some(block) = parts.next() {
        let (language, text) = block.split_once('\n').expect("a block has lines");
        blocks.push((language, text.lines().collect()));
        parts.next();
    }
    blocks
}

/// The arguments of a command, which may be in single quotes.
fn arguments(command: &str) -> Vec<String> {
    let mut arguments = Vec::new();
    for (at, part) in command.split('\'').enumerate() {
        if at % 2 == 1 {
            arguments.push(part.to_owned());
        } else {
            arguments.extend(part.split_whitespace().map(str::to_owned));
        }
    }
    arguments
}

#[test]
fn every_command_runs_and_says_what_the_page_says() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let page = fs::read_to_string(root.join("docs/one-memory-six-models.md")).unwrap();
    let place = Place::new();
    fs::create_dir_all(place.path("configs/one-memory")).unwrap();
    for entry in fs::read_dir(root.join("configs/one-memory")).unwrap() {
        let entry = entry.unwrap();
        fs::copy(entry.path(), place.path("configs/one-memory").join(entry.file_name())).unwrap();
    }
    let (mut said, mut commands, mut lines) = (String::new(), 0, 0);
    for (language, block) in blocks(&page) {
        match language {
            "sh" => {
                said.clear();
                for command in block {
                    let arguments = arguments(command.strip_prefix("attractor ").expect("a command of ours"));
                    let mut arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
                    if arguments[0] == "run" {
                        // Rates have the same bits on one engine only.
                        arguments.extend(["--backend", "cpu"]);
                    }
                    said += &place.answer(&arguments);
                    commands += 1;
                }
            }
            _ => {
                for line in block {
                    assert!(
                        said.lines().any(|own| own == line),
                        "the page has\n{line}\nand the commands before it said\n{said}"
                    );
                    lines += 1;
                }
            }
        }
    }
    assert_eq!((commands, lines), (24, 22));
}

/// The same memories in all six.
#[test]
fn the_six_networks_hold_the_same_patterns() {
    let place = Place::new();
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("configs/one-memory");
    let mut all = Vec::new();
    for model in ["deterministic", "stochastic", "low-activity", "diluted", "rate", "spiking"] {
        let config = folder.join(model).with_extension("toml");
        place.answer(&["run", config.to_str().unwrap(), "--backend", "cpu"]);
        let results = Results::open(&place.path(model).with_extension("h5")).unwrap();
        let patterns = results.patterns().unwrap().expect("patterns");
        let members: Vec<Vec<u32>> = (0..patterns.count()).map(|pattern| patterns.members(pattern).to_vec()).collect();
        assert!(members.len() == 30 && members.iter().all(|own| own.len() == 100), "{model}");
        all.push(members);
    }
    assert!(all.windows(2).all(|pair| pair[0] == pair[1]));
    assert_eq!(fs::read_dir(folder).unwrap().count(), all.len());
}
