//! A document, read once: its elements in order, what each looks like, and its visible text in one string.

pub(super) use super::element::El;
use super::{
    css::{Declaration, cascade::Computed, sheet::Sheet},
    reading,
};
use crate::pipeline::markup::{Fault, Refusal};
use std::{collections::HashMap, ops::Range};

/// What a document is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Mail,
    WebPage,
}

/// A document.
pub(super) struct Page<'s> {
    /// As written.
    pub(super) source: &'s str,
    pub(super) kind: Kind,
    /// It starts with `<!doctype html>`.
    pub(super) has_doctype: bool,
    /// The text of `title`.
    pub(super) title: String,
    pub(super) sheet: Sheet,
    pub(super) faults: Vec<Fault>,
    /// What the parser complained of.
    pub(super) errors: Vec<String>,
    pub(super) comments: Vec<String>,
    /// Pieces of visible text, in order.
    pub(super) runs: Vec<Run>,
    /// Elements that hold text which is not shown, and that text.
    pub(super) unseen: Vec<(usize, String)>,
    pub(super) items: Vec<Item>,
    pub(super) named: HashMap<String, Vec<usize>>,
    /// All visible text; blocks stand on lines of their own.
    pub(super) text: String,
}

/// A piece of visible text.
#[derive(Debug, Clone)]
pub(super) struct Run {
    /// The element that it stands in.
    pub(super) element: usize,
    /// Where it is in the page's text.
    pub(super) span: Range<usize>,
}

/// An element, as stored.
pub(super) struct Item {
    pub(super) name: String,
    pub(super) attributes: Vec<(String, String)>,
    pub(super) inline: Vec<Declaration>,
    pub(super) parent: Option<usize>,
    /// One past its last descendant.
    pub(super) end: usize,
    pub(super) span: Range<usize>,
    pub(super) light: Computed,
    pub(super) dark: Computed,
}

impl<'s> Page<'s> {
    /// Reads a document; or tells, in French and in English, why it cannot be read.
    pub(super) fn read(source: &'s str) -> Result<Self, Refusal> {
        reading::read(source)
    }

    /// All elements, in order.
    pub(super) fn elements(&self) -> impl Iterator<Item = El<'_>> {
        (0..self.items.len()).map(|index| El { page: self, index })
    }

    /// The elements of this name, in order.
    pub(super) fn named(&self, name: &str) -> impl Iterator<Item = El<'_>> {
        self.named.get(name).into_iter().flatten().map(|index| El { page: self, index: *index })
    }

    /// The first element of this name.
    pub(super) fn first(&self, name: &str) -> Option<El<'_>> {
        self.named(name).next()
    }

    /// The element at a place that the page itself gave.
    pub(super) fn element(&self, index: usize) -> El<'_> {
        El { page: self, index }
    }

    /// The `html` element.
    pub(super) fn root(&self) -> El<'_> {
        El { page: self, index: 0 }
    }

    /// `h1` to `h6`, in order, with their level.
    pub(super) fn headings(&self) -> Vec<(u8, El<'_>)> {
        self.elements().filter_map(|element| Some((element.heading_level()?, element))).filter(|(_, e)| e.is_shown()).collect()
    }

    /// Pieces of visible text with their element.
    pub(super) fn pieces(&self) -> impl Iterator<Item = (El<'_>, &str)> {
        self.runs.iter().map(|run| (self.element(run.element), self.text.get(run.span.clone()).unwrap_or_default()))
    }

    /// The pieces of visible text that stand right in an element, not in one of its children.
    pub(super) fn runs_of(&self, element: El) -> impl Iterator<Item = &str> {
        let span = element.span();
        let first = self.runs.partition_point(|run| run.span.start < span.start);
        let inside = self.runs.iter().skip(first).take_while(move |run| run.span.start < span.end);
        inside.filter(move |run| run.element == element.index).map(|run| self.text.get(run.span.clone()).unwrap_or_default())
    }

    /// The visible text between the end of one element and the start of another.
    pub(super) fn between(&self, before: El, after: El) -> &str {
        self.text.get(before.span().end..after.span().start).unwrap_or_default()
    }

    /// The lines of visible text: a block, or what stands between two line breaks.
    pub(super) fn lines(&self) -> impl Iterator<Item = &str> {
        self.text.lines().map(str::trim).filter(|line| !line.is_empty())
    }

    /// The main language of the document (primary tag in lower case), if it says one.
    pub(super) fn language(&self) -> Option<String> {
        self.root().attr("lang").and_then(primary_tag)
    }
}

/// "en" for "en-GB".
pub(super) fn primary_tag(tag: &str) -> Option<String> {
    let primary = tag.trim().split(['-', '_']).next()?.to_ascii_lowercase();
    (!primary.is_empty()).then_some(primary)
}

/// One line: white space folded, no-break spaces included.
pub(super) fn squash(text: &str) -> String {
    let mut line = String::with_capacity(text.len());
    for word in text.split_whitespace() {
        if !line.is_empty() {
            line.push(' ');
        }
        line.push_str(word);
    }
    line
}

/// Elements that browsers set on lines of their own.
const BLOCKS: [&str; 47] = [
    "address",
    "article",
    "aside",
    "blockquote",
    "body",
    "caption",
    "center",
    "dd",
    "details",
    "dialog",
    "div",
    "dl",
    "dt",
    "fieldset",
    "figcaption",
    "figure",
    "footer",
    "form",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "header",
    "hgroup",
    "hr",
    "html",
    "legend",
    "li",
    "main",
    "menu",
    "nav",
    "ol",
    "option",
    "p",
    "pre",
    "section",
    "summary",
    "table",
    "tbody",
    "td",
    "tfoot",
    "th",
    "thead",
    "tr",
    "ul",
];

/// Whether an element makes lines of its own.
pub(super) fn is_block(name: &str) -> bool {
    BLOCKS.contains(&name)
}
