//! European and French law: CELEX, ELI, ECLI, JORFTEXT, NOR.

use super::{Found, pattern};
use crate::domain::identifier::Scheme;
use regex::{Captures, Regex};
use std::sync::LazyLock;

/// "règlement d'exécution (UE) 2024/482", "Regulation (EC) No 1049/2001", "directive 95/46/CE", "directive (UE) n° 2019/790".
static ACT: LazyLock<Regex> = LazyLock::new(|| {
    pattern(concat!(
        r"(?i)(?-u:\b)(?P<kind>r(?:è|e)glement|regulation|directive|d(?:é|e)cision)s?",
        r"(?:[ \u{a0}](?:d['’]ex(?:é|e)cution|d(?:é|e)l(?:é|e)gu(?:é|e)e?|europ(?:é|e)en(?:ne)?|of the european parliament[^.;\n]{0,40}?))?",
        r"[ \u{a0}](?P<prefix>\((?:UE|EU|CE|EC|CEE|EEC|Euratom)(?:, ?Euratom)?\)[ \u{a0}])?",
        r"(?P<no>(?:n[°ºo]\.?|no\.?)[ \u{a0}]?)?",
        r"(?P<a>[0-9]{1,4})/(?P<b>[0-9]{1,4})(?P<suffix>/(?:UE|EU|CE|EC|CEE|EEC|JAI|JHA))?(?P<end>[^0-9/]|$)",
    ))
});

/// Acts as texts name them, turned into CELEX numbers.
pub(super) fn acts(text: &str, found: &mut Found) {
    for act in ACT.captures_iter(text) {
        if let Some(celex) = celex_of_act(&act) {
            found.add(Scheme::Celex, celex);
        }
    }
}

/// Since 2015 acts are numbered year/number; before, regulations were number/year after "No", directives year/number.
fn celex_of_act(act: &Captures<'_>) -> Option<String> {
    let letter = match act["kind"].chars().next()?.to_ascii_lowercase() {
        'r' => 'R',
        _ if act["kind"].to_lowercase().starts_with("dir") => 'L',
        _ => 'D',
    };
    let european = act.name("prefix").is_some() || act.name("suffix").is_some();
    let (a, b) = (&act["a"], &act["b"]);
    let numbered = act.name("no").is_some();
    let (year, number) = match (year(a), year(b)) {
        (Some(_), Some(y)) if letter == 'R' && numbered => (y, a),
        (Some(y), _) if a.len() == 4 || letter != 'R' => (y, b),
        (_, Some(y)) if b.len() == 4 && european => (y, a),
        _ => return None,
    };
    let plain = a.len() == 4 && letter != 'D';
    (european || plain).then(|| format!("3{year}{letter}{number:0>4}"))
}

/// "2016" and "95"; two digits only for the years when directives had them.
fn year(text: &str) -> Option<u32> {
    let number: u32 = text.parse().ok()?;
    match text.len() {
        4 if (1952..=2099).contains(&number) => Some(number),
        2 if (58..=99).contains(&number) => Some(1900 + number),
        _ => None,
    }
}

static CELEX: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?:(?-u:\b)|%3[Aa])([0-9])((?:19[5-9][0-9]|20[0-9]{2})(?:R|L|D|H|C|XC|DC|PC|SC|CJ|CC|TJ|CO|TO|CN|TN|M|AB|AE|IP|AR)[0-9]{4})(?-u:\b)",
    )
});

/// CELEX numbers as such; sector 0, a consolidated text, is the act that it consolidates.
pub(super) fn celex(text: &str, found: &mut Found) {
    for number in CELEX.captures_iter(text) {
        let sector = if &number[1] == "0" { "3" } else { &number[1] };
        found.add(Scheme::Celex, format!("{sector}{}", &number[2]));
    }
}

static ELI: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?:data\.europa\.eu|legifrance\.gouv\.fr)/eli/([a-z_]+)/([0-9]{4})/([0-9]{1,5})(?:/([0-9]{1,2})/([A-Z]{4}[0-9]{7}[A-Z]))?",
    )
});

/// ELI paths; those of the Union also as CELEX, those of France also as NOR.
pub(super) fn eli(text: &str, found: &mut Found) {
    for eli in ELI.captures_iter(text) {
        let (kind, year, number) = (&eli[1], &eli[2], &eli[3]);
        if let (Some(day), Some(nor)) = (eli.get(4), eli.get(5)) {
            found.add(Scheme::Eli, format!("{kind}/{year}/{number}/{}/{}", day.as_str(), nor.as_str()));
            found.add(Scheme::Nor, nor.as_str());
            continue;
        }
        let letter = match kind {
            "reg" | "reg_impl" | "reg_del" => "R",
            "dir" | "dir_impl" | "dir_del" => "L",
            "dec" | "dec_impl" | "dec_del" => "D",
            _ => continue,
        };
        found.add(Scheme::Eli, format!("{kind}/{year}/{number}"));
        found.add(Scheme::Celex, format!("3{year}{letter}{number:0>4}"));
    }
}

static ECLI: LazyLock<Regex> =
    LazyLock::new(|| pattern(r"(?i)(?-u:\b)ECLI:([A-Z]{2}):([A-Z0-9.]{1,7}):([0-9]{4}):([A-Z0-9.]{1,25})"));

pub(super) fn ecli(text: &str, found: &mut Found) {
    for ecli in ECLI.captures_iter(text) {
        found.add(Scheme::Ecli, ecli[0].trim_end_matches('.').to_uppercase());
    }
}

static JOURNAL: LazyLock<Regex> =
    LazyLock::new(|| pattern(r"(?-u:\b)(?:(JORFTEXT[0-9]{12})|NOR[ \u{a0}]?:?[ \u{a0}]?([A-Z]{4}[0-9]{7}[A-Z]))(?-u:\b)"));

pub(super) fn journal(text: &str, found: &mut Found) {
    for number in JOURNAL.captures_iter(text) {
        if let Some(text) = number.get(1) {
            found.add(Scheme::Jorftext, text.as_str());
        }
        if let Some(nor) = number.get(2) {
            found.add(Scheme::Nor, nor.as_str());
        }
    }
}
