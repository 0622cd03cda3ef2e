//! Chapter "message": subject, sender, and what mail programs read.

use super::{
    message::{Mail, MessageCheck},
    page::squash,
    rule::{Findings, Rule, Scope},
    signs,
};

const LONGEST_SUBJECT: usize = 90;

pub(super) const CHAPTER: &[MessageCheck] = &[
    MessageCheck {
        rule: Rule {
            name: "message.subject",
            source: "AcceDe, CA",
            scope: Scope::Message,
            says: (
                "un objet de moins de 90 caractères, sans emoji ni capitales",
                "a subject under 90 characters, without emoji or capitals",
            ),
            remedy: (
                "écrire en tête les mots les plus utiles, en minuscules",
                "write the most useful words first, in lower case",
            ),
        },
        run: subject,
    },
    MessageCheck {
        rule: Rule {
            name: "message.sender",
            source: "RGAA (identification)",
            scope: Scope::Message,
            says: ("l'expéditeur a un nom, et l'on peut lui répondre", "the sender has a name, and can be answered"),
            remedy: (
                "écrire From: \"Nom de la lettre\" <adresse>, avec une adresse lue par quelqu'un",
                "write From: \"Name of the letter\" <address>, with an address that somebody reads",
            ),
        },
        run: sender,
    },
    MessageCheck {
        rule: Rule {
            name: "message.unsubscribe",
            source: "RFC 2369",
            scope: Scope::Message,
            says: ("l'en-tête List-Unsubscribe est là", "the List-Unsubscribe header is there"),
            remedy: (
                "ajouter List-Unsubscribe avec une adresse https ou mailto",
                "add List-Unsubscribe with an https or mailto address",
            ),
        },
        run: unsubscribe,
    },
    MessageCheck {
        rule: Rule {
            name: "message.one-click",
            source: "RFC 8058",
            scope: Scope::Message,
            says: (
                "une adresse https de désabonnement n'exige qu'un clic",
                "an https unsubscribe address asks for one click only",
            ),
            remedy: (
                "ajouter une adresse https à List-Unsubscribe, et List-Unsubscribe-Post: List-Unsubscribe=One-Click",
                "add an https address to List-Unsubscribe, and List-Unsubscribe-Post: List-Unsubscribe=One-Click",
            ),
        },
        run: one_click,
    },
    MessageCheck {
        rule: Rule {
            name: "message.list-id",
            source: "RFC 2919",
            scope: Scope::Message,
            says: ("l'en-tête List-Id nomme la lettre", "the List-Id header names the letter"),
            remedy: ("ajouter List-Id", "add List-Id"),
        },
        run: list_id,
    },
    MessageCheck {
        rule: Rule {
            name: "message.automatic",
            source: "RFC 3834",
            scope: Scope::Message,
            says: ("l'en-tête Auto-Submitted dit qu'un programme envoie", "the Auto-Submitted header says that a program sends"),
            remedy: ("ajouter Auto-Submitted: auto-generated", "add Auto-Submitted: auto-generated"),
        },
        run: automatic,
    },
];

fn subject(mail: &Mail, found: &mut Findings) {
    let subject = mail.message.subject().map(squash).unwrap_or_default();
    let count = subject.chars().count();
    if !subject.chars().any(char::is_alphanumeric) {
        return found.near("Subject", "objet vide", "empty subject");
    }
    if count >= LONGEST_SUBJECT {
        found.near(&subject, format!("objet de {count} caractères"), format!("subject of {count} characters"));
    }
    if let Some(sign) = signs::decorative(&subject) {
        found.near(&subject, format!("signe décoratif {sign}"), format!("decorative sign {sign}"));
    }
    if let Some(run) = signs::capitals(&subject) {
        found.near(&subject, format!("capitales : {run}"), format!("capitals: {run}"));
    }
    if let Some(rest) =
        signs::leftover(&subject).or_else(|| signs::mojibake(&subject)).or_else(|| signs::date_in_figures(&subject))
    {
        found.near(
            &subject,
            format!("reste de code, mauvais décodage ou date en chiffres : {rest}"),
            format!("leftover of code, bad decoding or date in figures: {rest}"),
        );
    }
}

fn sender(mail: &Mail, found: &mut Findings) {
    const MUTE: [&str; 6] = ["noreply", "no-reply", "no_reply", "donotreply", "do-not-reply", "ne-pas-repondre"];
    let from = mail.message.from().and_then(|from| from.first());
    let name = from.and_then(|from| from.name()).unwrap_or_default();
    let address = from.and_then(|from| from.address()).unwrap_or_default().to_ascii_lowercase();
    if !name.chars().any(char::is_alphabetic) || name.contains('@') {
        found.near(&format!("From: {address}"), "expéditeur sans nom", "sender without a name");
    }
    if MUTE.iter().any(|mute| address.starts_with(mute)) {
        found.near(&format!("From: {address}"), "adresse à laquelle on ne peut répondre", "address that cannot be answered");
    }
}

fn unsubscribe(mail: &Mail, found: &mut Findings) {
    let stated = mail.header("List-Unsubscribe").unwrap_or_default().to_ascii_lowercase();
    if !stated.contains("<https://") && !stated.contains("<mailto:") {
        found.near(
            "List-Unsubscribe",
            "en-tête absent, ou sans adresse https ou mailto",
            "header missing, or without an https or mailto address",
        );
    }
}

/// A sender without a web site may offer mailto alone (RFC 2369); https is owed its one click.
fn one_click(mail: &Mail, found: &mut Findings) {
    let stated = mail.header("List-Unsubscribe").unwrap_or_default().to_ascii_lowercase();
    let secure = stated.contains("<https://");
    match mail.header("List-Unsubscribe-Post") {
        None if secure => found.near("List-Unsubscribe-Post", "en-tête absent", "header missing"),
        Some(post) if !post.eq_ignore_ascii_case("List-Unsubscribe=One-Click") => {
            found.near(&post, "valeur inconnue", "unknown value");
        }
        Some(post) if !secure => {
            found.near(&post, "un clic promis, sans adresse https", "one click promised, without an https address")
        }
        _ => {}
    }
}

fn list_id(mail: &Mail, found: &mut Findings) {
    if !mail.header("List-Id").is_some_and(|id| id.contains('<') && id.contains('>')) {
        found.near("List-Id", "en-tête absent, ou sans <…>", "header missing, or without <…>");
    }
}

fn automatic(mail: &Mail, found: &mut Findings) {
    let stated = mail.header("Auto-Submitted").unwrap_or_default().to_ascii_lowercase();
    if !stated.starts_with("auto-") {
        found.near("Auto-Submitted", "en-tête absent", "header missing");
    }
}
