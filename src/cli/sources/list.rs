//! `veille sources list`.

use crate::{
    app::{Result, sources::SourceRow},
    cli::{Context, Exit, output, trust::state_word},
    domain::{
        localised::Locale,
        source::SourceCondition,
        trust::{Overdue, SheetState},
    },
};
use chrono::{DateTime, Utc};

/// Arguments of `veille sources list`.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// Only those that need a look: failing, gone.
    #[arg(long)]
    ailing: bool,
    /// Only those whose trial has ended or whose review is overdue.
    #[arg(long)]
    review_due: bool,
    /// One JSON array.
    #[arg(long)]
    json: bool,
}

pub(super) async fn run(args: Args, context: &Context) -> Result<Exit> {
    let mut rows = context.app().await?.source_list().await?;
    if args.ailing {
        rows.retain(|row| matches!(row.state, SourceCondition::Failing | SourceCondition::Gone));
    }
    if args.review_due {
        rows.retain(|row| row.qualification.as_ref().is_some_and(|sheet| sheet.overdue.is_some()));
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
    let reason = said_no(row, locale).or_else(|| row.last_error.clone());
    let reason = reason.or_else(|| row.resting_until.map(|until| rest(until, locale))).or_else(|| overdue(row, locale));
    let reason = reason.map(|reason| format!("  {reason}")).unwrap_or_default();
    format!("{score}  {:<12} {:<34} {}{reason}", state(row, locale), row.slug.as_str(), row.name)
}

/// Who refused it, and why.
fn said_no(row: &SourceRow, locale: Locale) -> Option<String> {
    let sheet = row.qualification.as_ref().filter(|_| row.state == SourceCondition::Refused)?;
    let (by, reason) = (sheet.decided_by.as_deref().unwrap_or_default(), sheet.reason.as_deref().unwrap_or_default());
    Some(locale.pick(format!("par {by} : {reason}"), format!("by {by}: {reason}")))
}

fn overdue(row: &SourceRow, locale: Locale) -> Option<String> {
    Some(match row.qualification.as_ref()?.overdue? {
        Overdue::Trial(day) => {
            locale.pick(format!("essai terminé le {day}, sans décision"), format!("trial ended on {day}, undecided"))
        }
        Overdue::Review(day) => locale.pick(format!("à revoir depuis le {day}"), format!("review due since {day}")),
    })
}

/// Where the qualification stands, with its next day.
pub(super) fn qualification(row: &SourceRow, locale: Locale) -> Option<String> {
    let sheet = row.qualification.as_ref()?;
    let late = said_no(row, locale).or_else(|| overdue(row, locale)).map(|late| format!(" ({late})")).unwrap_or_default();
    let word = state_word(sheet.state, locale);
    let until = match (sheet.state, sheet.trial_until, sheet.next_review) {
        (SheetState::Trial, Some(day), _) => locale.pick(format!(" jusqu'au {day}"), format!(" until {day}")),
        (SheetState::Accepted, _, Some(day)) => locale.pick(format!(", à revoir le {day}"), format!(", next review {day}")),
        _ => String::new(),
    };
    Some(format!("{word}{until}{late}"))
}

/// A source whose server rests is as well as before: it only has to wait.
pub(super) fn state(row: &SourceRow, locale: Locale) -> &'static str {
    match row.resting_until {
        Some(_) => locale.pick("au repos", "resting"),
        None => condition(row.state, locale),
    }
}

/// Why a source is not asked, and until when.
pub(super) fn rest(until: DateTime<Utc>, locale: Locale) -> String {
    let until = until.format("%Y-%m-%d %H:%M UTC");
    locale.pick(format!("son serveur demande du repos jusqu'au {until}"), format!("its server wants to rest until {until}"))
}

fn condition(condition: SourceCondition, locale: Locale) -> &'static str {
    let (fr, en) = match condition {
        SourceCondition::New => ("nouvelle", "new"),
        SourceCondition::Healthy => ("saine", "healthy"),
        SourceCondition::Failing => ("en échec", "failing"),
        SourceCondition::Gone => ("disparue", "gone"),
        SourceCondition::Paused => ("en pause", "paused"),
        SourceCondition::Retired => ("retirée", "retired"),
        SourceCondition::Refused => ("refusée", "refused"),
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
    let resting = match rows.iter().filter(|row| row.resting_until.is_some()).count() {
        0 => String::new(),
        count => locale.pick(format!(", {count} au repos"), format!(", {count} resting")),
    };
    locale.pick(
        format!("{} sources : {healthy} saines, {failing} en échec, {new} jamais lues{resting}. La première colonne est la fiabilité, sur 100.", rows.len()),
        format!("{} sources: {healthy} healthy, {failing} failing, {new} never read{resting}. The first column is the reliability, out of 100.", rows.len()),
    )
}
