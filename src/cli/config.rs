//! `veille config`.

use crate::{
    app::{Result, configuration::Configuration},
    cli::{Context, Exit, output},
    config::{self, EffectiveSetting},
    domain::{definitions::Definitions, localised::Locale, slug::Slug, theme::Theme},
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
    let Configuration { settings, definitions, .. } = Configuration::read(&context.home)?;
    let checked = Checked {
        settings: config::effective(&settings),
        sources: definitions.sources.len(),
        paused: definitions.sources.iter().filter(|source| source.paused).count(),
        themes: definitions.themes.len(),
        publishers: definitions.publishers.len(),
        digests: definitions.digests.len(),
        warnings: warnings(&definitions, context.locale),
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
fn warnings(definitions: &Definitions, locale: Locale) -> Vec<String> {
    let orphans = definitions.sources.iter().filter(|source| definitions.publisher_of(source).is_none());
    let mut warnings: Vec<String> = orphans.map(|source| orphan(&source.slug, locale)).collect();
    let unwatched = definitions.themes.iter().filter(|theme| {
        !definitions.sources.iter().any(|source| source.themes.is_empty() || source.themes.contains(&theme.slug))
    });
    let told = |theme: &Theme| {
        let slug = &theme.slug;
        locale.pick(
            format!("le thème \"{slug}\" n'est suivi par aucune source"),
            format!("theme \"{slug}\" is watched by no source"),
        )
    };
    warnings.extend(unwatched.map(told));
    if definitions.digests.is_empty() {
        let fr = "aucune [[digest]] n'est définie : rien ne sera publié";
        warnings.push(locale.pick(fr, "no [[digest]] is defined: nothing will be published").to_owned());
    }
    warnings
}

fn orphan(slug: &Slug, locale: Locale) -> String {
    locale.pick(
        format!(
            "la source \"{slug}\" n'a pas d'éditeur connu : sa fiabilité ne repose que sur ses articles ; ajoutez publisher = \"…\""
        ),
        format!("source \"{slug}\" has no known publisher: its reliability rests on its items alone; add publisher = \"…\""),
    )
}
