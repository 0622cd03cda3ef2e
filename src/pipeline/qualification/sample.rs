//! A sheet that holds every part, for trying templates.

use super::{CriterionBeside, QualificationSheet};
use crate::domain::{
    evidence::{Criterion, CriterionScore, Evidence, LedgerLine, Level, Provenance, Reliability},
    publisher::{Publisher, PublisherClass},
    slug::Slug,
    trust::{Act, Answer, Holdings, Met, Record, Sheet, SheetState, Step, Subject},
};
use chrono::{DateTime, NaiveDate, Utc};

/// The same each time. `filled`: people wrote something.
pub(super) fn sheet(filled: bool) -> QualificationSheet {
    let source = Slug::propose("exemple");
    let records = if filled { records(&source) } else { Vec::new() };
    let at = DateTime::<Utc>::from_timestamp(1_795_600_000, 0).unwrap_or_default();
    let sheet = Sheet::of(&records, &source, at);
    let criterion = |id: Criterion| CriterionBeside {
        id,
        answer: sheet.as_ref().and_then(|sheet| sheet.answer(id)).cloned(),
        score: 0.73,
        confidence: 0.6,
        lines: if filled { lines(id, at) } else { Vec::new() },
    };
    QualificationSheet {
        name: "Observatoire de l'exemple & Cie".to_owned(),
        url: "https://exemple.example/fil?a=1&b=2".to_owned(),
        publisher: filled.then(|| publisher(&source)),
        overdue: sheet.as_ref().and_then(|sheet| sheet.overdue(at.date_naive())),
        criteria: Criterion::ALL.map(criterion).to_vec(),
        computed: reliability(61.0),
        effective: reliability(if filled { 72.0 } else { 61.0 }),
        overrides: Holdings::of(&records, at).of_source(source.as_str()).rows.clone(),
        head: filled.then(|| "0123456789abcdef".repeat(4)),
        sheet,
        at,
    }
}

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap_or_default()
}

fn records(source: &Slug) -> Vec<Record> {
    let note = "Elle signe ses articles, voir le rapport du 2026-11-02 & sa page « Qui sommes-nous » https://exemple.example/qui";
    let answers = Criterion::ALL.iter().zip([Met::Yes, Met::Partly, Met::No, Met::Yes, Met::Partly, Met::No]);
    let answers = answers.map(|(criterion, met)| Answer { criterion: *criterion, met: Some(met), note: Some(note.to_owned()) });
    let steps = [
        Step { state: Some(SheetState::Proposed), answers: answers.collect(), ..Step::default() },
        Step { state: Some(SheetState::Trial), trial_until: Some(day("2026-11-20")), ..Step::default() },
        Step { state: Some(SheetState::Accepted), next_review: Some(day("2026-11-22")), ..Step::default() },
    ];
    let review_by = day("2027-06-01");
    let subject = || Subject::Source { source: source.clone() };
    let (criterion, support, weight) = (Criterion::C2, 0.9, 2.0);
    let mut acts: Vec<Act> = steps.into_iter().map(|step| Act::Qualify { source: source.clone(), step }).collect();
    acts.extend([
        Act::Pin { subject: subject(), score: 72, review_by },
        Act::Evidence { subject: subject(), criterion, support, weight, review_by },
    ]);
    let reason = "The publisher corrected every mistake that we told them of within the same day, and said so on the page.";
    let record = |(number, act): (i64, Act)| Record {
        number,
        previous: String::new(),
        at: DateTime::from_timestamp(1_795_000_000 + number, 0).unwrap_or_default(),
        actor: "Camille Exemple".to_owned(),
        reason: Some(reason.to_owned()),
        act,
    };
    (1..).zip(acts).map(record).collect()
}

fn publisher(slug: &Slug) -> Publisher {
    Publisher {
        slug: slug.clone(),
        name: "Observatoire de l'exemple".to_owned(),
        class: PublisherClass::Ngo,
        domains: vec!["exemple.example".to_owned()],
        country: Some("FR".to_owned()),
        owner: Some("groupe-exemple".to_owned()),
        sells: vec!["Formations".to_owned()],
        accessibility_statement: None,
        policy: None,
        licence: None,
        quotation: None,
        blocked: None,
        reviewed_by: None,
        reviewed_on: None,
        review_due: None,
    }
}

fn lines(criterion: Criterion, observed_at: DateTime<Utc>) -> Vec<LedgerLine> {
    let line = |(signal, excerpt, contribution): (&str, Option<&str>, f64)| LedgerLine {
        evidence: Evidence {
            criterion,
            signal: signal.to_owned(),
            support: 1.0,
            weight: 3.0,
            observed_at,
            provenance: Provenance::Feed,
            excerpt: excerpt.map(str::to_owned),
        },
        contribution,
    };
    let all = [
        ("author.person", Some("Jeanne Martin (dc:creator)"), 6.2),
        ("date.zoned", Some("2026-11-23 08:00 UTC"), 1.1),
        ("policy.linked", Some("https://exemple.example/charte"), 2.0),
        ("title.tone", Some("!!! INCROYABLE 👍 → cliquez"), -3.0),
        ("history.author", None, 0.4),
    ];
    all.map(line).to_vec()
}

fn reliability(score: f64) -> Reliability {
    let criteria = Criterion::ALL.map(|id| CriterionScore { id, score: 0.73, confidence: 0.6 }).to_vec();
    let (low, high, confidence, level) = (score - 8.0, score + 8.0, 0.6, Level::RatherReliable);
    Reliability { score, low, high, confidence, level, criteria, caps: Vec::new(), rules: "1".to_owned() }
}
