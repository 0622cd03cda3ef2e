//! Bounces in words of their own: qmail, older Exim, Gmail and Exchange, providers that write to people and not to programs. In
//! English and French.

use super::{Outcome, headers, of_all, one_line, report};
use crate::domain::{
    bounce::Verdict,
    refusal::{EnhancedCode, folded},
};
use mail_parser::Message;

/// Who writes when a server writes, and nobody else. Local parts.
const DAEMONS: [&str; 6] = ["mailer-daemon", "mail-daemon", "mailerdaemon", "maildaemon", "mdaemon", "mail.daemon"];
/// Subjects of bounces, without accents.
const SUBJECTS: [&str; 26] = [
    "failure notice",
    "undeliver",
    "non remis",
    "non distribu",
    "non delivr",
    "returned mail",
    "mail delivery failed",
    "mail delivery failure",
    "delivery failure",
    "delivery failed",
    "delivery status notification",
    "delivery has failed",
    "delivery report",
    "message delivery failure",
    "mail system error",
    "mail could not be delivered",
    "could not be delivered",
    "echec de la remise",
    "echec de remise",
    "echec de distribution",
    "echec d'envoi",
    "message en erreur",
    "retour de courrier",
    "retourne a l'expediteur",
    "notification d'etat de remise",
    "warning: message",
];
/// The first words of a bounce that says what it is.
const OPENINGS: [&str; 6] = [
    "hi. this is the qmail-send",
    "this message was created automatically by mail delivery software",
    "this is the mail system at host",
    "delivery to the following recipient",
    "votre message n'a pas pu etre",
    "ce message a ete cree automatiquement",
];
/// From here on a bounce gives back what was sent: no word of it counts.
const RETURNED: [&str; 16] = [
    "--- below this line is a copy of the message",
    "--- enclosed is a copy of the message",
    "this is a copy of the message",
    "----- original message -----",
    "-----original message-----",
    "----- message d'origine -----",
    "-----message d'origine-----",
    "message d'origine :",
    "----- message header",
    "copie du message",
    "original message headers",
    "en-tetes du message d'origine",
    "en-tetes de message d'origine",
    "reporting-mta:",
    "the original message was attached",
    "le message original est joint",
];
const STILL_TRYING: [&str; 16] = [
    "warning message only",
    "do not need to resend",
    "will be retried",
    "will retry",
    "will keep trying",
    "continue to try",
    "has been delayed",
    "have been delayed",
    "delivery delayed",
    "not yet been delivered",
    "(delay)",
    "attempts will continue",
    "pas encore ete",
    "sera reessaye",
    "nouvelles tentatives",
    "retardee",
];
const ARRIVED: [&str; 3] = ["successfully delivered", "has been delivered", "a ete remis avec succes"];
const ABSENT: [&str; 14] = [
    "out of office",
    "out of the office",
    "automatic reply",
    "auto-reply",
    "autoreply",
    "auto reply",
    "reponse automatique",
    "message d'absence",
    "absence du bureau",
    "absent",
    "en conges",
    "vacation",
    "notification d'absence",
    "away from",
];
/// A bounce says what it has to say at its beginning. Characters.
const LONGEST: usize = 32_000;

/// Whether a server wrote it to say that something did not arrive.
pub(super) fn is_bounce(message: &Message<'_>) -> bool {
    if !headers(message, "X-Failed-Recipients").is_empty() {
        return true;
    }
    let says = |text: &str, words: &[&str]| words.iter().any(|word| text.contains(word));
    let opening: String = folded(&words(message)).chars().take(400).collect();
    if says(&opening, &OPENINGS) {
        return true;
    }
    let from = message.from().and_then(|from| from.first()).and_then(|from| from.address()).unwrap_or_default();
    let local = from.split('@').next().unwrap_or_default().to_ascii_lowercase();
    let by_nobody = headers(message, "Return-Path").iter().any(|path| path.trim() == "<>");
    // Behind "postmaster" there may be a person, and absences come from nobody as well: then the subject decides.
    DAEMONS.contains(&local.as_str())
        || (local == "postmaster" || by_nobody) && says(&folded(message.subject().unwrap_or_default()), &SUBJECTS)
}

/// What it says, of everybody whom it may concern.
pub(super) fn outcome(message: &Message<'_>) -> Outcome {
    let words = words(message);
    let told = folded(&words);
    let subject = folded(message.subject().unwrap_or_default());
    let says = |list: &[&str]| list.iter().any(|word| told.contains(word) || subject.contains(word));
    let code = EnhancedCode::first_in(&words);
    let verdict = match () {
        () if says(&STILL_TRYING) => Verdict::Delayed,
        () if says(&ARRIVED) => Verdict::Delivered,
        () => report::failed(code, &words),
    };
    let telling = code.and_then(|code| words.lines().find(|line| line.contains(&code.to_string()))).map(one_line);
    Outcome { status: code.map(|code| code.to_string()), detail: telling, ..of_all(verdict) }
}

/// Whether a subject says that a person is away (before or without RFC 3834).
pub(super) fn is_absence(subject: &str) -> bool {
    let subject = folded(subject);
    ABSENT.iter().any(|word| subject.starts_with(word))
}

/// The text up to the message that it gives back.
fn words(message: &Message<'_>) -> String {
    let text = message.body_text(0).unwrap_or_default();
    let mut kept = String::new();
    for line in text.lines() {
        let plain = folded(line);
        if kept.len() > LONGEST || RETURNED.iter().any(|mark| plain.contains(mark)) {
            break;
        }
        kept.extend(line.chars().take(LONGEST));
        kept.push('\n');
    }
    kept
}
