//! Chapter "text", continued: what it says, in signs and words.

use super::{
    HtmlCheck,
    links::holds_address,
    page::{Page, squash},
    rule::{Findings, Rule, Scope},
    signs,
};

const SIGNS: Rule = Rule {
    name: "text.signs",
    source: "RGAA 13.5",
    scope: Scope::Html,
    says: (
        "ni emoji, ni flèche, ni signe décoratif, ni trait de caractères",
        "no emoji, arrow, decorative sign or line of signs",
    ),
    remedy: ("ôter le signe, ou le dire en mots", "take the sign away, or say it in words"),
};

const CAPITALS: Rule = Rule {
    name: "text.capitals",
    source: "AcceDe, Orange",
    scope: Scope::Html,
    says: (
        "pas de mots en capitales, sigles à part, ni de lettres espacées",
        "no words in capitals, acronyms apart, and no spaced-out letters",
    ),
    remedy: ("écrire en minuscules, avec une majuscule au début", "write in lower case, with one capital at the start"),
};

const LEFTOVERS: Rule = Rule {
    name: "text.leftovers",
    source: "WCAG 3.1.5",
    scope: Scope::Html,
    says: (
        "ni entité échappée deux fois, ni balise visible, ni reste de modèle",
        "no entity escaped twice, visible tag or template leftover",
    ),
    remedy: ("décoder le texte une fois de plus, ou remplir la variable", "decode the text once more, or fill the variable"),
};

const MOJIBAKE: Rule = Rule {
    name: "text.mojibake",
    source: "WCAG 3.1.5",
    scope: Scope::Html,
    says: ("aucun caractère mal décodé", "no badly decoded character"),
    remedy: ("lire la source dans son vrai codage", "read the source in its true encoding"),
};

const DATES: Rule = Rule {
    name: "text.dates",
    source: "Pas-de-Calais",
    scope: Scope::Html,
    says: ("les dates sont en toutes lettres", "dates are in words"),
    remedy: ("écrire « mardi 6 janvier 2026 »", "write \"Tuesday 6 January 2026\""),
};

const FILLERS: Rule = Rule {
    name: "text.fillers",
    source: "EMC (preview text), RGAA 13.5",
    scope: Scope::Html,
    says: ("aucune suite de caractères invisibles", "no run of invisible characters"),
    remedy: ("ôter les caractères invisibles", "take the invisible characters away"),
};

/// A bare address in a title or a summary; the rule on whole documents is `link.address`.
const ADDRESS: Rule = Rule {
    name: "link.address",
    source: "AVH, RGAA 6.1, CA",
    scope: Scope::Html,
    says: ("aucune adresse web n'est écrite comme texte", "no web address is written as text"),
    remedy: ("ôter l'adresse du texte", "take the address out of the text"),
};

pub(super) const CHAPTER: &[HtmlCheck] = &[
    HtmlCheck { rule: SIGNS, run: |page, found| each_line(page, found, decoration) },
    HtmlCheck { rule: CAPITALS, run: |page, found| each_line(page, found, capitals) },
    HtmlCheck { rule: LEFTOVERS, run: |page, found| each_line(page, found, leftovers) },
    HtmlCheck { rule: MOJIBAKE, run: |page, found| each_line(page, found, mojibake) },
    HtmlCheck { rule: DATES, run: |page, found| each_line(page, found, dates) },
    HtmlCheck { rule: FILLERS, run: |page, found| each_line(page, found, fillers) },
];

/// Longer lines are judged by their start: such a document is too large to pass anyway.
const MOST_LINE_BYTES: usize = 20_000;

/// What is wrong with a line, in French and in English.
type Judgement = fn(&str) -> Option<(String, String)>;

static ALONE: [(&Rule, Judgement); 7] = [
    (&SIGNS, decoration),
    (&CAPITALS, capitals),
    (&LEFTOVERS, leftovers),
    (&MOJIBAKE, mojibake),
    (&DATES, dates),
    (&FILLERS, fillers),
    (&ADDRESS, address),
];

/// Holds a text that stands alone against all these rules.
pub(super) fn check(text: &str, found: &mut Findings) {
    for (rule, judge) in ALONE {
        found.begin(rule);
        if let Some((fr, en)) = judge(text) {
            found.near(text, fr, en);
        }
    }
}

/// Lines of the visible text, the title, and what images say.
fn each_line(page: &Page, found: &mut Findings, judge: Judgement) {
    let title = squash(&page.title);
    let spoken = page.elements().flat_map(|element| ["alt", "aria-label"].into_iter().filter_map(move |name| element.attr(name)));
    for line in page.lines().chain([title.as_str()]).chain(spoken) {
        let line = line.get(..line.floor_char_boundary(MOST_LINE_BYTES)).unwrap_or(line);
        if let Some((fr, en)) = judge(line) {
            found.near(line, fr, en);
        }
    }
}

fn decoration(line: &str) -> Option<(String, String)> {
    if let Some(sign) = signs::decorative(line) {
        let code = u32::from(sign);
        return Some((format!("signe décoratif {sign} (U+{code:04X})"), format!("decorative sign {sign} (U+{code:04X})")));
    }
    signs::is_ruled(line).then(|| ("trait fait de caractères".to_owned(), "line drawn with characters".to_owned()))
}

fn capitals(line: &str) -> Option<(String, String)> {
    if signs::is_spaced_out(line) {
        return Some(("lettres espacées".to_owned(), "spaced-out letters".to_owned()));
    }
    signs::capitals(line).map(|run| (format!("capitales : {run}"), format!("capitals: {run}")))
}

fn leftovers(line: &str) -> Option<(String, String)> {
    signs::leftover(line)
        .map(|found| (format!("reste de code : {}", found.trim()), format!("leftover of code: {}", found.trim())))
}

fn mojibake(line: &str) -> Option<(String, String)> {
    signs::mojibake(line).map(|found| (format!("caractères mal décodés : {found}"), format!("badly decoded characters: {found}")))
}

fn dates(line: &str) -> Option<(String, String)> {
    signs::date_in_figures(line).map(|date| (format!("date en chiffres : {date}"), format!("date in figures: {date}")))
}

fn fillers(line: &str) -> Option<(String, String)> {
    signs::filler(line).map(|sign| {
        let code = u32::from(sign);
        (format!("caractère invisible U+{code:04X}"), format!("invisible character U+{code:04X}"))
    })
}

fn address(line: &str) -> Option<(String, String)> {
    holds_address(line).then(|| ("adresse web dans le texte".to_owned(), "web address in the text".to_owned()))
}
