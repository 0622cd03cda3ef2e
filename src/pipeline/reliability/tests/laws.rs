//! Laws that hold for any evidence.

use super::*;
/// Any evidence that the rules can produce.
fn any_line() -> impl Strategy<Value = Evidence> {
    let observable: Vec<Signal> = Signal::ALL.iter().copied().filter(|signal| !signal.name().starts_with("status.")).collect();
    (proptest::sample::select(observable), 0.0..=1.0_f64, 0.0..=1.0_f64).prop_map(|(signal, share, fade)| {
        let rule = RULES.signal(signal);
        evidence(signal, share, rule.weight * fade)
    })
}

/// A signal in favour: with the support of the rules, or for a computed one anything from 0.8 to its best.
fn positive_line() -> impl Strategy<Value = Evidence> {
    let computed = [
        "attribution",
        "links",
        "title",
        "body",
        "words",
        "address",
        "specifics",
        "readability",
        "structure",
        "wcag",
        "corroboration",
        "history",
    ];
    let positive: Vec<Signal> = Signal::ALL.iter().copied().filter(|signal| RULES.signal(*signal).support >= 0.8).collect();
    (proptest::sample::select(positive), 0.0..=1.0_f64).prop_map(move |(signal, share)| {
        let rule = RULES.signal(signal);
        let varies = computed.iter().any(|kind| signal.name().starts_with(kind));
        let support = if varies { 0.8 + share * (rule.support - 0.8) } else { rule.support };
        evidence(signal, support, rule.weight)
    })
}

proptest! {
    #[test]
    fn rises_with_every_support(lines in proptest::collection::vec(any_line(), 1..16), at in any::<prop::sample::Index>(), more in 0.0..=1.0_f64) {
        let at = at.index(lines.len());
        let mut better = lines.clone();
        better[at].support = better[at].support.max(more);
        prop_assert!(score(&RULES, &better).score >= score(&RULES, &lines).score - 1e-9);
    }

    #[test]
    fn the_order_of_evidence_changes_no_bit(lines in proptest::collection::vec(any_line(), 0..16), rotation in 0_usize..16) {
        let mut turned = lines.clone();
        turned.reverse();
        turned.rotate_left(rotation % lines.len().max(1));
        let (a, b) = (ledger(&RULES, &lines), ledger(&RULES, &turned));
        prop_assert_eq!(a.reliability.score.to_bits(), b.reliability.score.to_bits());
        prop_assert_eq!(a.reliability.low.to_bits(), b.reliability.low.to_bits());
        prop_assert_eq!(a.reliability.confidence.to_bits(), b.reliability.confidence.to_bits());
        prop_assert_eq!(&a.reliability, &score(&RULES, &turned));
        prop_assert_eq!(a, b);
    }

    #[test]
    fn what_cannot_be_observed_changes_nothing(lines in proptest::collection::vec(any_line(), 0..16), ghost in any_line()) {
        let mut with = lines.clone();
        with.push(Evidence { weight: 0.0, ..ghost });
        prop_assert_eq!(score(&RULES, &with), score(&RULES, &lines));
    }

    /// Positive: a support of 0.8 or more, at the weight of the rules.
    #[test]
    fn hiding_a_positive_signal_raises_the_score_by_a_point_at_most(lines in proptest::collection::vec(any_line(), 0..24), hidden in positive_line()) {
        let without = score(&RULES, &lines).score;
        let whole = score(&RULES, &[lines, vec![hidden]].concat()).score;
        prop_assert!(without <= whole + 1.0, "{without} {whole}");
    }

    #[test]
    fn stays_within_bounds(lines in proptest::collection::vec(any_line(), 0..40)) {
        let account = ledger(&RULES, &lines);
        let result = &account.reliability;
        prop_assert!(0.0 <= result.low && result.low <= result.score && result.score <= result.high && result.high <= 100.0);
        prop_assert!((0.0..=1.0).contains(&result.confidence));
        prop_assert_eq!(account.lines.len(), lines.len());
        prop_assert!(account.missing.iter().all(|missing| missing.up_to >= 0.0 && missing.up_to <= 100.0));
    }

    #[test]
    fn an_interest_caps_the_second_criterion(lines in proptest::collection::vec(any_line(), 0..16)) {
        let mut lines = lines;
        lines.push(evidence(Signal::InterestOwnProduct, 0.08, 4.0));
        let result = score(&RULES, &lines);
        prop_assert!(result.criteria[1].score <= 0.35 && result.caps == ["cap.interest"]);
    }

    #[test]
    fn copies_never_raise_corroboration(qualities in proptest::collection::vec(0.0..=1.0_f64, 0..6), copies in 0_usize..9, hours in 0_i64..200) {
        let base = observe(&RULES, &farm(), None, now());
        let c6 = |copies| {
            let found = corroboration(&RULES, &company(&qualities, copies), Duration::hours(hours), now());
            score(&RULES, &with_corroboration(&RULES, &base, found)).criteria[5].score
        };
        prop_assert!(c6(copies) <= c6(0));
    }

    #[test]
    fn another_voice_never_lowers_corroboration(qualities in proptest::collection::vec(0.0..=1.0_f64, 0..6), one in 0.0..=1.0_f64, hours in 0_i64..200) {
        let c6 = |qualities: &[f64]| {
            let found = corroboration(&RULES, &company(qualities, 0), Duration::hours(hours), now());
            score(&RULES, &found).criteria[5].score
        };
        let mut more = qualities.clone();
        more.push(one);
        prop_assert!(c6(&more) >= c6(&qualities) - 1e-12);
    }

    #[test]
    fn observing_never_panics_and_repeats_itself(title in ".{0,60}", author in ".{0,30}", text in "([a-zé !?«»\"….\n]|SHOCK|selon |RETRACTED: ){0,200}") {
        let item = item(&title, Some(&author), "https://blog.example/1", &text, &["https://a.example/b"]);
        let lines = observe(&RULES, &item, None, now());
        prop_assert!(lines.iter().all(|line| (0.0..=1.0).contains(&line.support) && line.weight >= 0.0));
        prop_assert_eq!(lines, observe(&RULES, &item, None, now()));
    }

    #[test]
    fn the_order_of_a_sources_items_changes_no_bit(days in proptest::collection::vec((0_i64..400, any_line()), 1..20)) {
        let items: Vec<Past> = days.iter().map(|(day, line)| Past { at: now() - Duration::days(*day), evidence: vec![line.clone()] }).collect();
        let reversed: Vec<Past> = items.iter().rev().cloned().collect();
        prop_assert_eq!(source_evidence(&RULES, &items, None, now()), source_evidence(&RULES, &reversed, None, now()));
    }
}
