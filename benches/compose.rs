//! Composing and rendering an edition, beside a limit in the same run: cloning the candidates and sorting them once.
//!
//! `cargo bench --bench compose` prints the ratio and the milliseconds an edition takes; it fails on no time.
#![expect(clippy::unwrap_used, reason = "a bench that cannot build its data has nothing to measure")]
#![expect(clippy::print_stdout, reason = "a bench prints what it measured")]

use chrono::{DateTime, TimeDelta, Utc};
use std::{hint::black_box, path::Path, time::Instant};
use veille::{
    config,
    domain::{
        candidate::{Assessed, Candidate, FirstFetch, Period, Window},
        edition::PeriodKey,
        evidence::Level,
        fetching::{DatePrecision, StatedDate},
        relevance::{Place, Relevance, RuleMatch},
        slug::Slug,
        story::Tie,
    },
    pipeline::{
        compose::{self, Brief},
        render::{self, sample::sample_links},
    },
    templates::Templates,
};

const ROUNDS: u32 = 30;

fn candidate(item: i64, theme: &Slug, source: &Slug, now: DateTime<Utc>) -> Candidate {
    let at = now - TimeDelta::minutes(item % 10_000);
    let found = RuleMatch { rule: "AI Act".to_owned(), found: "AI Act".to_owned(), place: Place::Title, count: 1 };
    let low = (item % 60) as f64;
    Candidate {
        item,
        story: item - item % 3,
        leads: item % 3 == 0,
        tie: Tie::Seed,
        independent: 1,
        source: source.clone(),
        source_name: source.to_string(),
        title: format!("AI Act: notice number {item} on general-purpose models"),
        summary: "The authority explains what changes for those who provide models, and when. A second sentence says how."
            .to_owned(),
        url: Some(format!("https://news.example/{item}")),
        language: Some("en".to_owned()),
        authors: vec!["Jane Doe".to_owned()],
        published: Some(StatedDate { at, precision: DatePrecision::Zoned }),
        date_is_impossible: false,
        first_seen_at: at,
        backlog: false,
        in_window: true,
        relevance: vec![Relevance {
            theme: theme.clone(),
            score: (item % 97) as f64 / 97.0,
            matches: vec![found],
            excluded_by: None,
        }],
        reliability: Some(Assessed { score: low + 10.0, low, high: low + 20.0, level: Level::RatherReliable }),
        judged: None,
        decision: None,
        told_in: None,
    }
}

/// Milliseconds of one round.
fn milliseconds(mut work: impl FnMut()) -> f64 {
    work();
    let start = Instant::now();
    (0..ROUNDS).for_each(|_| work());
    start.elapsed().as_secs_f64() * 1_000.0 / f64::from(ROUNDS)
}

fn main() {
    let definitions = config::parse_definitions(config::STARTER_SOURCES, Path::new("sources.toml")).unwrap();
    let templates = Templates::load(Path::new("no-such-folder")).unwrap();
    let now: DateTime<Utc> = "2026-11-23T07:00:00Z".parse().unwrap();
    let period = Period { key: PeriodKey("2026-W48".to_owned()), since: now - TimeDelta::days(7), date: now.date_naive() };
    for count in [1_000_i64, 10_000] {
        let from = |item: i64| &definitions.sources[usize::try_from(item).unwrap_or_default() % definitions.sources.len()].slug;
        let candidates: Vec<Candidate> = (0..count)
            .map(|item| candidate(item, &definitions.themes[usize::try_from(item % 4).unwrap()].slug, from(item), now))
            .collect();
        let brief = Brief {
            digest: &definitions.digests[0],
            definitions: &definitions,
            period: &period,
            window: Window { after_item: 0, up_to_item: count, opened_at: None, first_fetch: FirstFetch::LeaveOut },
            now,
            issue: 1,
            sources_checked: definitions.sources.len(),
        };
        let sorting = milliseconds(|| {
            let mut all = candidates.clone();
            all.sort_by(|one, other| other.relevance[0].score.total_cmp(&one.relevance[0].score));
            drop(black_box(all));
        });
        let composing = milliseconds(|| drop(black_box(compose::compose(&brief, &candidates))));
        let content = compose::compose(&brief, &candidates).content;
        let rendering = milliseconds(|| drop(black_box(render::render(&content, &sample_links(), &templates).unwrap())));
        println!(
            "{count} candidates: composing {composing:.1} ms, {:.1} times cloning and sorting them; rendering {} stories {rendering:.1} ms",
            composing / sorting,
            content.items().count()
        );
    }
}
