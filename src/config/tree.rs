//! The configuration as a tree of values, each with its place: what the file and the `--set` arguments say.

use toml::de::{DeTable, DeValue};

use super::problem::{Place, Problem};
use super::source::Span;

/// Tables within tables beyond this are refused: nothing in a configuration is that deep.
const DEPTH_MAX: usize = 16;
/// Texts in messages are cut after so many characters.
const QUOTED_CHARACTERS_MAX: usize = 40;

/// A value and where it is written.
#[derive(Clone, Debug)]
pub(super) struct Node {
    /// Where its key is; list items have none.
    pub(super) key: Option<Span>,
    /// Where it is; for a table with a header, the header.
    pub(super) span: Span,
    pub(super) value: Value,
}

/// What a value is.
#[derive(Clone, Debug)]
pub(super) enum Value {
    Text(String),
    /// `text` as written; `value` is `None` where it does not fit.
    Integer {
        text: String,
        value: Option<i128>,
    },
    /// `text` as written.
    Float {
        text: String,
        value: f64,
    },
    Boolean(bool),
    Datetime(String),
    List(Vec<Node>),
    Table(Table),
    /// What a syntax error left: it is reported already.
    Broken,
}

/// Keys and values in the order of the file.
#[derive(Clone, Debug, Default)]
pub(super) struct Table {
    pub(super) entries: Vec<(String, Node)>,
}

impl Value {
    fn to_json(&self) -> serde_json::Value {
        match self {
            Self::Text(text) | Self::Datetime(text) => text.clone().into(),
            Self::Integer { value, text } => match value.map(u64::try_from) {
                Some(Ok(value)) => value.into(),
                _ => text.parse::<f64>().map_or(serde_json::Value::Null, Into::into),
            },
            Self::Float { value, .. } => (*value).into(),
            Self::Boolean(value) => (*value).into(),
            Self::List(items) => items.iter().map(|item| item.value.to_json()).collect(),
            Self::Table(table) => table.to_json(),
            Self::Broken => serde_json::Value::Null,
        }
    }
}

impl Table {
    /// As a document.
    pub(super) fn to_json(&self) -> serde_json::Value {
        let entries = self.entries.iter().map(|(key, node)| (key.clone(), node.value.to_json()));
        entries.collect::<serde_json::Map<_, _>>().into()
    }

    pub(super) fn get(&self, key: &str) -> Option<&Node> {
        self.entries.iter().find(|(name, _)| name == key).map(|(_, node)| node)
    }

    /// The value of a key; an empty table where there was none.
    pub(super) fn entry(&mut self, key: &str, added_at: Span) -> &mut Node {
        let at = self.entries.iter().position(|(name, _)| name == key).unwrap_or_else(|| {
            let node = Node { key: Some(added_at), span: added_at, value: Value::Table(Self::default()) };
            self.entries.push((key.to_owned(), node));
            self.entries.len() - 1
        });
        &mut self.entries[at].1
    }

    /// The value at a dotted path.
    pub(super) fn at(&self, path: &str) -> Option<&Node> {
        let mut segments = path.split('.');
        let mut node = self.get(segments.next()?)?;
        for segment in segments {
            node = node.child(segment)?;
        }
        Some(node)
    }

    /// Where a problem is; `None` for the configuration as a whole.
    pub(super) fn locate(&self, place: &Place) -> Option<Span> {
        match place {
            Place::Span(span) => Some(*span),
            Place::Whole => None,
            Place::Key(path) => match self.at(path) {
                Some(node) => Some(node.key.unwrap_or(node.span)),
                None => Some(self.around(path)),
            },
            Place::Value(path) => Some(self.at(path).map_or_else(|| self.around(path), |node| node.span)),
            Place::FirstOf(paths) => {
                let written = paths.iter().find(|path| self.at(path).is_some()).or(paths.first())?;
                self.locate(&Place::Value(written.clone()))
            }
            Place::Missing(path) => Some(self.at(path).map_or_else(|| self.around(path), |node| node.span)),
        }
    }

    /// The nearest table around a path that is not written; at the top level the first key of the file.
    fn around(&self, path: &str) -> Span {
        let mut path = path;
        while let Some((parent, _)) = path.rsplit_once('.') {
            if let Some(node) = self.at(parent) {
                return node.span;
            }
            path = parent;
        }
        let of_file = |node: &&Node| node.key.is_some_and(|key| key.source == 0);
        let first = self.entries.iter().map(|(_, node)| node).filter(of_file).min_by_key(|node| node.key);
        first.and_then(|node| node.key).unwrap_or(Span::new(0, 0, 0))
    }
}

impl Node {
    fn child(&self, segment: &str) -> Option<&Self> {
        match &self.value {
            Value::Table(table) => table.get(segment),
            Value::List(items) => items.get(segment.parse::<usize>().ok()?),
            _ => None,
        }
    }

    /// What it is, for messages: "`20`", "a list".
    pub(super) fn describe(&self) -> String {
        match &self.value {
            Value::Text(text) => quoted(text),
            Value::Integer { text, .. } | Value::Float { text, .. } | Value::Datetime(text) => quoted(text),
            Value::Boolean(value) => format!("`{value}`"),
            Value::List(_) => "a list".into(),
            Value::Table(_) => "a table".into(),
            Value::Broken => "nothing".into(),
        }
    }

    /// Takes over a parsed value; what is nested too deeply becomes `Broken` with a problem.
    pub(super) fn from_toml(
        value: &toml::Spanned<DeValue<'_>>,
        origin: Origin,
        depth: usize,
        problems: &mut Vec<Problem>,
    ) -> Self {
        let span = origin.span(value.span());
        let value = match value.get_ref() {
            DeValue::Array(items) if depth < DEPTH_MAX => {
                Value::List(items.iter().map(|item| Self::from_toml(item, origin, depth + 1, problems)).collect())
            }
            DeValue::Table(table) if depth < DEPTH_MAX => {
                Value::Table(Table::from_toml(table, origin, depth + 1, problems))
            }
            DeValue::Array(_) | DeValue::Table(_) => {
                problems.push(Problem::new(
                    Place::Span(span),
                    "this is nested too deeply",
                    "nothing here is that deep",
                ));
                Value::Broken
            }
            _ if value.span().is_empty() => Value::Broken,
            DeValue::String(text) => Value::Text(text.clone().into_owned()),
            DeValue::Integer(integer) => Value::Integer {
                text: integer.to_string(),
                value: i128::from_str_radix(integer.as_str(), integer.radix()).ok(),
            },
            DeValue::Float(float) => {
                Value::Float { text: float.to_string(), value: float.as_str().parse().unwrap_or(f64::NAN) }
            }
            DeValue::Boolean(value) => Value::Boolean(*value),
            DeValue::Datetime(datetime) => Value::Datetime(datetime.to_string()),
        };
        Self { key: None, span, value }
    }
}

impl Table {
    /// Takes over a parsed table.
    pub(super) fn from_toml(table: &DeTable<'_>, origin: Origin, depth: usize, problems: &mut Vec<Problem>) -> Self {
        let entry = |(key, value): (&toml::Spanned<toml::de::DeString<'_>>, &toml::Spanned<DeValue<'_>>)| {
            let mut node = Node::from_toml(value, origin, depth, problems);
            node.key = Some(origin.span(key.span()));
            (key.get_ref().clone().into_owned(), node)
        };
        Self { entries: table.iter().map(entry).collect() }
    }
}

/// Which source a parsed text is, and where in it the text starts.
#[derive(Clone, Copy, Debug)]
pub(super) struct Origin {
    pub(super) source: u32,
    pub(super) offset: usize,
}

impl Origin {
    pub(super) fn span(self, range: std::ops::Range<usize>) -> Span {
        Span::new(self.source, self.offset + range.start, self.offset + range.end)
    }
}

/// A text between backticks, cut where it is long, fit for a terminal.
pub(crate) fn quoted(text: &str) -> String {
    let mut shown: String = text.chars().take(QUOTED_CHARACTERS_MAX).flat_map(visible).collect();
    if text.chars().count() > QUOTED_CHARACTERS_MAX {
        shown.push('…');
    }
    format!("`{shown}`")
}

/// A character as it may be shown: control characters escaped.
fn visible(character: char) -> impl Iterator<Item = char> {
    let escaped = character.is_control().then(|| character.escape_default());
    let plain = (!character.is_control()).then_some(character);
    escaped.into_iter().flatten().chain(plain)
}
