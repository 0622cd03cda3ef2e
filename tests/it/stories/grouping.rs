//! Grouping through the database: once, in whatever portions, with leads, voices and corroboration.

use chrono::{DateTime, TimeDelta, Utc};
use std::path::Path;
use tempfile::TempDir;
use veille::{
    app::App,
    clock::Clock,
    domain::{
        evidence::{Criterion, Evidence},
        fetching::{DatePrecision, Declared, StatedDate},
        item::{ItemKey, NewItem},
        listing::ItemFilter,
        refresh::{AssessedItem, IndexedText, NextState, RefreshPlan, SourceOutcome},
        slug::Slug,
        source::SourceCondition,
        story::Tie,
    },
    pipeline::{
        reliability::{Rules, observe, score},
        stories::Fingerprint,
        text::ItemWords,
    },
};

const SOURCES: &str = r#"
[[theme]]
slug = "ia"
any = ["IA"]

[[publisher]]
slug = "regulator"
name = "Autorité"
class = "authority"
domains = ["autorite.example"]

[[publisher]]
slug = "daily"
name = "Le Quotidien"
class = "press"
domains = ["quotidien.example"]
owner = "group"

[[publisher]]
slug = "weekly"
name = "L'Hebdo"
class = "press"
domains = ["hebdo.example"]
owner = "group"

[[publisher]]
slug = "wire"
name = "The Wire"
class = "press"
domains = ["wire.example"]

[[source]]
slug = "regulator"
url = "https://autorite.example/feed"

[[source]]
slug = "daily"
url = "https://quotidien.example/feed"

[[source]]
slug = "weekly"
url = "https://hebdo.example/feed"

[[source]]
slug = "wire"
url = "https://wire.example/feed"
"#;

const FINE: &str = "L'autorité a prononcé une sanction de 20 millions d'euros contre la société Visagium, qui aspirait des \
    photographies publiques pour entraîner son logiciel de reconnaissance faciale sans le consentement des personnes.";

fn noon() -> DateTime<Utc> {
    DateTime::from_timestamp(1_795_600_800, 0).unwrap()
}

/// What a source publishes: title and summary, hours before noon.
struct Told {
    source: &'static str,
    title: &'static str,
    summary: &'static str,
    hours: i64,
}

const fn told(source: &'static str, title: &'static str, summary: &'static str, hours: i64) -> Told {
    Told { source, title, summary, hours }
}

struct Watch {
    app: App,
    _home: TempDir,
}

impl Watch {
    async fn new() -> Self {
        let home = TempDir::new().unwrap();
        std::fs::write(home.path().join("sources.toml"), SOURCES).unwrap();
        Self { app: open(home.path()).await, _home: home }
    }

    async fn take_in(&self, told: &[Told]) {
        for (number, told) in told.iter().enumerate() {
            let slug = Slug::parse(told.source).unwrap();
            let source = self.app.store.source_state(slug.clone()).await.unwrap();
            let item = item(told, number);
            let publisher = self.app.definitions.publisher_of(self.app.definitions.source(&slug).unwrap());
            let rules = Rules::shipped();
            let evidence = observe(&rules, &item, publisher, noon());
            let reliability = score(&rules, &evidence);
            let fingerprint = Fingerprint::of_item(&item, &ItemWords::of(&item), noon()).into_bytes();
            let assessed = AssessedItem {
                item,
                backlog: false,
                relevance: Vec::new(),
                evidence,
                reliability,
                text: IndexedText::default(),
                fingerprint,
            };
            let plan = RefreshPlan {
                source_id: source.id,
                state: state(&source.effective_url),
                new: vec![assessed],
                changed: Vec::new(),
                seen: Vec::new(),
                moved: Vec::new(),
                buried: Vec::new(),
                quarantine: Vec::new(),
                whole: true,
                traces: None,
                outcome: SourceOutcome::Fetched { new: 1, changed: 0, quarantined: 0 },
            };
            self.app.store.apply_refreshes(vec![plan]).await.unwrap();
        }
    }

    /// Items with their story, in the order of arrival.
    async fn stories(&self) -> Vec<(i64, Option<i64>)> {
        let filter = ItemFilter { limit: 1_000, ..ItemFilter::default() };
        let mut rows: Vec<_> = self.app.store.items(filter).await.unwrap().into_iter().map(|row| (row.id, row.story)).collect();
        rows.sort_unstable();
        rows
    }

    async fn confirmation(&self, item: i64) -> Vec<Evidence> {
        let record = self.app.store.item(item).await.unwrap();
        record.evidence.into_iter().filter(|line| line.criterion == Criterion::C6).collect()
    }
}

async fn open(home: &Path) -> App {
    App::open(home, Clock::Fixed(noon())).await.unwrap()
}

fn item(told: &Told, number: usize) -> NewItem {
    let url = format!("https://{}.example/{number}-{}", told.source, told.title.len());
    NewItem {
        key: ItemKey(format!("url:{url}")),
        url: Some(url),
        title: told.title.to_owned(),
        authors: Vec::new(),
        published: Some(StatedDate { at: noon() - TimeDelta::hours(told.hours), precision: DatePrecision::Zoned }),
        updated: None,
        unreadable_date: None,
        language: Some("fr".to_owned()),
        summary: told.summary.to_owned(),
        content_html: None,
        content_text: None,
        categories: Vec::new(),
        links: Vec::new(),
        identifiers: Vec::new(),
        content_hash: [7; 32],
    }
}

fn state(url: &url::Url) -> NextState {
    NextState {
        condition: SourceCondition::Healthy,
        next_check_at: None,
        checked_at: noon(),
        succeeded: true,
        last_error: None,
        consecutive_failures: 0,
        effective_url: url.clone(),
        validators: None,
        declared: Declared::default(),
        body_hash: None,
        redirect: None,
        rhythm_hours: None,
        catch_up: None,
        hub: None,
        host_rest: None,
        notices: Vec::new(),
    }
}

const WEEK: [Told; 6] = [
    told(
        "daily",
        "Reconnaissance faciale : Visagium condamné à 20 millions d'euros",
        "L'entreprise Visagium aspirait des photographies publiques, selon l'autorité.",
        9,
    ),
    told(
        "wire",
        "Visagium fined €20 million over facial recognition",
        "The regulator says Visagium scraped public photos without consent.",
        8,
    ),
    told("regulator", "L'autorité sanctionne Visagium : 20 millions d'euros d'amende", FINE, 10),
    told(
        "weekly",
        "Visagium : 20 millions d'euros d'amende pour la reconnaissance faciale",
        "La société Visagium aspirait des photographies publiques.",
        7,
    ),
    told("daily", "Un centre de calcul en Bretagne", "La région finance un centre de calcul de 40 mégawatts près de Rennes.", 6),
    told("wire", "L'autorité frappe Visagium au portefeuille", FINE, 5),
];

#[tokio::test]
async fn groups_once_chooses_the_primary_source_and_counts_voices() {
    let watch = Watch::new().await;
    watch.take_in(&WEEK).await;
    let report = watch.app.group_new_items(noon()).await.unwrap();
    assert_eq!((report.grouped, report.joined), (6, 4));
    let stories = watch.stories().await;
    let ids: Vec<_> = stories.iter().map(|(_, story)| story.unwrap()).collect();
    assert_eq!(ids, [ids[0], ids[0], ids[0], ids[0], ids[4], ids[0]]);
    let members = watch.app.store.story_members(ids[0]).await.unwrap();
    assert!(matches!(members[4].tie, Tie::Copy { .. }), "{:?}", members[4].tie);
    let record = watch.app.store.item(stories[0].0).await.unwrap();
    let leads: Vec<_> = record.story.iter().filter(|row| row.lead).map(|row| row.source.as_str()).collect();
    assert_eq!(leads, ["regulator"], "the authority heads the story, though it came later");
    let again = watch.app.group_new_items(noon()).await.unwrap();
    assert_eq!((again.grouped, again.corroborated), (0, 0));
    assert_eq!(watch.stories().await, stories);
}

#[tokio::test]
async fn corroboration_hears_independent_voices_only() {
    let watch = Watch::new().await;
    watch.take_in(&WEEK).await;
    watch.app.group_new_items(noon()).await.unwrap();
    let items: Vec<i64> = watch.stories().await.into_iter().map(|(item, _)| item).collect();
    let groups = watch.app.corroboration_groups(items[0]).await.unwrap();
    let of = |item: i64| groups.iter().find(|found| found.item == item).unwrap();
    let names = |item: i64| of(item).groups.iter().map(|group| group.names.join(" + ")).collect::<Vec<_>>();
    assert_eq!(names(items[0]), ["Autorité", "The Wire"], "the weekly belongs to the same owner");
    assert_eq!(names(items[1]).len(), 2, "{:?}", names(items[1]));
    assert!(of(items[0]).groups.iter().all(|group| group.quality > 0.0));
    let story = watch.stories().await[0].1.unwrap();
    let members = watch.app.store.story_members(story).await.unwrap();
    let copied = members.iter().find_map(|member| match member.tie {
        Tie::Copy { item, .. } if member.item == items[5] => Some(item),
        _ => None,
    });
    for found in &groups {
        let expected = if Some(found.item) == copied { vec![items[5]] } else { Vec::new() };
        assert_eq!(found.copies, expected, "a copy counts against what it repeats, and nobody else");
    }
    let heard = watch.confirmation(items[0]).await;
    assert_eq!(heard.iter().map(|line| line.signal.as_str()).collect::<Vec<_>>(), ["corroboration.groups"]);
    assert!(heard[0].excerpt.as_deref().unwrap().contains("Autorité"));
}

#[tokio::test]
async fn portions_and_restarts_change_nothing() {
    let (whole, portions) = (Watch::new().await, Watch::new().await);
    whole.take_in(&WEEK).await;
    whole.app.group_new_items(noon()).await.unwrap();
    for one in WEEK.chunks(1) {
        portions.take_in(one).await;
        let again = open(&portions.app.home).await;
        again.group_new_items(noon()).await.unwrap();
    }
    let sorted = |stories: Vec<(i64, Option<i64>)>| stories.into_iter().map(|(_, story)| story).collect::<Vec<_>>();
    assert_eq!(sorted(whole.stories().await), sorted(portions.stories().await));
    for (item, _) in whole.stories().await {
        assert_eq!(whole.confirmation(item).await, portions.confirmation(item).await, "item {item}");
    }
}

#[tokio::test]
async fn silence_means_something_after_two_days_only() {
    let watch = Watch::new().await;
    watch.take_in(&WEEK[4..5]).await;
    let item = watch.stories().await[0].0;
    watch.app.group_new_items(noon()).await.unwrap();
    assert!(watch.confirmation(item).await.is_empty());
    assert_eq!(watch.app.corroborate_due(noon() + TimeDelta::days(3)).await.unwrap(), 1);
    assert_eq!(watch.confirmation(item).await[0].signal, "corroboration.alone");
    assert_eq!(watch.app.corroborate_due(noon() + TimeDelta::days(9)).await.unwrap(), 0);
}
