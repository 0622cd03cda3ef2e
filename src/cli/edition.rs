//! `veille edition`.

mod left_out;
mod present;

use crate::{
    app::{App, Error, Result, editions::Sent},
    cli::{Context, Exit, actor::actor as named, output, signals},
    domain::{candidate::FirstFetch, edition::PeriodKey, localised::Locale, slug::Slug},
};
use clap::Subcommand;
use serde::Serialize;
use std::path::PathBuf;

/// Arguments of `veille edition`.
#[derive(Debug, clap::Args)]
pub struct Args {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Debug, Subcommand)]
enum Verb {
    /// Compose the edition that is due, or compose it again while it is a draft.
    Draft {
        /// Slug of the digest.
        digest: String,
        /// Another period: 2026-W48, 2026-11-23 or 2026-11.
        #[arg(long, value_name = "KEY")]
        period: Option<String>,
        /// Admit what first fetches brought, if it was published inside the period: for the first edition of a new watch.
        #[arg(long)]
        with_backlog: bool,
        #[command(flatten)]
        format: Format,
    },
    /// All editions, newest first.
    List {
        /// Those of one digest.
        #[arg(long, value_name = "DIGEST")]
        digest: Option<String>,
        #[command(flatten)]
        format: Format,
    },
    /// What an edition says, and for each story why it is in or out.
    Show {
        /// Number of the edition.
        number: i64,
        /// Each story that was left out, a line each, instead of how many for each reason.
        #[arg(long)]
        all: bool,
        #[command(flatten)]
        format: Format,
    },
    /// Write edition.html, edition.txt and edition.eml, the very bytes that would leave.
    Preview {
        /// Number of the edition.
        number: i64,
        /// Folder to write into.
        #[arg(long, value_name = "DIR")]
        out: PathBuf,
        #[command(flatten)]
        format: Format,
    },
    /// Check a draft against the accessibility gate and freeze it.
    Approve {
        /// Number of the edition.
        number: i64,
        /// Who approves; else the user of this machine.
        #[arg(long = "as", value_name = "NAME", env = "USER", hide_env_values = true)]
        actor: Option<String>,
        /// The hash that a preview gave: other bytes are not approved.
        #[arg(long, value_name = "HASH")]
        seen: Option<String>,
        #[command(flatten)]
        format: Format,
    },
    /// Send an approved edition to its subscribers.
    Send {
        /// Number of the edition.
        number: i64,
        /// Check everything, send nothing.
        #[arg(long)]
        dry_run: bool,
        #[command(flatten)]
        format: Format,
    },
    /// Send once more the deliveries of which nobody can know whether the relay took them, with the same Message-ID.
    Resend {
        /// Number of the edition.
        number: i64,
        /// Say what would be done.
        #[arg(long)]
        dry_run: bool,
        #[command(flatten)]
        format: Format,
    },
    /// Compose an edition again from what is stored, at its own clock, and tell what differs. Changes nothing.
    Replay {
        /// Number of the edition.
        number: i64,
        #[command(flatten)]
        format: Format,
    },
    /// Withdraw an edition that has not left; its stories are free again.
    Cancel {
        /// Number of the edition.
        number: i64,
        /// Say what would be done.
        #[arg(long)]
        dry_run: bool,
        #[command(flatten)]
        format: Format,
    },
}

#[derive(Debug, Clone, Copy, clap::Args)]
struct Format {
    /// One JSON document.
    #[arg(long)]
    json: bool,
}

pub(crate) async fn run(args: Args, context: &Context) -> Result<Exit> {
    let app = context.app().await?;
    let locale = context.locale;
    match args.verb {
        Verb::Draft { digest, period, with_backlog, format } => {
            let first_fetch = if with_backlog { FirstFetch::Admit } else { FirstFetch::LeaveOut };
            let detail = app.draft_edition(&slug(&digest)?, period.map(PeriodKey), first_fetch).await?;
            tell(format, &detail, || present::drafted(&detail, locale))
        }
        Verb::List { digest, format } => {
            let list = app.edition_list(digest.as_deref().map(slug).transpose()?).await?;
            tell(format, &list, || present::list(&list, locale))
        }
        Verb::Show { number, all, format } => {
            let detail = app.edition_detail(number).await?;
            let out = if all { left_out::each } else { left_out::counted };
            tell(format, &detail, || [present::detail(&detail, locale), out(&detail, locale)].concat())
        }
        Verb::Preview { number, out, format } => {
            let preview = app.preview_edition(number, &out).await?;
            tell(format, &preview, || present::preview(&preview, locale))
        }
        Verb::Approve { number, actor, seen, format } => {
            let detail = app.approve_edition(number, &named(actor), seen.as_deref()).await?;
            tell(format, &detail.summary, || present::approved(&detail, locale))
        }
        Verb::Send { number, dry_run: true, format } => try_send(&app, number, format, locale).await,
        Verb::Send { number, dry_run: false, format } => send(&app, number, format, locale).await,
        Verb::Resend { number, dry_run: true, format } => try_resend(&app, number, format, locale).await,
        Verb::Resend { number, dry_run: false, format } => resend(&app, number, format, locale).await,
        Verb::Replay { number, format } => {
            let replayed = app.replay_edition(number).await?;
            tell(format, &replayed, || present::replayed(&replayed, locale))
        }
        Verb::Cancel { number, dry_run, format } => cancel(&app, number, dry_run, format, locale).await,
    }
}

/// What `send` did: queued, then dispatched.
#[derive(Debug, Serialize)]
struct SendReport {
    #[serde(flatten)]
    sent: Sent,
    #[serde(flatten)]
    dispatched: crate::app::dispatch::DispatchReport,
}

async fn send(app: &App, number: i64, format: Format, locale: Locale) -> Result<Exit> {
    let stop = signals::stopping(locale)?;
    let sent = app.send_by_hand(number).await?;
    let dispatched = app.dispatch(&stop).await?;
    let exit = if dispatched.clean() && !stop.is_cancelled() { Exit::Done } else { Exit::Partly };
    let report = SendReport { sent, dispatched };
    tell(format, &report, || present::sent(&report.sent, &report.dispatched, locale))?;
    Ok(exit)
}

async fn resend(app: &App, number: i64, format: Format, locale: Locale) -> Result<Exit> {
    let stop = signals::stopping(locale)?;
    let queued = app.resend_doubtful(number).await?;
    let dispatched = app.dispatch(&stop).await?;
    let exit = if dispatched.clean() && !stop.is_cancelled() { Exit::Done } else { Exit::Partly };
    let sent = Sent { number, queued, subject: app.edition_bytes(number).await?.subject };
    let report = SendReport { sent, dispatched };
    tell(format, &report, || present::sent(&report.sent, &report.dispatched, locale))?;
    Ok(exit)
}

async fn try_resend(app: &App, number: i64, format: Format, locale: Locale) -> Result<Exit> {
    let queued = app.try_resend(number).await?;
    let sent = Sent { number, queued, subject: app.edition_bytes(number).await?.subject };
    tell(format, &sent, || present::would_resend(&sent, locale))
}

async fn cancel(app: &App, number: i64, dry_run: bool, format: Format, locale: Locale) -> Result<Exit> {
    if dry_run {
        let detail = app.try_cancel_edition(number).await?;
        return tell(format, &detail.summary, || present::would_cancel(&detail, locale));
    }
    let detail = app.cancel_edition(number).await?;
    tell(format, &detail.summary, || present::cancelled(&detail, locale))
}

async fn try_send(app: &App, number: i64, format: Format, locale: Locale) -> Result<Exit> {
    let rendered = app.try_send_edition(number).await?;
    let sent = Sent { number, queued: 0, subject: rendered.subject };
    tell(format, &sent, || present::tried(&sent, locale))
}

fn tell(format: Format, value: &impl Serialize, lines: impl FnOnce() -> Vec<String>) -> Result<Exit> {
    if format.json {
        output::json(value)?;
    } else {
        lines().iter().for_each(output::line);
    }
    Ok(Exit::Done)
}

fn slug(text: &str) -> Result<Slug> {
    Slug::parse(text).map_err(|error| Error::Invalid(error.to_string()))
}
