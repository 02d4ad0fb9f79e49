//! `[patterns]` as written: how many, or the patterns themselves, or the file that has them.

use std::path::Path;

use super::echo::Echo;
use super::kinds::{Flag, Fraction, Kind, Name, Whole};
use super::pattern_file::{self, PatternRow};
use super::problem::Problem;
use super::section::Section;
use super::tree::{Node, Value, quoted};

/// The most patterns.
const COUNT_MAX: u64 = 1 << 20;

/// What a model has instead of what is not written.
#[derive(Clone, Copy, Debug)]
pub(super) struct Defaults {
    /// Fraction of active neurons of patterns that are drawn, as it is written.
    pub(super) activity: &'static str,
    /// Whether drawn patterns have exactly so many members.
    pub(super) exact: bool,
    /// Where patterns live; `None` where there is one population, without a name.
    pub(super) population: Option<&'static str>,
}

/// The stored patterns. `None` is what could not be read, and is reported already.
#[derive(Clone, Debug, Default)]
pub(crate) struct Patterns {
    pub(crate) source: Option<PatternSource>,
    /// Where they live, one population at least; `None` too in a network of one population.
    pub(crate) populations: Option<Vec<String>>,
}

impl Patterns {
    /// How many there are, as far as known.
    pub(crate) fn count(&self) -> Option<u64> {
        match self.source.as_ref()? {
            PatternSource::Drawn { count, .. } => *count,
            PatternSource::Values(rows) | PatternSource::File(rows) | PatternSource::Images(rows, _) => {
                Some(rows.len() as u64)
            }
        }
    }
}

/// Where they come from.
#[derive(Clone, Debug)]
pub(crate) enum PatternSource {
    /// Drawn.
    Drawn {
        count: Option<u64>,
        activity: Option<f64>,
        exact: Option<bool>,
        /// Every neuron belongs to as many.
        balanced: Option<bool>,
    },
    /// Written out at `patterns.values`.
    Values(Vec<PatternRow>),
    /// In the file at `patterns.file`.
    File(Vec<PatternRow>),
    /// The images in the folder at `patterns.file`, of one width and height.
    Images(Vec<PatternRow>, [u32; 2]),
}

/// Reads `[patterns]`; `None` where there is none.
pub(super) fn read(root: &mut Section<'_, '_>, directory: &Path, defaults: Defaults) -> Option<Patterns> {
    if !root.has("patterns") {
        root.node("patterns");
        return None;
    }
    let Some(table) = root.table("patterns") else { return Some(Patterns::default()) };
    let mut section = Section::new("patterns", table, root.problems);
    let source = source(&mut section, directory, defaults);
    let populations = match defaults.population {
        Some(default) => populations(&mut section, default),
        None => {
            section.misplaced("population", "spiking networks: this one has a single population");
            None
        }
    };
    let echo = section.finish();
    root.put("patterns", Echo::Table(echo));
    Some(Patterns { source, populations })
}

fn source(section: &mut Section<'_, '_>, directory: &Path, defaults: Defaults) -> Option<PatternSource> {
    let ways: Vec<&str> = ["count", "values", "file"].into_iter().filter(|way| section.has(way)).collect();
    let &[way] = ways.as_slice() else {
        section.known(&["count", "activity", "exact", "balanced", "values", "file", "file_hash", "threshold"]);
        section.problem(if let [first, second, ..] = ways.as_slice() {
            let message = format!("`patterns` has both `{first}` and `{second}`");
            Problem::key(format!("patterns.{second}"), message, "leave one of the two out")
        } else {
            Problem::missing("patterns", "`patterns` has no `count`", "add count = 90, or values, or file")
        });
        return None;
    };
    if way != "file" {
        section.misplaced("threshold", "a folder of images");
    }
    if way == "count" {
        section.misplaced("file_hash", "`file`, and there is none");
        section.known(&["values", "file"]);
        return Some(drawn(section, defaults));
    }
    for key in ["activity", "exact", "balanced"] {
        section.misplaced(key, "patterns that are drawn: patterns that are given have an activity of their own");
    }
    if way == "values" {
        section.misplaced("file_hash", "`file`, and there is none");
        section.known(&["count", "file"]);
        return section.required("values", &Values).map(PatternSource::Values);
    }
    section.known(&["count", "values"]);
    file(section, directory)
}

/// Patterns to draw.
fn drawn(section: &mut Section<'_, '_>, defaults: Defaults) -> PatternSource {
    let count = section.required("count", &Whole { least: 0, most: COUNT_MAX, example: 90 });
    let activity = section.or("activity", &Fraction { example: defaults.activity }, float(defaults.activity));
    let balanced = section.or("balanced", &Flag, Value::Boolean(false));
    // Balanced patterns have exactly so many members each.
    let exact = section.or("exact", &Flag, Value::Boolean(defaults.exact || balanced == Some(true)));
    if (balanced, exact) == (Some(true), Some(false)) {
        let message = "`patterns.balanced` is true and `patterns.exact` false, and balanced patterns are exact";
        section.problem(Problem::value("patterns.exact", message, "leave it out, or balanced"));
    }
    PatternSource::Drawn { count, activity, exact, balanced }
}

fn float(text: &str) -> Value {
    Value::Float { text: text.to_owned(), value: text.parse().unwrap_or_default() }
}

/// Reads the file; the echo has its absolute path and its hash.
fn file(section: &mut Section<'_, '_>, directory: &Path) -> Option<PatternSource> {
    let expected = section.node("file_hash").map(|node| HASH.read(node, "patterns.file_hash"));
    let expected = expected.and_then(|read| section.report(read));
    let node = section.node("file")?;
    let name = section.report(FILE.read(node, "patterns.file"))?;
    let path = directory.join(&name);
    let threshold = if path.is_dir() {
        section.or("threshold", &Fraction { example: "0.5" }, float("0.5"))?.into()
    } else {
        section.misplaced("threshold", "a folder of images");
        None
    };
    let file = pattern_file::read(&path, threshold).map_err(|error| {
        let message = format!("the patterns file {} {error}", quoted(&name));
        Problem::value("patterns.file", message, error.advice())
    });
    let file = section.report(file)?;
    if let Some(expected) = expected.filter(|expected| *expected != file.hash) {
        let message = format!("the patterns file {} has changed: its hash was {}", quoted(&name), quoted(&expected));
        let problem = Problem::value("patterns.file_hash", message, format!("it is \"{}\" now", file.hash));
        section.problem(problem.help("restore the file, or leave file_hash out to take it as it is"));
    }
    section.put("file", Echo::Text(file.absolute));
    section.put("file_hash", Echo::Text(file.hash));
    Some(match file.image_size {
        Some(size) => PatternSource::Images(file.rows, size),
        None => PatternSource::File(file.rows),
    })
}

const FILE: Name = Name { what: "the name of a file", example: "patterns.npy" };
pub(super) const HASH: Name = Name { what: "the hash of a file", example: "0123456789abcdef0123456789abcdef" };

/// The names of populations: one, or a list.
fn populations(section: &mut Section<'_, '_>, default: &'static str) -> Option<Vec<String>> {
    let name = Name { what: "the name of a population", example: default };
    if !section.is_list("population") {
        return section.or("population", &name, Value::Text(default.into())).map(|only| vec![only]);
    }
    let node = section.node("population")?;
    let Value::List(items) = &node.value else { return None };
    if items.is_empty() {
        let label = format!("write one, such as \"{default}\", or several");
        section.problem(Problem::value("patterns.population", "`patterns.population` names no population", label));
        return None;
    }
    let mut populations: Vec<String> = Vec::new();
    for (number, item) in items.iter().enumerate() {
        let path = format!("patterns.population.{number}");
        let population = section.report(name.read(item, &path))?;
        if populations.contains(&population) {
            let message = format!("`patterns.population` names {} twice", quoted(&population));
            section.problem(Problem::value(path, message, "leave one of the two out"));
        } else {
            populations.push(population);
        }
    }
    let echo = match populations.as_slice() {
        [only] => name.echo(only),
        several => Echo::List(several.iter().map(|one| name.echo(one)).collect()),
    };
    section.put("population", echo);
    Some(populations)
}

/// Patterns written out, `[P][N]`, of 0 and 1 or of -1 and 1.
struct Values;

impl Kind for Values {
    type Value = Vec<PatternRow>;

    fn read(&self, node: &Node, path: &str) -> Result<Vec<PatternRow>, Problem> {
        let Value::List(rows) = &node.value else {
            let message = format!("`{path}` is a list of patterns, not {}", node.describe());
            return Err(Problem::value(path, message, "write it as [[0, 1, 1, 0], [1, 0, 0, 1]]"));
        };
        let mut off = None;
        rows.iter()
            .enumerate()
            .map(|(number, row)| row_of(row, &format!("{path}.{number}"), ("pattern", &mut off)))
            .collect()
    }

    fn echo(&self, value: &Vec<PatternRow>) -> Echo {
        let row = |row: &PatternRow| {
            let mut values = vec![Echo::Integer(0); row.neurons];
            row.members.iter().for_each(|&member| values[member as usize] = Echo::Integer(1));
            Echo::List(values)
        };
        Echo::List(value.iter().map(row).collect())
    }

    fn example(&self) -> String {
        "[[0, 1, 1, 0], [1, 0, 0, 1]]".into()
    }
}

/// One pattern, or what else is called `what` and made of the same. `off` is what stands for inactive neurons, 0 or -1,
/// once one has been seen.
pub(super) fn row_of(node: &Node, path: &str, (what, off): (&str, &mut Option<i128>)) -> Result<PatternRow, Problem> {
    let Value::List(items) = &node.value else {
        let message = format!("`{path}` is a {what}, a list of numbers, not {}", node.describe());
        return Err(Problem::value(path, message, "write it as [0, 1, 1, 0]"));
    };
    let mut members = Vec::new();
    for (neuron, item) in items.iter().enumerate() {
        match item.value {
            Value::Integer { value: Some(1), .. } => members.push(neuron as u32),
            Value::Integer { value: Some(value @ (0 | -1)), .. } if off.is_none_or(|off| off == value) => {
                *off = Some(value);
            }
            _ => {
                let pair = if *off == Some(-1) { "-1 and 1" } else { "0 and 1" };
                let all = if off.is_some() { pair.to_owned() } else { "0 and 1, or -1 and 1".to_owned() };
                let message = format!("a {what} is made of {all}, not of {}", item.describe());
                return Err(Problem::value(format!("{path}.{neuron}"), message, format!("write {all} only")));
            }
        }
    }
    Ok(PatternRow { neurons: items.len(), members })
}
