//! Editions as lines for people.

use crate::{
    app::{
        dispatch::DispatchReport,
        editions::{EditionDetail, EditionSummary, Preview, Replayed, Sent, StoryFate},
    },
    domain::{
        candidate::{Exclusion, Fate},
        delivery::{DeliveryState, DeliverySummary},
        edition::EditionState,
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
    (detail.summary.items == 0 && waiting > 0).then(|| {
        locale.pick(
            format!(
                "Ce qu'apporte la première lecture d'une source n'est jamais une nouvelle ({waiting} ici). Pour commencer avec ce qui \
                 date de la période : veille edition draft {digest} --with-backlog"
            ),
            format!(
                "What the first fetch of a source brings is never news ({waiting} here). To begin with what was published inside the \
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
    let out: Vec<&StoryFate> = detail.stories.iter().filter(|story| matches!(story.choice.fate, Fate::Out { .. })).collect();
    if !out.is_empty() {
        lines.push(String::new());
        lines.push(locale.pick(format!("Écartées : {}", out.len()), format!("Left out: {}", out.len())));
    }
    for story in out {
        if let Fate::Out { because } = &story.choice.fate {
            lines.push(format!("  {} [{}] ({}): {}", story.choice.item, story.source, story.title, why_not(because, locale)));
        }
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

fn why_not(because: &Exclusion, locale: Locale) -> String {
    let (fr, en) = match because {
        Exclusion::Told { edition } => {
            (format!("déjà dite dans l'édition {edition}"), format!("told in edition {edition} already"))
        }
        Exclusion::Dropped { actor, reason } => {
            let reason = reason.as_deref().map(|reason| format!(" ({reason})")).unwrap_or_default();
            (format!("écartée par {actor}{reason}"), format!("dropped by {actor}{reason}"))
        }
        Exclusion::Later { actor } => (format!("remise à plus tard par {actor}"), format!("deferred by {actor}")),
        Exclusion::Blocked { publisher, reason } => {
            (format!("éditeur bloqué : {publisher}, {reason}"), format!("blocked publisher: {publisher}, {reason}"))
        }
        Exclusion::NoTheme => ("ne répond à aucun thème".to_owned(), "answers no theme".to_owned()),
        Exclusion::ExcludedByRule { theme, rule } => {
            (format!("exclue du thème {theme} par « {rule} »"), format!("excluded from theme {theme} by \"{rule}\""))
        }
        Exclusion::Backlog { published_at: Some(at) } => {
            let day = at.date_naive();
            let french = format!("publiée le {day} ; venue avec la première lecture de sa source, qui n'est pas une nouvelle");
            (french, format!("published on {day}; came with the first fetch of its source, which is no news"))
        }
        Exclusion::Backlog { published_at: None } => (
            "sans date ; venue avec la première lecture de sa source".to_owned(),
            "without a date; came with the first fetch of its source".to_owned(),
        ),
        Exclusion::Old { published_at } => {
            let day = published_at.date_naive();
            (format!("publiée le {day}, bien avant la période"), format!("published on {day}, long before the period"))
        }
        Exclusion::Unreadable => (
            "son titre ne peut pas être lu à voix haute (contrôle d'accessibilité)".to_owned(),
            "its title cannot be read aloud (accessibility gate)".to_owned(),
        ),
        no_room => no_room_for(no_room),
    };
    locale.pick(fr, en)
}

/// It answered a theme and was news; French and English.
fn no_room_for(because: &Exclusion) -> (String, String) {
    match because {
        Exclusion::SectionFull { theme, limit } => {
            (format!("section {theme} pleine ({limit})"), format!("section {theme} is full ({limit})"))
        }
        Exclusion::EditionFull { limit } => (format!("édition pleine ({limit})"), format!("the edition is full ({limit})")),
        Exclusion::PublisherShare { publisher, limit } => {
            (format!("{publisher} a déjà sa part ({limit})"), format!("{publisher} has its share already ({limit})"))
        }
        _ => ("faute de place".to_owned(), "for lack of room".to_owned()),
    }
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
    let DispatchReport { sent: taken, deferred, failed, ambiguous, withdrawn, .. } = report;
    let mut lines = vec![
        sent.subject.clone(),
        locale.pick(
            format!(
                "{} en file ; {taken} partis, {deferred} remis, {failed} refusés, {ambiguous} incertains, {withdrawn} retirés",
                sent.queued
            ),
            format!(
                "{} queued; {taken} sent, {deferred} deferred, {failed} failed, {ambiguous} ambiguous, {withdrawn} withdrawn",
                sent.queued
            ),
        ),
    ];
    if report.left_in_doubt > 0 {
        let doubts = report.left_in_doubt;
        lines.push(locale.pick(
            format!("{doubts} envois d'une exécution interrompue restent incertains : veille edition show {}", sent.number),
            format!("{doubts} deliveries of an interrupted run are in doubt: veille edition show {}", sent.number),
        ));
    }
    lines.extend(report.paused.iter().map(|(digest, reason)| {
        locale.pick(format!("envoi de {digest} suspendu : {reason}"), format!("sending of {digest} is paused: {reason}"))
    }));
    lines
}

/// How it arrives, and who did not get it; nothing before it is sent.
fn delivered(deliveries: &DeliverySummary, locale: Locale) -> Vec<String> {
    let DeliverySummary { total, waiting, sent, failed, ambiguous, withdrawn, resent, bounced, .. } = deliveries;
    if *total == 0 {
        return Vec::new();
    }
    let mut lines = vec![locale.pick(
        format!(
            "{total} envois : {sent} partis, {waiting} en attente, {failed} refusés, {ambiguous} incertains, {withdrawn} retirés, {resent} refaits après une réponse perdue, {bounced} revenus"
        ),
        format!(
            "{total} deliveries: {sent} sent, {waiting} waiting, {failed} failed, {ambiguous} ambiguous, {withdrawn} withdrawn, {resent} sent again after a lost answer, {bounced} came back"
        ),
    )];
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
