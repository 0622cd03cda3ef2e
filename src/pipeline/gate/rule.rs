//! What a rule is, and how findings become violations.

use super::page::{El, Kind};
use crate::domain::localised::Locale;
use serde::Serialize;
use std::collections::HashMap;

/// More findings of one rule than this are counted, not listed: a broken template repeats itself.
const MOST_PER_RULE: usize = 50;

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

/// A rule, as `veille check --list-rules` tells it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Listing {
    /// Stable name.
    pub rule: &'static str,
    /// Where it comes from.
    pub source: &'static str,
    /// What it is held against: "mail", "page", "mail, page" or "message".
    pub applies_to: &'static str,
    /// What it asks for, in one line.
    pub says: &'static str,
    /// What to do when it is broken, in one line.
    pub remedy: &'static str,
}

/// A French text and its English twin.
pub(super) type Pair = (&'static str, &'static str);

/// What a rule is held against.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Scope {
    /// Every HTML document.
    Html,
    /// The HTML of an e-mail only.
    Mail,
    /// A web page only.
    WebPage,
    /// A whole message: headers and text part.
    Message,
}

/// A rule of the gate.
#[derive(Debug)]
pub(super) struct Rule {
    pub(super) name: &'static str,
    pub(super) source: &'static str,
    pub(super) scope: Scope,
    pub(super) says: Pair,
    pub(super) remedy: Pair,
}

impl Rule {
    /// Whether it is held against a document of this kind.
    pub(super) fn concerns(&self, kind: Kind) -> bool {
        match self.scope {
            Scope::Html => true,
            Scope::Mail => kind == Kind::Mail,
            Scope::WebPage => kind == Kind::WebPage,
            Scope::Message => false,
        }
    }

    pub(super) fn listing(&self, locale: Locale) -> Listing {
        Listing {
            rule: self.name,
            source: self.source,
            applies_to: match self.scope {
                Scope::Html => "mail, page",
                Scope::Mail => "mail",
                Scope::WebPage => "page",
                Scope::Message => "message",
            },
            says: locale.pick(self.says.0, self.says.1),
            remedy: locale.pick(self.remedy.0, self.remedy.1),
        }
    }
}

/// Collects what the rule under way finds. Bounded, whatever the document.
pub(super) struct Findings {
    locale: Locale,
    rule: Option<&'static Rule>,
    violations: Vec<Violation>,
    counts: HashMap<&'static str, usize>,
}

impl Findings {
    pub(super) fn new(locale: Locale) -> Self {
        Self { locale, rule: None, violations: Vec::new(), counts: HashMap::new() }
    }

    /// What is found from here on breaks this rule.
    pub(super) fn begin(&mut self, rule: &'static Rule) {
        self.rule = Some(rule);
    }

    /// At an element.
    pub(super) fn at(&mut self, element: El, fr: impl AsRef<str>, en: impl AsRef<str>) {
        if self.has_room() {
            self.push(element.excerpt(), fr.as_ref(), en.as_ref());
        }
    }

    /// At some words, or a line.
    pub(super) fn near(&mut self, place: &str, fr: impl AsRef<str>, en: impl AsRef<str>) {
        if self.has_room() {
            self.push(shorten(place, 120), fr.as_ref(), en.as_ref());
        }
    }

    /// A finding that stands for a whole rule.
    pub(super) fn alone(&mut self, rule: &'static Rule, problem: (String, String)) {
        self.begin(rule);
        self.near("", problem.0, problem.1);
    }

    /// The violations, rule by rule; the last line of a rule that has too many says how many more there are.
    pub(super) fn into_violations(mut self) -> Vec<Violation> {
        let locale = self.locale;
        for violation in self.violations.iter_mut().rev() {
            if let Some(count) = self.counts.remove(violation.rule)
                && count > MOST_PER_RULE
            {
                let more = count - MOST_PER_RULE;
                violation.problem += &locale.pick(format!(" (et {more} autres cas)"), format!(" (and {more} more)"));
            }
        }
        self.violations
    }

    /// Counts one more finding of the rule; whether it is still listed.
    fn has_room(&mut self) -> bool {
        let Some(rule) = self.rule else { return false };
        let count = self.counts.entry(rule.name).or_default();
        *count += 1;
        *count <= MOST_PER_RULE
    }

    fn push(&mut self, element: String, fr: &str, en: &str) {
        let Some(rule) = self.rule else { return };
        self.violations.push(Violation {
            rule: rule.name,
            source: rule.source,
            element,
            problem: shorten(self.locale.pick(fr, en), 240),
            remedy: self.locale.pick(rule.remedy.0, rule.remedy.1),
        });
    }
}

/// One line of at most `most` characters, white space folded.
pub(super) fn shorten(text: &str, most: usize) -> String {
    let mut line = String::new();
    let mut count = 0;
    for word in text.split_whitespace() {
        let length = word.chars().count() + usize::from(count > 0);
        if count + length > most {
            if count > 0 {
                line.push(' ');
            }
            line.extend(word.chars().take(most.saturating_sub(count + 1)));
            line.push('…');
            return line;
        }
        if count > 0 {
            line.push(' ');
        }
        line.push_str(word);
        count += length;
    }
    line
}
