//! (in work)

/// Where a problem is.
#[derive(Clone, Debug)]
pub enum Place {
    /// A value at a dotted path.
    Value(String),
}

/// A mistake.
#[derive(Clone, Debug)]
pub struct Problem {
    /// Where.
    pub place: Place,
    /// What is wrong.
    pub message: String,
    /// What to write.
    pub label: String,
    /// Advice.
    pub help: Option<String>,
}

impl Problem {
    /// At a value.
    pub fn value(path: impl Into<String>, message: impl Into<String>, label: impl Into<String>) -> Self {
        Self { place: Place::Value(path.into()), message: message.into(), label: label.into(), help: None }
    }
}
