//! Configurations: TOML as written, with units, defaults, and a place for every message. Knows no integers of engines.
//!
//! A file is parsed to a tree of values that know where they are written; `--set` arguments are put into the tree;
//! then it is read table by table, and the echo grows on the way. All problems are collected, none hides another.

mod array_file;
mod choice;
mod echo;
pub(crate) mod hopfield;
mod images;
mod kinds;
mod number;
mod overrides;
mod pattern_file;
mod patterns;
mod problem;
pub(crate) mod rate;
mod render;
mod section;
mod source;
pub(crate) mod spiking;
mod syntax;
mod tree;
mod trials;

use std::fs::File;
use std::io::Read;
use std::path::Path;

use choice::Choice;
use echo::EchoTable;
use section::Section;
use source::{Source, Span};
use tree::Table;

pub(crate) use choice::{listed, nearest};
pub use overrides::{Override, OverrideError};
pub(crate) use pattern_file::PatternRow;
pub(crate) use patterns::PatternSource;
pub use problem::{Place, Problem, Problems};
pub(crate) use tree::quoted;

/// A configuration that was echoed, as a document: what it read from files need not be there any more.
#[must_use]
pub fn echoed(text: &str) -> serde_json::Value {
    syntax::read(&Source::new("", text, 1)).tree.to_json()
}

/// The largest configuration; one with patterns written out has some megabytes.
const FILE_BYTES_MAX: u64 = 256 << 20;

/// A configuration, all defaults filled in; quantities keep the text they were written with.
#[derive(Clone, Debug)]
pub struct Config {
    sources: Vec<Source>,
    tree: Table,
    echo: EchoTable,
    pub(crate) network: Network,
}

/// What a configuration describes.
#[derive(Clone, Debug)]
pub(crate) enum Network {
    /// model = "spiking"
    Spiking(Box<spiking::Spiking>),
    /// model = "hopfield"
    Hopfield(Box<hopfield::Hopfield>),
    /// model = "rate"
    Rate(Box<rate::Rate>),
    /// Nothing that this version knows; problems say so.
    Unknown,
}

/// What could be read of a configuration, and what is wrong with it.
pub(crate) struct Reading {
    pub(crate) config: Config,
    pub(crate) problems: Vec<Problem>,
}

impl Config {
    /// Reads a file, then puts `overrides` into it, in their order.
    ///
    /// # Errors
    /// All that is wrong with the file and the overrides; a file that cannot be read too.
    pub fn load(path: &Path, overrides: &[Override]) -> Result<Self, Problems> {
        Self::read_file(path, overrides).finish()
    }

    /// Reads a text that messages call `name` and whose relative paths start in `directory`.
    ///
    /// # Errors
    /// All that is wrong with the text and the overrides.
    pub fn parse(text: &str, name: &str, directory: &Path, overrides: &[Override]) -> Result<Self, Problems> {
        Self::read_text(text, name, directory, overrides).finish()
    }

    /// The echo as TOML: the configuration as it will run, after defaults and overrides. Feeding it back, from any
    /// folder, gives the same model and the same echo.
    #[must_use]
    pub fn to_toml(&self) -> String {
        self.echo.to_toml()
    }

    /// The echo as JSON.
    #[must_use]
    pub fn to_json(&self) -> serde_json::Value {
        self.echo.to_json()
    }

    /// Gives problems of later stages their lines.
    #[must_use]
    pub fn problems(&self, problems: Vec<Problem>) -> Problems {
        Problems::new(&self.sources, &self.tree, problems)
    }

    /// What is likely to be a mistake and is none for sure, with lines as for problems.
    #[must_use]
    pub fn warnings(&self, warnings: Vec<Problem>) -> Problems {
        Problems::new(&self.sources, &self.tree, warnings).into_warnings()
    }

    /// Whether a value is written, and not a default.
    pub(crate) fn is_written(&self, path: &str) -> bool {
        self.tree.at(path).is_some()
    }

    pub(crate) fn read_file(path: &Path, overrides: &[Override]) -> Reading {
        let name = path.display().to_string();
        match text_of(path) {
            Ok(text) => {
                let directory = path.parent().unwrap_or(Path::new(""));
                Self::read_text(&text, &name, directory, overrides)
            }
            Err(no_text) => {
                let NoText { text, problem } = *no_text;
                Reading { config: Self::unread(&text, &name), problems: vec![problem] }
            }
        }
    }

    pub(crate) fn read_text(text: &str, name: &str, directory: &Path, overrides: &[Override]) -> Reading {
        // A byte order mark is no part of the first line.
        let mut config = Self::unread(text.strip_prefix('\u{feff}').unwrap_or(text), name);
        let mut parsed = syntax::read(&config.sources[0]);
        let is_toml = parsed.problems.is_empty();
        let mut problems = std::mem::take(&mut parsed.problems);
        for (number, argument) in overrides.iter().enumerate() {
            config.sources.push(argument.source(number + 1));
            argument.apply(number as u32 + 1, &mut parsed.tree, &mut problems);
        }
        let mut found = Vec::new();
        (config.network, config.echo) = read_root(&parsed.tree, directory, &mut found);
        found.retain(|problem| parsed.believes(problem, &config.sources[0]));
        problems.append(&mut found);
        if !is_toml {
            // What later stages find missing may be what a syntax error hides.
            config.network = Network::Unknown;
        }
        config.tree = parsed.tree;
        Reading { config, problems }
    }

    fn unread(text: &str, name: &str) -> Self {
        let source = Source::new(name, text, 1);
        Self { sources: vec![source], tree: Table::default(), echo: EchoTable::default(), network: Network::Unknown }
    }
}

impl Reading {
    fn finish(self) -> Result<Config, Problems> {
        if self.problems.is_empty() { Ok(self.config) } else { Err(self.config.problems(self.problems)) }
    }
}

const MODEL: Choice = Choice { options: &["spiking", "hopfield", "rate"], later: &[] };

/// Reads the whole tree.
fn read_root(tree: &Table, directory: &Path, problems: &mut Vec<Problem>) -> (Network, EchoTable) {
    let mut root = Section::new("", tree, problems);
    let model = root.required("model", &MODEL);
    if model.is_none() && root.has("model") && !root.has("populations") {
        // Whatever it is, nothing is known about its keys.
        return (Network::Unknown, EchoTable::default());
    }
    let network = match model {
        Some("hopfield") => Network::Hopfield(Box::new(hopfield::read(&mut root, directory))),
        Some("rate") => Network::Rate(Box::new(rate::read(&mut root, directory))),
        _ => Network::Spiking(Box::new(spiking::read(&mut root, directory))),
    };
    (network, root.finish())
}

/// A file that is no text: what there is of it, and the problem.
struct NoText {
    text: String,
    problem: Problem,
}

fn text_of(path: &Path) -> Result<String, Box<NoText>> {
    let unreadable = |message: String| {
        let problem = Problem::new(Place::Whole, message, "");
        Box::new(NoText { text: String::new(), problem })
    };
    let mut bytes = Vec::new();
    let read = File::open(path).and_then(|file| file.take(FILE_BYTES_MAX + 1).read_to_end(&mut bytes));
    read.map_err(|error| unreadable(format!("the configuration cannot be read: {error}")))?;
    if bytes.len() as u64 > FILE_BYTES_MAX {
        return Err(unreadable(format!("the configuration is larger than {} MiB", FILE_BYTES_MAX >> 20)));
    }
    String::from_utf8(bytes).map_err(|error| {
        let start = error.utf8_error().valid_up_to();
        let text = String::from_utf8_lossy(error.as_bytes()).into_owned();
        let place = Place::Span(Span::new(0, start, start + 1));
        let problem = Problem::new(place, "the configuration is not UTF-8 text", "this is no character");
        Box::new(NoText { text, problem: problem.help("save the file as UTF-8") })
    })
}
