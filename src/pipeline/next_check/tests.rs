//! When to ask again, and under which address: rules of RFC 9110 and 9111, and of politeness.

use super::*;
use crate::domain::{
    document::Document,
    fetching::{FetchFailure, Freshness, Redirect, Validators},
    slug::Slug,
    source::{PendingRedirect, SourceKind},
};
use proptest::prelude::*;
use url::Url;

const FLOOR: Duration = Duration::minutes(60);

fn url(text: &str) -> Url {
    Url::parse(text).unwrap()
}

fn now() -> DateTime<Utc> {
    DateTime::from_timestamp(1_795_000_000, 0).unwrap()
}

fn source(slug: &str) -> Source {
    Source {
        slug: Slug::parse(slug).unwrap(),
        name: slug.to_owned(),
        kind: SourceKind::Feed,
        url: url("https://a.test/feed"),
        language: None,
        themes: Vec::new(),
        publisher: None,
        paused: false,
    }
}

fn validators(etag: &str) -> Validators {
    Validators { url: "https://a.test/feed".to_owned(), etag: Some(etag.to_owned()), last_modified: None }
}

fn state() -> SourceState {
    SourceState {
        id: 1,
        condition: SourceCondition::Healthy,
        next_check_at: None,
        last_checked_at: None,
        last_success_at: None,
        last_new_item_at: None,
        last_error: None,
        consecutive_failures: 0,
        effective_url: url("https://a.test/feed"),
        validators: Some(validators("\"old\"")),
        declared: Declared::default(),
        body_hash: Some([1; 32]),
        redirect: None,
        rhythm_hours: Some(12.0),
        reliability: None,
        first_success_at: None,
        catch_up: None,
        hub: None,
        told_until: None,
    }
}

fn outcome(result: Result<Answer, FetchFailure>) -> FetchOutcome {
    FetchOutcome {
        result,
        reached: true,
        redirects: Vec::new(),
        freshness: Freshness::default(),
        notices: Vec::new(),
        links: Vec::new(),
        bytes: 0,
        elapsed: Duration::zero(),
    }
}

fn fetched(validators: Validators) -> FetchOutcome {
    let document = Document { bytes: Vec::new(), content_type: None, url: None };
    outcome(Ok(Answer::Fetched { document, body_hash: [2; 32], validators }))
}

fn failed(kind: FailureKind) -> FetchOutcome {
    outcome(Err(FetchFailure { kind, reason: "a.test answered no".to_owned() }))
}

fn feed() -> Taken {
    Taken::Feed(FeedFacts { shares_items: true, ..FeedFacts::default() })
}

fn decide(state: &SourceState, outcome: &FetchOutcome, taken: &Taken, now: DateTime<Utc>) -> NextState {
    next_state(&Occasion { source: &source("a"), state, now, floor: FLOOR, rests: &HashMap::new() }, outcome, taken)
}

fn wait(next: &NextState) -> Duration {
    next.next_check_at.unwrap() - next.checked_at
}

fn apply(state: &SourceState, next: &NextState) -> SourceState {
    SourceState {
        condition: next.condition,
        consecutive_failures: next.consecutive_failures,
        effective_url: next.effective_url.clone(),
        validators: next.validators.clone(),
        declared: next.declared,
        redirect: next.redirect.clone(),
        body_hash: next.body_hash,
        rhythm_hours: next.rhythm_hours,
        ..state.clone()
    }
}

#[test]
fn f20_a_source_whose_hub_tells_of_changes_is_polled_once_a_day() {
    let told = SourceState { told_until: Some(now() + Duration::days(3)), ..state() };
    let next = decide(&told, &fetched(validators("\"new\"")), &feed(), now());
    assert!(wait(&next) > Duration::hours(21) && wait(&next) < Duration::hours(27), "{}", wait(&next));
    let over = SourceState { told_until: Some(now()), ..state() };
    let next = decide(&over, &fetched(validators("\"new\"")), &feed(), now());
    assert!(wait(&next) < Duration::hours(8), "half its rhythm again: {}", wait(&next));
}

#[test]
fn f02_the_newest_validators_are_kept_even_with_the_same_body() {
    let next = decide(&state(), &fetched(validators("\"new\"")), &Taken::SameBody, now());
    assert_eq!(next.validators, Some(validators("\"new\"")));
    let next = decide(&state(), &fetched(Validators::default()), &feed(), now());
    assert_eq!(next.validators, None);
}

#[test]
fn f03_a_304_updates_everything() {
    let mut answer = outcome(Ok(Answer::NotModified { validators: validators("\"new\"") }));
    answer.freshness.fresh_for = Some(Duration::hours(30));
    let next =
        decide(&SourceState { consecutive_failures: 3, last_error: Some("x".into()), ..state() }, &answer, &Taken::NoBody, now());
    assert_eq!(next.validators, Some(validators("\"new\"")));
    assert_eq!((next.condition, next.succeeded, next.consecutive_failures), (SourceCondition::Healthy, true, 0));
    assert_eq!((next.last_error.as_ref(), next.body_hash), (None, Some([1; 32])));
    assert!(wait(&next) >= Duration::hours(30));
}

#[test]
fn f05_without_validators_once_a_day_unless_less_is_declared() {
    let check = |freshness: Freshness, ttl: Option<Duration>, least: Duration, most: Duration| {
        let answer = FetchOutcome { freshness, ..fetched(Validators::default()) };
        let next = decide(&state(), &answer, &Taken::Feed(FeedFacts { ttl, ..FeedFacts::default() }), now());
        assert!((least..=most).contains(&wait(&next)), "{}", wait(&next));
    };
    let hours = Duration::hours;
    check(Freshness::default(), None, hours(24), hours(27));
    check(Freshness { fresh_for: Some(hours(2)), ..Freshness::default() }, None, hours(5), hours(7));
    check(Freshness::default(), Some(Duration::minutes(10)), hours(5), hours(7));
    check(Freshness { fresh_for: Some(hours(48)), ..Freshness::default() }, None, hours(48), hours(53));
}

#[test]
fn f07_rate_limits_rest_the_whole_host_and_lengthen_the_interval() {
    let check = |retry_after: Option<Duration>, failures: u32, rest: Duration, least: Duration| {
        let mut answer = failed(FailureKind::RateLimited);
        answer.freshness.retry_after = retry_after;
        let next = decide(&SourceState { consecutive_failures: failures, ..state() }, &answer, &Taken::NoBody, now());
        assert_eq!(next.host_rest, Some(("a.test:443".to_owned(), now() + rest)));
        assert!(wait(&next) >= least && wait(&next) <= CEILING, "{} after {failures}", wait(&next));
        assert_eq!(next.validators, state().validators);
    };
    check(None, 0, FLOOR, FLOOR);
    check(Some(Duration::hours(24)), 0, Duration::hours(24), Duration::hours(24));
    check(Some(Duration::days(7)), 0, Duration::days(7), Duration::days(7));
    check(Some(Duration::seconds(5)), 3, Duration::seconds(5), Duration::hours(14));
}

#[test]
fn f07_the_host_that_rests_is_the_one_that_answered() {
    let mut answer = failed(FailureKind::RateLimited);
    answer.redirects = vec![Redirect { status: 302, target: url("http://b.test:8080/x") }];
    assert_eq!(decide(&state(), &answer, &Taken::NoBody, now()).host_rest.unwrap().0, "b.test:8080");
}

#[test]
fn f12_gone_stops_and_not_found_slows_down_to_weekly_and_revives() {
    let gone = decide(&state(), &failed(FailureKind::Gone), &Taken::NoBody, now());
    assert_eq!((gone.condition, gone.next_check_at), (SourceCondition::Gone, None));
    assert!(gone.last_error.is_some());

    let mut state = state();
    let mut waits = Vec::new();
    for _ in 0..6 {
        let next = decide(&state, &failed(FailureKind::Permanent), &Taken::NoBody, now());
        assert_eq!(next.condition, SourceCondition::Failing);
        waits.push(wait(&next));
        state = apply(&state, &next);
    }
    assert!(waits.is_sorted() && waits[0] >= Duration::hours(21) && waits[5] >= Duration::hours(151), "{waits:?}");
    let next = decide(&state, &fetched(validators("\"new\"")), &feed(), now());
    assert_eq!((next.condition, next.consecutive_failures), (SourceCondition::Healthy, 0));
}

#[test]
fn f15_transient_failures_back_off_to_a_day() {
    let check = |failures: u32, least: i64, most: i64| {
        let next = decide(
            &SourceState { consecutive_failures: failures, ..state() },
            &failed(FailureKind::Transient),
            &Taken::NoBody,
            now(),
        );
        assert!((Duration::minutes(least)..=Duration::minutes(most)).contains(&wait(&next)), "{failures}: {}", wait(&next));
        assert_eq!((next.consecutive_failures, next.succeeded), (failures + 1, false));
    };
    check(0, 60, 66);
    check(1, 108, 132);
    check(3, 432, 528);
    check(9, 1296, 1584);
    check(u32::MAX - 1, 1296, 1584);
}

#[test]
fn f18_no_failure_and_no_cut_document_touches_validators_or_hash() {
    for taken in [Taken::NotAFeed("no feed".into()), Taken::Feed(FeedFacts { truncated: true, ..FeedFacts::default() })] {
        let next = decide(&state(), &fetched(validators("\"new\"")), &taken, now());
        assert_eq!((next.validators, next.body_hash), (state().validators, state().body_hash), "{taken:?}");
    }
}

#[test]
fn f04_an_unreadable_answer_to_an_unconditional_request_waits_a_day() {
    let next = decide(&SourceState { validators: None, ..state() }, &failed(FailureKind::Unreadable), &Taken::NoBody, now());
    assert!(wait(&next) >= Duration::minutes(24 * 54));
}

fn sightings(status: u16, target: &str, taken: &Taken, days: &[i64]) -> NextState {
    let mut state = state();
    let mut last = None;
    for hours in days {
        let mut answer = fetched(validators("\"x\""));
        answer.redirects = vec![Redirect { status, target: url(target) }];
        let next = decide(&state, &answer, taken, now() + Duration::hours(*hours));
        state = apply(&state, &next);
        last = Some(next);
    }
    last.unwrap()
}

#[test]
fn f10_a_move_is_believed_after_three_sightings_a_day_apart() {
    let moved = url("https://b.test/feed");
    let check = |status, target: &str, taken: &Taken, hours: &[i64], adopted: bool| {
        let next = sightings(status, target, taken, hours);
        assert_eq!(next.effective_url == url(target), adopted, "{status} {target} {hours:?}");
        assert_eq!(next.notices.len(), usize::from(adopted));
    };
    for status in [301, 308] {
        check(status, moved.as_str(), &feed(), &[0, 24, 48], true);
        check(status, moved.as_str(), &feed(), &[0], false);
        check(status, moved.as_str(), &feed(), &[0, 1, 2, 3, 23], false);
        check(status, moved.as_str(), &feed(), &[0, 24, 47], false);
        check(status, moved.as_str(), &Taken::SameBody, &[0, 30, 60], true);
        check(status, moved.as_str(), &Taken::Feed(FeedFacts::default()), &[0, 24, 48, 72], false);
        check(status, moved.as_str(), &Taken::NotAFeed("login page".into()), &[0, 24, 48, 72], false);
        check(status, "http://b.test/feed", &feed(), &[0, 24, 48, 72], false);
    }
    for status in [302, 303, 307] {
        check(status, moved.as_str(), &feed(), &[0, 24, 48, 72], false);
    }
}

#[test]
fn f10_a_move_that_stops_or_changes_starts_again() {
    let pending = PendingRedirect { target: url("https://b.test/feed"), sightings: 2, last_seen_at: now() - Duration::days(2) };
    let observed = SourceState { redirect: Some(pending.clone()), ..state() };
    let straight = decide(&observed, &fetched(validators("\"x\"")), &feed(), now());
    assert_eq!(straight.redirect, None);
    let mut other = fetched(validators("\"x\""));
    other.redirects = vec![Redirect { status: 301, target: url("https://c.test/feed") }];
    assert_eq!(decide(&observed, &other, &feed(), now()).redirect.unwrap().sightings, 1);
    let down = decide(&observed, &failed(FailureKind::Transient), &Taken::NoBody, now());
    assert_eq!(down.redirect, Some(pending));
}

#[test]
fn f10_only_the_permanent_head_of_a_chain_counts() {
    let hop = |status, target: &str| Redirect { status, target: url(target) };
    let check = |redirects: Vec<Redirect>, expected: Option<&str>| {
        let answer = FetchOutcome { redirects, ..fetched(validators("\"x\"")) };
        let next = decide(&state(), &answer, &feed(), now());
        assert_eq!(next.redirect.map(|pending| pending.target), expected.map(url));
    };
    check(vec![hop(301, "https://b.test/"), hop(308, "https://c.test/")], Some("https://c.test/"));
    check(vec![hop(301, "https://b.test/"), hop(302, "https://c.test/")], Some("https://b.test/"));
    check(vec![hop(302, "https://b.test/"), hop(301, "https://c.test/")], None);
    check(vec![hop(301, "https://b.test/"), hop(301, "http://c.test/")], Some("https://b.test/"));
    check(vec![hop(301, "https://b.test/"), hop(301, "https://a.test/feed")], None);
}

#[test]
fn rhythm_is_the_mean_up_to_now() {
    let day = |days: i64| now() - Duration::days(days);
    assert_eq!(rhythm_hours(&[], now()), None);
    assert_eq!(rhythm_hours(&[day(1)], now()), None);
    assert_eq!(rhythm_hours(&[day(-3), day(1)], now()), None);
    assert_eq!(rhythm_hours(&[day(2), day(1), day(3)], now()), Some(24.0));
    assert_eq!(rhythm_hours(&[day(100), day(99)], now()), Some(1200.0));
}

fn any_outcome() -> impl Strategy<Value = FetchOutcome> {
    let kinds = prop::sample::select(vec![
        FailureKind::Transient,
        FailureKind::RateLimited,
        FailureKind::Permanent,
        FailureKind::Refused,
        FailureKind::TooLarge,
        FailureKind::Unreadable,
    ]);
    let answers = prop_oneof![
        kinds.prop_map(failed),
        Just(fetched(validators("\"n\""))),
        Just(fetched(Validators::default())),
        Just(outcome(Ok(Answer::NotModified { validators: validators("\"n\"") }))),
    ];
    let duration = || prop::option::of((1..=3_000_000_i64).prop_map(Duration::seconds));
    (answers, duration(), duration()).prop_map(|(answer, fresh_for, retry_after)| {
        let retry_after = retry_after.map(|rest| rest.min(CEILING));
        FetchOutcome { freshness: Freshness { fresh_for, retry_after, unstated: false }, ..answer }
    })
}

proptest! {
    #[test]
    fn never_before_what_was_declared_and_never_after_the_ceiling(
        outcome in any_outcome(), slug in "[a-z]{1,12}", failures: u32, rhythm in prop::option::of(-1e9..1e9_f64), seconds in 0..4_000_000_000_i64,
        ttl in prop::option::of(0..1_000_000_i64),
    ) {
        let source = source(&slug);
        let state = SourceState { consecutive_failures: failures, rhythm_hours: rhythm, ..state() };
        let now = DateTime::from_timestamp(seconds, 0).unwrap();
        let occasion = Occasion { source: &source, state: &state, now, floor: FLOOR, rests: &HashMap::new() };
        let taken = Taken::Feed(FeedFacts { ttl: ttl.map(Duration::seconds), ..FeedFacts::default() });
        let next = next_state(&occasion, &outcome, &taken);
        let waited = wait(&next);
        prop_assert!(waited >= FLOOR && waited <= CEILING, "{waited}");
        let succeeded = outcome.result.is_ok();
        for declared in [outcome.freshness.retry_after, outcome.freshness.fresh_for.filter(|_| succeeded)].into_iter().flatten() {
            prop_assert!(waited >= declared.min(CEILING), "{waited} < {declared}");
        }
        prop_assert_eq!(next_state(&occasion, &outcome, &taken), next);
    }
}

#[test]
fn sources_that_answered_together_come_back_apart() {
    let wait_of = |number: usize| {
        let (source, state) = (source(&format!("source-{number}")), state());
        let occasion = Occasion { source: &source, state: &state, now: now(), floor: FLOOR, rests: &HashMap::new() };
        wait(&next_state(&occasion, &fetched(validators("\"n\"")), &feed()))
    };
    let waits: std::collections::BTreeSet<_> = (0..200).map(wait_of).collect();
    let (first, last) = (*waits.first().unwrap(), *waits.last().unwrap());
    assert!(waits.len() > 100, "only {} different waits", waits.len());
    assert!(last - first > Duration::hours(6) / 6, "all between {first} and {last}");
}

#[test]
fn f09_what_was_declared_with_a_document_holds_for_as_long_as_the_document() {
    let hours = Duration::hours;
    let mut first = fetched(validators("\"1\""));
    first.freshness.fresh_for = Some(hours(20));
    let facts = FeedFacts { ttl: Some(hours(30)), shares_items: true, ..FeedFacts::default() };
    let known = apply(&state(), &decide(&state(), &first, &Taken::Feed(facts), now()));
    let unchanged =
        |freshness| FetchOutcome { freshness, ..outcome(Ok(Answer::NotModified { validators: validators("\"1\"") })) };
    let silent = Freshness { unstated: true, ..Freshness::default() };
    let next = decide(&known, &unchanged(silent.clone()), &Taken::SameBody, now());
    assert!(wait(&next) >= hours(30), "a 304 does not take the ttl back: {}", wait(&next));
    let without_ttl = SourceState { declared: Declared { ttl_s: None, ..known.declared }, ..known.clone() };
    let next = decide(&without_ttl, &unchanged(silent), &Taken::SameBody, now());
    assert!(wait(&next) >= hours(20), "nor what the head of the document said: {}", wait(&next));
    let next = decide(&without_ttl, &unchanged(Freshness::default()), &Taken::SameBody, now());
    assert!(wait(&next) < hours(8), "what a 304 says counts: {}", wait(&next));
    let same = fetched(validators("\"2\""));
    assert!(wait(&decide(&known, &same, &Taken::SameBody, now())) >= hours(30), "the same document has the same ttl");
    let next = decide(&known, &same, &feed(), now());
    assert_eq!(next.declared, Declared::default(), "a new document declares anew");
}

#[test]
fn f05_a_whole_document_is_not_asked_for_twice_within_a_day_whatever_went_wrong() {
    let never_read = SourceState { validators: None, ..state() };
    for kind in
        [FailureKind::Transient, FailureKind::Permanent, FailureKind::Unreadable, FailureKind::TooLarge, FailureKind::RateLimited]
    {
        for second in 0..50 {
            let next = decide(&never_read, &failed(kind), &Taken::NoBody, now() + Duration::seconds(second));
            assert!(wait(&next) >= Duration::hours(24), "{kind:?}: {}", wait(&next));
        }
    }
    let unreached = FetchOutcome { reached: false, ..failed(FailureKind::Transient) };
    assert!(wait(&decide(&never_read, &unreached, &Taken::NoBody, now())) < Duration::hours(2), "nobody was asked");
    assert!(wait(&decide(&state(), &failed(FailureKind::Transient), &Taken::NoBody, now())) < Duration::hours(2));
    let mut told = failed(FailureKind::RateLimited);
    told.freshness.retry_after = Some(Duration::hours(3));
    assert!(wait(&decide(&never_read, &told, &Taken::NoBody, now())) < Duration::hours(4), "the publisher declares less");
}

#[test]
fn f10_a_feed_that_shares_nothing_at_first_sight_is_never_moved_to() {
    let target = url("https://b.test/feed");
    let redirects = vec![Redirect { status: 301, target: target.clone() }];
    let answer = FetchOutcome { redirects, ..fetched(validators("\"x\"")) };
    let stranger = Taken::Feed(FeedFacts::default());
    let mut known = state();
    for day in 0..10 {
        // From the second day on its own items are known.
        let taken = if day == 0 { &stranger } else { &feed() };
        known = apply(&known, &decide(&known, &answer, taken, now() + Duration::days(day)));
        assert_eq!(known.effective_url, state().effective_url, "day {day}");
    }
}

#[test]
fn f07_a_server_that_wants_rest_again_soon_gets_twice_as_much_whichever_source_was_asked() {
    let rest_at = |now: DateTime<Utc>, rests: &HashMap<String, HostRest>, retry_after: Option<Duration>| {
        let mut answer = failed(FailureKind::RateLimited);
        answer.freshness.retry_after = retry_after;
        let occasion = Occasion { source: &source("b"), state: &state(), now, floor: FLOOR, rests };
        next_state(&occasion, &answer, &Taken::NoBody).host_rest.unwrap().1
    };
    let (mut rests, mut now, mut lengths) = (HashMap::new(), now(), Vec::new());
    for _ in 0..10 {
        let until = rest_at(now, &rests, None);
        lengths.push((until - now).num_hours());
        rests.insert("a.test:443".to_owned(), HostRest { began: now, until });
        now = until + Duration::minutes(1);
    }
    assert_eq!(lengths, [1, 2, 4, 8, 16, 32, 64, 128, 168, 168]);
    let forgotten = now + Duration::days(15);
    assert_eq!(rest_at(forgotten, &rests, None), forgotten + FLOOR, "a server that was well for long begins anew");
    let asked_for = Some(Duration::hours(3));
    assert_eq!(rest_at(forgotten, &rests, asked_for), forgotten + Duration::hours(3));
    let short = HashMap::from([("a.test:443".to_owned(), HostRest { began: now - Duration::hours(1), until: now })]);
    assert_eq!(rest_at(now, &short, asked_for), now + Duration::hours(3), "and never less than it asks for");
}
