//! Dates in the lines that people read around the title.

use super::{read::Reader, visible};
use crate::{
    domain::page::PageDate,
    pipeline::page::{
        Sources,
        tree::attribute,
        visible::{Line, is_around},
    },
};

/// How many lines after the title may hold its date, and before it.
const AFTER: usize = 25;
const BEFORE: usize = 12;
/// A longer line is running text: a date in it is that of what it tells, unless it opens the line.
const BRIEF: usize = 160;
/// Characters of a line that a date may stand in by itself.
const LABEL: usize = 60;

/// What lines say of dates.
#[derive(Debug, Default)]
pub(super) struct Said {
    /// In words: published.
    pub(super) published: Option<PageDate>,
    /// In words: changed.
    pub(super) changed: Option<PageDate>,
    /// A bare date beside the title, and one anywhere.
    pub(super) near: Option<PageDate>,
    pub(super) anywhere: Option<PageDate>,
}

impl Said {
    /// The day that a reader takes for that of publication.
    pub(super) fn shown(&self) -> Option<PageDate> {
        self.published.clone().or_else(|| self.near.clone())
    }

    fn note(&mut self, is_near: bool, dates: Vec<(visible::Said, PageDate)>) {
        for (said, date) in dates {
            let place = match said {
                visible::Said::Published => &mut self.published,
                visible::Said::Changed => &mut self.changed,
                visible::Said::Nothing if is_near => &mut self.near,
                visible::Said::Nothing => &mut self.anywhere,
            };
            place.get_or_insert(date);
        }
    }
}

/// When the page says that it was published and changed: beside its title, then elsewhere, then in what stands around it.
pub(super) fn dated(sources: &Sources<'_>, reader: &Reader) -> Said {
    let visible = &sources.visible;
    let mut said = Said::default();
    for line in visible.around_title(AFTER, BEFORE).filter(|line| is_brief(line) && !is_around(line.element)) {
        said.note(is_label(line), of_line(line, reader));
    }
    let anywhere: Vec<&Line<'_>> = visible.lines.iter().filter(|line| is_brief(line)).collect();
    let (around, own): (Vec<&Line<'_>>, Vec<&Line<'_>>) = anywhere.into_iter().partition(|line| is_around(line.element));
    for line in own.into_iter().chain(around) {
        said.note(false, of_line(line, reader));
    }
    said
}

/// A line that is little more than its date.
fn is_label(line: &Line<'_>) -> bool {
    line.text.chars().count() <= LABEL || visible::share(&line.text) >= 0.25
}

fn is_brief(line: &Line<'_>) -> bool {
    line.text.bytes().any(|b| b.is_ascii_digit()) && line.text.chars().count() <= BRIEF
}

/// The dates of a line; that of its `time` element stands for the words in it.
fn of_line(line: &Line<'_>, reader: &Reader) -> Vec<(visible::Said, PageDate)> {
    let mut found = visible::dates(&line.text, reader, "text");
    let exact = line.element.descendent_elements().filter_map(|element| attribute(element, "datetime")).next();
    if let (Some((_, first)), Some(exact)) = (found.first_mut(), exact.and_then(|text| reader.seen(text, "time")))
        && exact.at.date_naive() == first.at.date_naive()
    {
        *first = exact;
    }
    found
}
