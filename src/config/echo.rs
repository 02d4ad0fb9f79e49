//! The echo: a configuration as it will run, written as TOML and as JSON.

use serde_json::json;

use crate::units::Decimal;

/// A value of the echo.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Echo {
    Text(String),
    Integer(i128),
    Float(f64),
    Number(Decimal),
    Boolean(bool),
    List(Vec<Echo>),
    Table(EchoTable),
}

/// Keys and values, in order.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct EchoTable {
    pub(super) entries: Vec<(String, Echo)>,
}

impl EchoTable {
    pub(super) fn put(&mut self, key: &str, value: Echo) {
        self.entries.push((key.to_owned(), value));
    }

    /// The whole as TOML: single values first, then `[tables]` and `[[lists of tables]]`.
    pub(super) fn to_toml(&self) -> String {
        let mut text = String::new();
        for (key, value) in self.entries.iter().filter(|(_, value)| !value.has_header()) {
            text += &line(key, value);
        }
        for (key, value) in &self.entries {
            match value {
                Echo::Table(table) => table.section(&key_text(key), &mut text),
                Echo::List(items) if value.has_header() => {
                    for item in items {
                        text += &format!("\n[[{}]]\n", key_text(key));
                        item.lines().for_each(|line| text += &line);
                    }
                }
                _ => {}
            }
        }
        text
    }

    /// A `[table]`, or one for each where it holds only tables, as `populations` does.
    fn section(&self, path: &str, text: &mut String) {
        let only_tables = self.entries.iter().all(|(_, value)| matches!(value, Echo::Table(_)));
        if only_tables && !self.entries.is_empty() {
            for (key, value) in &self.entries {
                *text += &format!("\n[{path}.{}]\n", key_text(key));
                value.lines().for_each(|line| *text += &line);
            }
        } else {
            *text += &format!("\n[{path}]\n");
            self.entries.iter().for_each(|(key, value)| *text += &line(key, value));
        }
    }

    pub(super) fn to_json(&self) -> serde_json::Value {
        self.entries.iter().map(|(key, value)| (key.clone(), value.to_json())).collect::<serde_json::Map<_, _>>().into()
    }
}

impl Echo {
    /// Whether it is written under a header of its own.
    fn has_header(&self) -> bool {
        match self {
            Self::Table(_) => true,
            Self::List(items) => !items.is_empty() && items.iter().all(|item| matches!(item, Self::Table(_))),
            _ => false,
        }
    }

    /// The lines of a table.
    fn lines(&self) -> impl Iterator<Item = String> {
        let entries = if let Self::Table(table) = self { table.entries.as_slice() } else { &[] };
        entries.iter().map(|(key, value)| line(key, value))
    }

    /// On one line.
    fn inline(&self) -> String {
        match self {
            Self::Text(text) => text_literal(text),
            Self::Integer(value) => value.to_string(),
            Self::Float(value) => format!("{value:?}"),
            Self::Number(value) => value.to_string(),
            Self::Boolean(value) => value.to_string(),
            Self::List(items) => {
                format!("[{}]", items.iter().map(Self::inline).collect::<Vec<_>>().join(", "))
            }
            Self::Table(table) => {
                let pair = |(key, value): &(String, Self)| format!("{} = {}", key_text(key), value.inline());
                format!("{{ {} }}", table.entries.iter().map(pair).collect::<Vec<_>>().join(", "))
            }
        }
    }

    fn to_json(&self) -> serde_json::Value {
        match self {
            Self::Text(text) => json!(text),
            Self::Integer(value) => u64::try_from(*value).map_or_else(|_| json!(*value as i64), |value| json!(value)),
            Self::Float(value) => json!(value),
            Self::Number(value) => json!(value.value()),
            Self::Boolean(value) => json!(value),
            Self::List(items) => items.iter().map(Self::to_json).collect(),
            Self::Table(table) => table.to_json(),
        }
    }
}

fn line(key: &str, value: &Echo) -> String {
    format!("{} = {}\n", key_text(key), value.inline())
}

/// A key, in quotes where TOML needs them.
fn key_text(key: &str) -> String {
    let is_bare = |character: char| character.is_ascii_alphanumeric() || matches!(character, '_' | '-');
    if !key.is_empty() && key.chars().all(is_bare) { key.to_owned() } else { text_literal(key) }
}

/// A TOML basic string.
fn text_literal(text: &str) -> String {
    let mut literal = String::from('"');
    for character in text.chars() {
        match character {
            '"' => literal += "\\\"",
            '\\' => literal += "\\\\",
            '\n' => literal += "\\n",
            '\t' => literal += "\\t",
            control if control.is_control() => literal += &format!("\\u{:04X}", u32::from(control)),
            other => literal.push(other),
        }
    }
    literal + "\""
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_echo_is_toml_that_says_the_same() {
        let table = |entries: &[(&str, Echo)]| {
            Echo::Table(EchoTable {
                entries: entries.iter().map(|(key, value)| ((*key).into(), value.clone())).collect(),
            })
        };
        let inner = table(&[("size", Echo::Integer(3)), ("initial", table(&[("low", Echo::Text("0 mV".into()))]))]);
        let echo = EchoTable {
            entries: vec![
                ("populations".into(), table(&[("ä b", inner.clone())])),
                ("seed".into(), Echo::Integer(i128::from(u64::MAX))),
                ("list".into(), Echo::List(vec![inner.clone(), inner])),
                ("empty".into(), Echo::List(vec![])),
                ("text".into(), Echo::Text("a\"b\\c\nd\u{7f}µ".into())),
                ("small".into(), Echo::Float(1e-7)),
            ],
        };
        let text = echo.to_toml();
        let expected = "seed = 18446744073709551615\nempty = []\ntext = \"a\\\"b\\\\c\\nd\\u007Fµ\"\nsmall = 1e-7\n\
            \n[populations.\"ä b\"]\nsize = 3\ninitial = { low = \"0 mV\" }\n\
            \n[[list]]\nsize = 3\ninitial = { low = \"0 mV\" }\n\n[[list]]\nsize = 3\ninitial = { low = \"0 mV\" }\n";
        assert_eq!(text, expected);
        let read_back: toml::Value =
            toml::from_str(&text.replace("18446744073709551615", "1")).expect("the echo is not TOML");
        assert_eq!(read_back["text"].as_str(), Some("a\"b\\c\nd\u{7f}µ"));
        assert_eq!(echo.to_json()["seed"], json!(u64::MAX));
    }
}
