//! Who receives what: nobody comes back by an import, and what is held can be told and forgotten.
#![expect(clippy::unwrap_used, reason = "helpers of tests")]

use crate::support::outbox::Outbox;
use assert_cmd::Command;
use serde_json::{Value, json};
use veille::{
    app::{
        App, Error,
        subscribers::{Request, Run},
    },
    clock::Clock,
    domain::subscriber::{Standing, SubscriptionState},
};

async fn home() -> (Outbox, App) {
    let outbox = Outbox::new(0).await;
    outbox.write_home("");
    let app = App::open(outbox.folder.path(), Clock::Fixed(outbox.now)).await.unwrap();
    (outbox, app)
}

fn request(email: &str, consent: Option<&str>) -> Request {
    Request { email: email.to_owned(), digest: None, actor: "Ada".to_owned(), consent: consent.map(str::to_owned), lift: None }
}

#[tokio::test]
async fn adding_is_idempotent_and_bringing_back_needs_a_reason() {
    let (_outbox, app) = home().await;
    assert_eq!(app.subscribe(request("Marie@Example.NET", Some("by phone"))).await.unwrap(), Standing::Unknown);
    assert_eq!(app.subscribe(request("marie@example.net", None)).await.unwrap(), Standing::Confirmed);
    let list = app.subscribers(None).await.unwrap();
    assert_eq!(
        (list.len(), list[0].email.as_str(), list[0].consent.as_str()),
        (1, "Marie@example.net", "added by Ada: by phone")
    );

    assert_eq!(app.unsubscribe("MARIE@example.net", None, Run::Real).await.unwrap(), ["hebdo"]);
    assert!(matches!(app.unsubscribe("marie@example.net", None, Run::Real).await, Err(Error::NotFound(_))));
    let refused = app.subscribe(request("marie@example.net", None)).await.unwrap_err();
    assert!(matches!(&refused, Error::Refused(why) if why.contains("--consent")), "{refused}");
    assert_eq!(app.subscribe(request("marie@example.net", Some("asked again"))).await.unwrap(), Standing::Unsubscribed);
    assert_eq!(app.subscribers(Some("hebdo")).await.unwrap()[0].state, SubscriptionState::Confirmed);

    for (bad, word) in [("marie", "no @"), ("é@b.fr", "accents"), ("a@b.fr\r\nRCPT TO:<c@d.fr>", "not an address")] {
        let error = app.subscribe(request(bad, None)).await.unwrap_err();
        assert!(matches!(&error, Error::Invalid(why) if why.contains(word)), "{bad}: {error}");
    }
    let unknown = Request { digest: Some("mensuel".to_owned()), ..request("a@b.fr", None) };
    assert!(matches!(app.subscribe(unknown).await, Err(Error::NotFound(why)) if why.contains("hebdo")));
}

#[tokio::test]
async fn an_import_tells_each_bad_line_and_brings_nobody_back() {
    let (_outbox, app) = home().await;
    for email in ["here@a.fr", "left@a.fr", "erased@a.fr"] {
        app.subscribe(request(email, None)).await.unwrap();
    }
    app.unsubscribe("left@a.fr", None, Run::Real).await.unwrap();
    app.erase("erased@a.fr", Run::Real).await.unwrap();
    let file = "\u{feff}Nom;Courriel;Lettre\nA;new@a.fr;hebdo\nB;here@a.fr;\nC;NEW@a.fr;\n\nD;left@a.fr;hebdo\nE;Erased@a.fr;\nF;not an address;\nG;g@a.fr;mensuel\nH\n";
    let rehearsal = app.import_subscribers(file.as_bytes(), None, "list.csv", Run::Rehearsal).await.unwrap();
    assert_eq!(app.subscribers(None).await.unwrap().len(), 2, "a rehearsal writes nothing");
    let report = app.import_subscribers(file.as_bytes(), None, "list.csv", Run::Real).await.unwrap();
    assert_eq!(rehearsal, report);
    assert_eq!((report.added, report.already), (1, 2));
    let kept: Vec<_> = report.kept_out.iter().map(|kept| (kept.line, kept.because)).collect();
    assert_eq!(kept, [(6, Standing::Unsubscribed), (7, Standing::Suppressed)]);
    assert_eq!(report.refused.iter().map(|line| line.line).collect::<Vec<_>>(), [8, 9, 10]);
    assert!(report.refused[1].reason.contains("mensuel"));
    let new = app.subscribers(None).await.unwrap().into_iter().find(|s| s.email.as_str() == "new@a.fr").unwrap();
    assert_eq!(new.consent, "import of list.csv");
    // again: nothing new
    assert_eq!(app.import_subscribers(file.as_bytes(), None, "list.csv", Run::Real).await.unwrap().added, 0);
    let named =
        "\"Curie, Marie\" <marie@b.fr>,hebdo\nPierre <pierre@b.fr>\n\"\"\"Irène\"\" <irene@b.fr>\"\n<eve@b.fr> <bob@b.fr>\n";
    let report = app.import_subscribers(named.as_bytes(), None, "-", Run::Rehearsal).await.unwrap();
    assert_eq!((report.added, report.refused.len()), (3, 1), "{report:?}");
    // plain forms
    for plain in ["x@a.fr", "x@a.fr\n", "\nx@a.fr,hebdo\r\n", "email\nx@a.fr", "x@a.fr,"] {
        let report = app.import_subscribers(plain.as_bytes(), None, "-", Run::Rehearsal).await.unwrap();
        assert_eq!((report.added, report.refused.len()), (1, 0), "{plain:?}: {report:?}");
    }
    assert!(matches!(app.import_subscribers(b"Nom,Age\nA,3\n", None, "-", Run::Real).await, Err(Error::Invalid(_))));
    let latin = app.import_subscribers(b"No\xebl@a.fr\n", None, "-", Run::Real).await.unwrap();
    assert_eq!(latin.refused.len(), 1);
}

#[tokio::test]
async fn a_person_can_read_what_is_held_and_be_forgotten() {
    let (outbox, app) = home().await;
    app.subscribe(request("Marie@example.net", None)).await.unwrap();
    outbox.add_approved(2, "x");
    outbox.store.start_sending(2, "example.org", outbox.now).await.unwrap();
    outbox.dispatch(&app.mailer).await;
    outbox.sql().execute("update delivery set last_reply = 'ok <marie@example.net>'", []).unwrap();
    let person = app.person("marie@example.net").await.unwrap();
    assert_eq!((person.subscriptions.len(), person.deliveries.len(), person.deliveries[0].state.as_str()), (1, 1, "sent"));

    assert_eq!(app.erase("marie@example.net", Run::Rehearsal).await.unwrap().deliveries, 1);
    assert_eq!(app.subscribers(None).await.unwrap().len(), 1, "a rehearsal erases nothing");
    let erasure = app.erase("marie@example.net", Run::Real).await.unwrap();
    assert_eq!((erasure.subscriptions, erasure.deliveries, erasure.withdrawn), (1, 1, 0));
    assert!(!erasure.traces);
    for suffix in ["", "-wal", "-shm"] {
        let path = format!("{}{suffix}", outbox.store.path().display());
        let bytes = std::fs::read(path).unwrap();
        assert!(
            !String::from_utf8_lossy(&bytes).to_lowercase().contains("marie@example"),
            "the address is nowhere in the file{suffix}"
        );
    }
    assert_eq!(app.erase("marie@example.net", Run::Real).await.unwrap().deliveries, 0, "once more looks through the files");
    drop(app);

    let app = App::open(outbox.folder.path(), Clock::Fixed(outbox.now)).await.unwrap();
    assert_eq!(app.person("marie@example.net").await.unwrap().suppressed.unwrap().reason.name(), "erased");
    assert!(matches!(app.subscribe(request("marie@example.net", None)).await, Err(Error::Refused(_))));
    assert!(matches!(app.person("nobody@example.net").await, Err(Error::NotFound(_))));
    assert!(matches!(app.erase("nobody@example.net", Run::Real).await, Err(Error::NotFound(_))));
    assert_eq!(app.subscribe(request("marie@example.net", Some("asked for it herself"))).await.unwrap(), Standing::Suppressed);
}

#[tokio::test]
async fn the_command_line_speaks_json_and_exit_statuses() {
    let (outbox, app) = home().await;
    drop(app);
    let veille = |arguments: &[&str]| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_veille"));
        command.arg("--home").arg(outbox.folder.path()).args(["--now", "2026-11-23T08:00:00+01:00"]).args(arguments);
        command.output().unwrap()
    };
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    let added = veille(&["subscribers", "add", "a@b.fr", "hebdo", "--as", "Ada"]);
    assert!(added.status.success(), "{}", text(&added.stderr));
    assert_eq!(text(&added.stdout), "a@b.fr est abonné\n");
    let rows: Value = serde_json::from_slice(&veille(&["subscribers", "list", "--json"]).stdout).unwrap();
    let expected = json!([{ "email": "a@b.fr", "digest": "hebdo", "state": "confirmed", "consent": "added by Ada",
        "created_at": "2026-11-23T07:00:00Z", "changed_at": "2026-11-23T07:00:00Z", "suppressed": null }]);
    assert_eq!(rows, expected);
    std::fs::write(outbox.folder.path().join("l.csv"), "c@d.fr\nbad\n").unwrap();
    let file = outbox.folder.path().join("l.csv");
    let import = veille(&["subscribers", "import", file.to_str().unwrap(), "--json"]);
    assert_eq!(import.status.code(), Some(3), "{}", text(&import.stderr));
    assert_eq!(serde_json::from_slice::<Value>(&import.stdout).unwrap()["added"], 1);
    for (arguments, status) in [
        (vec!["subscribers", "remove", "a@b.fr"], 0),
        (vec!["subscribers", "remove", "a@b.fr"], 4),
        (vec!["subscribers", "add", "a@b.fr"], 4),
        (vec!["subscribers", "add", "nonsense"], 2),
        (vec!["subscribers", "add", "x@y.fr", "mensuel"], 4),
        (vec!["subscribers", "import", "/nowhere.csv"], 4),
        (vec!["subscribers", "erase", "c@d.fr", "--dry-run"], 0),
        (vec!["subscribers", "export", "c@d.fr"], 0),
        (vec!["subscribers", "export", "z@z.fr"], 4),
        (vec!["subscribers"], 2),
    ] {
        let done = veille(&arguments);
        assert_eq!(done.status.code(), Some(status), "{arguments:?}: {}", text(&done.stderr));
    }
}

/// A database that was lived in: rows that moved, pages that are free again, replies that name the person, words in the log.
#[tokio::test]
async fn an_erased_address_is_in_no_file_of_the_database() {
    let (mut outbox, app) = home().await;
    let people: Vec<String> = (0..60).map(|n| format!("somebody.with.a.long.name.{n}@example.net")).collect();
    for email in &people {
        app.subscribe(request(email, None)).await.unwrap();
    }
    for number in 2..5 {
        outbox.add_approved(number, "x");
        outbox.store.start_sending(number, "example.org", outbox.now).await.unwrap();
        outbox.dispatch(&app.mailer).await;
        outbox.later(chrono::TimeDelta::days(7));
    }
    let erased = &people[30];
    // What was deleted before the address was to be forgotten, by a program that overwrote nothing.
    let churn = outbox.sql();
    churn
        .execute_batch(&format!(
            "update delivery set last_reply = '250 ok ' || email; update delivery_event set detail = 'to {erased}';
             create table churn (x text); insert into churn select '{erased} ' || hex(zeroblob(2000)) from delivery;
             delete from churn; drop table churn;
             insert into bounce (fingerprint, received_at, delivery_id, kind, verdict, effect, detail)
               select x'09', 0, id, 'delivery_report', 'address', 'noted', 'no {erased}' from delivery where email = '{erased}' limit 1"
        ))
        .unwrap();
    drop(churn);
    let traces = || -> Vec<String> {
        let files = ["", "-wal", "-shm"].map(|suffix| format!("{}{suffix}", outbox.store.path().display()));
        let holds = |path: &String| String::from_utf8_lossy(&std::fs::read(path).unwrap()).contains(erased.as_str());
        files.into_iter().filter(holds).collect()
    };
    assert!(!traces().is_empty());
    let sql = "update delivery_event set detail = null where delivery_id not in (select id from delivery where email = ?1)";
    outbox.sql().execute(sql, [erased]).unwrap();
    let erasure = app.erase(erased, Run::Real).await.unwrap();
    assert_eq!((erasure.subscriptions, erasure.deliveries, erasure.traces), (1, 3, false));
    assert_eq!(traces(), Vec::<String>::new());
    assert_eq!(app.subscribers(None).await.unwrap().len(), 59);

    // A row that somebody put the address into: told, and not hidden.
    let other = &people[7];
    outbox.sql().execute("insert into meta (key, value) values ('note', ?1)", [other]).unwrap();
    assert!(app.erase(other, Run::Real).await.unwrap().traces);
}
