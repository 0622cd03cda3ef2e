//! An edition from draft to sent, through the use cases and the real database.
#![expect(clippy::unwrap_used, reason = "helpers of tests")]

use chrono::{DateTime, TimeDelta, Utc};
use rusqlite::{Connection, params};
use tempfile::TempDir;
use tokio_util::sync::CancellationToken;
use veille::{
    app::{App, Error},
    clock::Clock,
    domain::{
        candidate::{Exclusion, Fate, FirstFetch},
        edition::{EditionState, PeriodKey},
        slug::Slug,
    },
};

const SOURCES: &str = r#"
[[theme]]
slug = "law"
name = { fr = "Règlement européen sur l'IA", en = "EU AI Act" }
any = ["AI Act"]

[[theme]]
slug = "tools"
name = { fr = "Outils d'IA", en = "AI tools" }
any = ["release"]

[[publisher]]
slug = "cnil"
name = "CNIL"
class = "authority"
domains = ["cnil.example"]

[[source]]
slug = "cnil"
name = "CNIL"
url = "https://www.cnil.example/rss.xml"
language = "fr"

[[source]]
slug = "blog"
name = "Some Blog"
url = "https://blog.example/feed"
language = "en"

[[digest]]
slug = "hebdo"
title = { fr = "Veille IA de la semaine" }
language = "fr"
schedule = "0 8 * * Mon"
time_zone = "Europe/Paris"
approval = "required"

[[digest]]
slug = "auto"
title = { en = "AI watch" }
language = "en"
schedule = "0 8 * * Mon"
approval = "automatic"
"#;

/// A home folder with items, and a clock that stands where one puts it.
struct World {
    home: TempDir,
    now: DateTime<Utc>,
}

impl World {
    async fn new() -> Self {
        let home = TempDir::new().unwrap();
        std::fs::write(home.path().join("sources.toml"), SOURCES).unwrap();
        let world = Self { home, now: "2026-11-23T07:00:00Z".parse().unwrap() };
        drop(world.app().await);
        world
    }

    async fn app(&self) -> App {
        App::open(self.home.path(), Clock::Fixed(self.now)).await.unwrap()
    }

    fn sql(&self) -> Connection {
        Connection::open(self.home.path().join("db/veille.sqlite3")).unwrap()
    }

    /// An item of `source` that came in an hour ago, published `days` ago, that answers "law".
    fn item(&self, source: &str, title: &str, days: i64) -> i64 {
        let sql = self.sql();
        let seen = (self.now - TimeDelta::hours(1)).timestamp();
        let published = (self.now - TimeDelta::days(days)).timestamp();
        sql.execute(
            "insert into item (source_id, key, url, title, published_at, published_precision, language, summary, content_hash,
               first_seen_at, last_listed_at)
             values ((select id from source where slug = ?1), ?2, 'https://news.example/' || ?2, ?2, ?3, 'zoned', 'en', 'It says why.',
               x'00', ?4, ?4)",
            params![source, title, published, seen],
        )
        .unwrap();
        let item = sql.last_insert_rowid();
        let matches = r#"[{"rule":"AI Act","found":"AI Act","place":"title","count":1}]"#;
        sql.execute("insert into item_theme values (?1, 'law', 0.8, ?2, null)", params![item, matches]).unwrap();
        sql.execute(
            "insert into assessment (item_id, rules, score, low, high, confidence, level, evidence, observed_at)
             values (?1, '1', 64.0, 55.0, 73.0, 0.6, 'rather_reliable', ?2, ?3)",
            params![item, r#"[["C1","author.person",1.0,3.0,"feed","Jane Doe"]]"#, seen],
        )
        .unwrap();
        item
    }

    fn decide(&self, item: i64, verdict: &str) {
        let sql = "insert into decision (item_id, verdict, actor, decided_at) values (?1, ?2, 'Ada', ?3)";
        self.sql().execute(sql, params![item, verdict, self.now.timestamp()]).unwrap();
    }

    fn subscribe(&self, email: &str, digest: &str) {
        let sql = "insert into subscription (email, digest, state, consent, created_at, changed_at) values (?1, ?2, 'confirmed', 'test', 0, 0)";
        self.sql().execute(sql, params![email, digest]).unwrap();
    }

    /// The titles of the edition, and the reasons of what is out, by item.
    /// The messages in the folder that stands for a relay.
    fn outbox(&self) -> Vec<String> {
        let files = std::fs::read_dir(self.home.path().join("outbox")).unwrap().map(|file| file.unwrap().path());
        files.map(|file| String::from_utf8_lossy(&std::fs::read(file).unwrap()).into_owned()).collect()
    }

    async fn draft(&self, digest: &str) -> (i64, Vec<String>, Vec<(i64, Exclusion)>) {
        let detail = self.app().await.draft_edition(&slug(digest), None, FirstFetch::LeaveOut).await.unwrap();
        let out = detail.stories.iter().filter_map(|story| match &story.choice.fate {
            Fate::Out { because } => Some((story.choice.item, because.clone())),
            Fate::In { .. } => None,
        });
        (detail.summary.number, detail.content.items().map(|item| item.title.clone()).collect(), out.collect())
    }
}

fn slug(text: &str) -> Slug {
    Slug::parse(text).unwrap()
}

#[tokio::test]
async fn what_the_approver_saw_is_what_leaves() {
    let world = World::new().await;
    world.item("cnil", "Lignes directrices sur l'AI Act", 2);
    world.item("blog", "What the AI Act changes", 1);
    world.subscribe("a@reader.example", "hebdo");
    world.subscribe("b@reader.example", "hebdo");
    world.subscribe("c@reader.example", "auto");
    let (number, titles, out) = world.draft("hebdo").await;
    assert_eq!((titles.len(), out.len()), (2, 0));
    let app = world.app().await;
    let folder = world.home.path().join("preview");
    let preview = app.preview_edition(number, &folder).await.unwrap();
    assert_eq!(preview.violations, [], "the gate");
    let refused = app.send_edition(number).await.unwrap_err();
    assert!(matches!(refused, Error::Refused(_)) && refused.to_string().contains("approve"), "{refused}");
    let wrong = app.approve_edition(number, "Ada", Some("0000")).await.unwrap_err();
    assert!(matches!(wrong, Error::Conflict(_)), "{wrong}");
    let approved = app.approve_edition(number, "Ada", Some(&preview.hash)).await.unwrap();
    assert_eq!((approved.summary.state, approved.intact), (EditionState::Approved, Some(true)));
    let again = app.preview_edition(number, &world.home.path().join("again")).await.unwrap();
    let eml = |name: &str| std::fs::read(world.home.path().join(name).join("edition.eml")).unwrap();
    assert_eq!((again.hash, eml("again")), (preview.hash, eml("preview")), "approving changes no byte");
    // What happens to items, templates and settings afterwards changes nothing.
    world.sql().execute("update item set title = 'Changed'", []).unwrap();
    std::fs::write(
        world.home.path().join("veille.toml"),
        "[mail]\nfrom = \"Else <else@example.net>\"\nreply_to = \"else@example.net\"\n",
    )
    .unwrap();
    let app = world.app().await;
    let bytes = app.edition_bytes(number).await.unwrap();
    assert_eq!(bytes.html, std::fs::read_to_string(folder.join("edition.html")).unwrap());
    assert_eq!(bytes.text, std::fs::read_to_string(folder.join("edition.txt")).unwrap());
    let sent = app.send_edition(number).await.unwrap();
    assert_eq!((sent.queued, sent.subject.as_str()), (2, preview.subject.as_str()));
    assert_eq!(app.send_edition(number).await.unwrap().queued, 0, "twice adds nothing");
    let report = app.dispatch(&CancellationToken::new()).await.unwrap();
    assert_eq!((report.sent, report.editions_sent), (2, vec![number]));
    let mails = world.outbox();
    assert_eq!(mails.iter().filter(|mail| mail.contains("@reader.example") && !mail.contains("else@example.net")).count(), 2);
    assert!(matches!(app.cancel_edition(number).await, Err(Error::Conflict(_))), "what has left cannot be called back");
}

#[tokio::test]
async fn bytes_that_are_not_those_approved_do_not_leave() {
    let world = World::new().await;
    world.item("cnil", "AI Act", 2);
    let (number, ..) = world.draft("hebdo").await;
    let app = world.app().await;
    app.approve_edition(number, "Ada", None).await.unwrap();
    world.sql().execute("update edition set rendered = replace(rendered, 'AI Act', 'AI Pact')", []).unwrap();
    for refused in [app.send_edition(number).await.err(), app.edition_bytes(number).await.err()] {
        assert!(matches!(&refused, Some(Error::Refused(why)) if why.contains("approved")), "{refused:?}");
    }
    assert_eq!(app.edition_detail(number).await.unwrap().intact, Some(false));
}

#[tokio::test]
async fn each_story_once_and_every_item_claimed_once() {
    let mut world = World::new().await;
    let [first, second] = [world.item("cnil", "One", 2), world.item("blog", "Two", 1)];
    world.decide(second, "later");
    let (number, titles, out) = world.draft("hebdo").await;
    assert_eq!(titles, ["One"]);
    assert_eq!(out, [(second, Exclusion::Later { actor: "Ada".to_owned() })]);
    let third = world.item("blog", "Three", 3);
    assert_eq!(world.draft("hebdo").await.1.len(), 2, "drafting again takes in what came");
    world.decide(first, "drop");
    let (again, titles, _) = world.draft("hebdo").await;
    assert_eq!((again, titles), (number, vec!["Three".to_owned()]));
    world.app().await.approve_edition(number, "Ada", None).await.unwrap();
    // The same period again is the next one; what was deferred comes back, what was told does not.
    world.now += TimeDelta::days(7);
    let (next, titles, _) = world.draft("hebdo").await;
    assert_eq!((next, titles), (number + 1, vec!["Two".to_owned()]));
    world.decide(third, "keep");
    let kept = world.item("blog", "Four", 60);
    world.decide(kept, "keep");
    let old = world.item("blog", "Five", 60);
    let (_, titles, out) = world.draft("hebdo").await;
    assert_eq!(titles, ["Four", "Two"], "kept first; told stays told");
    assert!(matches!(out.as_slice(), [(item, Exclusion::Old { .. })] if *item == old), "{out:?}");
    // Another digest tells its own.
    assert!(world.draft("auto").await.1.contains(&"Three".to_owned()));
    let detail = world.app().await.edition_detail(next).await.unwrap();
    assert_eq!((detail.after_item, detail.content.issue), (third, 2));
}

#[tokio::test]
async fn a_cancelled_edition_gives_its_stories_back() {
    let world = World::new().await;
    world.item("cnil", "One", 2);
    let (number, titles, _) = world.draft("hebdo").await;
    let app = world.app().await;
    app.approve_edition(number, "Ada", None).await.unwrap();
    let refused =
        app.draft_edition(&slug("hebdo"), Some(PeriodKey("2026-W48".to_owned())), FirstFetch::LeaveOut).await.unwrap_err();
    assert!(matches!(refused, Error::Conflict(_)), "{refused}");
    assert_eq!(app.cancel_edition(number).await.unwrap().summary.state, EditionState::Cancelled);
    assert!(app.send_edition(number).await.is_err());
    let (again, same, _) = world.draft("hebdo").await;
    assert_eq!((again, same), (number + 1, titles));
    assert_eq!(app.edition_list(Some(slug("hebdo"))).await.unwrap().len(), 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn of_many_that_draft_at_once_one_makes_the_edition() {
    let world = World::new().await;
    world.item("cnil", "One", 2);
    let app = world.app().await;
    let drafts: Vec<_> = (0..8)
        .map(|_| {
            let app = app.clone();
            tokio::spawn(
                async move { app.draft_edition(&slug("hebdo"), None, FirstFetch::LeaveOut).await.unwrap().summary.number },
            )
        })
        .collect();
    for draft in drafts {
        assert_eq!(draft.await.unwrap(), 1);
    }
    assert_eq!(app.edition_list(None).await.unwrap().len(), 1);
}

#[tokio::test]
async fn replaying_tells_what_has_changed_since() {
    let mut world = World::new().await;
    let item = world.item("cnil", "One", 2);
    world.item("blog", "Two", 2);
    let (number, ..) = world.draft("hebdo").await;
    world.app().await.approve_edition(number, "Ada", None).await.unwrap();
    // Later decisions, items and editions do not count.
    world.now += TimeDelta::days(7);
    world.decide(item, "drop");
    world.item("blog", "Three", 1);
    world.draft("hebdo").await;
    let replayed = world.app().await.replay_edition(number).await.unwrap();
    assert!(replayed.identical, "{replayed:?}");
    world.sql().execute("update item set title = 'Another' where id = ?1", [item]).unwrap();
    let replayed = world.app().await.replay_edition(number).await.unwrap();
    assert!(!replayed.identical && replayed.differences.iter().any(|d| d.contains("One") && d.contains("title")), "{replayed:?}");
}

#[tokio::test]
async fn an_automatic_digest_sends_what_passes_the_gate_and_nothing_else() {
    let world = World::new().await;
    let (empty, ..) = world.draft("auto").await;
    let refused = world.app().await.send_edition(empty).await.unwrap_err();
    assert!(matches!(refused, Error::Refused(_)) && refused.to_string().contains("send_empty"), "{refused}");
    world.item("cnil", "One", 2);
    let (number, ..) = world.draft("auto").await;
    let template = world.home.path().join("templates/mail/digest/body.html.hbs");
    std::fs::create_dir_all(template.parent().unwrap()).unwrap();
    std::fs::write(&template, "<html><body>{{title}}<img src=\"https://t.example/p.gif\"></body></html>").unwrap();
    let refused = world.app().await.send_edition(number).await.unwrap_err();
    assert!(matches!(refused, Error::Refused(_)) && refused.to_string().contains("gate"), "{refused}");
    std::fs::remove_file(template).unwrap();
    world.subscribe("c@reader.example", "auto");
    let app = world.app().await;
    let tried = app.try_send_edition(number).await.unwrap();
    assert_eq!(app.edition_detail(number).await.unwrap().summary.state, EditionState::Draft, "a dry run changes nothing");
    let sent = app.send_edition(number).await.unwrap();
    assert_eq!((sent.queued, sent.subject), (1, tried.subject));
    let detail = app.edition_detail(number).await.unwrap();
    assert_eq!(detail.summary.approved_by.as_deref(), Some("automatic"));
}

#[tokio::test]
async fn the_command_line_answers_in_json_and_in_exit_codes() {
    let world = World::new().await;
    world.item("cnil", "One", 2);
    let run = |arguments: &[&str], status: i32| {
        let mut command = assert_cmd::Command::cargo_bin("veille").unwrap();
        let home = world.home.path().to_str().unwrap();
        let output = command.args(["--home", home, "--now", "2026-11-23T08:00:00+01:00"]).args(arguments).output().unwrap();
        let errors = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.code(), Some(status), "{arguments:?}: {errors}");
        String::from_utf8(output.stdout).unwrap()
    };
    let json = |text: String| serde_json::from_str::<serde_json::Value>(&text).unwrap();
    let draft = json(run(&["edition", "draft", "hebdo", "--json"], 0));
    assert_eq!((draft["number"].as_i64(), draft["period"].as_str()), (Some(1), Some("2026-W48")));
    assert_eq!(draft["stories"][0]["fate"], "in");
    run(&["edition", "draft", "nothing"], 4);
    run(&["edition", "draft", "hebdo", "--period", "2026-11"], 2);
    run(&["edition", "show", "9"], 4);
    run(&["edition", "send", "1"], 4);
    run(&["edition", "send", "1", "--dry-run"], 4);
    let out = world.home.path().join("out");
    let preview = json(run(&["edition", "preview", "1", "--out", out.to_str().unwrap(), "--json"], 0));
    assert_eq!(preview["files"].as_array().unwrap().len(), 3);
    run(&["check", out.join("edition.eml").to_str().unwrap()], 0);
    run(&["check", out.join("edition.html").to_str().unwrap()], 0);
    run(&["edition", "approve", "1", "--as", "Ada"], 0);
    run(&["edition", "approve", "1", "--as", "Ada"], 4);
    run(&["edition", "send", "1", "--dry-run"], 0);
    assert_eq!(json(run(&["edition", "list", "--json"], 0))[0]["state"], "approved");
    assert_eq!(json(run(&["edition", "replay", "1", "--json"], 0))["identical"], true);
    assert!(run(&["edition", "show", "1"], 0).contains("One"));
    assert_eq!(json(run(&["edition", "send", "1", "--json"], 0))["queued"], 0);
}
