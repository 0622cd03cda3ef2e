//! Which changes are worth a reader's time.

use super::errata;
use crate::domain::{
    erratum::{Change, ItemNow, ToldItem},
    localised::Locale,
};
use chrono::NaiveDate;

const SUMMARY: &str =
    "The authority fined the company 20 million euros because its assistant kept conversations of minors without consent.";

fn told(title: &str, summary: &str, now: (&str, &str, &str)) -> ToldItem {
    ToldItem {
        item: 7,
        edition: 3,
        issue: 3,
        date: NaiveDate::from_ymd_opt(2026, 11, 16).unwrap(),
        title: title.to_owned(),
        summary: summary.to_owned(),
        url: None,
        language: None,
        publisher: "Example".to_owned(),
        now: ItemNow {
            title: now.0.to_owned(),
            summary: now.1.to_owned(),
            text: now.2.to_owned(),
            withdrawn: false,
            content: String::new(),
        },
    }
}

fn change(title: &str, summary: &str, now: (&str, &str, &str)) -> Option<Change> {
    errata(&[told(title, summary, now)], Locale::En).pop().map(|erratum| erratum.change)
}

#[test]
fn what_a_reader_was_told_and_is_no_longer_so_is_an_erratum() {
    let title = "CNIL fines Example 20 million euros";
    let retitled = |now: &str| Some(Change::Retitled { now: now.to_owned() });
    let figures = |before: &str, now: &str| Some(Change::Figures { before: before.to_owned(), now: now.to_owned() });
    let corrected = |notice: &str| Some(Change::Corrected { notice: notice.to_owned() });
    for (now, expected) in [
        (("CNIL fines Example 20 million euros", SUMMARY, SUMMARY), None),
        (("CNIL fines Example 12 million euros", SUMMARY, SUMMARY), figures("20", "12")),
        ((title, &SUMMARY.replace("20", "2"), SUMMARY), figures("20", "2")),
        (("CNIL warns Example", SUMMARY, SUMMARY), retitled("CNIL warns Example")),
        ((title, "A wholly different text about the weather.", "Sun and rain all over the country."), Some(Change::Rewritten)),
        ((title, "Shorter lead.", SUMMARY), None),
        (
            (title, SUMMARY, "Text. Correction: the fine was decided in May, not in June. More."),
            corrected("Correction: the fine was decided in May, not in June."),
        ),
        (
            (title, SUMMARY, "Une version précédente de cet article donnait un autre montant. Suite."),
            corrected("Une version précédente de cet article donnait un autre montant."),
        ),
    ] {
        assert_eq!(change(title, SUMMARY, now), expected, "{now:?}");
    }
}

#[test]
fn what_changes_nothing_for_a_reader_is_none() {
    for (before, now) in [
        ("Rust 1.95 est disponible", "Rust 1.95 est disponible !"),
        ("Rust 1.95 est disponible", "[MàJ] Rust 1.95 est disponible, LinuxFr.org"),
        ("Le reglement est publie", "Le règlement est publié"),
        ("The goverment adopts the act", "The government adopts the act"),
        ("Un titre très long qui a été coupé…", "Un titre très long qui a été coupé après un mot"),
        ("Model released, 12 comments", "Model released, 15 comments"),
    ] {
        assert_eq!(change(before, "", (now, "", "")), None, "{before} / {now}");
    }
}

#[test]
fn a_correction_that_was_told_is_no_news_and_the_gravest_stands_first() {
    let notice = "Erratum : le texte porte sur 2027.";
    assert_eq!(change("Un titre", notice, ("Un titre", notice, notice)), None);
    let mut withdrawn = told("B", "", ("B", "", ""));
    withdrawn.now.withdrawn = true;
    let kinds: Vec<Change> = errata(&[told("Old title here", "", ("New words", "", "")), withdrawn], Locale::Fr)
        .into_iter()
        .map(|erratum| erratum.change)
        .collect();
    assert!(matches!(kinds.as_slice(), [Change::Withdrawn, Change::Retitled { .. }]), "{kinds:?}");
    let many: Vec<ToldItem> = (0..20).map(|item| ToldItem { item, ..told("Old title", "", ("New", "", "")) }).collect();
    assert_eq!(errata(&many, Locale::Fr).len(), super::MOST);
}
