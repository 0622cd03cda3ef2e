//! `veille config`.

use crate::{
    app::{Error, Result, editions},
    cli::{Context, Exit, output},
    config::{self, EffectiveSetting},
    domain::definitions::Definitions,
};
use serde::Serialize;

/// Check the settings.
#[derive(Debug, clap::Args)]
pub struct Args {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Debug, clap::Subcommand)]
enum Verb {
    /// Read both files, the environment and templates/; print what is in force, secrets hidden. Exit 2 on a mistake.
    Check {
        /// One JSON document.
        #[arg(long)]
        json: bool,
    },
}

#[derive(Debug, Serialize)]
struct Checked {
    settings: Vec<EffectiveSetting>,
    sources: usize,
    paused: usize,
    themes: usize,
    publishers: usize,
    digests: usize,
    warnings: Vec<String>,
}

pub(crate) async fn run(args: Args, context: &Context) -> Result<Exit> {
    let Verb::Check { json } = args.verb;

    let (settings, definitions) = (config::load_settings(&context.home), config::load_definitions(&context.home));
    let templates = editions::templates(&context.home.join("templates"));
    let (settings, definitions) = match (settings, definitions, templates) {
        (Ok(settings), Ok(definitions), Ok(_)) => (settings, definitions),
        (settings, definitions, templates) => {
            let mistakes = [
                settings.err().map(|error| error.to_string()),
                definitions.err().map(|error| error.to_string()),
                templates.err().map(|error| error.to_string()),
            ];
            // One line a mistake: whoever mends the first should see the others.
            return Err(Error::Invalid(mistakes.into_iter().flatten().collect::<Vec<_>>().join("\n  ")));
        }
    };
    let checked = Checked {
        settings: config::effective(&settings),
        sources: definitions.sources.len(),
        paused: definitions.sources.iter().filter(|source| source.paused).count(),
        themes: definitions.themes.len(),
        publishers: definitions.publishers.len(),
        digests: definitions.digests.len(),
        warnings: warnings(&definitions),
    };
    if json {
        output::json(&checked)?;
    } else {
        print(&checked, context);
    }
    Ok(Exit::Done)
}

fn print(checked: &Checked, context: &Context) {
    for setting in &checked.settings {
        output::line(format!("{} = {}", setting.key, setting.value));
    }
    let Checked { sources, paused, themes, digests, .. } = checked;
    output::line(context.locale.pick(
        format!("{sources} sources (dont {paused} en pause), {themes} thèmes, {digests} lettres : tout est valide."),
        format!("{sources} sources ({paused} paused), {themes} themes, {digests} digests: everything is valid."),
    ));
    for warning in &checked.warnings {
        output::line(format!("! {warning}"));
    }
}

/// What is allowed but probably not meant.
fn warnings(definitions: &Definitions) -> Vec<String> {
    let orphans = definitions.sources.iter().filter(|source| definitions.publisher_of(source).is_none());
    let mut warnings: Vec<String> = orphans
        .map(|source| {
            format!(
                "source \"{}\" has no known publisher: its reliability rests on its items alone; add publisher = \"…\"",
                source.slug
            )
        })
        .collect();
    let unwatched = definitions.themes.iter().filter(|theme| {
        !definitions.sources.iter().any(|source| source.themes.is_empty() || source.themes.contains(&theme.slug))
    });
    warnings.extend(unwatched.map(|theme| format!("theme \"{}\" is watched by no source", theme.slug)));
    if definitions.digests.is_empty() {
        warnings.push("no [[digest]] is defined: nothing will be published".to_owned());
    }
    warnings
}
