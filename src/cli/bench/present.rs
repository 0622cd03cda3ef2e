//! Figures for people.

use crate::{
    app::bench::{Skipped, reliability, stories},
    domain::localised::Locale,
    pipeline::measure::Estimate,
};

/// Lines that were left out and are named; the rest are counted.
const SKIPPED_SHOWN: usize = 10;

pub(super) fn reliability(report: &reliability::Report, locale: Locale) -> Vec<String> {
    let texts = locale.count(report.rows, ["texte", "textes"], ["text", "texts"]);
    let groups = locale.count(report.groups, ["éditeur", "éditeurs"], ["publisher", "publishers"]);
    let (good, bad) = (report.good, report.bad);
    let mut lines = vec![
        match locale {
            Locale::Fr => format!("{texts} de {groups}\u{a0}: {good} fiables, {bad} non ; règles {}", report.rules),
            Locale::En => format!("{texts} of {groups}: {good} reliable, {bad} not; rules {}", report.rules),
        },
        figure("AUC", report.auc, locale),
        figure("Spearman", report.spearman, locale),
    ];
    if !report.signals.is_empty() {
        lines.push(
            locale
                .pick("Signal : textes, AUC seul, AUC sans lui, apport", "Signal: texts, AUC alone, AUC without it, gain")
                .to_owned(),
        );
        lines.extend(report.signals.iter().map(|signal| separation(signal, locale)));
    }
    lines.extend(left_out(&report.skipped, locale));
    lines
}

pub(super) fn stories(report: &stories::Report, locale: Locale) -> Vec<String> {
    let items = locale.count(report.rows, ["élément", "éléments"], ["item", "items"]);
    let groups = locale.count(report.groups, ["éditeur", "éditeurs"], ["publisher", "publishers"]);
    let (truth, found) = (report.stories, report.found);
    let mut lines = vec![
        match locale {
            Locale::Fr => format!("{items} de {groups}\u{a0}: {truth} sujets étiquetés, {found} trouvés"),
            Locale::En => format!("{items} of {groups}: {truth} labelled stories, {found} found"),
        },
        figure(locale.pick("B-cubed, précision", "B-cubed precision"), report.precision, locale),
        figure(locale.pick("B-cubed, rappel", "B-cubed recall"), report.recall, locale),
        figure("B-cubed F1", report.f1, locale),
    ];
    let pairs = |label: &str, pairs: &[(String, String)]| {
        let listed: Vec<String> = pairs.iter().map(|(one, other)| format!("{one} / {other}")).collect();
        (!listed.is_empty()).then(|| format!("{label} {}", listed.join(", ")))
    };
    lines.extend(pairs(locale.pick("Séparés à tort :", "Torn apart:"), &report.torn));
    lines.extend(pairs(locale.pick("Réunis à tort :", "Put together wrongly:"), &report.mixed));
    lines.extend(left_out(&report.skipped, locale));
    lines
}

/// « AUC  0,742 [0,701 à 0,783] ».
fn figure(name: &str, estimate: Option<Estimate>, locale: Locale) -> String {
    let Some(estimate) = estimate else {
        return format!("{name}  {}", locale.pick("sans objet : un seul côté est étiqueté", "none: only one side is labelled"));
    };
    let number = |value: f64| thousandths(value, locale);
    let to = locale.pick("à", "to");
    match (estimate.low, estimate.high) {
        (Some(low), Some(high)) => format!("{name}  {} [{} {to} {}]", number(estimate.value), number(low), number(high)),
        _ => format!(
            "{name}  {} ({})",
            number(estimate.value),
            locale.pick("trop peu d'éditeurs pour un intervalle", "too few publishers for an interval")
        ),
    }
}

/// Three decimals always, so that columns read down.
fn thousandths(value: f64, locale: Locale) -> String {
    let text = format!("{value:.3}");
    locale.pick(text.replace('.', ","), text)
}

fn separation(signal: &reliability::Separation, locale: Locale) -> String {
    let number = |value: Option<f64>| value.map_or_else(|| "–".to_owned(), |value| thousandths(value, locale));
    let (alone, without, gain) = (number(signal.alone), number(signal.without), number(signal.gain));
    format!("  {:<14} {:>6}  {alone:>6}  {without:>6}  {gain:>7}", signal.kind, signal.rows)
}

fn left_out(skipped: &[Skipped], locale: Locale) -> Vec<String> {
    if skipped.is_empty() {
        return Vec::new();
    }
    let count = locale.count(skipped.len(), ["ligne écartée", "lignes écartées"], ["line left out", "lines left out"]);
    let shown = skipped.iter().take(SKIPPED_SHOWN);
    let mut lines = vec![count];
    lines.extend(shown.map(|line| format!("  {}:{}: {}", line.file, line.line, line.reason)));
    if skipped.len() > SKIPPED_SHOWN {
        lines.push("  …".to_owned());
    }
    lines
}
