//! Laws of composing, and the hostile words that feeds send.

use super::*;
use crate::{
    domain::{
        candidate::{Assessed, Decided, Exclusion, FirstFetch},
        decision::Verdict,
        digest::{AmbiguousPolicy, Approval, CatchUp, Schedule},
        edition::PeriodKey,
        evidence::Level,
        fetching::{DatePrecision, StatedDate},
        localised::{Locale, Localised},
        publisher::{Publisher, PublisherClass},
        relevance::{Place, Relevance, RuleMatch},
        slug::Slug,
        source::{Source, SourceKind},
        story::Tie,
        theme::Theme,
    },
    pipeline::render::{self, sample},
    templates::Templates,
};
use chrono::{DateTime, TimeDelta, Utc};
use proptest::prelude::*;

fn slug(text: &str) -> Slug {
    Slug::parse(text).unwrap()
}

fn now() -> DateTime<Utc> {
    "2026-11-23T07:00:00Z".parse().unwrap()
}

fn definitions() -> Definitions {
    let theme = |name: &str| Theme {
        slug: slug(name),
        name: Localised { fr: Some(format!("Thème {name}")), en: None },
        any: vec![name.to_owned()],
        all: Vec::new(),
        none: Vec::new(),
    };
    let source = |n: usize| Source {
        slug: slug(&format!("source-{n}")),
        name: format!("Source {n}"),
        kind: SourceKind::Feed,
        url: format!("https://s{n}.example/feed").parse().unwrap(),
        language: None,
        themes: Vec::new(),
        publisher: None,
        paused: false,
    };
    let publisher = |n: usize| Publisher {
        slug: slug(&format!("publisher-{n}")),
        name: format!("Publisher {n}"),
        class: PublisherClass::Press,
        domains: vec![format!("s{n}.example")],
        country: None,
        owner: None,
        sells: Vec::new(),
        accessibility_statement: None,
        policy: None,
        blocked: (n == 9).then(|| "satire".to_owned()),
        reviewed_by: None,
        review_due: None,
    };
    Definitions {
        themes: vec![theme("law"), theme("tools")],
        publishers: (0..10).map(publisher).collect(),
        sources: (0..10).map(source).collect(),
        digests: Vec::new(),
    }
}

fn digest(max_items: usize, max_items_per_theme: usize) -> Digest {
    Digest {
        slug: slug("hebdo"),
        title: Localised { fr: Some("Veille".to_owned()), en: None },
        language: Locale::Fr,
        schedule: Schedule { cron: "0 8 * * Mon".to_owned(), zone: chrono_tz::Europe::Paris },
        approval: Approval::Required,
        themes: Vec::new(),
        max_items,
        max_items_per_theme,
        catch_up: CatchUp::Latest,
        send_empty: false,
        ambiguous: AmbiguousPolicy::Resend,
    }
}

fn relevance(theme: &str, score: f64) -> Relevance {
    let found = RuleMatch { rule: theme.to_owned(), found: theme.to_owned(), place: Place::Title, count: 1 };
    Relevance { theme: slug(theme), score, matches: vec![found], excluded_by: None }
}

/// A story of its own, published yesterday, that answers "law".
fn candidate(item: i64) -> Candidate {
    let at = now() - TimeDelta::days(1);
    Candidate {
        item,
        story: item,
        leads: true,
        tie: Tie::Seed,
        independent: 1,
        source: slug(&format!("source-{}", item.rem_euclid(9))),
        source_name: format!("Source {}", item.rem_euclid(9)),
        title: format!("Title {item}"),
        summary: "A summary.".to_owned(),
        url: Some(format!("https://news.example/{item}")),
        language: Some("en".to_owned()),
        authors: Vec::new(),
        published: Some(StatedDate { at, precision: DatePrecision::Zoned }),
        date_is_impossible: false,
        first_seen_at: at,
        backlog: false,
        in_window: true,
        relevance: vec![relevance("law", 0.5)],
        reliability: Some(Assessed { score: 60.0, low: 50.0, high: 70.0, level: Level::RatherReliable }),
        decision: None,
        told_in: None,
    }
}

fn decided(verdict: Verdict, days_ago: i64) -> Option<Decided> {
    Some(Decided { verdict, actor: "Ada".to_owned(), at: now() - TimeDelta::days(days_ago), reason: None })
}

fn published(days_ago: i64) -> Option<StatedDate> {
    Some(StatedDate { at: now() - TimeDelta::days(days_ago), precision: DatePrecision::Zoned })
}

fn composed(digest: &Digest, candidates: &[Candidate]) -> Composition {
    composed_with(FirstFetch::LeaveOut, digest, candidates)
}

fn composed_with(first_fetch: FirstFetch, digest: &Digest, candidates: &[Candidate]) -> Composition {
    let period = Period { key: PeriodKey("2026-W48".to_owned()), since: now() - TimeDelta::days(7), date: now().date_naive() };
    let brief = Brief {
        digest,
        definitions: &definitions(),
        period: &period,
        window: Window { after_item: 0, up_to_item: 1000, opened_at: Some(now() - TimeDelta::days(7)), first_fetch },
        now: now(),
        issue: 1,
        sources_checked: 9,
    };
    compose(&brief, candidates)
}

fn why_out(candidate: Candidate) -> Option<Exclusion> {
    let composition = composed(&digest(10, 10), &[candidate]);
    assert_eq!(composition.choices.len(), 1);
    match composition.choices.into_iter().next().unwrap().fate {
        Fate::Out { because } => Some(because),
        Fate::In { .. } => None,
    }
}

#[test]
fn each_rule_has_its_reason() {
    type Change = fn(&mut Candidate);
    let told: &[(Change, bool, &str)] = &[
        (|_| {}, true, ""),
        (|c| c.told_in = Some(3), false, "Told"),
        (|c| c.decision = decided(Verdict::Drop, 1), false, "Dropped"),
        (|c| c.decision = decided(Verdict::Later, 1), false, "Later"),
        (|c| (c.decision, c.in_window, c.published) = (decided(Verdict::Later, 9), false, published(40)), true, ""),
        (|c| c.source = slug("source-9"), false, "Blocked"),
        (|c| (c.source, c.decision) = (slug("source-9"), decided(Verdict::Keep, 1)), false, "Blocked"),
        (|c| c.relevance.clear(), false, "NoTheme"),
        (|c| (c.decision, c.relevance) = (decided(Verdict::Keep, 1), Vec::new()), true, ""),
        (|c| c.relevance[0].excluded_by = Some(c.relevance[0].matches[0].clone()), false, "ExcludedByRule"),
        (|c| c.backlog = true, false, "Backlog"),
        (|c| (c.backlog, c.decision) = (true, decided(Verdict::Keep, 1)), true, ""),
        (|c| (c.backlog, c.published) = (true, published(8)), false, "Backlog"),
        (|c| (c.backlog, c.published) = (true, None), false, "Backlog"),
        (|c| c.published = None, true, ""),
        (|c| c.published = published(20), true, ""),
        (|c| c.published = published(22), false, "Old"),
        (|c| c.published = published(9_999), false, "Old"),
        (|c| (c.published, c.decision) = (published(9_999), decided(Verdict::Keep, 1)), true, ""),
        (|c| c.reliability = None, true, ""),
    ];
    for (n, (change, is_in, reason)) in told.iter().enumerate() {
        let mut candidate = candidate(1);
        change(&mut candidate);
        let why = why_out(candidate);
        assert_eq!(why.is_none(), *is_in, "case {n}: {why:?}");
        assert!(format!("{why:?}").contains(reason), "case {n}: {why:?}");
    }
}

#[test]
fn a_first_fetch_is_news_only_when_somebody_says_so_and_inside_the_period() {
    let mut members: Vec<Candidate> = (1..=2).map(candidate).collect();
    members.iter_mut().for_each(|member| member.backlog = true);
    members[1].published = published(8);
    let told = |first_fetch| {
        composed_with(first_fetch, &digest(10, 10), &members).content.items().map(|item| item.item).collect::<Vec<_>>()
    };
    assert_eq!((told(FirstFetch::LeaveOut), told(FirstFetch::Admit)), (vec![], vec![1]));
}

#[test]
fn a_story_is_told_once_by_its_lead_with_the_others_named() {
    let mut members: Vec<Candidate> = (1..=4).map(candidate).collect();
    for member in &mut members {
        (member.story, member.leads) = (7, member.item == 2);
    }
    members[2].tie = Tie::Copy { item: 2, overlap: 0.9 };
    members[3].decision = decided(Verdict::Drop, 1);
    let content = composed(&digest(10, 10), &members).content;
    let items: Vec<_> = content.items().collect();
    assert_eq!(items.len(), 1);
    assert_eq!((items[0].item, items[0].story), (2, 7));
    let others: Vec<_> = items[0].also_reported_by.iter().map(|other| (other.publisher.as_str(), other.copy)).collect();
    assert_eq!(others, [("Publisher 1", false), ("Publisher 3", true)]);
    assert_eq!((content.considered.items, content.considered.stories), (4, 1));
    // Dropping its lead drops the story; a keep on another member brings it back.
    members[1].decision = decided(Verdict::Drop, 1);
    assert_eq!(composed(&digest(10, 10), &members).content.items().count(), 0);
    members[0].decision = decided(Verdict::Keep, 1);
    let content = composed(&digest(10, 10), &members).content;
    assert_eq!(content.items().map(|item| (item.item, item.kept)).collect::<Vec<_>>(), [(1, true)]);
}

#[test]
fn kept_first_then_by_rank_in_the_order_of_themes() {
    let mut all: Vec<Candidate> = (1..=5).map(candidate).collect();
    all[0].relevance = vec![relevance("tools", 0.9), relevance("law", 0.8)];
    all[1].relevance = vec![relevance("law", 0.9)];
    all[2].decision = decided(Verdict::Keep, 1);
    all[3].reliability = None;
    let content = composed(&digest(10, 10), &all).content;
    let told: Vec<(&str, Vec<i64>)> =
        content.sections.iter().map(|s| (s.theme.as_str(), s.items.iter().map(|i| i.item).collect())).collect();
    assert_eq!(told, [("law", vec![3, 2, 5, 4]), ("tools", vec![1])]);
}

#[test]
fn a_firehose_does_not_fill_the_edition() {
    let mut all: Vec<Candidate> = (1..=60).map(candidate).collect();
    for candidate in &mut all[..50] {
        candidate.source = slug("source-0");
        candidate.relevance[0].score = 0.9;
    }
    let composition = composed(&digest(12, 12), &all);
    let count = composition.content.items().filter(|item| item.publisher == "Publisher 0").count();
    assert_eq!((count, composition.content.items().count()), (3, 12));
    assert!(composition.content.considered.left_out == 48);
    // Alone, it may speak.
    assert_eq!(composed(&digest(12, 12), &all[..50]).content.items().count(), 12);
}

/// What feeds send: title, summary, language, address.
fn hostile_candidates() -> Vec<Candidate> {
    let long = "règlement ".repeat(60);
    let words: &[(&str, &str, Option<&str>, Option<&str>)] = &[
        (
            "AT&amp;amp;T &lt;script&gt;alert(1)&lt;/script&gt;",
            "&amp;lt;b&amp;gt;x&amp;lt;/b&amp;gt; done.",
            Some("en"),
            Some("https://a.example/?x=1&y=2"),
        ),
        (
            "<img src=x onerror=alert(1)>",
            "<a href=\"javascript:alert(1)\">click</a> me",
            Some("xx-!"),
            Some("javascript:alert(1)"),
        ),
        ("🚀🚀 A → B | C", "", None, Some("data:text/html,<script>")),
        (&long, &long, Some("fr"), Some("http://a.example/b")),
        ("Equal title", "One.", Some("en"), Some("https://a.example/1")),
        ("Equal title", "Two.", Some("de"), Some("https://a.example/2")),
        ("equal TITLE", "Three.", Some("und"), Some("https://a.example/3")),
        ("a\u{202e}b\u{2066}c\u{0}\r\nBcc: x@y.example", "l\u{2028}i\u{0}ne", Some("fr_FR"), None),
        ("", "", None, None),
        ("{{title}} {{{raw}}}", "{{#each x}}", Some("en"), Some("https://a.example/4")),
    ];
    words
        .iter()
        .zip(1..)
        .map(|((title, summary, language, url), item)| Candidate {
            title: (*title).to_owned(),
            summary: (*summary).to_owned(),
            language: language.map(str::to_owned),
            url: url.map(str::to_owned),
            ..candidate(item)
        })
        .collect()
}

#[test]
fn hostile_words_come_out_plain() {
    let templates = Templates::embedded();
    let all = hostile_candidates();
    let content = composed(&digest(30, 30), &all).content;
    assert_eq!(content.items().count(), all.len());
    let rendered = render::render(&content, &sample::sample_links(), &templates).unwrap();
    let html = rendered.html.to_lowercase();
    for bad in [
        "<script",
        "javascript:",
        "data:text",
        "onerror",
        "&amp;amp;",
        "&amp;lt;",
        "&lt;b&gt;",
        "<img",
        "\u{202e}",
        "\u{0}",
        "🚀",
        "→",
        " | ",
    ] {
        assert!(!html.contains(bad), "{bad}: {html}");
        assert!(!rendered.text.contains(bad), "{bad}: {}", rendered.text);
    }
    let mut titles: Vec<String> = content.items().map(|item| item.title.to_lowercase()).collect();
    assert!(titles.iter().all(|title| !title.is_empty() && title.chars().count() <= 140 + 20), "{titles:?}");
    titles.sort();
    titles.dedup();
    assert_eq!(titles.len(), all.len());
    assert!(html.contains("lang=\"fr-fr\"") && !html.contains("lang=\"und\"") && !html.contains("xx-!"));
    assert!(rendered.text.contains("{{title}}"), "words are never read as a template");
}

fn any_candidate() -> impl Strategy<Value = Candidate> {
    let verdicts = prop_oneof![
        4 => Just(None),
        1 => Just(Some(Verdict::Keep)),
        1 => Just(Some(Verdict::Drop)),
        1 => Just(Some(Verdict::Later))
    ];
    let facts = (1..200_i64, 1..60_i64, 0..10_usize, 0.0..1.0_f64, 0..30_i64);
    (facts, verdicts, any::<[bool; 4]>(), proptest::option::weighted(0.1, 1..5_i64)).prop_map(
        |((item, story, source, score, age), verdict, [tools, leads, backlog, in_window], told_in)| Candidate {
            story,
            leads,
            source: slug(&format!("source-{source}")),
            relevance: vec![relevance(if tools { "tools" } else { "law" }, score)],
            published: published(age),
            backlog,
            in_window,
            decision: verdict.and_then(|verdict| decided(verdict, age)),
            told_in,
            ..candidate(item)
        },
    )
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]
    #[test]
    fn limits_hold_and_no_story_comes_twice(
        mut all in proptest::collection::vec(any_candidate(), 0..80),
        max in 0..20_usize,
        per_theme in 0..10_usize,
    ) {
        all.sort_by_key(|candidate| candidate.item);
        all.dedup_by_key(|candidate| candidate.item);
        let digest = digest(max, per_theme);
        let composition = composed(&digest, &all);
        let items: Vec<_> = composition.content.items().collect();
        prop_assert!(items.len() <= max);
        prop_assert!(composition.content.sections.iter().all(|s| !s.items.is_empty() && s.items.len() <= per_theme));
        let stories: std::collections::BTreeSet<i64> = all.iter().map(|candidate| candidate.story).collect();
        let told: std::collections::BTreeSet<i64> = items.iter().map(|item| item.story).collect();
        prop_assert_eq!(told.len(), items.len());
        let accounted: Vec<i64> = composition.choices.iter().map(|choice| choice.story).collect();
        prop_assert_eq!(accounted.iter().copied().collect::<std::collections::BTreeSet<_>>(), stories.clone());
        prop_assert_eq!(accounted.len(), stories.len());
        let positions: Vec<usize> = composition.choices.iter().filter_map(|choice| match choice.fate {
            Fate::In { position, .. } => Some(position),
            Fate::Out { .. } => None,
        }).collect();
        prop_assert_eq!(positions, (1..=items.len()).collect::<Vec<_>>());
        for item in &items {
            let members: Vec<_> = all.iter().filter(|candidate| candidate.story == item.story).collect();
            prop_assert!(members.iter().all(|member| member.told_in.is_none()));
            prop_assert!(item.publisher != "Publisher 9");
        }
        // The order in which candidates come changes nothing.
        all.reverse();
        prop_assert_eq!(composed(&digest, &all), composition);
    }
}
