//! What people say, put beside what was computed.
//!
//! The stored evidence and its score stay as they are; here they are read together with the overrides and the qualification sheet
//! in force. So an override ends on its day, or when it is withdrawn, without anything being computed again.

use super::{
    CAP_BLOCKED, Rules, ledger,
    signal::{Signal, kind_of},
};
use crate::domain::{
    evidence::{Criterion, Evidence, Provenance, Reliability},
    trust::{Hold, Met, Overdue, OverrideRow, Sheet, SheetAnswer, SheetState},
};
use chrono::{DateTime, Utc};

/// Name of the rule: a person set the score.
pub const PINNED: &str = "curator.pinned";
/// Evidence that a person added.
pub(crate) const CURATOR_EVIDENCE: &str = "curator.evidence";
/// An answer of a qualification sheet.
pub(crate) const CURATOR_ANSWER: &str = "curator.answer";
/// The score that a person set for a source, as far as it speaks for its items.
pub(crate) const CURATOR_PIN: &str = "curator.pin";

/// The criteria in which a source speaks for its items.
const OF_THE_SOURCE: [Criterion; 4] = [Criterion::C1, Criterion::C2, Criterion::C4, Criterion::C5];

/// What people say of a source and of one of its items.
#[derive(Debug, Clone, Copy)]
pub struct Said<'a> {
    /// Of the source as a whole.
    pub source: &'a Hold,
    /// Its qualification.
    pub sheet: Option<&'a Sheet>,
    /// Of the item; `None` for the source itself.
    pub item: Option<&'a Hold>,
}

impl Said<'_> {
    /// Nobody said anything that changes a score.
    pub fn is_nothing(&self) -> bool {
        self.source.is_empty() && self.item.is_none_or(Hold::is_empty) && self.sheet.is_none_or(speaks_not)
    }

    /// Why it is in no edition and has no score, and who said so.
    pub fn block(&self) -> Option<&OverrideRow> {
        self.item.and_then(Hold::block).or_else(|| self.source.block())
    }
}

/// A sheet that was only proposed is a draft; one that was refused keeps the source from being read at all.
fn speaks_not(sheet: &Sheet) -> bool {
    matches!(sheet.state, SheetState::Proposed | SheetState::Refused)
}

/// The evidence with what people add to it. `evidence`: as observed and stored.
pub fn heard(rules: &Rules, evidence: &[Evidence], said: &Said<'_>, now: DateTime<Utc>) -> Vec<Evidence> {
    let overdue = said.sheet.and_then(|sheet| sheet.overdue(now.date_naive()));
    let mut all = evidence.to_vec();
    if let Some(overdue) = overdue {
        weaken(rules, &mut all, overdue, now);
    }
    let mut of_source = lines(said.source);
    of_source.extend(said.sheet.into_iter().flat_map(|sheet| answers(rules, sheet, overdue)));
    match said.item {
        None => all.extend(of_source),
        Some(item) => {
            speak_for_items(rules, &mut all, of_source, said.source, now);
            all.extend(lines(item));
        }
    }
    if let Some(block) = said.block() {
        let (support, weight) = (rules.signal(Signal::StatusBlocked).support, rules.signal(Signal::StatusBlocked).weight);
        all.push(Evidence { signal: Signal::StatusBlocked.name().to_owned(), ..line(block, Criterion::C2, (support, weight)) });
    }
    all
}

/// What that evidence adds up to, and the pin in its place if there is one. A block outweighs a pin.
pub fn judged(rules: &Rules, heard: &[Evidence], said: &Said<'_>) -> Reliability {
    pinned(rules, ledger::score(rules, heard), said)
}

fn pinned(rules: &Rules, computed: Reliability, said: &Said<'_>) -> Reliability {
    let pin = said.item.map_or_else(|| said.source.pin(), Hold::pin);
    let Some(pin) = pin.filter(|_| !computed.caps.iter().any(|cap| cap == CAP_BLOCKED)) else { return computed };
    let score = f64::from(pin.score);
    let mut caps = computed.caps;
    caps.push(PINNED.to_owned());
    let level = ledger::level(rules, score, 1.0);
    Reliability { score, low: score, high: score, confidence: 1.0, level, caps, ..computed }
}

/// The overrides of one subject as evidence.
fn lines(hold: &Hold) -> Vec<Evidence> {
    let evidence = |row: &OverrideRow| Some(line(row, row.criterion?, (row.support?, row.weight?)));
    hold.rows.iter().filter_map(evidence).collect()
}

fn line(row: &OverrideRow, criterion: Criterion, (support, weight): (f64, f64)) -> Evidence {
    Evidence {
        criterion,
        signal: CURATOR_EVIDENCE.to_owned(),
        support,
        weight,
        observed_at: row.at,
        provenance: Provenance::Curator,
        excerpt: Some(format!("{} · {}", row.actor, row.reason)),
    }
}

/// The answers of a sheet that is in force, at half their weight when it should have been looked at again.
fn answers(rules: &Rules, sheet: &Sheet, overdue: Option<Overdue>) -> Vec<Evidence> {
    if speaks_not(sheet) {
        return Vec::new();
    }
    let data = &rules.data.curator;
    let factor = if overdue.is_some() { rules.data.source.overdue_factor } else { 1.0 };
    let evidence = |answer: &SheetAnswer| {
        let support = match answer.met? {
            Met::Yes => data.yes,
            Met::Partly => data.partly,
            Met::No => data.no,
        };
        let note = answer.note.as_deref().map(|note| format!(" · {note}")).unwrap_or_default();
        Some(Evidence {
            criterion: answer.criterion,
            signal: CURATOR_ANSWER.to_owned(),
            support,
            weight: data.weight * factor,
            observed_at: answer.at,
            provenance: Provenance::Curator,
            excerpt: Some(format!("{}{note}", answer.by)),
        })
    };
    sheet.answers.iter().filter_map(evidence).collect()
}

/// What the registry says counts half when the sheet is overdue, and a line says since when; once, whoever is late.
fn weaken(rules: &Rules, evidence: &mut Vec<Evidence>, overdue: Overdue, now: DateTime<Utc>) {
    let overdue_signal = Signal::ReviewOverdue.name();
    if evidence.iter().any(|line| line.signal == overdue_signal) {
        return;
    }
    for line in evidence.iter_mut().filter(|line| is_class(line)) {
        line.weight *= rules.data.source.overdue_factor;
    }
    let rule = rules.signal(Signal::ReviewOverdue);
    evidence.push(Evidence {
        criterion: rule.criterion,
        signal: overdue_signal.to_owned(),
        support: rule.support,
        weight: rule.weight,
        observed_at: now,
        provenance: Provenance::Curator,
        excerpt: Some(overdue.since().to_string()),
    });
}

/// Who the publisher is, says the registry: what an overdue review of the registry weakens too.
fn is_class(line: &Evidence) -> bool {
    line.provenance == Provenance::Registry && matches!(kind_of(&line.signal), "registry" | "publisher")
}

/// What the source adds to an item: at most `pseudo_counts` each criterion, people's words included. A source that was pinned
/// speaks by its pin alone.
fn speak_for_items(rules: &Rules, all: &mut Vec<Evidence>, of_source: Vec<Evidence>, source: &Hold, now: DateTime<Utc>) {
    let most = rules.data.source.pseudo_counts;
    if let Some(pin) = source.pin() {
        all.retain(|line| !is_prior(line));
        let excerpt = format!("{} · {}/100", pin.actor, pin.score);
        all.extend(OF_THE_SOURCE.map(|criterion| Evidence {
            criterion,
            signal: CURATOR_PIN.to_owned(),
            support: f64::from(pin.score) / 100.0,
            weight: most,
            observed_at: now,
            provenance: Provenance::Curator,
            excerpt: Some(excerpt.clone()),
        }));
        return;
    }
    for criterion in OF_THE_SOURCE {
        let mut said: Vec<Evidence> = of_source.iter().filter(|line| line.criterion == criterion).cloned().collect();
        if said.is_empty() {
            continue;
        }
        let prior = |line: &&mut Evidence| line.criterion == criterion && is_prior(line);
        let known: f64 = all.iter_mut().filter(prior).map(|line| line.weight).sum();
        let total = known + said.iter().map(|line| line.weight).sum::<f64>();
        let scale = if total > most { most / total } else { 1.0 };
        all.iter_mut().filter(prior).chain(said.iter_mut()).for_each(|line| line.weight *= scale);
        all.append(&mut said);
    }
}

/// What an item's source had added: the registry's lines and those of history. Hard rules are nobody's opinion.
fn is_prior(line: &Evidence) -> bool {
    let kind = kind_of(&line.signal);
    kind == "history" || (line.provenance == Provenance::Registry && kind != "status")
}

#[cfg(test)]
mod tests {
    use super::{CURATOR_PIN, PINNED, Said, heard, judged};
    use crate::{
        domain::{
            evidence::{Criterion, Evidence, Level, Provenance},
            slug::Slug,
            trust::{Act, Answer, Hold, Holdings, Met, Record, Sheet, SheetState, Step, Subject},
        },
        pipeline::reliability::{CAP_BLOCKED, Rules, score},
    };
    use chrono::{DateTime, NaiveDate, Utc};

    fn at(day: &str) -> DateTime<Utc> {
        format!("{day}T08:00:00Z").parse().unwrap()
    }

    fn record(act: Act) -> Record {
        let (actor, reason) = ("Camille".to_owned(), Some("lu et relu tout le mois".to_owned()));
        Record { number: 1, previous: String::new(), at: at("2026-11-01"), actor, reason, act }
    }

    fn holdings(act: impl Fn(Subject, NaiveDate) -> Act, item: bool) -> Holdings {
        let subject = if item {
            Subject::Item { item: 7, source: "a".to_owned(), title: "T".to_owned() }
        } else {
            Subject::Source { source: Slug::parse("a").unwrap() }
        };
        Holdings::of(&[record(act(subject, "2027-01-01".parse().unwrap()))], at("2026-11-02"))
    }

    fn line(criterion: Criterion, signal: &str, provenance: Provenance, (support, weight): (f64, f64)) -> Evidence {
        let signal = signal.to_owned();
        Evidence { criterion, signal, support, weight, observed_at: at("2026-11-01"), provenance, excerpt: None }
    }

    fn evidence() -> Vec<Evidence> {
        vec![
            line(Criterion::C1, "author.none", Provenance::Feed, (0.15, 3.0)),
            line(Criterion::C2, "registry.press", Provenance::Registry, (0.7, 2.5)),
            line(Criterion::C3, "date.zoned", Provenance::Feed, (0.95, 1.0)),
        ]
    }

    fn sheet(state: SheetState, until: &str) -> Sheet {
        let answers = vec![Answer { criterion: Criterion::C2, met: Some(Met::Yes), note: None }];
        let step = Step { state: Some(state), answers, trial_until: None, next_review: Some(until.parse().unwrap()) };
        let source = Slug::parse("a").unwrap();
        let act = Act::Qualify { source: source.clone(), step };
        Sheet::of(&[record(act)], &source, at("2026-11-02")).unwrap()
    }

    #[test]
    fn a_pin_stands_in_the_place_of_the_score_and_the_score_stays_computable() {
        let rules = Rules::shipped();
        let held = holdings(|subject, review_by| Act::Pin { subject, score: 80, review_by }, true);
        let said = Said { source: held.of_source("a"), sheet: None, item: Some(held.of_item(7)) };
        let now = at("2026-11-02");
        let heard = heard(&rules, &evidence(), &said, now);
        assert_eq!(heard, evidence(), "a pin is no evidence");
        let judged = judged(&rules, &heard, &said);
        assert_eq!((judged.score, judged.low, judged.level), (80.0, 80.0, Level::Reliable));
        assert_eq!(judged.caps, [PINNED]);
        assert!(score(&rules, &heard).score < 60.0);
    }

    #[test]
    fn a_pin_of_the_source_speaks_for_its_items_in_its_own_criteria() {
        let rules = Rules::shipped();
        let (low, high) = (10, 95);
        let of = |score: u8| {
            let held = holdings(|subject, review_by| Act::Pin { subject, score, review_by }, false);
            let said = Said { source: held.of_source("a"), sheet: None, item: Some(held.of_item(7)) };
            let heard = heard(&rules, &evidence(), &said, at("2026-11-02"));
            assert!(heard.iter().all(|line| line.provenance != Provenance::Registry), "{heard:?}");
            assert_eq!(heard.iter().filter(|line| line.signal == CURATOR_PIN).count(), 4);
            assert!(heard.iter().any(|line| line.signal == "date.zoned"), "C3 stays the item's own");
            judged(&rules, &heard, &said).score
        };
        assert!(of(high) - of(low) > 20.0, "{} {}", of(low), of(high));
    }

    #[test]
    fn a_block_outweighs_everything() {
        let rules = Rules::shipped();
        let blocked = holdings(|subject, review_by| Act::Block { subject, review_by }, false);
        let pin = holdings(|subject, review_by| Act::Pin { subject, score: 90, review_by }, true);
        let said = Said { source: blocked.of_source("a"), sheet: None, item: Some(pin.of_item(7)) };
        let judged = judged(&rules, &heard(&rules, &evidence(), &said, at("2026-11-02")), &said);
        assert_eq!((judged.score, judged.level), (0.0, Level::Insufficient));
        assert_eq!(judged.caps, [CAP_BLOCKED]);
    }

    #[test]
    fn evidence_of_a_person_counts_and_a_source_never_adds_more_than_its_share() {
        let rules = Rules::shipped();
        let act = |subject, review_by| Act::Evidence { subject, criterion: Criterion::C2, support: 1.0, weight: 9.0, review_by };
        let (of_source, of_item) = (holdings(act, false), holdings(act, true));
        let nothing = Hold::default();
        let now = at("2026-11-02");
        let weight =
            |heard: &[Evidence]| heard.iter().filter(|line| line.criterion == Criterion::C2).map(|line| line.weight).sum::<f64>();
        let for_items = Said { source: of_source.of_source("a"), sheet: None, item: Some(&nothing) };
        assert!((weight(&heard(&rules, &evidence(), &for_items, now)) - 3.0).abs() < 1e-9);
        let for_source = Said { item: None, ..for_items };
        assert!((weight(&heard(&rules, &evidence(), &for_source, now)) - 11.5).abs() < 1e-9);
        let own = Said { source: &nothing, sheet: None, item: Some(of_item.of_item(7)) };
        let heard = heard(&rules, &evidence(), &own, now);
        assert!(judged(&rules, &heard, &own).score > score(&rules, &evidence()).score + 5.0);
    }

    #[test]
    fn answers_count_from_the_trial_on_and_half_when_overdue() {
        let rules = Rules::shipped();
        let nothing = Hold::default();
        let points = |sheet: &Sheet, today: &str| {
            let said = Said { source: &nothing, sheet: Some(sheet), item: None };
            let heard = heard(&rules, &evidence(), &said, at(today));
            let own = |provenance| heard.iter().filter(|l| l.provenance == provenance).map(|l| l.weight).sum::<f64>();
            (own(Provenance::Curator), own(Provenance::Registry))
        };
        let accepted = sheet(SheetState::Accepted, "2026-12-01");
        assert_eq!(points(&accepted, "2026-12-01"), (rules.data.curator.weight, 2.5));
        assert_eq!(points(&accepted, "2026-12-02"), (rules.data.curator.weight / 2.0, 1.25), "answers and registry, both half");
        for state in [SheetState::Proposed, SheetState::Refused] {
            let said = Said { source: &nothing, sheet: Some(&sheet(state, "2026-12-01")), item: None };
            assert!(said.is_nothing());
            assert_eq!(points(&sheet(state, "2026-12-01"), "2026-12-02"), (0.0, 2.5), "{state:?}");
        }
    }
}
