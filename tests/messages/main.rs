//! What a wrong configuration is told: file, line, column, the line itself and what to write instead.

mod form;
mod memories;
mod network;
mod values;

use std::path::Path;

use attractor::config::Problems;
use attractor::model::Model;

const SMALL: &str = include_str!("../../configs/small.toml");

fn problems(text: &str) -> Problems {
    match Model::parse(text, "configs/mine.toml", Path::new("configs"), &[]) {
        Ok(_) => panic!("this should be refused:\n{text}"),
        Err(problems) => problems,
    }
}

/// Replaces `from` in small.toml, which must have it, by `to`, where « and » enclose the place of the mistake.
/// The problem at that place must have `message` and `label` in it, and be the only one.
#[track_caller]
fn check(from: &str, to: &str, message: &str, label: &str) {
    assert!(SMALL.contains(from), "small.toml has no {from:?}");
    check_text(&SMALL.replacen(from, to, 1), message, label);
}

#[track_caller]
fn check_text(marked: &str, message: &str, label: &str) {
    let text = marked.replace(['«', '»'], "");
    let start = marked.find('«').expect("no place is marked");
    let length = marked[start..].find('»').map(|end| marked[start..start + end].chars().count() - 1).expect("no end");
    let line_start = marked[..start].rfind('\n').map_or(0, |newline| newline + 1);
    let line = marked[..start].matches('\n').count() + 1;
    let column = marked[line_start..start].chars().count() + 1;
    let shown = text.lines().nth(line - 1).unwrap();

    let found = problems(&text);
    let rendered = found.to_string();
    assert_eq!(found.count(), 1, "one mistake, these problems:\n{rendered}");
    let lines: Vec<&str> = rendered.lines().collect();
    let blank = " ".repeat(line.to_string().len());
    assert!(lines[0].starts_with("error: ") && lines[0].contains(message), "{message:?} is not in:\n{rendered}");
    assert_eq!(lines[1], format!("  at configs/mine.toml:{line}:{column}"), "in:\n{rendered}");
    assert_eq!(lines[2], format!("{blank} |"));
    assert_eq!(lines[3], format!("{line} | {shown}"));
    let underline = format!("{blank} | {}{} ", " ".repeat(column - 1), "^".repeat(length));
    assert!(lines[4].starts_with(&underline), "the underline is not {underline:?} in:\n{rendered}");
    assert!(lines[4][underline.len()..].contains(label), "{label:?} is not in:\n{rendered}");
    assert!(lines.len() == 5 || lines.len() == 6 && lines[5].starts_with("  help: "), "{rendered}");
    let json = found.to_json();
    assert_eq!((json[0]["line"].as_u64(), json[0]["column"].as_u64()), (Some(line as u64), Some(column as u64)));
    assert_eq!(json[0]["file"], "configs/mine.toml");
}
