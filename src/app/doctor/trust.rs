//! What people said about trust and ought to look at again.

use crate::{
    app::{
        App, Result,
        doctor::{Finding, Health, verdict::Verdict},
    },
    domain::localised::Locale,
};

/// How many are named.
const NAMED: usize = 5;

/// Whether the chain is sound, overrides whose day has come, and sheets that are overdue.
pub(super) async fn findings(app: &App, locale: Locale) -> Result<Vec<Finding>> {
    let list = app.overrides().await?;
    let trust = app.trust(app.clock.now()).await?;
    let chain = match &list.broken {
        Some(broken) => Verdict::new(
            "trust",
            Health::Bad,
            format!(
                "la chaîne des dérogations est rompue ({broken}) : restaurez une sauvegarde, et gardez cette base pour comprendre"
            ),
            format!("the chain of overrides is broken ({broken}): restore a backup, and keep this database to find out why"),
        ),
        None => to_review(&trust.to_review().map(|row| row.number.to_string()).collect::<Vec<_>>()),
    };
    let sources = app.definitions.sources.iter().filter(|source| trust.overdue(&source.slug).is_some());
    let sheets = overdue_sheets(&sources.map(|source| source.slug.as_str()).collect::<Vec<_>>());
    Ok([chain, sheets].into_iter().map(|verdict| verdict.finding(locale)).collect())
}

fn to_review(numbers: &[String]) -> Verdict {
    if numbers.is_empty() {
        return Verdict::new("trust", Health::Good, "aucune dérogation à revoir", "no override to review");
    }
    let (count, named) = (numbers.len(), named(numbers));
    Verdict::new(
        "trust",
        Health::Warning,
        format!("{count} dérogations échues ne valent plus ({named}) : `veille overrides list --to-review`"),
        format!(
            "{count} overrides have come to their review date and hold no longer ({named}): `veille overrides list --to-review`"
        ),
    )
}

fn overdue_sheets(slugs: &[&str]) -> Verdict {
    if slugs.is_empty() {
        return Verdict::new("qualification", Health::Good, "aucune fiche en retard", "no qualification sheet is overdue");
    }
    let (count, named) = (slugs.len(), named(slugs));
    Verdict::new(
        "qualification",
        Health::Warning,
        format!("{count} fiches de qualification en retard ({named}) : `veille sources list --review-due`"),
        format!("{count} qualification sheets are overdue ({named}): `veille sources list --review-due`"),
    )
}

fn named<T: AsRef<str>>(all: &[T]) -> String {
    let more = if all.len() > NAMED { "…" } else { "" };
    format!("{}{more}", all.iter().take(NAMED).map(AsRef::as_ref).collect::<Vec<_>>().join(", "))
}
