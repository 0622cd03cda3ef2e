//! What the store promises.
#![expect(clippy::unwrap_used, reason = "helpers of tests")]

use crate::support::refreshes::{assessed, bringing, item, now, plan, refused, reliability, seeded, slug, source, store};
use chrono::Duration;
use veille::{
    domain::{
        decision::{Decision, Verdict},
        item::ItemKey,
        listing::{ItemFilter, ItemState, SearchOrder},
        refresh::MovedItem,
        source::{Source, SourceCondition},
    },
    pipeline::search::parse_query,
    store::{Store, StoreError, retention::Limits},
};

fn everything() -> ItemFilter {
    ItemFilter { limit: 1_000, ..ItemFilter::default() }
}

async fn titles(store: &Store, filter: ItemFilter) -> Vec<String> {
    store.items(filter).await.unwrap().into_iter().map(|row| row.title).collect()
}

async fn found(store: &Store, query: &str) -> Vec<String> {
    store.search(parse_query(query), SearchOrder::Best, 50).await.unwrap().into_iter().map(|row| row.title).collect()
}

#[tokio::test]
async fn sources_follow_the_file() {
    let (_folder, store) = store();
    let (a, b) = (source("a"), source("b"));
    let synced = store.sync_sources(vec![a.clone(), b.clone()]).await.unwrap();
    assert_eq!((synced.added, synced.changed, synced.retired), (2, 0, 0));
    let id = store.source_state(slug("a")).await.unwrap().id;
    store.apply_refreshes(vec![plan(id, &a, now())]).await.unwrap();

    store.sync_sources(vec![b.clone()]).await.unwrap();
    assert_eq!(store.source_state(slug("a")).await.unwrap().condition, SourceCondition::Retired);
    store.sync_sources(vec![a.clone(), b.clone()]).await.unwrap();
    let back = store.source_state(slug("a")).await.unwrap();
    assert_eq!((back.condition, back.next_check_at, back.id), (SourceCondition::Healthy, None, id));
    assert!(back.validators.is_some(), "a source that comes back is still asked conditionally");

    let moved = Source { url: "https://elsewhere.example/rss".parse().unwrap(), ..a.clone() };
    store.sync_sources(vec![moved.clone(), b.clone()]).await.unwrap();
    let afresh = store.source_state(slug("a")).await.unwrap();
    assert_eq!((afresh.condition, afresh.validators, afresh.body_hash), (SourceCondition::New, None, None));
    assert_eq!(afresh.effective_url, moved.url);

    store.sync_sources(vec![Source { paused: true, ..moved.clone() }, b.clone()]).await.unwrap();
    assert_eq!(store.source_state(slug("a")).await.unwrap().condition, SourceCondition::Paused);
    store.sync_sources(vec![moved.clone(), b.clone()]).await.unwrap();
    assert_eq!(store.source_state(slug("a")).await.unwrap().condition, SourceCondition::New);
    let again = store.sync_sources(vec![moved, b]).await.unwrap();
    assert_eq!((again.added, again.changed, again.retired), (0, 0, 0));
}

#[tokio::test]
async fn what_a_refresh_brings_is_stored_whole() {
    let (_folder, store) = store();
    let id = seeded(&store, "cnil", [item("1", "Premier règlement"), item("2", "Second avis")]).await;
    let rows = store.items(everything()).await.unwrap();
    assert_eq!(rows.iter().map(|row| row.title.as_str()).collect::<Vec<_>>(), ["Second avis", "Premier règlement"]);
    assert_eq!(rows[0].themes, ["ai-act"]);
    assert_eq!((rows[0].relevance, rows[0].reliability.unwrap().score), (0.8, 61.5));

    let record = store.item(rows[1].id).await.unwrap();
    let mut stored = record.item.content.clone();
    stored.content_text = Some("Corps de Premier règlement.".to_owned());
    assert_eq!(stored, item("1", "Premier règlement"));
    assert_eq!(record.evidence, assessed(item("1", "x")).evidence);
    assert_eq!(record.relevance, assessed(item("1", "x")).relevance);

    let state = store.source_state(slug("cnil")).await.unwrap();
    assert_eq!(state.id, id);
    assert_eq!((state.last_success_at, state.last_new_item_at, state.rhythm_hours), (Some(now()), Some(now()), Some(12.5)));
    assert_eq!(state.validators.unwrap().etag.unwrap(), format!("\"{}\"", now().timestamp()));
}

#[tokio::test]
async fn the_same_plan_twice_adds_nothing() {
    let (_folder, store) = store();
    let id = seeded(&store, "a", [item("1", "Un")]).await;
    let again =
        store.apply_refreshes(vec![bringing(plan(id, &source("a"), now()), [item("1", "Un"), item("2", "Deux")])]).await.unwrap();
    assert_eq!(again.new.len(), 1);
    assert_eq!(titles(&store, everything()).await, ["Deux", "Un"]);
    assert_eq!(found(&store, "deux").await, ["Deux"]);
}

#[tokio::test]
async fn changed_and_moved_items_stay_the_same_rows() {
    let (_folder, store) = store();
    let id = seeded(&store, "a", [item("1", "Ancien titre"), item("2", "Stable")]).await;
    let rows = store.items(everything()).await.unwrap();
    let (stable, old) = (rows[0].id, rows[1].id);
    let mut next = plan(id, &source("a"), now() + Duration::hours(6));
    next.changed = vec![(old, assessed(item("1", "Nouveau titre")))];
    next.moved =
        vec![MovedItem { id: stable, key: ItemKey("id:other".to_owned()), url: Some("https://site.example/other".to_owned()) }];
    next.seen = vec![old, stable];
    let applied = store.apply_refreshes(vec![next]).await.unwrap();
    assert_eq!((applied.new.len(), applied.changed), (0, vec![old]));
    assert_eq!(found(&store, "ancien").await, Vec::<String>::new());
    assert_eq!(found(&store, "nouveau").await, ["Nouveau titre"]);
    assert_eq!(store.item(stable).await.unwrap().row.url.unwrap(), "https://site.example/other");
    let known = store.known_items(id, vec![ItemKey("id:other".to_owned()), ItemKey("id:2".to_owned())]).await.unwrap();
    assert_eq!(known.by_key.keys().map(|key| key.0.as_str()).collect::<Vec<_>>(), ["id:other"]);
    assert_eq!(known.listed.len(), 2);
}

#[tokio::test]
async fn one_plan_that_cannot_be_written_costs_only_its_source() {
    let (_folder, store) = store();
    let id = seeded(&store, "a", []).await;
    let bad = bringing(plan(99, &source("a"), now()), [item("x", "Sans source")]);
    let good = bringing(plan(id, &source("a"), now()), [item("1", "Un")]);
    let prepared = [bad.clone(), good.clone()].map(veille::store::apply::PreparedPlan::new).into();
    let results = store.apply_prepared(prepared).await.unwrap();
    assert!(results[0].is_err() && results[1].is_ok());
    assert_eq!(titles(&store, everything()).await, ["Un"]);
    assert!(store.apply_refreshes(vec![good, bad]).await.is_err(), "all or nothing");
}

#[tokio::test]
async fn search_knows_no_accent_no_plural_and_no_bad_query() {
    let (_folder, store) = store();
    let mut english = item("3", "New regulations on models");
    english.language = Some("en".to_owned());
    english.summary = "The obligations enter into force.".to_owned();
    seeded(
        &store,
        "a",
        [item("1", "Règlements européens sur l'intelligence artificielle"), item("2", "Avis de la CNIL"), english],
    )
    .await;
    for (query, expected) in [
        ("reglement", &["Règlements européens sur l'intelligence artificielle"][..]),
        ("RÈGLEMENT européen", &["Règlements européens sur l'intelligence artificielle"]),
        ("regulation", &["New regulations on models"]),
        ("obligation", &["New regulations on models"]),
        ("\"intelligence artificielle\"", &["Règlements européens sur l'intelligence artificielle"]),
        ("\"artificielle intelligence\"", &[]),
        ("avis -cnil", &[]),
        ("intell*", &["Règlements européens sur l'intelligence artificielle"]),
        ("\" AND ( * NEAR", &[]),
        ("'; drop table item; --", &[]),
        ("", &[]),
    ] {
        assert_eq!(found(&store, query).await, expected, "{query}");
    }
    let newest = store.search(parse_query("corps"), SearchOrder::Newest, 2).await.unwrap();
    assert_eq!(newest.iter().map(|row| row.id).collect::<Vec<_>>(), [3, 2]);
}

#[tokio::test]
async fn lists_are_filtered_and_decisions_kept() {
    let (_folder, store) = store();
    seeded(&store, "a", [item("1", "Un"), item("2", "Deux")]).await;
    let id = seeded(&store, "b", []).await;
    let mut other = plan(id, &source("b"), now() + Duration::days(1));
    let mut backlog = assessed(item("3", "Trois"));
    backlog.backlog = true;
    backlog.relevance.clear();
    other.new = vec![backlog];
    store.apply_refreshes(vec![other]).await.unwrap();

    for (verdict, reason) in [(Verdict::Keep, None), (Verdict::Drop, Some("doublon".to_owned()))] {
        let decision = Decision { item: 1, verdict, actor: "ada".to_owned(), reason, decided_at: now() };
        store.record_decision(decision).await.unwrap();
    }
    let record = store.item(1).await.unwrap();
    assert_eq!((record.decisions.len(), record.row.decision), (2, Some(Verdict::Drop)));
    let missing = store.record_decision(Decision { item: 42, ..record.decisions[0].clone() }).await;
    assert!(matches!(missing, Err(StoreError::NotFound(_))));

    for (filter, expected) in [
        (everything(), &["Trois", "Deux", "Un"][..]),
        (ItemFilter { limit: 1, ..everything() }, &["Trois"]),
        (ItemFilter { source: Some(slug("a")), ..everything() }, &["Deux", "Un"]),
        (ItemFilter { source: Some(slug("nobody")), ..everything() }, &[]),
        (ItemFilter { theme: Some(slug("ai-act")), ..everything() }, &["Deux", "Un"]),
        (ItemFilter { since: Some(now() + Duration::hours(1)), ..everything() }, &["Trois"]),
        (ItemFilter { state: Some(ItemState::New), ..everything() }, &["Deux"]),
        (ItemFilter { state: Some(ItemState::Backlog), ..everything() }, &["Trois"]),
        (ItemFilter { state: Some(ItemState::Decided(Verdict::Drop)), ..everything() }, &["Un"]),
        (ItemFilter { state: Some(ItemState::Decided(Verdict::Keep)), ..everything() }, &[]),
        (ItemFilter { state: Some(ItemState::Published), ..everything() }, &[]),
    ] {
        assert_eq!(titles(&store, filter.clone()).await, expected, "{filter:?}");
    }
}

#[tokio::test]
async fn quarantine_keeps_each_entry_once_and_not_too_many() {
    let (_folder, store) = store();
    let id = seeded(&store, "a", []).await;
    for round in 0..3 {
        let mut next = plan(id, &source("a"), now() + Duration::hours(round));
        next.quarantine = vec![refused("<item>same"), refused(&format!("<item>{round}"))];
        store.apply_refreshes(vec![next]).await.unwrap();
    }
    let rows = store.quarantine(100).await.unwrap();
    assert_eq!(rows.len(), 4);
    let same = rows.iter().find(|row| row.excerpt == "<item>same").unwrap();
    assert_eq!((same.first_seen_at, same.last_seen_at), (now(), now() + Duration::hours(2)));
    let mut flood = plan(id, &source("a"), now() + Duration::hours(9));
    flood.quarantine = (0..200).map(|n| refused(&format!("<item>flood {n}"))).collect();
    store.apply_refreshes(vec![flood]).await.unwrap();
    assert_eq!(store.quarantine(1_000).await.unwrap().len(), 50);
}

#[tokio::test]
async fn a_host_that_wants_rest_gets_the_longer_one() {
    let (_folder, store) = store();
    let id = seeded(&store, "a", []).await;
    for hours in [48, 2] {
        let mut next = plan(id, &source("a"), now());
        next.state.host_rest = Some(("a.example:443".to_owned(), now() + Duration::hours(hours)));
        store.apply_refreshes(vec![next]).await.unwrap();
    }
    assert_eq!(store.resting_hosts(now()).await.unwrap()["a.example:443"], now() + Duration::hours(48));
    assert!(store.resting_hosts(now() + Duration::hours(49)).await.unwrap().is_empty());
}

#[tokio::test]
async fn retention_spares_what_is_listed_decided_or_published_and_buries_the_rest() {
    let (_folder, store) = store();
    let id = seeded(&store, "a", (1..=4).map(|n| item(&n.to_string(), &format!("Titre {n}")))).await;
    store
        .record_decision(Decision { item: 2, verdict: Verdict::Keep, actor: "ada".to_owned(), reason: None, decided_at: now() })
        .await
        .unwrap();
    let later = now() + Duration::days(1_000);
    let limits = Limits {
        items: later - Duration::days(730),
        deliveries: later - Duration::days(365),
        quarantine: later - Duration::days(90),
        tombstones: later - Duration::days(1_460),
        runs: later - Duration::days(400),
        rests: later,
        each_run: later - Duration::days(30),
    };
    assert_eq!(store.let_go(limits).await.unwrap().items, 0, "all of them are in the last document");

    let mut next = plan(id, &source("a"), later);
    next.seen = vec![1];
    store.apply_refreshes(vec![next]).await.unwrap();
    assert_eq!(store.let_go(limits).await.unwrap().items, 2);
    assert_eq!(titles(&store, everything()).await, ["Titre 2", "Titre 1"]);
    assert_eq!(found(&store, "titre").await.len(), 2);
    let known = store.known_items(id, vec![ItemKey("id:3".to_owned()), ItemKey("id:5".to_owned())]).await.unwrap();
    assert_eq!(known.buried.iter().map(|key| key.0.as_str()).collect::<Vec<_>>(), ["id:3"]);

    let relisted =
        veille::domain::refresh::RefreshPlan { buried: vec![ItemKey("id:3".to_owned())], ..plan(id, &source("a"), later) };
    store.apply_refreshes(vec![relisted]).await.unwrap();
    let forgotten = Limits { tombstones: later - Duration::days(1), ..limits };
    store.let_go(forgotten).await.unwrap();
    let known = store.known_items(id, vec![ItemKey("id:3".to_owned()), ItemKey("id:4".to_owned())]).await.unwrap();
    assert_eq!(known.buried.iter().map(|key| key.0.as_str()).collect::<Vec<_>>(), ["id:3"], "listed again: still buried");
}

#[tokio::test]
async fn assessments_and_reliabilities_are_replaced() {
    let (_folder, store) = store();
    let id = seeded(&store, "a", [item("1", "Un")]).await;
    let mut evidence = assessed(item("1", "Un")).evidence;
    evidence[0].observed_at = now() - Duration::days(3);
    store.save_assessments(vec![(1, evidence.clone(), reliability(72.0))], now()).await.unwrap();
    let stored = store.assessments_of_source(id, 10).await.unwrap();
    assert_eq!((stored[0].reliability.score, &stored[0].evidence), (72.0, &evidence));
    assert_eq!(store.assessments(vec![1, 5]).await.unwrap(), stored);
    store.save_source_reliabilities(vec![(id, reliability(66.0))], now()).await.unwrap();
    assert_eq!(store.source_state(slug("a")).await.unwrap().reliability, Some(reliability(66.0)));
}

#[tokio::test]
async fn s06_another_process_that_holds_the_lock_is_waited_for_and_then_named() {
    let (folder, store) = store();
    let id = seeded(&store, "a", []).await;
    let path = folder.path().join("veille.sqlite3");
    let other = rusqlite::Connection::open(&path).unwrap();
    other.execute_batch("begin immediate").unwrap();
    let waiting = {
        let store = store.clone();
        tokio::spawn(async move { store.apply_refreshes(vec![bringing(plan(id, &source("a"), now()), [item("1", "Un")])]).await })
    };
    tokio::time::sleep(std::time::Duration::from_millis(300)).await;
    assert!(store.items(everything()).await.unwrap().is_empty(), "readers never wait");
    other.execute_batch("commit").unwrap();
    assert_eq!(waiting.await.unwrap().unwrap().new.len(), 1);
}
