//! `veille sources show`.

use crate::{
    app::{
        Error, Result,
        sources::{SourceDetail, SourceRow},
    },
    cli::{
        Context, Exit,
        assess::{Account, account, lines as ledger_lines},
        output,
        sources::{
            further_pages, hub,
            list::{qualification, rest, state},
        },
        trust::judged_lines,
    },
    domain::{archive::CatchUp, localised::Locale, slug::Slug},
};
use chrono::{DateTime, Utc};
use serde::Serialize;

/// Arguments of `veille sources show`.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// Which source.
    slug: String,
    /// One JSON document.
    #[arg(long)]
    json: bool,
}

/// The source's row in a list, and why it stands where it stands.
#[derive(Debug, Serialize)]
struct Shown<'a> {
    #[serde(flatten)]
    row: &'a SourceRow,
    publisher_name: Option<&'a str>,
    notices: &'a [String],
    /// The address in use, where a move that lasts led away from that of the file.
    moved_to: Option<&'a str>,
    /// The reading of its further pages.
    further_pages: Option<&'a CatchUp>,
    /// What its hub was asked and said.
    hub: Option<&'a hub::Shown<'a>>,
    ledger: Account<'a>,
}

pub(super) async fn run(args: Args, context: &Context) -> Result<Exit> {
    let slug = Slug::parse(&args.slug).map_err(|error| Error::Invalid(error.to_string()))?;
    let app = context.app().await?;
    let detail = app.source_detail(&slug).await?;
    let ledger = app.source_ledger(&slug).await?;
    let hub = detail.hub.as_ref().map(|held| hub::Shown::of(held, context.clock.now()));
    if args.json {
        let (publisher_name, notices) = (detail.publisher.as_deref(), detail.notices.as_slice());
        let further_pages = detail.state.catch_up.as_ref();
        let (ledger, moved_to) = (account(&ledger, context.locale), moved_to(&detail));
        output::json(&Shown { row: &detail.row, publisher_name, notices, moved_to, further_pages, hub: hub.as_ref(), ledger })?;
    } else {
        facts(&detail, hub.as_ref(), context.locale).iter().for_each(output::line);
        let judged = detail.row.judged.iter().flat_map(|judged| judged_lines(judged, context.locale));
        judged.for_each(output::line);
        ledger_lines(&ledger, context.locale).iter().for_each(output::line);
    }
    Ok(Exit::Done)
}

fn moved_to(detail: &SourceDetail) -> Option<&str> {
    Some(detail.state.effective_url.as_str()).filter(|address| *address != detail.row.url)
}

fn facts(detail: &SourceDetail, hub: Option<&hub::Shown<'_>>, locale: Locale) -> Vec<String> {
    let row = &detail.row;
    let at = |instant: Option<DateTime<Utc>>| instant.map(|at| at.format("%Y-%m-%d %H:%M UTC").to_string());
    let older = detail.state.catch_up.as_ref().map(|catch_up| further_pages::said(catch_up, locale));
    let rows = [
        (locale.pick("Adresse", "Address"), Some(row.url.to_string())),
        (locale.pick("Déplacée pour de bon vers", "Moved for good to"), moved_to(detail).map(str::to_owned)),
        (locale.pick("Éditeur", "Publisher"), detail.publisher.clone()),
        (locale.pick("État", "State"), Some(state(row, locale).to_owned())),
        (locale.pick("Qualification", "Qualification"), qualification(row, locale)),
        (locale.pick("Repos", "Rest"), row.resting_until.map(|until| rest(until, locale))),
        (locale.pick("Dernière lecture", "Last read"), at(row.last_success_at)),
        (locale.pick("Dernier élément", "Last item"), at(row.last_new_item_at)),
        (locale.pick("Prochaine lecture", "Next read"), at(row.next_check_at)),
        (locale.pick("Pages plus anciennes", "Older pages"), older),
        (locale.pick("Hub", "Hub"), hub.map(|hub| hub.said(locale))),
        (locale.pick("Dernier échec", "Last failure"), row.last_error.clone()),
    ];
    let colon = locale.pick("\u{a0}: ", ": ");
    let known = rows.into_iter().filter_map(|(name, value)| value.map(|value| format!("{name}{colon}{value}")));
    let notices = detail.notices.iter().map(|notice| format!("! {notice}"));
    [row.name.clone()].into_iter().chain(known).chain(notices).chain([String::new()]).collect()
}
