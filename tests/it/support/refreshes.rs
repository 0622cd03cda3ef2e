//! Builders for tests of the store and of refreshes: a database of its own, sources, items, plans.
#![expect(clippy::unwrap_used, reason = "helpers of tests")]

use chrono::{DateTime, Duration, Utc};
use tempfile::TempDir;
use veille::{
    domain::{
        entry::{Author, RefusedEntry},
        evidence::{Criterion, CriterionScore, Evidence, Level, Provenance, Reliability},
        fetching::{DatePrecision, Declared, StatedDate, Validators},
        item::{ItemKey, NewItem},
        refresh::{AssessedItem, NextState, RefreshPlan, SourceOutcome},
        relevance::{Place, Relevance, RuleMatch},
        slug::Slug,
        source::{Source, SourceCondition, SourceKind},
    },
    pipeline::{search::Indexer, text::ItemWords},
    store::Store,
};

/// A Monday morning.
pub(crate) fn now() -> DateTime<Utc> {
    DateTime::from_timestamp(1_795_420_800, 0).unwrap()
}

/// A database that goes with its folder.
pub(crate) fn store() -> (TempDir, Store) {
    let folder = TempDir::new().unwrap();
    let store = Store::open(&folder.path().join("veille.sqlite3")).unwrap();
    (folder, store)
}

/// A slug.
pub(crate) fn slug(text: &str) -> Slug {
    Slug::parse(text).unwrap()
}

/// A feed at an address made of its slug.
pub(crate) fn source(name: &str) -> Source {
    Source {
        slug: slug(name),
        name: name.to_uppercase(),
        kind: SourceKind::Feed,
        url: format!("https://{name}.example/feed").parse().unwrap(),
        language: Some("fr".to_owned()),
        themes: Vec::new(),
        publisher: None,
        paused: false,
    }
}

/// An item with a body; everything about it follows from its key and title.
pub(crate) fn item(key: &str, title: &str) -> NewItem {
    NewItem {
        key: ItemKey(format!("id:{key}")),
        url: Some(format!("https://site.example/{key}")),
        title: title.to_owned(),
        authors: vec![Author { name: "Ada Lovelace".to_owned(), place: "dc:creator", url: None }],
        published: Some(StatedDate { at: now() - Duration::days(1), precision: DatePrecision::Zoned }),
        updated: None,
        unreadable_date: None,
        language: Some("fr".to_owned()),
        summary: format!("Résumé de {title}."),
        content_html: Some(format!("<p>Corps de <b>{title}</b>.</p>")),
        content_text: Some(format!("Corps de {title}.")),
        categories: vec!["IA".to_owned()],
        links: vec!["https://eur-lex.example/32024R1689".to_owned()],
        identifiers: Vec::new(),
        content_hash: *title.as_bytes().iter().fold(&mut [0; 32], |hash, byte| {
            hash.rotate_left(1);
            hash[0] ^= byte;
            hash
        }),
    }
}

/// An item with a score, one theme and one line of evidence.
pub(crate) fn assessed(item: NewItem) -> AssessedItem {
    let found = RuleMatch { rule: "règlement".to_owned(), found: "règlement".to_owned(), place: Place::Title, count: 1 };
    AssessedItem {
        text: Indexer::default().index(&ItemWords::of(&item), item.language.as_deref()),
        item,
        backlog: false,
        relevance: vec![Relevance { theme: slug("ai-act"), score: 0.8, matches: vec![found], excluded_by: None }],
        evidence: vec![Evidence {
            criterion: Criterion::C1,
            signal: "author.person".to_owned(),
            support: 1.0,
            weight: 3.0,
            observed_at: now(),
            provenance: Provenance::Feed,
            excerpt: Some("Ada Lovelace".to_owned()),
        }],
        reliability: reliability(61.5),
        fingerprint: vec![1],
    }
}

/// A reliability of that score.
pub(crate) fn reliability(score: f64) -> Reliability {
    Reliability {
        score,
        low: score - 10.0,
        high: score + 10.0,
        confidence: 0.6,
        level: Level::RatherReliable,
        criteria: Criterion::ALL.map(|id| CriterionScore { id, score: 0.5, confidence: 0.5 }).to_vec(),
        caps: Vec::new(),
        rules: "1".to_owned(),
    }
}

/// A successful refresh of a source at an instant, that brought nothing yet.
pub(crate) fn plan(source_id: i64, source: &Source, at: DateTime<Utc>) -> RefreshPlan {
    let validators =
        Validators { url: source.url.to_string(), etag: Some(format!("\"{}\"", at.timestamp())), last_modified: None };
    RefreshPlan {
        source_id,
        state: NextState {
            condition: SourceCondition::Healthy,
            next_check_at: Some(at + Duration::hours(6)),
            checked_at: at,
            succeeded: true,
            last_error: None,
            consecutive_failures: 0,
            effective_url: source.url.clone(),
            validators: Some(validators),
            declared: Declared::default(),
            body_hash: Some([7; 32]),
            redirect: None,
            rhythm_hours: Some(12.5),
            catch_up: None,
            hub: None,
            host_rest: None,
            notices: Vec::new(),
        },
        new: Vec::new(),
        changed: Vec::new(),
        seen: Vec::new(),
        moved: Vec::new(),
        buried: Vec::new(),
        quarantine: Vec::new(),
        whole: true,
        traces: None,
        outcome: SourceOutcome::NotModified,
    }
}

/// The same with new items.
pub(crate) fn bringing(mut plan: RefreshPlan, items: impl IntoIterator<Item = NewItem>) -> RefreshPlan {
    plan.new = items.into_iter().map(assessed).collect();
    plan.outcome = SourceOutcome::Fetched { new: plan.new.len(), changed: 0, quarantined: 0 };
    plan
}

/// An entry that could not be read.
pub(crate) fn refused(bytes: &str) -> RefusedEntry {
    RefusedEntry { bytes: bytes.as_bytes().to_vec(), reason: "unclosed <item>".to_owned() }
}

/// Stores one source with items; gives its row id.
pub(crate) async fn seeded(store: &Store, name: &str, items: impl IntoIterator<Item = NewItem>) -> i64 {
    let definition = source(name);
    let mut all: Vec<Source> = vec![definition.clone()];
    all.extend(
        store
            .source_states()
            .await
            .unwrap()
            .into_iter()
            .filter(|(known, _)| known.as_str() != name)
            .map(|(known, _)| source(known.as_str())),
    );
    store.sync_sources(all).await.unwrap();
    let id = store.source_state(slug(name)).await.unwrap().id;
    store.apply_refreshes(vec![bringing(plan(id, &definition, now()), items)]).await.unwrap();
    id
}
