//! `veille sources list`.

use crate::{
    app::{Result, sources::SourceRow},
    cli::{Context, Exit, output},
    domain::{localised::Locale, source::SourceCondition},
};

/// Arguments of `veille sources list`.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// Only those that need a look: failing, gone.
    #[arg(long)]
    ailing: bool,
    /// One JSON array.
    #[arg(long)]
    json: bool,
}

pub(super) async fn run(args: Args, context: &Context) -> Result<Exit> {
    let mut rows = context.app().await?.source_list().await?;
    if args.ailing {
        rows.retain(|row| matches!(row.state, SourceCondition::Failing | SourceCondition::Gone));
    }
    if args.json {
        output::json(&rows)?;
    } else {
        rows.iter().for_each(|row| output::line(line(row, context.locale)));
        output::line(summary(&rows, context.locale));
    }
    Ok(Exit::Done)
}

fn line(row: &SourceRow, locale: Locale) -> String {
    let score = row.reliability.map_or_else(|| "  –".to_owned(), |reliability| format!("{:>3.0}", reliability.score));
    let reason = row.last_error.as_ref().map(|reason| format!("  {reason}")).unwrap_or_default();
    format!("{score}  {:<12} {:<34} {}{reason}", condition(row.state, locale), row.slug.as_str(), row.name)
}

pub(super) fn condition(condition: SourceCondition, locale: Locale) -> &'static str {
    let (fr, en) = match condition {
        SourceCondition::New => ("nouvelle", "new"),
        SourceCondition::Healthy => ("saine", "healthy"),
        SourceCondition::Failing => ("en échec", "failing"),
        SourceCondition::Gone => ("disparue", "gone"),
        SourceCondition::Paused => ("en pause", "paused"),
        SourceCondition::Retired => ("retirée", "retired"),
    };
    locale.pick(fr, en)
}

fn summary(rows: &[SourceRow], locale: Locale) -> String {
    let count = |wanted| rows.iter().filter(|row| row.state == wanted).count();
    let (healthy, failing, new) = (
        count(SourceCondition::Healthy),
        count(SourceCondition::Failing) + count(SourceCondition::Gone),
        count(SourceCondition::New),
    );
    locale.pick(
        format!("{} sources : {healthy} saines, {failing} en échec, {new} jamais lues. La première colonne est la fiabilité, sur 100.", rows.len()),
        format!("{} sources: {healthy} healthy, {failing} failing, {new} never read. The first column is the reliability, out of 100.", rows.len()),
    )
}
