//! `attractor run --watch`: what it draws on a terminal, and how it ends.

use std::io::{Read, Write};
use std::process::{Command, Stdio};
use std::time::Duration;

use crate::{Place, config, quick, quickly};

#[test]
fn without_a_terminal_it_is_a_mistake_and_nothing_is_made() {
    let (place, quick) = (Place::new(), quick());
    let said = place.failure(2, &quickly("run", &quick, &["--watch"]));
    assert!(said.contains("--watch draws on a terminal"), "{said}");
    assert!(!place.path("small.h5").exists());
}

/// The program under util-linux's `script`, which gives it a terminal; keys are sent after a while.
#[cfg(target_os = "linux")]
fn on_a_terminal(place: &Place, kind: &str, arguments: &str, keys: &[u8]) -> (i32, String) {
    let program = env!("CARGO_BIN_EXE_attractor");
    let command = format!(
        "stty rows 40 cols 100; export TERM={kind}; exec {program} run {} --backend cpu {arguments}",
        config("small.toml")
    );
    let mut child = Command::new("script")
        .args(["--quiet", "--return", "--command", &command, "/dev/null"])
        .current_dir(place.folder.path())
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("util-linux's `script`");
    let mut stdin = child.stdin.take().unwrap();
    std::thread::sleep(Duration::from_millis(1500));
    // It may have ended already.
    let _ = stdin.write_all(keys);
    let mut drawn = Vec::new();
    child.stdout.take().unwrap().read_to_end(&mut drawn).unwrap();
    let code = child.wait().unwrap().code().unwrap();
    (code, String::from_utf8_lossy(&drawn).into_owned())
}

/// What takes a terminal's other screen, and gives it back.
#[cfg(target_os = "linux")]
const SCREEN: [&str; 2] = ["\u{1b}[?1049h", "\u{1b}[?1049l"];

#[cfg(target_os = "linux")]
#[test]
fn q_ends_the_run_and_gives_the_terminal_back() {
    let place = Place::new();
    let (code, drawn) = on_a_terminal(&place, "xterm", "--watch --set 'duration=\"600 s\"'", b"q");
    assert_eq!(code, 130, "{drawn}");
    for part in ["small.h5", "overlap", "pattern 3", "excitatory", "linear", "q ends the run", "interrupted at"] {
        assert!(drawn.contains(part), "`{part}` is not in\n{drawn}");
    }
    assert!(drawn.contains(SCREEN[0]) && drawn.find(SCREEN[1]) < drawn.find("interrupted at"));
    assert!(place.answer(&["info", "small.h5"]).contains("incomplete: interrupted"));
}

#[cfg(target_os = "linux")]
#[test]
fn a_terminal_that_can_only_print_is_sent_words_alone() {
    let place = Place::new();
    let (code, drawn) = on_a_terminal(&place, "dumb", "--watch", b"");
    assert!(code == 2 && drawn.contains("TERM=dumb"), "{drawn}");
    for arguments in ["--set 'duration=\"100 ms\"' --set 'stimuli=[]'", "--set 'duration=\"10 furlongs\"'"] {
        let (_, drawn) = on_a_terminal(&place, "dumb", arguments, b"");
        assert!(!drawn.contains('\u{1b}'), "{drawn}");
    }
}

#[cfg(target_os = "linux")]
#[test]
fn a_watched_run_has_the_hash_of_one_that_is_not() {
    let place = Place::new();
    let (code, drawn) = on_a_terminal(&place, "xterm", "--watch", b"");
    assert_eq!(code, 0, "{drawn}");
    let run = place.document(&["run", &config("small.toml"), "--backend", "cpu", "-o", "other.h5"]);
    assert_eq!(place.document(&["info", "small.h5"])["run_hash"], run["run_hash"]);
}
