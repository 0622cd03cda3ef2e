//! The product's judgements beside labels that people gave: how well scores rank, how well items are put into stories.
//!
//! Labelled data are JSON Lines, one object a line; `benches/data/README.md` tells the fields. A line that cannot be used is left
//! out and told with its reason, never guessed at.

mod lines;
pub mod reliability;
pub mod stories;
mod text;

use serde::{Deserialize, Deserializer, Serialize};
use serde_json::Value;
use std::{collections::HashMap, path::Path};

use lines::read_lines;

/// A line that was left out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Skipped {
    /// In which file.
    pub file: String,
    /// Which line, from 1.
    pub line: usize,
    /// Why, and what it would need.
    pub reason: String,
}

impl Skipped {
    fn new(file: &Path, line: usize, reason: impl Into<String>) -> Self {
        Self { file: file.display().to_string(), line, reason: reason.into() }
    }
}

/// Names of groups, numbered in the order in which they come.
#[derive(Debug, Default)]
struct Numbered(HashMap<String, usize>);

impl Numbered {
    fn number(&mut self, name: String) -> usize {
        let next = self.0.len();
        *self.0.entry(name).or_insert(next)
    }

    fn len(&self) -> usize {
        self.0.len()
    }
}

/// A name that may be written as a number.
fn name(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.trim().to_owned()).filter(|text| !text.is_empty()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    }
}

/// `None`: the key is not there; `Some(null)`: it is, and says that there is nothing.
fn present<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Value>, D::Error> {
    Ok(Some(Value::deserialize(deserializer)?))
}
