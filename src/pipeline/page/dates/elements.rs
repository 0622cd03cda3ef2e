//! Dates in elements that are made for them: microdata, RDFa, `time`, and those that a class names.

use super::{
    read::Reader,
    visible::{self, Said},
};
use crate::{
    domain::page::PageDate,
    pipeline::page::{
        Sources,
        tree::{attribute, names_of, outwards, select_few, text_of},
        visible::is_around,
    },
};
use scraper::ElementRef;

const PUBLISHED: &str = "[itemprop~='datePublished'], [property~='datePublished'], [property='schema:datePublished'], \
    [property~='dc:date'], [property~='dc:created'], [itemprop~='dateCreated'], time[pubdate], time.published, time.entry-date, abbr.published";
const MODIFIED: &str =
    "[itemprop~='dateModified'], [property~='dateModified'], [property='schema:dateModified'], time.updated, abbr.updated";
/// Elements that a page builder names after the date that they show.
const NAMED: &str = "[class*='date' i], [class*='publish' i], [class*='posted' i], [class*='fecha' i], [class*='datum' i], [class*='tarih' i], [id*='date' i]";

/// A date of publication, or of the last change, in an element that says so.
pub(super) fn dated(sources: &Sources<'_>, reader: &Reader, published: bool) -> Option<PageDate> {
    let (css, place) = if published { (PUBLISHED, "datePublished") } else { (MODIFIED, "dateModified") };
    let elements = select_few(sources.document, css);
    let (around, own): (Vec<ElementRef<'_>>, Vec<ElementRef<'_>>) =
        elements.into_iter().filter(|element| !is_cited(*element)).partition(|element| is_around(*element));
    let first = own.into_iter().find_map(|element| of(element, reader, place));
    first.or_else(|| around.into_iter().find_map(|element| of(element, reader, place)))
}

/// It belongs to a work that the page only refers to.
pub(in super::super) fn is_cited(element: ElementRef<'_>) -> bool {
    outwards(element)
        .skip(1)
        .any(|above| matches!(above.value().attr("itemprop"), Some("citation" | "comment" | "isPartOf" | "review")))
}

/// By its machine-readable attribute, else by its text.
fn of(element: ElementRef<'_>, reader: &Reader, place: &'static str) -> Option<PageDate> {
    let attributes = ["datetime", "content", "data-datetime", "data-time", "title"];
    let by_attribute = attributes.iter().filter_map(|name| attribute(element, name)).find_map(|text| reader.stated(text, place));
    by_attribute.or_else(|| {
        let text = text_of(element);
        visible::dates(&text, reader, place).into_iter().next().map(|(_, date)| date)
    })
}

/// The first date in an element named after publication, wherever it stands.
pub(super) fn named_published(sources: &Sources<'_>, reader: &Reader) -> Option<PageDate> {
    select_few(sources.document, "[class*='publish' i], [id*='publish' i]")
        .into_iter()
        .find_map(|element| by_name(element, reader))
}

/// The first date in an element named after dates: of the article, and of what stands around it.
pub(super) fn named(sources: &Sources<'_>, reader: &Reader) -> [Option<PageDate>; 2] {
    let (around, own): (Vec<_>, Vec<_>) =
        select_few(sources.document, NAMED).into_iter().partition(|element| is_around(*element));
    [own, around].map(|elements| elements.into_iter().find_map(|element| by_name(element, reader)))
}

/// The first `time` element outside of what stands around the article.
pub(super) fn times(sources: &Sources<'_>, reader: &Reader) -> Option<PageDate> {
    let mut times = select_few(sources.document, "time[datetime]").into_iter().filter(|element| !is_around(*element));
    times.find_map(|element| of(element, reader, "time").filter(|date| reader.is_past(date)))
}

fn by_name(element: ElementRef<'_>, reader: &Reader) -> Option<PageDate> {
    let text = text_of(element);
    let brief = !text.is_empty() && text.chars().count() <= 60 && !names_of(element).contains("update");
    let said = if brief { visible::dates(&text, reader, "text") } else { Vec::new() };
    said.into_iter().find(|(said, _)| *said != Said::Changed).map(|(_, date)| date)
}
