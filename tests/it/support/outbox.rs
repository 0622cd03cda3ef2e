//! A database that holds one edition about to leave.
#![expect(clippy::unwrap_used, reason = "helpers of tests")]

use chrono::{DateTime, TimeDelta, Utc};
use std::{collections::HashMap, path::PathBuf, time::Duration};
use tempfile::TempDir;
use tokio_util::sync::CancellationToken;
use veille::{
    app::dispatch::{DispatchReport, Dispatcher},
    clock::Clock,
    domain::{
        delivery::{Claim, DeliveryState, DeliverySummary, SendOutcome},
        digest::AmbiguousPolicy,
        edition::{Considered, EditionContent, RenderedEdition},
        localised::Locale,
        slug::Slug,
    },
    mail::Mailer,
    settings::{MailSettings, SmtpSecurity, SmtpSettings, Transport},
    store::{
        Store,
        deliveries::{Ended, LastCheck, Step},
        subscribers::NewSubscription,
    },
};

/// Deadline of one phase in these tests.
pub(crate) const PHASE: Duration = Duration::from_millis(400);

pub(crate) struct Outbox {
    pub(crate) store: Store,
    pub(crate) folder: TempDir,
    pub(crate) now: DateTime<Utc>,
}

pub(crate) fn monday() -> DateTime<Utc> {
    "2026-11-23T07:00:00Z".parse().unwrap()
}

pub(crate) fn hebdo() -> Slug {
    Slug::parse("hebdo").unwrap()
}

impl Outbox {
    /// Edition 1 of "hebdo", sending, to that many people (p0@example.net, p1@…), with a small message.
    pub(crate) async fn new(people: usize) -> Self {
        Self::with_text(people, "Bonjour\n").await
    }

    /// Nothing yet.
    pub(crate) async fn empty() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(&folder.path().join("db/veille.sqlite3")).unwrap();
        Self { store, folder, now: monday() }
    }

    pub(crate) async fn with_text(people: usize, text: &str) -> Self {
        let outbox = Self::empty().await;
        let wanted = (0..people).map(|n| new_subscription(&format!("p{n}@example.net"))).collect();
        outbox.store.subscribe(wanted, outbox.now).await.unwrap();
        outbox.add_approved(1, text);
        assert_eq!(outbox.store.start_sending(1, "example.org", outbox.now).await.unwrap(), people);
        outbox
    }

    /// An edition as approving leaves it.
    pub(crate) fn add_approved(&self, number: i64, text: &str) {
        let content = EditionContent {
            title: "Veille IA".to_owned(),
            language: Locale::Fr,
            date: self.now.date_naive(),
            issue: 1,
            synthesis: None,
            sections: Vec::new(),
            considered: Considered::default(),
            errata: Vec::new(),
            notices: Vec::new(),
        };
        let html = format!("<p>{text}</p>");
        let rendered = RenderedEdition {
            subject: "Veille nº 1".to_owned(),
            text: text.to_owned(),
            html,
            language: Locale::Fr,
            signature: None,
        };
        self.sql()
            .execute(
                "insert into edition (number, digest, period, state, content, after_item, up_to_item, composed_at, approved_at,
                   approved_by, rendered, hash) values (?1, 'hebdo', 'p' || ?1, 'approved', ?2, 0, 0, ?3, ?3, 'test', ?4, ?5)",
                rusqlite::params![
                    number,
                    serde_json::to_string(&content).unwrap(),
                    self.now.timestamp(),
                    serde_json::to_string(&rendered).unwrap(),
                    rendered.hash(),
                ],
            )
            .unwrap();
    }

    /// A second connection, as an operator with `sqlite3` would have.
    pub(crate) fn sql(&self) -> rusqlite::Connection {
        let connection = rusqlite::Connection::open(self.store.path()).unwrap();
        connection.busy_timeout(Duration::from_secs(5)).unwrap();
        connection
    }

    pub(crate) fn dispatcher(&self, mailer: Mailer) -> Dispatcher {
        Dispatcher {
            store: self.store.clone(),
            mailer,
            clock: Clock::Fixed(self.now),
            policies: HashMap::new(),
            workers: 1,
            phase: PHASE,
            bounce_address: None,
        }
    }

    pub(crate) async fn dispatch(&self, mailer: &Mailer) -> DispatchReport {
        self.dispatcher(mailer.clone()).run(&CancellationToken::new()).await.unwrap()
    }

    pub(crate) async fn dispatch_holding(&self, mailer: &Mailer) -> DispatchReport {
        let policies = HashMap::from([(hebdo(), AmbiguousPolicy::Hold)]);
        let dispatcher = Dispatcher { policies, ..self.dispatcher(mailer.clone()) };
        dispatcher.run(&CancellationToken::new()).await.unwrap()
    }

    /// The last question about a delivery.
    pub(crate) async fn commit(&self, claim: &Claim, until: DateTime<Utc>) -> LastCheck {
        let step = Step { next: Some(claim.clone()), ..Step::default() };
        self.store.advance_deliveries(vec![step], self.now, until).await.unwrap().remove(0).checked.unwrap()
    }

    /// Writes down what became of an attempt; whether it was the current one.
    pub(crate) async fn finish(&self, claim: &Claim, outcome: SendOutcome, policy: AmbiguousPolicy) -> bool {
        let step = Step { ended: vec![Ended { claim: claim.clone(), outcome, policy }], next: None };
        self.store.advance_deliveries(vec![step], self.now, self.now).await.unwrap().remove(0).stale.is_empty()
    }

    pub(crate) fn later(&mut self, time: TimeDelta) {
        self.now += time;
    }

    pub(crate) async fn summary(&self) -> DeliverySummary {
        self.store.delivery_summary(1).await.unwrap()
    }

    /// States of all deliveries, in order.
    pub(crate) fn states(&self) -> Vec<DeliveryState> {
        let sql = self.sql();
        let mut select = sql.prepare("select state from delivery order by id").unwrap();
        let names = select.query_map([], |row| row.get::<_, String>(0)).unwrap();
        names.map(|name| serde_json::from_value(serde_json::Value::String(name.unwrap())).unwrap()).collect()
    }

    pub(crate) fn edition_state(&self, number: i64) -> String {
        self.sql().query_row("select state from edition where number = ?1", [number], |row| row.get(0)).unwrap()
    }

    /// Makes the folder a home: one digest, one paused source, and these lines of `veille.toml`.
    pub(crate) fn write_home(&self, settings: &str) {
        let sources = "[[theme]]\nslug = \"ia\"\nany = [\"IA\"]\n\n[[source]]\nslug = \"cnil\"\nurl = \"https://www.cnil.fr/rss.xml\"\npaused = true\n\n\
                       [[digest]]\nslug = \"hebdo\"\nschedule = \"0 8 1 1 *\"\n";
        std::fs::write(self.folder.path().join("sources.toml"), sources).unwrap();
        std::fs::write(self.folder.path().join("veille.toml"), settings).unwrap();
    }

    pub(crate) fn outbox_folder(&self) -> PathBuf {
        self.folder.path().join("outbox")
    }
}

pub(crate) fn new_subscription(email: &str) -> NewSubscription {
    NewSubscription { email: email.parse().unwrap(), digest: hebdo(), consent: "test".to_owned() }
}

pub(crate) fn smtp_settings(port: u16) -> SmtpSettings {
    SmtpSettings { host: "127.0.0.1".to_owned(), port, security: SmtpSecurity::Plain, login: None }
}

pub(crate) fn relay(settings: SmtpSettings) -> Mailer {
    let settings = MailSettings { transport: Transport::Smtp(settings), phase_timeout: PHASE, ..MailSettings::default() };
    Mailer::new(&settings, &PathBuf::from("/nowhere")).unwrap()
}
