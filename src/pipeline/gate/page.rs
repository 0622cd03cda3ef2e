//! A document, read once: its elements in order, what each looks like, and its visible text in one string.

use super::{
    css::{
        Declaration,
        cascade::{Computed, Theme},
        sheet::Sheet,
    },
    reading,
    rule::shorten,
    scan::{Fault, Refusal},
};
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

/// An element in its page. Cheap to copy.
#[derive(Clone, Copy)]
pub(super) struct El<'p> {
    page: &'p Page<'p>,
    pub(super) index: usize,
}

impl<'p> El<'p> {
    fn item(&self) -> &'p Item {
        &self.page.items[self.index]
    }

    pub(super) fn name(&self) -> &'p str {
        &self.item().name
    }

    pub(super) fn is(&self, names: &[&str]) -> bool {
        names.contains(&self.name())
    }

    pub(super) fn attr(&self, name: &str) -> Option<&'p str> {
        self.attrs().find(|(found, _)| *found == name).map(|(_, value)| value)
    }

    pub(super) fn attrs(&self) -> impl Iterator<Item = (&'p str, &'p str)> + use<'p> {
        self.item().attributes.iter().map(|(name, value)| (name.as_str(), value.as_str()))
    }

    /// What its `style` attribute says.
    pub(super) fn inline(&self) -> &'p [Declaration] {
        &self.item().inline
    }

    /// What its `style` attribute says of one property; the last word counts.
    pub(super) fn inline_value(&self, name: &str) -> Option<&'p str> {
        self.inline().iter().rev().find(|said| said.name == name).map(|said| said.value.as_str())
    }

    pub(super) fn looks(&self, theme: Theme) -> &'p Computed {
        match theme {
            Theme::Light => &self.item().light,
            Theme::Dark => &self.item().dark,
        }
    }

    pub(super) fn light(&self) -> &'p Computed {
        self.looks(Theme::Light)
    }

    pub(super) fn is_shown(&self) -> bool {
        !self.light().hidden
    }

    /// Its visible text, as in the page.
    pub(super) fn text(&self) -> &'p str {
        self.page.text.get(self.item().span.clone()).unwrap_or_default()
    }

    /// Its visible text in one line.
    pub(super) fn line(&self) -> String {
        squash(self.text())
    }

    /// Where its text begins and ends in the page's text.
    pub(super) fn span(&self) -> Range<usize> {
        self.item().span.clone()
    }

    pub(super) fn parent(&self) -> Option<Self> {
        self.item().parent.map(|index| Self { page: self.page, index })
    }

    /// From the parent up to the root.
    pub(super) fn ancestors(&self) -> impl Iterator<Item = Self> + use<'p> {
        std::iter::successors(self.parent(), Self::parent)
    }

    /// Elements within, in order.
    pub(super) fn descendants(&self) -> impl Iterator<Item = Self> + use<'p> {
        let page = self.page;
        (self.index + 1..self.item().end).map(move |index| Self { page, index })
    }

    pub(super) fn children(&self) -> impl Iterator<Item = Self> + use<'p> {
        let (page, end) = (self.page, self.item().end);
        let first = Some(self.index + 1).filter(|index| *index < end);
        let following = move |index: &usize| Some(page.items[*index].end).filter(|next| *next < end);
        std::iter::successors(first, following).map(move |index| Self { page, index })
    }

    /// 1 to 6.
    pub(super) fn heading_level(&self) -> Option<u8> {
        match self.name().as_bytes() {
            [b'h', level @ b'1'..=b'6'] => Some(level - b'0'),
            _ => None,
        }
    }

    /// Whether a line break is followed by another, with nothing to see between.
    pub(super) fn following_break(&self) -> bool {
        let next = self.page.items.get(self.index + 1).filter(|next| next.name == "br" && next.parent == self.item().parent);
        next.is_some_and(|_| self.page.between(*self, Self { page: self.page, index: self.index + 1 }).trim().is_empty())
    }

    /// The language that is said for it (primary tag), by itself or by the nearest ancestor.
    pub(super) fn language(&self) -> Option<String> {
        std::iter::once(*self).chain(self.ancestors()).find_map(|element| element.attr("lang")).and_then(primary_tag)
    }

    /// Whether it makes lines of its own.
    pub(super) fn is_block(&self) -> bool {
        is_block(self.name())
    }

    /// The tag as written and the first words, shortened.
    pub(super) fn excerpt(&self) -> String {
        let mut tag = format!("<{}", self.name());
        let (styles, others): (Vec<_>, Vec<_>) = self.attrs().partition(|(name, _)| *name == "style");
        for (name, value) in others.into_iter().chain(styles) {
            tag += &format!(" {name}=\"{}\"", shorten(value, 60));
            if tag.len() > 110 {
                break;
            }
        }
        format!("{}>{}", shorten(&tag, 140), shorten(self.text().get(..).unwrap_or_default(), 40))
    }
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
pub(super) fn is_block(name: &str) -> bool {
    matches!(
        name,
        "address"
            | "article"
            | "aside"
            | "blockquote"
            | "body"
            | "caption"
            | "center"
            | "dd"
            | "details"
            | "dialog"
            | "div"
            | "dl"
            | "dt"
            | "fieldset"
            | "figcaption"
            | "figure"
            | "footer"
            | "form"
            | "h1"
            | "h2"
            | "h3"
            | "h4"
            | "h5"
            | "h6"
            | "header"
            | "hgroup"
            | "hr"
            | "html"
            | "legend"
            | "li"
            | "main"
            | "menu"
            | "nav"
            | "ol"
            | "option"
            | "p"
            | "pre"
            | "section"
            | "summary"
            | "table"
            | "tbody"
            | "td"
            | "tfoot"
            | "th"
            | "thead"
            | "tr"
            | "ul"
    )
}
