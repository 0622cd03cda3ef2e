//! An element in its page: what it is called, says, looks like, and what stands around it.

use super::{
    css::{
        Declaration,
        cascade::{Computed, Theme},
    },
    page::{Item, Page, is_block, primary_tag, squash},
    rule::shorten,
};
use std::ops::Range;

/// An element in its page. Cheap to copy.
#[derive(Clone, Copy)]
pub(super) struct El<'p> {
    pub(super) page: &'p Page<'p>,
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
