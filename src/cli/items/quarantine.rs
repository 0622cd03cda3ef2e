//! `veille items quarantine`.

use crate::{
    app::Result,
    cli::{Context, Exit, output},
    domain::listing::QuarantineRow,
    pipeline::excerpt::{clean, shorten},
};

/// Arguments of `veille items quarantine`.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// How many at most.
    #[arg(long, default_value_t = 50)]
    limit: u32,
    /// One JSON array.
    #[arg(long)]
    json: bool,
}

pub(super) async fn run(args: Args, context: &Context) -> Result<Exit> {
    let rows = context.app().await?.quarantined(args.limit).await?;
    if args.json {
        output::json(&rows)?;
        return Ok(Exit::Done);
    }
    rows.iter().for_each(|row| output::line(line(row)));
    if rows.is_empty() {
        output::line(context.locale.pick("Rien en quarantaine.", "Nothing in quarantine."));
    }
    Ok(Exit::Done)
}

/// The excerpt on one line, so that what a publisher wrote cannot imitate ours.
fn line(row: &QuarantineRow) -> String {
    let excerpt = shorten(&clean(&row.excerpt.replace(|c: char| c.is_control(), " ")), 100);
    format!("{:>6}  {}  {}: {}\n        {excerpt}", row.id, row.last_seen_at.format("%Y-%m-%d"), row.source, row.reason)
}
