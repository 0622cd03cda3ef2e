//! The whole main job on bundled feeds: two weeks of thirteen invented sources, served on loopback, through the very use cases of
//! a real week. Only the clock is moved.

mod feeds;
mod home;
mod server;

use crate::{
    app::{App, Error, Result, refresh::Selection, subscribers::Request},
    clock::Clock,
    domain::{candidate::FirstFetch, edition::RenderedEdition, localised::Locale, refresh::RefreshReport, slug::Slug},
};
use chrono::{DateTime, TimeZone, Utc};
use serde::Serialize;
use server::SampleServers;
use std::{
    path::{Path, PathBuf},
    sync::Arc,
};
use tokio_util::sync::CancellationToken;

/// What the demonstration did, in the order in which it did it.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct DemoReport {
    /// Where everything is: a home folder like any other.
    pub home: PathBuf,
    /// Monday 16 November 2026: what was already there.
    pub first_week: RefreshReport,
    /// Monday 23 November 2026: what the week brought.
    pub second_week: RefreshReport,
    /// Entries that could not be read, kept with the reason.
    pub quarantined: Vec<String>,
    /// The editions, French first.
    pub editions: Vec<DemoEdition>,
}

/// One edition of the demonstration.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct DemoEdition {
    /// Its number.
    pub number: i64,
    /// Its language.
    pub language: Locale,
    /// Its subject.
    pub subject: String,
    /// Stories told, and stories left out with a reason.
    pub told: usize,
    /// Stories left out.
    pub left_out: usize,
    /// Items that are folded into another's story.
    pub folded: usize,
    /// Messages in the outbox.
    pub sent: usize,
    /// The HTML part, as it left.
    pub html: PathBuf,
    /// The text part, as it left.
    pub text: PathBuf,
}

/// Runs it in a folder of its own, which must be new or an earlier demonstration's.
pub async fn run(home: &Path) -> Result<DemoReport> {
    home::prepare(home)?;
    let servers = SampleServers::start().await.map_err(|error| Error::Internal(error.into()))?;
    home::write(home, &servers.addresses)?;

    let last_monday = App::open(home, Clock::Fixed(monday(16))).await?;
    let first_week = last_monday.refresh(Selection::All, Arc::new(|_| ())).await?;
    subscribe_readers(&last_monday).await?;

    servers.turn_the_week();
    let this_monday = App { clock: Clock::Fixed(monday(23)), ..last_monday };
    let second_week = this_monday.refresh(Selection::Due, Arc::new(|_| ())).await?;
    let quarantined =
        this_monday.quarantined(20).await?.into_iter().map(|row| format!("{}: {}", row.source, row.reason)).collect();

    let mut editions = Vec::new();
    for digest in ["hebdo", "weekly"] {
        editions.push(publish(&this_monday, digest).await?);
    }
    Ok(DemoReport { home: home.to_owned(), first_week, second_week, quarantined, editions })
}

/// 08:05 in Paris on a Monday of November 2026, five minutes after the digests are due.
fn monday(day: u32) -> DateTime<Utc> {
    #[expect(clippy::expect_used, reason = "invariant: both are days of November 2026")]
    Utc.with_ymd_and_hms(2026, 11, day, 7, 5, 0).single().expect("invariant: a valid instant")
}

async fn subscribe_readers(app: &App) -> Result<()> {
    for (email, digest) in [
        ("claire@lecteurs.example.org", "hebdo"),
        ("amadou@lecteurs.example.org", "hebdo"),
        ("nora@readers.example.org", "weekly"),
    ] {
        let consent = Some("a reader of the demonstration".to_owned());
        let request =
            Request { email: email.to_owned(), digest: Some(digest.to_owned()), actor: "demo".to_owned(), consent, lift: None };
        app.subscribe(request).await?;
    }
    Ok(())
}

/// Compose, check, approve, deliver; then write down what left.
async fn publish(app: &App, digest: &str) -> Result<DemoEdition> {
    let slug = Slug::parse(digest).map_err(|error| Error::Invalid(error.to_string()))?;
    let draft = app.draft_edition(&slug, None, FirstFetch::LeaveOut).await?;
    let number = draft.summary.number;
    app.approve_edition(number, "demo", None).await?;
    app.send_edition(number).await?;
    let report = app.dispatch(&CancellationToken::new()).await?;
    let frozen = app.edition_bytes(number).await?;
    let (html, text) = write_copies(&app.home, draft.content.language, &frozen)?;
    let told = draft.content.items().count();
    Ok(DemoEdition {
        number,
        language: draft.content.language,
        subject: frozen.subject,
        told,
        left_out: draft.stories.len().saturating_sub(told),
        folded: draft.content.items().map(|item| item.also_reported_by.len()).sum(),
        sent: report.sent,
        html,
        text,
    })
}

fn write_copies(home: &Path, language: Locale, frozen: &RenderedEdition) -> Result<(PathBuf, PathBuf)> {
    let (html, text) = (home.join(format!("edition-{language}.html")), home.join(format!("edition-{language}.txt")));
    std::fs::write(&html, &frozen.html)
        .and_then(|()| std::fs::write(&text, &frozen.text))
        .map_err(|error| Error::Internal(error.into()))?;
    Ok((html, text))
}
