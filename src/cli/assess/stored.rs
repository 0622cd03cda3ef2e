//! `veille assess --stored`.

use crate::{
    app::{
        Result,
        recompute::{Change, Recomputed, Tally},
    },
    cli::{Context, Exit, output},
    domain::localised::Locale,
    pipeline::reliability::{Rules, wording},
};

pub(super) async fn run(rules: &Rules, json: bool, context: &Context) -> Result<Exit> {
    let found = context.app().await?.recompute(rules).await?;
    if json {
        output::json(&found)?;
    } else {
        lines(&found, context.locale).iter().for_each(output::line);
    }
    Ok(if found.is_sound() { Exit::Done } else { Exit::Refused })
}

fn lines(found: &Recomputed, locale: Locale) -> Vec<String> {
    let rules = &found.rules;
    let mut lines = vec![
        locale.pick(
            format!("Recalcul sous les règles {rules}, rien n'est écrit."),
            format!("Computed again under rules {rules}; nothing is written."),
        ),
        tally(locale.pick("articles", "items"), found.items, locale),
        tally(locale.pick("sources", "sources"), found.sources, locale),
    ];
    if found.stale_sources > 0 {
        let count = found.stale_sources;
        lines.push(locale.pick(
            format!("{count} sources ont reçu des articles depuis leur calcul et ne sont pas comparées"),
            format!("{count} sources had items assessed since they were computed: not compared"),
        ));
    }
    lines.extend(found.changes.iter().map(|found| change(found, locale)));
    lines
}

fn tally(what: &str, tally: Tally, locale: Locale) -> String {
    let Tally { all, identical, changed_by_rules, unexplained, other_level } = tally;
    locale.pick(
        format!("{all} {what}\u{a0}: {identical} identiques au bit près, {changed_by_rules} changés par les règles, {unexplained} inexpliqués ; {other_level} changent de mot"),
        format!("{all} {what}: {identical} identical to the bit, {changed_by_rules} changed by the rules, {unexplained} unexplained; {other_level} get another word"),
    )
}

fn change(change: &Change, locale: Locale) -> String {
    let of = match (&change.source, change.item) {
        (Some(source), _) => source.to_string(),
        (None, item) => item.unwrap_or_default().to_string(),
    };
    let [before, after] = [change.before, change.after].map(|score| wording::number(locale, score));
    let [was, is] = [change.level_before, change.level_after].map(|level| wording::level(locale, level));
    format!("  {of}  {before} → {after}  {was} → {is}  ({})", change.rules)
}
