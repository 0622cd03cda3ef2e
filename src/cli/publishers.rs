//! `veille publishers`.

use crate::{
    app::{Error, Result, publishers::PublisherRow},
    cli::{Context, Exit, output},
    domain::{localised::Locale, slug::Slug},
};

/// Who stands behind sources: the registry that reliability leans on.
#[derive(Debug, clap::Args)]
pub struct Args {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Debug, clap::Subcommand)]
enum Verb {
    /// Every publisher: the team's first, then those that the product ships.
    List {
        /// Only those of a class: authority, standards-body, journal, repository, research, press, vendor, ngo, community, blog.
        #[arg(long, value_name = "CLASS")]
        class: Option<String>,
        /// Only those who stand behind a source of the file.
        #[arg(long)]
        watched: bool,
        /// One JSON array.
        #[arg(long)]
        json: bool,
    },
    /// Everything known of one publisher, and what is not known.
    Show {
        /// Which publisher.
        slug: String,
        /// One JSON document.
        #[arg(long)]
        json: bool,
    },
    /// Sources that nobody stands behind, and reviews that are overdue. Exit 3 when there are any.
    Check {
        /// One JSON array.
        #[arg(long)]
        json: bool,
    },
}

pub(crate) async fn run(args: Args, context: &Context) -> Result<Exit> {
    let (app, locale) = (context.app().await?, context.locale);
    match args.verb {
        Verb::List { class, watched, json } => {
            let mut rows = app.publisher_list(locale);
            rows.retain(|row| class.as_deref().is_none_or(|class| class == row.class_name()));
            rows.retain(|row| !watched || !row.sources.is_empty());
            if rows.is_empty() && class.as_deref().is_some_and(|class| !is_class(class, &app.publisher_list(locale))) {
                return Err(Error::Invalid(
                    "--class: no publisher is of that class; `veille publishers list` shows them".to_owned(),
                ));
            }
            list(&rows, json, locale)
        }
        Verb::Show { slug, json } => {
            let slug = Slug::parse(&slug).map_err(|error| Error::Invalid(error.to_string()))?;
            show(&app.publisher(&slug, locale)?, json, locale)
        }
        Verb::Check { json } => {
            let found = app.check_publishers(locale);
            if json {
                output::json(&found)?;
            } else {
                found.iter().for_each(|finding| output::line(&finding.message));
                let count = app.definitions.publishers.len();
                output::line(locale.pick(
                    format!("{count} éditeurs, {} à voir.", found.len()),
                    format!("{count} publishers, {} to look at.", found.len()),
                ));
            }
            Ok(if found.is_empty() { Exit::Done } else { Exit::Partly })
        }
    }
}

fn is_class(class: &str, rows: &[PublisherRow]) -> bool {
    rows.iter().any(|row| row.class_name() == class)
}

fn list(rows: &[PublisherRow], json: bool, locale: Locale) -> Result<Exit> {
    if json {
        output::json(&rows)?;
        return Ok(Exit::Done);
    }
    for row in rows {
        let (country, class) = (row.country.as_deref().unwrap_or("–"), row.class_name());
        output::line(format!("{:<26} {class:<15} {country:<3} {}", row.slug.as_str(), row.name));
    }
    output::line(locale.count(rows.len(), ["éditeur", "éditeurs"], ["publisher", "publishers"]));
    Ok(Exit::Done)
}

fn show(row: &PublisherRow, json: bool, locale: Locale) -> Result<Exit> {
    if json {
        output::json(row)?;
        return Ok(Exit::Done);
    }
    output::line(&row.name);
    facts(row, locale).into_iter().for_each(|(name, value)| {
        let (colon, unknown) = (locale.pick("\u{a0}: ", ": "), locale.pick("non connu", "not known"));
        output::line(format!("  {name}{colon}{}", value.unwrap_or_else(|| unknown.to_owned())));
    });
    Ok(Exit::Done)
}

/// What is not known is told as such: nothing is guessed.
fn facts(row: &PublisherRow, locale: Locale) -> Vec<(&'static str, Option<String>)> {
    let list = |all: &[String]| Some(all.join(", ")).filter(|text| !text.is_empty());
    let licence = row.licence.as_ref().map(|licence| {
        let terms = licence.terms.as_deref().unwrap_or_default();
        let url = licence.url.as_deref().map(|url| format!(" ({url})")).unwrap_or_default();
        format!("{}{url}, {terms}", licence.name)
    });
    let without = locale.pick(
        "non connue : courte citation seulement, avec l'auteur et la source (art. L. 122-5, 3°, a) du CPI)",
        "not known: short quotation only, with author and source (French IP Code, art. L. 122-5, 3°, a)",
    );
    let review = row.reviewed_by.as_ref().map(|by| {
        let day = |day: Option<chrono::NaiveDate>| day.map_or_else(|| "–".to_owned(), |day| day.to_string());
        let (on, due) = (day(row.reviewed_on), day(row.review_due));
        let late = if row.overdue { locale.pick(", en retard", ", overdue") } else { "" };
        locale.pick(format!("par {by} le {on}, à revoir le {due}{late}"), format!("by {by} on {on}, next on {due}{late}"))
    });
    let sources: Vec<String> = row.sources.iter().map(ToString::to_string).collect();
    let mut facts = vec![
        (locale.pick("Nature", "Class"), Some(row.class_name().to_owned())),
        (locale.pick("Domaines", "Domains"), list(&row.domains)),
        (locale.pick("Pays", "Country"), row.country.clone()),
        (locale.pick("Groupe", "Owning group"), row.owner.clone()),
        (locale.pick("Vend", "Sells"), list(&row.sells)),
        (locale.pick("Déclaration d'accessibilité", "Accessibility statement"), row.accessibility_statement.clone()),
        (locale.pick("Règles de publication", "Policies"), row.policy.clone()),
        (locale.pick("Licence", "Licence"), licence.or_else(|| Some(without.to_owned()))),
        (locale.pick("Vérifié", "Reviewed"), review),
        (
            locale.pick("Sources suivies", "Sources watched"),
            list(&sources).or_else(|| Some(locale.pick("aucune", "none").to_owned())),
        ),
    ];
    facts.extend(row.quotation.clone().map(|text| (locale.pick("Citation", "Quotation"), Some(text))));
    facts.extend(row.blocked.clone().map(|text| (locale.pick("Bloqué", "Blocked"), Some(text))));
    facts
}
