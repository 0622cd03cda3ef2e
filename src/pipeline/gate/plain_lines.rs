//! Chapter "message", continued: the lines of the text part, one by one.

use super::{
    links::tracking_parameter,
    message::{Mail, MessageCheck},
    plain::Flow,
    rule::{Findings, Rule, Scope},
    signs,
};

/// RFC 5322 recommends 78 columns.
const WIDEST_LINE: usize = 78;

pub(super) const CHAPTER: &[MessageCheck] = &[
    MessageCheck {
        rule: Rule {
            name: "plain.signs",
            source: "TEN, RGAA 13.5",
            scope: Scope::Message,
            says: ("ni ligne de signes, ni *, ni •, ni emoji, ni capitales", "no line of signs, no *, •, emoji or capitals"),
            remedy: ("séparer par des lignes vides, écrire en minuscules", "separate with blank lines, write in lower case"),
        },
        run: plain_signs,
    },
    MessageCheck {
        rule: Rule {
            name: "plain.leftovers",
            source: "WCAG 3.1.5",
            scope: Scope::Message,
            says: (
                "ni balise, ni entité, ni reste de modèle, ni date en chiffres",
                "no tag, entity, template leftover or date in figures",
            ),
            remedy: ("écrire la partie texte avec son propre modèle", "write the text part with its own template"),
        },
        run: plain_leftovers,
    },
    MessageCheck {
        rule: Rule {
            name: "plain.tracking",
            source: "TEN",
            scope: Scope::Message,
            says: ("les adresses sont sans paramètre de suivi", "addresses carry no tracking parameter"),
            remedy: ("ôter utm_… et les autres paramètres de suivi", "take utm_… and other tracking parameters away"),
        },
        run: plain_tracking,
    },
    MessageCheck {
        rule: Rule {
            name: "plain.columns",
            source: "RFC 5322 2.1.1, RFC 3676",
            scope: Scope::Message,
            says: ("78 colonnes au plus, ou format=flowed", "at most 78 columns, or format=flowed"),
            remedy: ("couper les lignes à 72 colonnes", "wrap lines at 72 columns"),
        },
        run: columns,
    },
];

/// A line without its addresses, which may hold any sign.
fn without_addresses(line: &str) -> String {
    line.split_whitespace().filter(|word| !word.contains("://") && !word.contains('@')).collect::<Vec<_>>().join(" ")
}

fn plain_signs(mail: &Mail, found: &mut Findings) {
    let Some(plain) = &mail.plain else { return };
    for line in plain.text.lines() {
        let bare = without_addresses(line);
        if signs::is_ruled(&bare) || (bare.len() >= 2 && !bare.chars().any(char::is_alphanumeric) && bare.trim() != "--") {
            found.near(line, "ligne de signes", "line of signs");
        } else if let Some(sign) = signs::decorative(&bare).or_else(|| bare.chars().find(|c| *c == '*')) {
            found.near(line, format!("signe {sign}"), format!("sign {sign}"));
        } else if let Some(run) = signs::capitals(&bare) {
            found.near(line, format!("capitales : {run}"), format!("capitals: {run}"));
        }
    }
}

fn plain_leftovers(mail: &Mail, found: &mut Findings) {
    let Some(plain) = &mail.plain else { return };
    for line in plain.text.lines() {
        let bare = without_addresses(line);
        let rest = signs::leftover(&bare).or_else(|| signs::mojibake(&bare)).or_else(|| signs::date_in_figures(&bare));
        if let Some(rest) = rest {
            found.near(line, format!("à corriger : {rest}"), format!("to be corrected: {rest}"));
        } else if signs::filler(&bare).is_some() {
            found.near(line, "caractères invisibles", "invisible characters");
        }
    }
}

fn plain_tracking(mail: &Mail, found: &mut Findings) {
    let Some(plain) = &mail.plain else { return };
    for word in plain.text.split_whitespace().filter(|word| word.contains("://")) {
        if let Some(parameter) = tracking_parameter(word) {
            found.near(word, format!("paramètre de suivi {parameter}"), format!("tracking parameter {parameter}"));
        }
    }
}

fn columns(mail: &Mail, found: &mut Findings) {
    let Some(plain) = mail.plain.as_ref().filter(|plain| plain.flow == Flow::Fixed) else { return };
    for (index, line) in plain.text.lines().enumerate() {
        let width = line.chars().count();
        if width > WIDEST_LINE && line.trim().contains(' ') {
            found.near(line, format!("ligne {} : {width} colonnes", index + 1), format!("line {}: {width} columns", index + 1));
        }
    }
}
