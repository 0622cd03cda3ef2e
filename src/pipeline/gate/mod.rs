//! The accessibility gate: the mechanical rules of digest accessibility, on a finished document, without a browser.
//!
//! One file a chapter, one function a rule; a rule and its function stand together in the chapter's table, so that no rule can be
//! announced without being checked. Sources are named in short: **WCAG** 2.2, **RGAA** 4.1.2, **EMC** (Email Markup Consortium,
//! rank in its list of 2025), **AVH** (association Valentin Haüy), **AcceDe** (notice éditoriale), **Orange** (accessibility
//! guidelines), **CA** (Government of Canada, e-mail practices), **MA/MO** (Massachusetts, Missouri), **TEN** (Text Email
//! Newsletter standard), **W3C T1–T3** (techniques for plain text), **caniemail** (what mail clients keep).
//!
//! A clean result never means "fully accessible": `docs/ACCESSIBILITY.md` lists what only a browser or a person can tell.

mod active;
mod colours;
mod css;
mod document;
mod element;
mod footer;
mod headers;
mod headings;
mod hidden;
mod images;
mod language;
mod links;
mod lists;
mod message;
mod page;
mod plain;
mod plain_lines;
mod pointing;
mod prose;
mod reading;
mod rule;
mod signs;
mod size;
mod structure;
mod tables;
mod text;
mod words;

pub use rule::{Listing, Violation};

use crate::domain::localised::Locale;
use page::Page;
use rule::{Findings, Rule};

/// Checks an HTML part, or any HTML file; told in the default language of the product. Empty when it passes.
///
/// A file is held to the rules of e-mail, unless it plainly is a web page: it has `main` or `nav` and no trait of an e-mail
/// (comments for Outlook, `mso-` styles, a `lang` wrapper right under `body`, meta tags that only mail clients read).
pub fn check_html(html: &str) -> Vec<Violation> {
    check_html_for(html, Locale::default())
}

/// Checks a whole message: headers, the text part, the HTML part, and that they say the same; told in the default language.
pub fn check_message(eml: &[u8]) -> Vec<Violation> {
    check_message_for(eml, Locale::default())
}

/// As [`check_html`], told to a reader of `locale`.
pub fn check_html_for(html: &str, locale: Locale) -> Vec<Violation> {
    let mut findings = Findings::new(locale);
    match Page::read(html) {
        Ok(page) => check_page(&page, &mut findings),
        Err(refusal) => findings.alone(&size::READABLE, refusal),
    }
    findings.into_violations()
}

/// As [`check_message`], told to a reader of `locale`.
pub fn check_message_for(eml: &[u8], locale: Locale) -> Vec<Violation> {
    let mut findings = Findings::new(locale);
    message::check(eml, &mut findings);
    findings.into_violations()
}

/// The language, "fr" or "en", that a text of eight words or more is plainly in: what the gate will hold its `lang` against.
pub fn language_of(text: &str) -> Option<&'static str> {
    language::plainly_in(text)
}

/// Checks one line or paragraph of plain text that others wrote (a title, a summary), before it is put into an edition: signs,
/// capitals, entities, mojibake, template leftovers, bare addresses, dates in figures. Empty when an edition may hold it.
pub fn check_words(text: &str, locale: Locale) -> Vec<Violation> {
    let mut findings = Findings::new(locale);
    prose::check(text, &mut findings);
    findings.into_violations()
}

/// Every rule of the gate, in the order of the chapters, worded for `locale`.
pub fn rules(locale: Locale) -> Vec<Listing> {
    html_chapters()
        .flat_map(|chapter| chapter.iter().map(|check| check.rule.listing(locale)))
        .chain(std::iter::once(size::READABLE.listing(locale)))
        .chain(message::rules().map(|rule| rule.listing(locale)))
        .collect()
}

/// A rule on HTML and the function that answers it.
struct HtmlCheck {
    rule: Rule,
    run: fn(&Page, &mut Findings),
}

fn html_chapters() -> impl Iterator<Item = &'static [HtmlCheck]> {
    [
        language::CHAPTER,
        document::CHAPTER,
        headings::CHAPTER,
        structure::CHAPTER,
        lists::CHAPTER,
        tables::CHAPTER,
        links::CHAPTER,
        pointing::CHAPTER,
        colours::CHAPTER,
        text::CHAPTER,
        prose::CHAPTER,
        images::CHAPTER,
        active::CHAPTER,
        hidden::CHAPTER,
        size::CHAPTER,
        footer::CHAPTER,
    ]
    .into_iter()
}

fn check_page(page: &Page, findings: &mut Findings) {
    for check in html_chapters().flatten() {
        if check.rule.concerns(page.kind) {
            findings.begin(&check.rule);
            (check.run)(page, findings);
        }
    }
}
