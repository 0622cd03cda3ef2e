//! The chain under an auditor's eye, what holds when, and what is refused.

use super::{
    Act, Answer, FIRST_PREVIOUS, Holdings, Inadmissible, Met, Overdue, OverrideState, Record, Sheet, SheetState, Step,
    StoredRecord, Subject, admit, seal, verify,
};
use crate::domain::{evidence::Criterion, slug::Slug};
use chrono::{DateTime, NaiveDate, Utc};

fn slug(text: &str) -> Slug {
    Slug::parse(text).unwrap()
}

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

fn at(day: &str) -> DateTime<Utc> {
    format!("{day}T10:00:00Z").parse().unwrap()
}

fn source() -> Subject {
    Subject::Source { source: slug("cnil") }
}

fn item(id: i64) -> Subject {
    Subject::Item { item: id, source: "cnil".to_owned(), title: "Décision".to_owned() }
}

fn pin(subject: Subject, score: u8, review_by: &str) -> Act {
    Act::Pin { subject, score, review_by: day(review_by) }
}

fn qualify(step: Step) -> Act {
    Act::Qualify { source: slug("cnil"), step }
}

/// A chain of acts, one a day from 1 November on.
fn chain(acts: &[Act]) -> (Vec<Record>, Vec<StoredRecord>) {
    let (mut records, mut rows, mut previous) = (Vec::new(), Vec::new(), FIRST_PREVIOUS.to_owned());
    for (number, act) in (1..).zip(acts) {
        let record = Record {
            number,
            previous: previous.clone(),
            at: at(&format!("2026-11-{number:02}")),
            actor: "Camille".to_owned(),
            reason: Some("vu dans le rapport annuel".to_owned()),
            act: act.clone(),
        };
        let row = seal(&record).unwrap();
        previous.clone_from(&row.hash);
        records.push(record);
        rows.push(row);
    }
    (records, rows)
}

fn all_kinds() -> Vec<Act> {
    vec![
        pin(source(), 80, "2027-01-01"),
        Act::Evidence { subject: item(4), criterion: Criterion::C1, support: 0.9, weight: 2.0, review_by: day("2027-01-01") },
        Act::Block { subject: item(5), review_by: day("2027-01-01") },
        Act::Withdraw { number: 1 },
        qualify(Step {
            state: Some(SheetState::Trial),
            answers: vec![Answer { criterion: Criterion::C2, met: Some(Met::Partly), note: Some("à revoir".to_owned()) }],
            trial_until: Some(day("2026-12-01")),
            next_review: None,
        }),
    ]
}

#[test]
fn every_changed_byte_of_every_record_is_found_and_named() {
    let (records, rows) = chain(&all_kinds());
    let head = rows.last().map(|row| (row.number, row.hash.as_str()));
    assert_eq!(verify(&rows, head), (records, None));
    for (place, row) in rows.iter().enumerate() {
        for byte in 0..row.text.len() {
            for changed in [b'0', b'x', b'"', row.text.as_bytes()[byte] ^ 1] {
                let mut bytes = row.text.clone().into_bytes();
                if bytes[byte] == changed {
                    continue;
                }
                bytes[byte] = changed;
                let mut tampered = rows.clone();
                tampered[place].text = String::from_utf8_lossy(&bytes).into_owned();
                let (before, broken) = verify(&tampered, head);
                assert_eq!((before.len(), broken.unwrap().number), (place, row.number), "byte {byte}");
            }
        }
    }
}

#[test]
fn a_record_that_was_removed_swapped_resealed_or_refiled_is_found() {
    let (_, rows) = chain(&all_kinds());
    let head = rows.last().map(|row| (row.number, row.hash.clone()));
    let found = |rows: &[StoredRecord]| {
        verify(rows, head.as_ref().map(|(number, hash)| (*number, hash.as_str()))).1.map(|broken| broken.number)
    };
    for place in 0..rows.len() {
        let mut removed = rows.clone();
        removed.remove(place);
        assert_eq!(found(&removed), Some(place as i64 + 1), "removed");
        let mut cut = rows.clone();
        cut.truncate(place);
        assert_eq!(found(&cut), Some(place as i64 + 1), "cut off");
        let mut refiled = rows.clone();
        refiled[place].item = Some(99);
        assert_eq!(found(&refiled), Some(place as i64 + 1), "refiled");
        // Somebody who knows how a record is sealed rewrites one: the next one, or the head, does not follow.
        let mut resealed = rows.clone();
        let mut record: Record = serde_json::from_str(&rows[place].text).unwrap();
        record.actor = "Dominique".to_owned();
        resealed[place] = seal(&record).unwrap();
        assert_eq!(found(&resealed), Some((place as i64 + 2).min(rows.len() as i64)), "resealed");
    }
    let mut swapped = rows.clone();
    (swapped[0].text, swapped[1].text) = (rows[1].text.clone(), rows[0].text.clone());
    (swapped[0].hash, swapped[1].hash) = (rows[1].hash.clone(), rows[0].hash.clone());
    assert_eq!(found(&swapped), Some(1));
    assert_eq!(verify(&rows, None).1.unwrap().number, 5, "a head that was removed");
    assert_eq!(verify(&[], None).1, None);
}

#[test]
fn the_last_word_holds_until_its_day_or_its_withdrawal() {
    let acts = [
        pin(source(), 80, "2027-01-01"),
        pin(source(), 60, "2026-12-01"),
        pin(item(4), 10, "2026-11-05"),
        Act::Withdraw { number: 2 },
    ];
    let (records, _) = chain(&acts);
    let score = |when: &str| Holdings::of(&records, at(when)).of_source("cnil").pin().map(|pin| pin.score);
    assert_eq!(score("2026-10-31"), None, "before anybody said anything");
    assert_eq!((score("2026-11-01"), score("2026-11-02"), score("2026-11-04")), (Some(80), Some(60), Some(80)));
    assert_eq!((score("2026-12-31"), score("2027-01-01")), (Some(80), None));
    let states = |when: &str| Holdings::of(&records, at(when)).rows().iter().map(|row| row.state).collect::<Vec<_>>();
    use OverrideState::{InForce, Replaced, ToReview, Withdrawn};
    assert_eq!(states("2026-11-03"), [Replaced, InForce, InForce]);
    assert_eq!(states("2026-11-05"), [InForce, Withdrawn, ToReview]);
    assert_eq!(states("2027-06-01"), [ToReview, Withdrawn, ToReview]);
}

fn tried(act: Act, (actor, reason): (&str, &str), before: &[Record]) -> Result<(), Inadmissible> {
    let (actor, reason) = (actor.to_owned(), Some(reason.to_owned()));
    admit(&Record { number: 6, previous: String::new(), at: at("2026-11-25"), actor, reason, act }, before)
}

#[test]
fn what_makes_no_sense_is_refused() {
    let (records, _) = chain(&all_kinds());
    let try_it = |act, actor, reason| tried(act, (actor, reason), &records);
    let why = "vu dans le rapport annuel";
    let evidence = |support, weight| Act::Evidence {
        subject: source(),
        criterion: Criterion::C1,
        support,
        weight,
        review_by: day("2027-01-01"),
    };
    assert_eq!(try_it(pin(source(), 80, "2026-11-26"), "Camille", "quinze lettres!"), Ok(()));
    for (act, actor, reason, says) in [
        (pin(source(), 80, "2027-01-01"), "Camille", "quatorze lettr", "15 characters"),
        (pin(source(), 80, "2027-01-01"), "Camille", "     deux mots             ", "15 characters"),
        (pin(source(), 80, "2027-01-01"), "  ", why, "--by"),
        (pin(source(), 80, "2027-01-01"), "Ca\nmille", why, "--by"),
        (pin(source(), 101, "2027-01-01"), "Camille", why, "0 to 100"),
        (pin(source(), 80, "2026-11-25"), "Camille", why, "lie ahead"),
        (evidence(1.1, 1.0), "Camille", why, "0 to 1"),
        (evidence(f64::NAN, 1.0), "Camille", why, "0 to 1"),
        (evidence(0.5, 0.0), "Camille", why, "--weight"),
        (evidence(0.5, f64::INFINITY), "Camille", why, "--weight"),
        (Act::Withdraw { number: 9 }, "Camille", why, "no override 9"),
        (Act::Withdraw { number: 5 }, "Camille", why, "no override 5"),
        (Act::Withdraw { number: 1 }, "Camille", why, "withdrawn already"),
        (qualify(Step { state: Some(SheetState::Refused), ..Step::default() }), "Camille", " ", "needs --reason"),
        (qualify(Step { trial_until: Some(day("2026-11-25")), ..Step::default() }), "Camille", "", "--trial-until"),
    ] {
        let error = try_it(act, actor, reason).expect_err(says);
        assert!(error.to_string().contains(says), "{error}");
        let (Inadmissible::Invalid(words) | Inadmissible::NotFound(words) | Inadmissible::Conflict(words)) = error;
        assert!(!words.fr.is_empty() && words.fr != words.en, "{words:?}");
    }
}

#[test]
fn a_sheet_is_the_sum_of_its_steps() {
    let answer = |criterion, met, note: Option<&str>| Answer { criterion, met, note: note.map(str::to_owned) };
    let acts = [
        qualify(Step { answers: vec![answer(Criterion::C2, Some(Met::Yes), None)], ..Step::default() }),
        qualify(Step { state: Some(SheetState::Trial), trial_until: Some(day("2026-11-10")), ..Step::default() }),
        qualify(Step { answers: vec![answer(Criterion::C2, None, Some("signée"))], ..Step::default() }),
        qualify(Step { state: Some(SheetState::Accepted), next_review: Some(day("2027-11-01")), ..Step::default() }),
        qualify(Step { state: Some(SheetState::Refused), ..Step::default() }),
    ];
    let (records, _) = chain(&acts);
    let sheet = |when: &str| Sheet::of(&records, &slug("cnil"), at(when)).unwrap();
    assert_eq!(Sheet::of(&records, &slug("cnil"), at("2026-10-01")), None);
    assert_eq!(Sheet::of(&records, &slug("edpb"), at("2026-12-01")), None);
    assert_eq!((sheet("2026-11-01").state, sheet("2026-11-01").proposed_by.as_str()), (SheetState::Proposed, "Camille"));
    let trial = sheet("2026-11-03");
    let c2 = trial.answer(Criterion::C2).unwrap();
    assert_eq!((trial.state, c2.met, c2.note.as_deref()), (SheetState::Trial, Some(Met::Yes), Some("signée")));
    assert_eq!(trial.overdue(day("2026-11-10")), None, "the last day is a day of trial");
    assert_eq!(trial.overdue(day("2026-11-11")), Some(Overdue::Trial(day("2026-11-10"))));
    let accepted = sheet("2026-11-04");
    assert_eq!((accepted.state, accepted.decided_by.as_deref()), (SheetState::Accepted, Some("Camille")));
    assert_eq!(accepted.overdue(day("2027-11-01")), None);
    assert_eq!(accepted.overdue(day("2027-11-02")), Some(Overdue::Review(day("2027-11-01"))));
    let refused = sheet("2026-11-05");
    assert_eq!((refused.state, refused.overdue(day("2028-01-01")), refused.history.len()), (SheetState::Refused, None, 5));
    assert_eq!(Sheet::all(&records, at("2026-12-01")).len(), 1);
}
