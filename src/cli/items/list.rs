//! `veille items list` and `veille items search`.

use crate::{
    app::{Error, Result},
    cli::{Context, Exit, output},
    domain::{
        decision::Verdict,
        listing::{ItemFilter, ItemRow, ItemState, SearchOrder},
        localised::Locale,
        slug::Slug,
    },
    pipeline::reliability::wording,
};
use chrono::{DateTime, Duration, NaiveDate, NaiveTime, Utc};

/// Arguments of `veille items list`.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// Items that answer this theme.
    #[arg(long, value_name = "SLUG")]
    theme: Option<String>,
    /// Items of this source.
    #[arg(long, value_name = "SLUG")]
    source: Option<String>,
    /// Items first seen since: a day (2026-11-23), an instant (RFC 3339), or a time ago (7d, 12h).
    #[arg(long, value_name = "WHEN")]
    since: Option<String>,
    /// new, backlog (came with a source's first fetch), keep, drop, later or published.
    #[arg(long, value_name = "STATE")]
    state: Option<ItemState>,
    /// How many at most.
    #[arg(long, default_value_t = 50)]
    limit: u32,
    /// One JSON array.
    #[arg(long)]
    json: bool,
}

/// Arguments of `veille items search`.
#[derive(Debug, clap::Args)]
pub(super) struct SearchArgs {
    /// Words that must all be there; "several words" together, begin* for a beginning, -word for absent, after a
    /// "--" of its own: veille items search law -- -draft
    #[arg(required = true)]
    query: Vec<String>,
    /// The last to come in first, instead of the best match.
    #[arg(long)]
    newest: bool,
    /// How many at most.
    #[arg(long, default_value_t = 20)]
    limit: u32,
    /// One JSON array.
    #[arg(long)]
    json: bool,
}

pub(super) async fn run(args: Args, context: &Context) -> Result<Exit> {
    let slug =
        |text: &Option<String>| text.as_deref().map(Slug::parse).transpose().map_err(|error| Error::Invalid(error.to_string()));
    let filter = ItemFilter {
        theme: slug(&args.theme)?,
        source: slug(&args.source)?,
        since: args.since.as_deref().map(|text| since(text, context.clock.now())).transpose()?,
        state: args.state,
        limit: args.limit,
    };
    let rows = context.app().await?.item_list(filter).await?;
    present(&rows, args.json, context.locale)
}

pub(super) async fn search(args: SearchArgs, context: &Context) -> Result<Exit> {
    let app = context.app().await?;
    let rows = app
        .item_search(args.query.join(" "), if args.newest { SearchOrder::Newest } else { SearchOrder::Best }, args.limit)
        .await?;
    present(&rows, args.json, context.locale)
}

fn present(rows: &[ItemRow], json: bool, locale: Locale) -> Result<Exit> {
    if json {
        output::json(&rows)?;
        return Ok(Exit::Done);
    }
    rows.iter().for_each(|row| output::line(line(row, locale)));
    if rows.is_empty() {
        output::line(locale.pick("Aucun article.", "No item."));
    }
    Ok(Exit::Done)
}

/// Number, day, reliability in words, source, title; then what people said and the themes.
pub(super) fn line(row: &ItemRow, locale: Locale) -> String {
    let day = row.published_at.unwrap_or(row.first_seen_at).format("%Y-%m-%d");
    let level = row.reliability.map_or("–", |reliability| wording::level(locale, reliability.level));
    let pinned = row.judged.as_ref().is_some_and(|judged| judged.overrides.iter().any(|said| said.item == Some(row.id)));
    let contested = if pinned { locale.pick(" [contesté]", " [contested]") } else { "" };
    let decided = row.decision.map(|verdict| format!(" [{}]", verdict_word(verdict, locale))).unwrap_or_default();
    let themes = if row.themes.is_empty() { String::new() } else { format!(" ({})", row.themes.join(", ")) };
    format!("{:>6}  {day}  {level:<20}  {}: {}{contested}{decided}{themes}", row.id, row.source, row.title)
}

pub(super) fn verdict_word(verdict: Verdict, locale: Locale) -> &'static str {
    match verdict {
        Verdict::Keep => locale.pick("gardé", "kept"),
        Verdict::Drop => locale.pick("écarté", "dropped"),
        Verdict::Later => locale.pick("plus tard", "later"),
    }
}

fn since(text: &str, now: DateTime<Utc>) -> Result<DateTime<Utc>> {
    let ago = |unit: char, hours: i64| {
        let count = text.strip_suffix(unit)?.parse::<i64>().ok().filter(|count| (0..100_000).contains(count))?;
        Some(now - Duration::hours(count * hours))
    };
    let day = || NaiveDate::parse_from_str(text, "%Y-%m-%d").ok().map(|day| day.and_time(NaiveTime::MIN).and_utc());
    let instant = || DateTime::parse_from_rfc3339(text).ok().map(|at| at.to_utc());
    ago('d', 24)
        .or_else(|| ago('h', 1))
        .or_else(day)
        .or_else(instant)
        .ok_or_else(|| Error::Invalid(format!("\"{text}\" is no time; write 2026-11-23, 2026-11-23T08:00:00+01:00, 7d or 12h")))
}

#[cfg(test)]
mod tests {
    use super::since;
    use chrono::DateTime;

    #[test]
    fn times_are_read_as_people_write_them() {
        let now = DateTime::from_timestamp(1_795_000_000, 0).unwrap();
        for (text, expected) in [
            ("7d", Some(now.timestamp() - 7 * 86_400)),
            ("12h", Some(now.timestamp() - 12 * 3_600)),
            ("2026-11-23", Some(1_795_392_000)),
            ("2026-11-23T08:00:00+01:00", Some(1_795_417_200)),
            ("yesterday", None),
            ("-3d", None),
            ("999999999999999d", None),
        ] {
            assert_eq!(since(text, now).ok().map(|at| at.timestamp()), expected, "{text}");
        }
    }
}
