//! The qualification sheet of a source as a page and as text: what a person answers, criterion by criterion, beside what the
//! evidence says. For an auditor, on paper or through a screen reader: dates in words, foreign passages marked.

mod sample;
mod words;

use crate::{
    domain::{
        evidence::{Criterion, Evidence, LedgerLine, Reliability},
        localised::Locale,
        publisher::Publisher,
        trust::{HistoryRow, Overdue, OverrideRow, Sheet, SheetAnswer, SheetState},
    },
    pipeline::{compose::speakable, dates, gate, reliability::wording},
    templates::{Template, TemplateError, Templates},
};
use chrono::{DateTime, Utc};
use regex::{Captures, Regex};
use serde::Serialize;
use std::{collections::BTreeMap, sync::LazyLock};
use words::Say;

/// How many lines of evidence stand under a criterion.
const LINES: usize = 5;

/// One criterion.
#[derive(Debug, Clone, PartialEq)]
pub struct CriterionBeside {
    /// Which.
    pub id: Criterion,
    /// The person's answer.
    pub answer: Option<SheetAnswer>,
    /// What the evidence adds up to without people's words, 0 to 1.
    pub score: f64,
    /// How much evidence stands behind it, 0 to 1.
    pub confidence: f64,
    /// The lines of evidence, those that weigh most first.
    pub lines: Vec<LedgerLine>,
}

/// Everything that a sheet shows.
#[derive(Debug, Clone, PartialEq)]
pub struct QualificationSheet {
    /// The source's name for people.
    pub name: String,
    /// Where it is read.
    pub url: String,
    /// Who stands behind it.
    pub publisher: Option<Publisher>,
    /// What people wrote; `None` when nobody opened a sheet.
    pub sheet: Option<Sheet>,
    /// What ought to have been done by now.
    pub overdue: Option<Overdue>,
    /// The six criteria.
    pub criteria: Vec<CriterionBeside>,
    /// The score as computed.
    pub computed: Reliability,
    /// The score with people's words.
    pub effective: Reliability,
    /// The overrides in force of the source.
    pub overrides: Vec<OverrideRow>,
    /// Hash of the last record of the chain.
    pub head: Option<String>,
    /// When this was made.
    pub at: DateTime<Utc>,
}

#[derive(Debug, Serialize)]
struct View {
    lang: &'static str,
    title: String,
    made: String,
    source: Vec<Fact>,
    url: String,
    url_text: String,
    decision: Vec<Fact>,
    reliability: Vec<String>,
    criteria: Vec<CriterionView>,
    overrides: Vec<Fact>,
    history: Vec<Fact>,
    proof: String,
    say: BTreeMap<&'static str, &'static str>,
}

/// A name in the language of the page, and what may be in another.
#[derive(Debug, Serialize)]
struct Fact {
    name: String,
    value: String,
    lang: Option<&'static str>,
}

#[derive(Debug, Serialize)]
struct CriterionView {
    name: String,
    facts: Vec<Fact>,
    lines: Vec<Fact>,
}

/// The sheet as a web page that the accessibility gate passes; what people wrote may still break a rule, which the gate tells.
pub fn html(sheet: &QualificationSheet, locale: Locale, templates: &Templates) -> Result<String, TemplateError> {
    templates.render(Template::SheetHtml, &view(sheet, locale))
}

/// The sheet as plain text.
pub fn text(sheet: &QualificationSheet, locale: Locale, templates: &Templates) -> Result<String, TemplateError> {
    templates.render(Template::SheetText, &view(sheet, locale))
}

/// Tries the templates on sheets of every kind: one that cannot say them is refused before it is needed.
pub fn check(templates: &Templates) -> Result<(), TemplateError> {
    for (locale, filled) in [(Locale::Fr, true), (Locale::En, true), (Locale::Fr, false), (Locale::En, false)] {
        let sheet = sample::sheet(filled);
        html(&sheet, locale, templates)?;
        text(&sheet, locale, templates)?;
    }
    Ok(())
}

fn view(sheet: &QualificationSheet, locale: Locale) -> View {
    let say = Say(locale);
    let name = spoken(&sheet.name, locale);
    let day = dates::full(sheet.at.date_naive(), locale);
    View {
        lang: locale.tag(),
        title: locale.pick(format!("Fiche de qualification\u{a0}: {name}"), format!("Qualification sheet: {name}")),
        made: locale.pick(format!("Établie le {day}."), format!("Made on {day}.")),
        source: source(sheet, &say),
        url: sheet.url.clone(),
        url_text: locale.pick(format!("Ce qui est lu chez {name}"), format!("What is read of {name}")),
        decision: decision(sheet, &say),
        reliability: reliability(sheet, locale),
        criteria: sheet.criteria.iter().map(|criterion| criterion_view(criterion, &say)).collect(),
        overrides: sheet.overrides.iter().map(|row| say.contested(row)).collect(),
        history: sheet.sheet.iter().flat_map(|sheet| &sheet.history).map(|row| step(row, &say)).collect(),
        proof: say.proof(sheet.head.as_deref()),
        say: say.headings(),
    }
}

fn source(sheet: &QualificationSheet, say: &Say) -> Vec<Fact> {
    let Some(publisher) = &sheet.publisher else {
        return vec![say.fact("Éditeur", "Publisher", say.pick("inconnu du registre", "unknown to the registry"))];
    };
    let mut facts =
        vec![say.fact("Éditeur", "Publisher", &publisher.name), say.fact("Nature", "Kind", say.class(publisher.class))];
    facts.extend(publisher.country.as_ref().map(|country| say.fact("Pays", "Country", country)));
    facts.extend(publisher.owner.as_ref().map(|owner| say.fact("Groupe", "Owning group", owner)));
    if !publisher.sells.is_empty() {
        facts.push(say.fact("Vend", "Sells", &publisher.sells.join(", ")));
    }
    facts
}

fn decision(sheet: &QualificationSheet, say: &Say) -> Vec<Fact> {
    let Some(held) = &sheet.sheet else {
        return vec![say.fact("État", "State", say.pick("aucune fiche n'a été ouverte", "nobody opened a sheet"))];
    };
    let day = |day| dates::long(day, say.0);
    let mut facts = vec![
        say.fact("État", "State", say.state(held.state)),
        say.fact("Proposée par", "Proposed by", &say.by_on(&held.proposed_by, &day(held.proposed_at.date_naive()))),
    ];
    if let (Some(by), Some(at)) = (&held.decided_by, held.decided_at) {
        facts.push(say.fact("Décidée par", "Decided by", &say.by_on(by, &day(at.date_naive()))));
    }
    facts.extend(held.reason.as_ref().map(|reason| say.fact("Raison", "Reason", reason)));
    if held.state == SheetState::Trial {
        facts.extend(held.trial_until.map(|until| say.fact("Essai jusqu'au", "On trial until", &day(until))));
    }
    facts.extend(held.next_review.map(|review| say.fact("Prochaine revue", "Next review", &day(review))));
    facts.extend(sheet.overdue.map(|overdue| say.fact("En retard depuis le", "Overdue since", &day(overdue.since()))));
    facts
}

fn reliability(sheet: &QualificationSheet, locale: Locale) -> Vec<String> {
    let computed = wording::headline(locale, &sheet.computed);
    let mut lines = vec![locale.pick(format!("Calculée\u{a0}: {computed}."), format!("Computed: {computed}."))];
    if sheet.effective != sheet.computed {
        let effective = wording::headline(locale, &sheet.effective);
        lines.push(locale.pick(
            format!("Avec ce que des personnes ont dit\u{a0}: {effective}."),
            format!("With what people said: {effective}."),
        ));
    }
    lines
}

fn criterion_view(criterion: &CriterionBeside, say: &Say) -> CriterionView {
    let answer = criterion.answer.as_ref();
    let answered = match answer.and_then(|answer| Some((answer.met?, answer))) {
        Some((met, answer)) => {
            say.by_on(&format!("{}, {}", say.met(met), answer.by), &dates::long(answer.at.date_naive(), say.0))
        }
        None => say.pick("personne n'a répondu", "nobody answered").to_owned(),
    };
    let mut facts = vec![say.fact("Réponse", "Answer", &answered)];
    facts.extend(answer.and_then(|answer| answer.note.as_ref()).map(|note| say.fact("Note", "Note", note)));
    facts.push(say.fact("Calculé", "Computed", &computed(criterion, say)));
    let lines = criterion.lines.iter().take(LINES).map(|line| evidence(line, say.0)).collect();
    CriterionView { name: format!("{}, {}", criterion.id.id(), wording::criterion(say.0, criterion.id)), facts, lines }
}

/// What the evidence says of a criterion, which may be nothing.
fn computed(criterion: &CriterionBeside, say: &Say) -> String {
    if criterion.confidence <= 0.0 {
        return say.pick("rien n'a été observé", "nothing was observed").to_owned();
    }
    let (score, confidence) = ((criterion.score * 100.0).round(), (criterion.confidence * 100.0).round());
    say.0.pick(format!("{score} sur 100, confiance {confidence}\u{a0}%"), format!("{score} out of 100, confidence {confidence}%"))
}

/// A line of evidence; without what others wrote where that could not be read aloud.
fn evidence(line: &LedgerLine, locale: Locale) -> Fact {
    let points = wording::number(locale, line.contribution.abs());
    let sign = if line.contribution < 0.0 { locale.pick("contre", "against") } else { locale.pick("pour", "for") };
    let whole = spoken(&wording::message(locale, &line.evidence), locale);
    let value = if gate::check_words(&whole, locale).is_empty() {
        whole
    } else {
        wording::message(locale, &Evidence { excerpt: None, ..line.evidence.clone() })
    };
    let value = format!("{value}, {points} {sign}");
    Fact { name: String::new(), lang: foreign(&value, locale), value }
}

/// What changed, in the language of the page; why, in that of the person.
fn step(row: &HistoryRow, say: &Say) -> Fact {
    let (day, by) = (dates::long(row.at.date_naive(), say.0), spoken(&row.by, say.0));
    let mut name = say.0.pick(format!("Le {day}, {by}"), format!("On {day}, {by}"));
    let answers = row.step.answers.iter().map(|answer| {
        let met = answer.met.map_or(say.pick("note", "note"), |met| say.met(met));
        format!("{} {met}", answer.criterion.id())
    });
    for part in row.step.state.map(|state| say.state(state).to_owned()).into_iter().chain(answers) {
        name = format!("{name}, {part}");
    }
    let value = row.reason.as_deref().map(|reason| spoken(reason, say.0)).unwrap_or_default();
    if !value.is_empty() {
        name.push_str(say.pick("\u{a0}:", ":"));
    }
    Fact { name, lang: foreign(&value, say.0), value }
}

/// Fit for reading aloud: days in figures are put into words.
fn spoken(text: &str, locale: Locale) -> String {
    #[expect(clippy::expect_used, reason = "invariant: a constant that the tests compile")]
    static DAY: LazyLock<Regex> = LazyLock::new(|| Regex::new(r"\b\d{4}-\d{2}-\d{2}\b").expect("invariant: a valid pattern"));
    let in_words = |found: &Captures<'_>| found[0].parse().map_or_else(|_| found[0].to_owned(), |day| dates::long(day, locale));
    speakable(&DAY.replace_all(text, in_words))
}

/// The language of a passage that is plainly not that of the page.
fn foreign(text: &str, locale: Locale) -> Option<&'static str> {
    gate::language_of(text).filter(|language| *language != locale.tag())
}

#[cfg(test)]
mod tests {
    use super::{check, html, sample, text};
    use crate::{domain::localised::Locale, pipeline::gate, templates::Templates};

    #[test]
    fn a_sheet_passes_the_gate_and_says_everything_in_both_languages() {
        let templates = Templates::embedded();
        check(&templates).unwrap();
        for locale in [Locale::Fr, Locale::En] {
            for filled in [true, false] {
                let sheet = sample::sheet(filled);
                let page = html(&sheet, locale, &templates).unwrap();
                assert_eq!(gate::check_html_for(&page, locale), [], "{page}");
                let text = text(&sheet, locale, &templates).unwrap();
                for part in [&page, &text] {
                    assert!(part.contains(locale.pick("Fiche de qualification", "Qualification sheet")), "{part}");
                    assert_eq!(part.contains("Camille"), filled);
                }
                if filled {
                    assert!(page.contains(locale.pick("2 novembre 2026", "2 November 2026")), "a day in words: {page}");
                    assert!(text.contains(locale.pick("en partie", "partly")) && text.contains("72"), "{text}");
                    let marked = page.contains(" lang=\"en\">The publisher corrected");
                    assert_eq!(marked, locale == Locale::Fr, "an English reason is marked on a French page: {page}");
                }
            }
        }
    }
}
