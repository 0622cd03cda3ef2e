//! Reports of returned mail, in lines for people.

use super::ReadReport;
use crate::{
    app::subscribers::Run,
    domain::{
        bounce::{BounceRecord, Effect, ReportKind, Verdict},
        localised::Locale,
    },
};

/// What `bounces read` did.
pub(super) fn read(locale: Locale, report: &ReadReport, run: Run) -> Vec<String> {
    let mut lines: Vec<String> = report.reports.iter().map(|record| line(locale, record)).collect();
    lines.extend(report.unreadable.iter().map(|why| locale.pick(format!("illisible : {why}"), format!("unreadable: {why}"))));
    let (read, acted) = (report.read, report.acted_on);
    let head = match run {
        Run::Rehearsal => locale.pick("essai, rien n'est écrit : ", "rehearsal, nothing is written: "),
        Run::Real => "",
    };
    lines.push(locale.pick(
        format!("{head}{read} message(s) lu(s), dont {acted} avec une suite"),
        format!("{head}{read} message(s) read, {acted} of them with a consequence"),
    ));
    lines
}

/// What `bounces list` shows.
pub(super) fn list(locale: Locale, kept: &[BounceRecord]) -> Vec<String> {
    let dated = |record: &BounceRecord| format!("{}  {}", record.received_at.format("%Y-%m-%d %H:%M"), line(locale, record));
    if kept.is_empty() {
        return vec![locale.pick("rien n'est revenu".to_owned(), "nothing came back".to_owned())];
    }
    kept.iter().map(dated).collect()
}

fn line(locale: Locale, record: &BounceRecord) -> String {
    let whom = match (&record.email, &record.digest, record.edition) {
        (Some(email), Some(digest), Some(number)) => {
            let email = if email.is_empty() { locale.pick("(effacé)", "(erased)") } else { email };
            format!("{email}, {digest} nº {number} : ")
        }
        _ => String::new(),
    };
    let said = match &record.status {
        Some(status) => format!("{} ({status})", verdict(locale, record)),
        None => verdict(locale, record).to_owned(),
    };
    let words = record.detail.as_ref().map(|words| format!(" — {words}")).unwrap_or_default();
    format!("{whom}{said} → {}{words}", effect(locale, record.effect))
}

fn verdict(locale: Locale, record: &BounceRecord) -> &'static str {
    match record.verdict {
        Verdict::Nothing => kind(locale, record.kind),
        Verdict::Delayed => locale.pick("retard, le serveur essaie encore", "delayed, the server still tries"),
        Verdict::Delivered => locale.pick("arrivé", "arrived"),
        Verdict::Failed => locale.pick("refusé, sans faute de l'adresse", "refused, and not because of the address"),
        Verdict::Sender => locale.pick("refusé à cause de nous", "refused because of us"),
        Verdict::Mailbox => locale.pick("boîte pleine ou fermée", "mailbox full or closed"),
        Verdict::Address => locale.pick("adresse inexistante", "no such address"),
        Verdict::Complaint => locale.pick("plainte", "complaint"),
    }
}

fn kind(locale: Locale, kind: ReportKind) -> &'static str {
    match kind {
        ReportKind::DeliveryReport => locale.pick("rapport sans verdict", "a report that says nothing"),
        ReportKind::PlainBounce => locale.pick("retour sans verdict", "a bounce that says nothing"),
        ReportKind::FeedbackReport => locale.pick("rapport qui n'est pas une plainte", "a feedback report that is no complaint"),
        ReportKind::Receipt => locale.pick("accusé de lecture", "a receipt"),
        ReportKind::AutoReply => locale.pick("réponse automatique", "an automatic reply"),
        ReportKind::Loop => locale.pick("retour d'un retour", "a bounce of a bounce"),
        ReportKind::Other => locale.pick("autre message", "another message"),
        ReportKind::Unreadable => locale.pick("message illisible", "an unreadable message"),
    }
}

fn effect(locale: Locale, effect: Effect) -> &'static str {
    match effect {
        Effect::Suppressed => locale.pick("rien ne lui est plus envoyé", "nothing is sent there any more"),
        Effect::Counted => locale.pick("compté", "counted"),
        Effect::Paused => locale.pick("l'envoi de cette lettre est en pause", "sending of this digest is paused"),
        Effect::Noted => locale.pick("noté", "noted"),
        Effect::Silent => locale.pick("rien à faire", "nothing to do"),
        Effect::Known => locale.pick("déjà connu", "known already"),
        Effect::NoTag => locale.pick("sans marque : ignoré", "no tag: ignored"),
        Effect::ForgedTag => locale.pick("marque qui n'est pas la nôtre : ignoré", "a tag that is not ours: ignored"),
        Effect::ExpiredTag => locale.pick("marque trop ancienne : ignoré", "a tag too old: ignored"),
        Effect::Forgotten => locale.pick("personne effacée : ignoré", "the person was erased: ignored"),
        Effect::Resumed => locale.pick("envoi repris depuis : ignoré", "sending was resumed since: ignored"),
    }
}
