//! A property: no configuration, however mutilated, makes a panic, and every message shows a line that is there.

use std::path::Path;

use attractor::config::{Config, Override};
use attractor::model::Model;
use proptest::prelude::*;
use proptest::sample::{Index, select};

const BASE: [&str; 8] = [
    include_str!("../src/commands/templates/hopfield.toml"),
    r#"
model = "hopfield"
sweeps = 3
[trials]
count = 2
[patterns]
values = [[0, 1, 1], [1, 0, 1]]
[network]
size = 3
states = "binary"
weights = [[0, 1, 0.5], [1, 0, -1], [0.5, -1, 0]]
threshold = [0, 0.1, 1]
temperature = 0.5
[start]
state = [1, 0, 1]
"#,
    include_str!("../configs/small.toml"),
    include_str!("../configs/rate-memory.toml"),
    r#"
model = "rate"
duration = "10 ms"
start = { state = [0.5, -1.0, 0, 2] }
stimuli = [{ kind = "pulse", amplitude = -2, start = "1 ms", stop = "2 ms" }]
network = { size = 4, tau = "20 ms", input = -0.25, strength = 3, integrator = "rk4", gain = { kind = "sigmoid" }, coupling = { kind = "gaussian" } }
record = { overlaps = "off", neurons = [3, 0], every = "10 ms" }
"#,
    include_str!("../configs/bench-8k.toml"),
    r#"
model = "spiking"
duration = "10 ms"
patterns = { values = [[0, 1, 1, 0], [1, -1, 1, 1]], population = "a" }
populations.a = { size = 4, tau_m = "20 ms", threshold = "20 mV", reset = "1 V", refractory = "1 ms" }
projections = [{ from = "a", to = "a", kind = "hebbian", weight = "1 uV", delay = "0.1 ms", autapses = true }]
stimuli = [{ kind = "pulse", population = "a", amplitude = "-1 mV", start = "0 s", stop = "1 ms" }]
[record]
spikes = { populations = ["a"], every = 2, start = "1 ms" }
voltages = [{ population = "a", neurons = [0, 3], every = "0.5 ms", inputs = true }]
"#,
    r#"
model = "spiking"
duration = "10 ms"
[populations.a]
size = 3
tau_m = { mean = "20 ms", sd = "2 ms" }
threshold = { mean = "20 mV", sd = "1 mV" }
reset = "10 mV"
refractory = "1 ms"
drive = { mean = "20 mV", sd = "0.5 mV" }
poisson = { rate = "1 kHz", weight = "0.1 mV", tau_syn = "5 ms" }
escape = { rate = "125 Hz", width = "2 mV" }
adaptation = { jump = "1 mV", tau = "200 ms" }
"#,
];

const NASTY: [&str; 44] = [
    "nan",
    "inf",
    "-inf",
    "-1",
    "0",
    "1e400",
    "-0.0",
    "99999999999999999999999",
    "0x",
    "0xFFFFFFFFFFFFFFFF",
    "1_000",
    "\"\"",
    "[]",
    "{}",
    "[[]]",
    "[{}]",
    "\"nan ms\"",
    "\"-1 ms\"",
    "\"1e30 ms\"",
    "\"1e-40 ms\"",
    "\"20 mV\"",
    "\"20\"",
    "\"9 min\"",
    "\"µs\"",
    "\"1 µs\"",
    "\"é\u{301}🧠\"",
    "🧠",
    "\"\\u0000\"",
    "\"\\uD800\"",
    "\u{1b}[31m",
    "true",
    "=",
    "]",
    "}",
    "\"",
    "'''",
    "\"\"\"",
    "[",
    "{",
    "2026-01-01",
    "00:61:00",
    "\r",
    "\t\t",
    "{ mean = \"1 ms\", sd = 0 }",
];

/// One step of mutilation; places are drawn by `Index`.
#[derive(Clone, Debug)]
enum Mutation {
    DeleteLine(Index),
    DuplicateLine(Index, Index),
    SwapLines(Index, Index),
    DeleteToken(Index),
    DuplicateToken(Index),
    ReplaceToken(Index, &'static str),
    ReplaceValue(Index, &'static str),
    CutAt(Index),
}

fn mutation() -> impl Strategy<Value = Mutation> {
    let at = any::<Index>;
    let nasty = || select(NASTY.as_slice());
    prop_oneof![
        1 => at().prop_map(Mutation::DeleteLine),
        1 => (at(), at()).prop_map(|(a, b)| Mutation::DuplicateLine(a, b)),
        1 => (at(), at()).prop_map(|(a, b)| Mutation::SwapLines(a, b)),
        1 => at().prop_map(Mutation::DeleteToken),
        1 => at().prop_map(Mutation::DuplicateToken),
        1 => (at(), nasty()).prop_map(|(at, text)| Mutation::ReplaceToken(at, text)),
        4 => (at(), nasty()).prop_map(|(at, text)| Mutation::ReplaceValue(at, text)),
        1 => at().prop_map(Mutation::CutAt),
    ]
}

fn with_lines(text: &str, change: impl FnOnce(&mut Vec<String>)) -> String {
    let mut lines: Vec<String> = text.split('\n').map(str::to_owned).collect();
    change(&mut lines);
    lines.join("\n")
}

/// Words, blanks and punctuation, each a token.
fn tokens(text: &str) -> Vec<&str> {
    let is_word = |character: char| character.is_alphanumeric() || character == '_';
    let mut tokens: Vec<&str> = Vec::new();
    let mut start = 0;
    let mut last = None;
    for (at, character) in text.char_indices() {
        if at > start && !(is_word(character) && last.is_some_and(is_word)) {
            tokens.push(&text[start..at]);
            start = at;
        }
        last = Some(character);
    }
    tokens.push(&text[start..]);
    tokens
}

fn with_token(text: &str, at: &Index, change: impl FnOnce(&str) -> String) -> String {
    let tokens = tokens(text);
    let at = at.index(tokens.len());
    tokens[..at].concat() + &change(tokens[at]) + &tokens[at + 1..].concat()
}

fn mutate(text: &str, mutation: &Mutation) -> String {
    match mutation {
        Mutation::DeleteLine(at) => with_lines(text, |lines| drop(lines.remove(at.index(lines.len())))),
        Mutation::DuplicateLine(from, to) => with_lines(text, |lines| {
            let line = lines[from.index(lines.len())].clone();
            lines.insert(to.index(lines.len() + 1), line);
        }),
        Mutation::SwapLines(a, b) => with_lines(text, |lines| {
            let (a, b) = (a.index(lines.len()), b.index(lines.len()));
            lines.swap(a, b);
        }),
        Mutation::DeleteToken(at) => with_token(text, at, |_| String::new()),
        Mutation::DuplicateToken(at) => with_token(text, at, |token| token.repeat(2)),
        Mutation::ReplaceToken(at, nasty) => with_token(text, at, |_| (*nasty).to_owned()),
        Mutation::ReplaceValue(at, nasty) => with_lines(text, |lines| {
            let at = at.index(lines.len());
            if let Some((key, _)) = lines[at].split_once('=') {
                lines[at] = format!("{key}= {nasty}");
            }
        }),
        Mutation::CutAt(at) => text.chars().take(at.index(text.chars().count() + 1)).collect(),
    }
}

/// Builds; what is refused shows lines of the text, and what is accepted has an echo that is accepted.
fn check(text: &str, overrides: &[Override]) -> Result<(), TestCaseError> {
    let both = Model::parse(text, "x.toml", Path::new("/nowhere"), overrides);
    let staged = Config::parse(text, "x.toml", Path::new("/nowhere"), overrides);
    match both {
        Ok((config, model)) => {
            let built = Model::build(&staged.expect("only one way to read it is refused"));
            prop_assert_eq!(&built.expect("only one way to build it is refused"), &model);
            let echo = config.to_toml();
            let again = Model::parse(&echo, "echo.toml", Path::new("/"), &[]);
            let (same, same_model) = again.map_err(|all| TestCaseError::fail(format!("{all}\n{echo}")))?;
            prop_assert_eq!(same.to_toml(), echo);
            prop_assert_eq!(same_model, model);
        }
        Err(problems) => {
            prop_assert!(staged.is_err() || Model::build(&staged.unwrap()).is_err());
            prop_assert!(problems.count() > 0);
            let (text, rendered) = (text.strip_prefix('\u{feff}').unwrap_or(text), problems.to_string());
            let lines: Vec<&str> = text.split('\n').map(|line| line.trim_end_matches('\r')).collect();
            for problem in problems.to_json().as_array().unwrap() {
                let line = problem["line"].as_u64().expect("a problem without a line") as usize;
                let column = problem["column"].as_u64().unwrap() as usize;
                let shown = if problem["file"] == "x.toml" {
                    prop_assert!((1..=lines.len()).contains(&line), "line {} of {}", line, lines.len());
                    lines[line - 1].to_owned()
                } else {
                    let argument = &overrides[line - 1];
                    format!("{}={}", argument.key, argument.value)
                };
                prop_assert!(column <= shown.chars().count() + 1, "column {} of {:?}", column, shown);
            }
            prop_assert!(rendered.starts_with("error: ") && rendered.contains("\n  at "), "{}", rendered);
            prop_assert!(!rendered.contains('\u{1b}'), "an escape sequence got through");
            prop_assert!(problems.render(true).contains("\u{1b}["), "no colour");
        }
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 3000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn mutilated_configurations_are_refused_politely(
        base in select(BASE.as_slice()),
        mutations in prop::collection::vec(mutation(), 1..5),
    ) {
        let text = mutations.iter().fold(base.to_owned(), |text, mutation| mutate(&text, mutation));
        check(&text, &[])?;
    }

    #[test]
    fn any_text_is_refused_politely(text in "[\\[\\]{}=.,\"'# \n\r\ta-e0-9µ🧠]{0,80}") {
        check(&text, &[])?;
    }

    #[test]
    fn any_override_is_taken_or_refused(
        key in select(["seed", "patterns.count", "populations.linear.size", "projections.0.delay", "stimuli.0", "record",
            "projections.3", "populations", "stimuli", "record.spikes.every", "record.voltages", "a.b.c", "x..y", ""].as_slice()),
        value in prop_oneof![select(NASTY.as_slice()).prop_map(str::to_owned), "[\\[\\]{}=,\" a-c0-9\n]{0,20}"],
    ) {
        check(BASE[0], &[Override { key: key.to_owned(), value }])?;
    }
}

#[test]
fn deep_and_huge_texts_do_not_exhaust_the_stack() {
    let long_key = vec!["a"; 79].join(".");
    let mut tables = "x = 1".to_owned();
    (0..79).for_each(|_| tables = format!("{long_key} = {{ {tables} }}"));
    let texts = [
        "x = ".to_owned() + &"[".repeat(100_000),
        "x = ".to_owned() + &"[".repeat(100_000) + &"]".repeat(100_000),
        "x = ".to_owned() + &"{a=".repeat(100_000),
        "[".repeat(100_000),
        format!("{} = 1", vec!["a"; 100_000].join(".")),
        format!("[{}]", vec!["a"; 100_000].join(".")),
        tables,
        format!("patterns.values = [{}]", "[0, 1], ".repeat(50_000)),
        (0..20_000).map(|number| format!("key{number} = 1\n")).collect(),
    ];
    for text in &texts {
        check(text, &[]).unwrap();
    }
    let key = vec!["a"; 100_000].join(".");
    check(BASE[0], &[Override { key, value: "[".repeat(100_000) }]).unwrap();
}
