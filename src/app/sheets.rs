//! Qualification sheets as documents: JSON, text, and a page for the auditor.

use crate::{
    app::{Error, Result, trust::SourceSheet},
    domain::{
        evidence::Criterion,
        listing::{Judged, ReliabilityRow},
        localised::Locale,
        slug::Slug,
        trust::{Overdue, Sheet, SheetAnswer},
    },
    pipeline::{gate, qualification, reliability::wording},
    templates::Templates,
};
use serde::Serialize;
use std::path::Path;

/// The sheet for programs. The field names are those of `veille sources qualify --json`.
#[derive(Debug, Serialize)]
pub struct SheetDocument<'a> {
    slug: &'a Slug,
    name: &'a str,
    url: &'a str,
    publisher: Option<&'a str>,
    /// What people wrote; null when nobody opened a sheet.
    sheet: Option<&'a Sheet>,
    overdue: Option<Overdue>,
    criteria: Vec<CriterionRow<'a>>,
    computed: ReliabilityRow,
    reliability: ReliabilityRow,
    judged: Option<&'a Judged>,
    head: Option<&'a str>,
}

#[derive(Debug, Serialize)]
struct CriterionRow<'a> {
    id: Criterion,
    question: &'static str,
    answer: Option<&'a SheetAnswer>,
    score: f64,
    confidence: f64,
    evidence: Vec<String>,
}

/// For programs.
pub fn document(sheet: &SourceSheet, locale: Locale) -> SheetDocument<'_> {
    let held = &sheet.sheet;
    let criteria = held.criteria.iter().map(|criterion| CriterionRow {
        id: criterion.id,
        question: wording::criterion(locale, criterion.id),
        answer: criterion.answer.as_ref(),
        score: criterion.score,
        confidence: criterion.confidence,
        evidence: criterion.lines.iter().map(|line| wording::line(locale, line)).collect(),
    });
    SheetDocument {
        slug: &sheet.slug,
        name: &held.name,
        url: &held.url,
        publisher: held.publisher.as_ref().map(|publisher| publisher.slug.as_str()),
        sheet: held.sheet.as_ref(),
        overdue: held.overdue,
        criteria: criteria.collect(),
        computed: ReliabilityRow::of(&held.computed),
        reliability: ReliabilityRow::of(&held.effective),
        judged: sheet.judged.as_ref(),
        head: held.head.as_deref(),
    }
}

/// For people.
pub fn text(sheet: &SourceSheet, locale: Locale, templates: &Templates) -> Result<String> {
    Ok(qualification::text(&sheet.sheet, locale, templates)?)
}

/// Writes the sheet to a file: a page where its name ends in `.html`, else text. Gives what the accessibility gate finds in the page,
/// one line each: only words that people wrote can be at fault.
pub fn write(sheet: &SourceSheet, file: &Path, locale: Locale, templates: &Templates) -> Result<Vec<String>> {
    let is_page = file.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("html"));
    let written = if is_page {
        qualification::html(&sheet.sheet, locale, templates)?
    } else {
        qualification::text(&sheet.sheet, locale, templates)?
    };
    std::fs::write(file, &written).map_err(|error| Error::Invalid(format!("cannot write {}: {error}", file.display())))?;
    let violations = if is_page { gate::check_html_for(&written, locale) } else { Vec::new() };
    Ok(violations.iter().map(|v| format!("{}: {}: {}; {}", file.display(), v.element, v.problem, v.remedy)).collect())
}
