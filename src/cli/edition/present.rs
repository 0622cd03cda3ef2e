//! Editions as lines for people.

use crate::{
    app::{
        dispatch::DispatchReport,
        editions::{EditionDetail, EditionSummary, Preview, Replayed, Sent, StoryFate},
    },
    domain::{
        candidate::{Exclusion, FIRST_FETCH_ACCOUNTED, Fate},
        delivery::{DeliveryState, DeliverySummary},
        edition::EditionState,
        erratum::{Change, Erratum},
        localised::Locale,
    },
};

pub(super) fn drafted(detail: &EditionDetail, locale: Locale) -> Vec<String> {
    let number = detail.summary.number;
    let mut lines = vec![
        headline(&detail.summary, locale),
        locale.pick(
            format!(
                "Pour la voir : veille edition preview {number} --out apercu ; pour chaque choix : veille edition show {number}"
            ),
            format!("To see it: veille edition preview {number} --out preview; for each choice: veille edition show {number}"),
        ),
    ];
    lines.extend(why_empty(detail, locale));
    lines
}

/// A new watch knows only what its first fetches brought: say how to begin with it.
fn why_empty(detail: &EditionDetail, locale: Locale) -> Option<String> {
    let is_backlog = |story: &&StoryFate| matches!(story.choice.fate, Fate::Out { because: Exclusion::Backlog { .. } });
    let waiting = detail.stories.iter().filter(is_backlog).count();
    let digest = &detail.summary.digest;
    let or_more = if waiting < FIRST_FETCH_ACCOUNTED { "" } else { locale.pick(" ou plus", " or more") };
    (detail.summary.items == 0 && waiting > 0).then(|| {
        locale.pick(
            format!(
                "Ce qu'apporte la première lecture d'une source n'est jamais une nouvelle ({waiting}{or_more} ici). Pour commencer avec ce qui \
                 date de la période : veille edition draft {digest} --with-backlog"
            ),
            format!(
                "What the first fetch of a source brings is never news ({waiting}{or_more} here). To begin with what was published inside the \
                 period: veille edition draft {digest} --with-backlog"
            ),
        )
    })
}

pub(super) fn list(editions: &[EditionSummary], locale: Locale) -> Vec<String> {
    if editions.is_empty() {
        return vec![locale.pick("Aucune édition.", "No edition.").to_owned()];
    }
    editions.iter().map(|edition| headline(edition, locale)).collect()
}

pub(super) fn detail(detail: &EditionDetail, locale: Locale) -> Vec<String> {
    let mut lines = vec![headline(&detail.summary, locale)];
    if detail.intact == Some(false) {
        let broken = "les octets ne sont plus ceux qui ont été approuvés";
        lines.push(locale.pick(broken, "the bytes are not those that were approved").to_owned());
    }
    lines.extend(delivered(&detail.deliveries, locale));
    for section in &detail.content.sections {
        lines.push(String::new());
        lines.push(section.name.clone());
        for item in &section.items {
            let r = &item.reliability;
            lines.push(format!("  {} ({})", item.title, item.publisher));
            lines.push(locale.pick(
                format!("    fiabilité {} sur 100, entre {} et {}", r.score, r.low, r.high),
                format!("    reliability {} out of 100, between {} and {}", r.score, r.low, r.high),
            ));
            lines.extend(placed(detail, item.story, locale));
        }
    }
    lines.extend(errata(&detail.content.errata, locale));
    lines
}

/// What it says of earlier editions.
fn errata(errata: &[Erratum], locale: Locale) -> Vec<String> {
    let mut lines = Vec::new();
    if !errata.is_empty() {
        lines.extend([String::new(), locale.pick("Corrections", "Corrections").to_owned()]);
    }
    for erratum in errata {
        let change = match &erratum.change {
            Change::Withdrawn => locale.pick("retiré par son éditeur", "withdrawn by its publisher").to_owned(),
            Change::Corrected { notice } => {
                locale.pick(format!("corrigé par son éditeur : {notice}"), format!("corrected by its publisher: {notice}"))
            }
            Change::Figures { before, now } => {
                locale.pick(format!("{before} est devenu {now}"), format!("{before} became {now}"))
            }
            Change::Retitled { now } => locale.pick(format!("nouveau titre : {now}"), format!("new title: {now}")),
            Change::Rewritten => locale.pick("réécrit", "rewritten").to_owned(),
        };
        let edition = locale.pick(format!("édition {}", erratum.edition), format!("edition {}", erratum.edition));
        lines.push(format!("  {} ({}, {edition})", erratum.title, erratum.publisher));
        lines.push(format!("    {change}"));
    }
    lines
}

fn placed(detail: &EditionDetail, story: i64, locale: Locale) -> Option<String> {
    let fate = detail.stories.iter().find(|other| other.choice.story == story).map(|other| &other.choice.fate);
    let Some(Fate::In { rank, .. }) = fate else { return None };
    let percent = |share: f64| format!("{:.0} %", share * 100.0);
    let kept = if rank.kept { locale.pick("choisie par une personne ; ", "kept by a person; ") } else { "" };
    let parts = [rank.total, rank.relevance, rank.reliability, rank.corroboration, rank.freshness].map(percent);
    let [total, relevance, reliability, corroboration, freshness] = parts;
    Some(locale.pick(
        format!("    {kept}rang {total} : thème {relevance}, fiabilité {reliability}, confirmation {corroboration}, fraîcheur {freshness}"),
        format!("    {kept}rank {total}: theme {relevance}, reliability {reliability}, corroboration {corroboration}, freshness {freshness}"),
    ))
}

pub(super) fn preview(preview: &Preview, locale: Locale) -> Vec<String> {
    let mut lines = vec![preview.subject.clone()];
    lines.extend(preview.files.iter().map(|file| format!("  {file}")));
    lines.push(format!("SHA-256 {}", preview.hash));
    lines.extend(preview.violations.iter().map(|v| format!("  {} ({}): {}; {}", v.rule, v.source, v.problem, v.remedy)));
    let count = preview.violations.len();
    lines.push(match count {
        0 => locale.pick("Contrôle d'accessibilité : rien à signaler.", "Accessibility gate: nothing to report.").to_owned(),
        _ => locale.pick(
            format!("Contrôle d'accessibilité : {count} à corriger, l'édition ne peut pas partir."),
            format!("Accessibility gate: {count} to correct, the edition cannot leave."),
        ),
    });
    lines
}

pub(super) fn approved(detail: &EditionDetail, locale: Locale) -> Vec<String> {
    let number = detail.summary.number;
    vec![
        headline(&detail.summary, locale),
        format!("SHA-256 {}", detail.summary.hash.as_deref().unwrap_or_default()),
        locale
            .pick(format!("Pour l'envoyer : veille edition send {number}"), format!("To send it: veille edition send {number}")),
    ]
}

pub(super) fn sent(sent: &Sent, report: &DispatchReport, locale: Locale) -> Vec<String> {
    let counts = [
        locale.pick(format!("{} en file", sent.queued), format!("{} queued", sent.queued)),
        locale.count(report.sent, ["parti", "partis"], ["sent", "sent"]),
        locale.count(report.deferred, ["remis", "remis"], ["deferred", "deferred"]),
        locale.count(report.failed, ["refusé", "refusés"], ["failed", "failed"]),
        locale.count(report.ambiguous, ["incertain", "incertains"], ["ambiguous", "ambiguous"]),
        locale.count(report.withdrawn, ["retiré", "retirés"], ["withdrawn", "withdrawn"]),
    ];
    let mut lines = vec![sent.subject.clone(), counts.join(", ")];
    if report.left_in_doubt > 0 {
        let doubts = locale.count(
            report.left_in_doubt,
            ["envoi d'une exécution interrompue reste incertain :", "envois d'une exécution interrompue restent incertains :"],
            ["delivery of an interrupted run is in doubt:", "deliveries of an interrupted run are in doubt:"],
        );
        lines.push(format!("{doubts} veille edition show {}", sent.number));
    }
    lines.extend(report.paused.iter().map(|(digest, reason)| {
        locale.pick(format!("envoi de {digest} suspendu : {reason}"), format!("sending of {digest} is paused: {reason}"))
    }));
    lines
}

/// How it arrives, and who did not get it; nothing before it is sent.
fn delivered(deliveries: &DeliverySummary, locale: Locale) -> Vec<String> {
    if deliveries.total == 0 {
        return Vec::new();
    }
    let total = locale.count(deliveries.total, ["envoi", "envois"], ["delivery", "deliveries"]);
    let counts = [
        locale.count(deliveries.sent, ["parti", "partis"], ["sent", "sent"]),
        locale.count(deliveries.waiting, ["en attente", "en attente"], ["waiting", "waiting"]),
        locale.count(deliveries.failed, ["refusé", "refusés"], ["failed", "failed"]),
        locale.count(deliveries.ambiguous, ["incertain", "incertains"], ["ambiguous", "ambiguous"]),
        locale.count(deliveries.withdrawn, ["retiré", "retirés"], ["withdrawn", "withdrawn"]),
        locale.count(
            deliveries.resent,
            ["refait après une réponse perdue", "refaits après une réponse perdue"],
            ["sent again after a lost answer", "sent again after a lost answer"],
        ),
        locale.count(deliveries.bounced, ["revenu", "revenus"], ["came back", "came back"]),
    ];
    let mut lines = vec![format!("{total}{}{}", locale.pick(" : ", ": "), counts.join(", "))];
    lines.extend(deliveries.problems.iter().map(|problem| format!("  {}: {}", problem.email, problem.reason)));
    let twice = deliveries.doubts.iter().filter(|doubt| doubt.state == DeliveryState::Sent);
    lines.extend(twice.map(|doubt| {
        locale.pick(
            format!("  {} : peut-être arrivé deux fois, une réponse du relais s'est perdue", doubt.email),
            format!("  {}: may have arrived twice, an answer of the relay was lost", doubt.email),
        )
    }));
    lines
}

pub(super) fn tried(sent: &Sent, locale: Locale) -> Vec<String> {
    let number = sent.number;
    let told = locale.pick(
        format!("L'édition {number} peut partir. Rien n'a été envoyé."),
        format!("Edition {number} may leave. Nothing was sent."),
    );
    vec![sent.subject.clone(), told]
}

pub(super) fn replayed(replayed: &Replayed, locale: Locale) -> Vec<String> {
    let number = replayed.number;
    let verdict = if replayed.identical {
        locale.pick(
            format!("L'édition {number} serait identique, octet pour octet."),
            format!("Edition {number} would be identical, byte for byte."),
        )
    } else {
        locale.pick(format!("L'édition {number} serait différente :"), format!("Edition {number} would differ:"))
    };
    std::iter::once(verdict).chain(replayed.differences.iter().map(|difference| format!("  {difference}"))).collect()
}

pub(super) fn cancelled(detail: &EditionDetail, locale: Locale) -> Vec<String> {
    let free = locale.pick("Ses informations et sa période sont libres.", "Its stories and its period are free again.");
    vec![headline(&detail.summary, locale), free.to_owned()]
}

pub(super) fn would_cancel(detail: &EditionDetail, locale: Locale) -> Vec<String> {
    let told = locale.pick("Elle peut être annulée. Rien n'a changé.", "It may be cancelled. Nothing was changed.");
    vec![headline(&detail.summary, locale), told.to_owned()]
}

pub(super) fn would_resend(sent: &Sent, locale: Locale) -> Vec<String> {
    let queued = sent.queued;
    let told = locale.pick(
        format!("{queued} envoi(s) incertain(s) repartiraient. Rien n'a été envoyé."),
        format!("{queued} ambiguous deliver(ies) would leave once more. Nothing was sent."),
    );
    vec![sent.subject.clone(), told]
}

fn headline(edition: &EditionSummary, locale: Locale) -> String {
    let state = match edition.state {
        EditionState::Draft => locale.pick("brouillon", "draft"),
        EditionState::Approved => locale.pick("approuvée", "approved"),
        EditionState::Sending => locale.pick("en cours d'envoi", "sending"),
        EditionState::Sent => locale.pick("envoyée", "sent"),
        EditionState::Cancelled => locale.pick("annulée", "cancelled"),
    };
    let EditionSummary { number, digest, period, items, .. } = edition;
    let by = edition
        .approved_by
        .as_deref()
        .map(|actor| locale.pick(format!(", par {actor}"), format!(", by {actor}")))
        .unwrap_or_default();
    let (fr, en) = (if *items < 2 { "information" } else { "informations" }, if *items == 1 { "story" } else { "stories" });
    locale.pick(
        format!("Édition {number}, {digest} {period} : {state}{by}, {items} {fr}"),
        format!("Edition {number}, {digest} {period}: {state}{by}, {items} {en}"),
    )
}
