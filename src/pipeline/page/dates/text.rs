//! Dates in the lines that people read around the title.

use super::{
    read::Reader,
    visible::{self, Said},
};
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

/// When the page says in words that it was published, and changed.
pub(super) fn dated(sources: &Sources<'_>, reader: &Reader) -> (Option<PageDate>, Option<PageDate>) {
    let visible = &sources.visible;
    let mut bare = None;
    let (mut published, mut changed) = (None, None);
    for line in visible.around_title(AFTER, BEFORE).filter(|line| is_brief(line) && !is_around(line.element)) {
        for (said, date) in of_line(line, reader) {
            match said {
                Said::Published => published = published.or(Some(date)),
                Said::Changed => changed = changed.or(Some(date)),
                Said::Nothing => bare = bare.or(Some(date)),
            }
        }
    }
    let stated = |wanted: Said| {
        let anywhere: Vec<&Line<'_>> = visible.lines.iter().filter(|line| is_brief(line)).collect();
        let (around, own): (Vec<&Line<'_>>, Vec<&Line<'_>>) = anywhere.into_iter().partition(|line| is_around(line.element));
        let dates = own.into_iter().chain(around).flat_map(|line| of_line(line, reader));
        dates.into_iter().find(|(said, _)| *said == wanted).map(|(_, date)| date)
    };
    let published = published.or(bare).or_else(|| stated(Said::Published));
    (published, changed.or_else(|| stated(Said::Changed)))
}

fn is_brief(line: &Line<'_>) -> bool {
    line.text.bytes().any(|b| b.is_ascii_digit()) && line.text.chars().count() <= BRIEF
}

/// The dates of a line; that of its `time` element stands for the words in it.
fn of_line(line: &Line<'_>, reader: &Reader) -> Vec<(Said, PageDate)> {
    let mut found = visible::dates(&line.text, reader, "text");
    let exact = line.element.descendent_elements().filter_map(|element| attribute(element, "datetime")).next();
    if let (Some((_, first)), Some(exact)) = (found.first_mut(), exact.and_then(|text| reader.seen(text, "time")))
        && exact.at.date_naive() == first.at.date_naive()
    {
        *first = exact;
    }
    found
}
