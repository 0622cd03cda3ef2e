//! G07: what the check of dependencies may overlook. That it finds something is proved by `tests/advisories/g07.sh`.

use chrono::NaiveDate;
use toml::{Table, Value};

const RULES: &str = include_str!("../../../../deny.toml");

/// An exception that nobody can judge: without its flaw, its reason, or the day until which it holds.
fn unexplained(exception: &Value, today: NaiveDate) -> bool {
    let text = |key: &str| exception.get(key).and_then(Value::as_str).unwrap_or_default();
    let until = text("reason").strip_prefix("until ").and_then(|rest| rest.split_once(": "));
    let holds = until.is_some_and(|(day, why)| day.parse::<NaiveDate>().is_ok_and(|day| day >= today) && why.len() > 20);
    !text("id").starts_with("RUSTSEC-") || !holds
}

#[test]
fn g07_an_exception_has_its_reason_and_its_day_and_a_withdrawn_crate_is_refused() {
    let rules: Table = RULES.parse().unwrap();
    let advisories = &rules["advisories"];
    assert_eq!(advisories["yanked"].as_str(), Some("deny"));
    let today = chrono::Utc::now().date_naive();
    let ignored = advisories["ignore"].as_array().unwrap();
    let wrong: Vec<&Value> = ignored.iter().filter(|exception| unexplained(exception, today)).collect();
    assert!(
        wrong.is_empty(),
        "write {{ id = \"RUSTSEC-…\", reason = \"until 2027-06-30: why it does not concern us\" }}: {wrong:?}"
    );
}

#[test]
fn g07_an_exception_without_reason_or_day_or_out_of_date_is_none() {
    let today = NaiveDate::from_ymd_opt(2026, 11, 25).unwrap();
    for (exception, wrong) in [
        ("v = \"RUSTSEC-2026-0001\"", true),
        ("v = { id = \"RUSTSEC-2026-0001\", reason = \"we do not call it\" }", true),
        ("v = { id = \"RUSTSEC-2026-0001\", reason = \"until 2026-11-24: the function is called nowhere in veille\" }", true),
        ("v = { id = \"RUSTSEC-2026-0001\", reason = \"until 2027-06-30: x\" }", true),
        ("v = { id = \"RUSTSEC-2026-0001\", reason = \"until 2027-06-30: the function is called nowhere in veille\" }", false),
    ] {
        let table: Table = exception.parse().unwrap();
        assert_eq!(unexplained(&table["v"], today), wrong, "{exception}");
    }
}
