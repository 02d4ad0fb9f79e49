//! The commands that README.md shows, word for word.

use std::path::Path;

use assert_cmd::Command;

use crate::{Place, called};

/// The lines of README.md that run the program, without their comments.
fn lines() -> Vec<String> {
    let readme = std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("README.md")).unwrap();
    let lines = readme.lines().filter(|line| line.starts_with("attractor "));
    lines.map(|line| line.split(" #").next().unwrap().trim().to_owned()).collect()
}

/// In their order and in one folder, since they build on each other. `bench` takes a minute, `verify` needs a GPU or the
/// name of an adapter, and `--watch` a terminal: these have tests of their own.
#[cfg(unix)]
#[test]
fn what_the_readme_shows_works() {
    let place = Place::new();
    let program = Path::new(env!("CARGO_BIN_EXE_attractor"));
    let mut folders = vec![program.parent().unwrap().to_path_buf()];
    folders.extend(std::env::split_paths(&std::env::var_os("PATH").unwrap()));
    let path = std::env::join_paths(folders).unwrap();
    let lines = lines();
    assert!(lines.len() > 10, "{lines:?}");
    for line in lines.iter().filter(|line| !["bench", "verify", "--watch"].iter().any(|verb| line.contains(verb))) {
        let mut shell = Command::new("sh");
        shell.current_dir(place.path("")).env("PATH", &path).args(["-c", line]);
        let result = called(&mut shell);
        assert_eq!(result.code, 0, "{line}: {}", result.stderr);
    }
    for file in ["mine.png", "mine.html", "mine.nwb", "other.h5", "hopfield.h5"] {
        assert!(place.path(file).metadata().unwrap().len() > 1000, "{file}");
    }
}
