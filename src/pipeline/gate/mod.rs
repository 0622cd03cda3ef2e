//! The accessibility gate: the mechanical rules of digest accessibility, on a finished document, without a browser.

use serde::Serialize;

/// One broken rule.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Violation {
    /// Stable name, such as `lang.missing`.
    pub rule: &'static str,
    /// Where the rule comes from: "WCAG 3.1.1, RGAA 8.3".
    pub source: &'static str,
    /// The element concerned, as written, shortened.
    pub element: String,
    /// What is wrong, in one line.
    pub problem: String,
    /// What to do, in one line.
    pub remedy: &'static str,
}

/// Checks an HTML part, or any HTML file. Empty when it passes.
pub fn check_html(_html: &str) -> Vec<Violation> {
    todo!("pipeline/gate")
}

/// Checks a whole message: headers, the text part, the HTML part, and that they say the same.
pub fn check_message(_eml: &[u8]) -> Vec<Violation> {
    todo!("pipeline/gate")
}
