//! What people read about a score, in French and in English. No figure is computed here.

mod labels;

use super::{
    CAP_BLOCKED, CAP_INTEREST, CAP_RETRACTED, PINNED,
    curator::{CURATOR_ANSWER, CURATOR_EVIDENCE, CURATOR_PIN},
};
use crate::domain::{
    evidence::{Criterion, Evidence, Ledger, LedgerLine, Level, Missing, Reliability},
    localised::Locale,
};
use labels::{LABELS, LACKING, NOTHING};

/// « Auteur identifié : Jane Doe (dc:creator) ».
pub fn message(locale: Locale, evidence: &Evidence) -> String {
    let (label, colon) = (label(locale, &evidence.signal), locale.pick("\u{a0}: ", ": "));
    match (evidence.excerpt.as_deref(), worded(NOTHING, locale, &evidence.signal)) {
        (Some(share), Some(nothing)) if is_share(share) => format!("{label}{colon}{share} · {nothing}"),
        (Some(text), _) | (None, Some(text)) => format!("{label}{colon}{text}"),
        (None, None) => label.to_owned(),
    }
}

/// « +6,2 Auteur identifié : Jane Doe (dc:creator), C1 ».
pub fn line(locale: Locale, line: &LedgerLine) -> String {
    let points = signed(locale, line.contribution);
    format!("{points} {}, {}", message(locale, &line.evidence), line.evidence.criterion.id())
}

/// « Nom d'un auteur : jusqu'à +6,2, C1 ».
pub fn missing(locale: Locale, missing: &Missing) -> String {
    let label = worded(LACKING, locale, &missing.signal).unwrap_or_else(|| label(locale, &missing.signal));
    let points = signed(locale, missing.up_to);
    match locale {
        Locale::Fr => format!("{label}\u{a0}: jusqu'à {points}, {}", missing.criterion.id()),
        Locale::En => format!("{label}: up to {points}, {}", missing.criterion.id()),
    }
}

/// The level in words.
pub fn level(locale: Locale, level: Level) -> &'static str {
    match level {
        Level::Reliable => locale.pick("fiable", "reliable"),
        Level::RatherReliable => locale.pick("plutôt fiable", "rather reliable"),
        Level::CrossCheck => locale.pick("à recouper", "cross-check"),
        Level::Doubtful => locale.pick("douteux", "doubtful"),
        Level::Insufficient => locale.pick("preuves insuffisantes", "insufficient evidence"),
    }
}

/// « plutôt fiable : 62 sur 100 [55 à 69], confiance 58 % ».
pub fn headline(locale: Locale, reliability: &Reliability) -> String {
    let word = level(locale, reliability.level);
    if reliability.caps.iter().any(|cap| cap == CAP_BLOCKED) {
        return locale.pick("non évalué", "not scored").to_owned();
    }
    let (score, low, high) = (reliability.score.round(), reliability.low.round(), reliability.high.round());
    let confidence = (reliability.confidence * 100.0).round();
    match locale {
        Locale::Fr => format!("{word}\u{a0}: {score} sur 100 [{low} à {high}], confiance {confidence}\u{a0}%"),
        Locale::En => format!("{word}: {score} out of 100 [{low} to {high}], confidence {confidence}%"),
    }
}

/// A hard rule that applied, by its stable name; an unknown one stays as it is.
pub fn cap(locale: Locale, name: &str) -> &str {
    match name {
        CAP_INTEREST => locale.pick("intérêt détecté : C2 est plafonné", "interest detected: C2 is capped"),
        CAP_RETRACTED => locale.pick("texte rétracté ou retiré : score plafonné", "retracted or withdrawn: the score is capped"),
        PINNED => locale.pick("fixé par une personne", "set by a person"),
        CAP_BLOCKED => locale.pick("satire ou source bloquée : non évalué", "satire or blocked source: not scored"),
        other => other,
    }
}

/// What a criterion asks.
pub fn criterion(locale: Locale, criterion: Criterion) -> &'static str {
    match criterion {
        Criterion::C1 => locale.pick("L'auteur est identifié", "The author is identified"),
        Criterion::C2 => {
            locale.pick("L'auteur est compétent et sans intérêt personnel", "The author is competent and has no interest")
        }
        Criterion::C3 => locale.pick("Le contenu tient : date, sources, langue", "The content holds: date, sources, language"),
        Criterion::C4 => locale.pick("Le document est structuré", "The document is structured"),
        Criterion::C5 => locale.pick("Les normes d'accessibilité sont respectées", "Accessibility norms are respected"),
        Criterion::C6 => locale.pick("D'autres sites de confiance confirment", "Other trusted sites confirm it"),
    }
}

/// Signals that quote a phrase of our rules, a date in figures or the name of a curator: readers of an edition are told the signal alone.
const UNQUOTED: [&str; 6] = ["links.primary", "proof.official_act", "date.zoned", CURATOR_EVIDENCE, CURATOR_ANSWER, CURATOR_PIN];

/// The `count` lines that weigh most, worded without figures: what an edition says of an item. What speaks against it says so.
pub fn reasons(locale: Locale, ledger: &Ledger, count: usize) -> Vec<String> {
    let weighty = ledger.lines.iter().filter(|line| line.contribution.abs() >= 0.5);
    weighty.take(count).map(|line| reason(locale, line)).collect()
}

fn reason(locale: Locale, line: &LedgerLine) -> String {
    let said = match line.evidence.signal.as_str() {
        signal if UNQUOTED.contains(&signal) => label(locale, signal).to_owned(),
        _ => message(locale, &line.evidence),
    };
    if line.contribution > 0.0 {
        return said;
    }
    let mut letters = said.chars();
    let first = letters.next().into_iter().flat_map(char::to_lowercase);
    format!("{}{}{}", locale.pick("en sa défaveur, ", "against it, "), first.collect::<String>(), letters.as_str())
}

/// One decimal, the comma in French.
pub fn number(locale: Locale, value: f64) -> String {
    let text = format!("{value:.1}");
    locale.pick(text.replace('.', ","), text)
}

/// With its sign; a true minus sign, which screen readers say.
fn signed(locale: Locale, value: f64) -> String {
    let text = number(locale, value.abs());
    let zero = text.trim_matches(['0', '.', ',']).is_empty();
    let sign = if zero {
        "±"
    } else if value < 0.0 {
        "−"
    } else {
        "+"
    };
    format!("{sign}{text}")
}

/// "12/20": so many of a source's items, with nothing to quote.
fn is_share(excerpt: &str) -> bool {
    excerpt.contains('/') && excerpt.bytes().all(|b| b.is_ascii_digit() || b == b'/')
}

/// What people say; no signal that is looked for.
const CURATORS: &[(&str, &str, &str)] = &[
    (CURATOR_EVIDENCE, "Jugement d'une personne", "A person's judgement"),
    (CURATOR_ANSWER, "Fiche de qualification", "Qualification sheet"),
    (CURATOR_PIN, "Source fixée par une personne", "Source set by a person"),
];

fn label(locale: Locale, signal: &str) -> &str {
    worded(LABELS, locale, signal).or_else(|| worded(CURATORS, locale, signal)).unwrap_or(signal)
}

fn worded(table: &[(&str, &'static str, &'static str)], locale: Locale, signal: &str) -> Option<&'static str> {
    table.iter().find(|(name, _, _)| *name == signal).map(|(_, fr, en)| locale.pick(*fr, *en))
}

#[cfg(test)]
mod tests {
    use super::{
        labels::{LABELS, LACKING, NOTHING},
        level, line, message, missing, reason,
    };
    use crate::{
        domain::{
            evidence::{Criterion, Evidence, LedgerLine, Level, Missing, Provenance},
            localised::Locale::{En, Fr},
        },
        pipeline::reliability::signal::Signal,
    };

    #[test]
    fn every_signal_has_both_wordings_once() {
        for signal in Signal::ALL {
            let found: Vec<_> = LABELS.iter().filter(|(name, _, _)| *name == signal.name()).collect();
            assert_eq!(found.len(), 1, "{}", signal.name());
            assert!(!found[0].1.is_empty() && !found[0].2.is_empty() && found[0].1 != found[0].2, "{}", signal.name());
        }
        assert_eq!(LABELS.len(), Signal::ALL.len());
        for (name, _, _) in NOTHING.iter().chain(LACKING) {
            assert!(Signal::named(name).is_some(), "{name}");
        }
    }

    #[test]
    fn words_a_line_for_french_and_english_readers() {
        let evidence = Evidence {
            criterion: Criterion::C1,
            signal: "author.person".to_owned(),
            support: 1.0,
            weight: 3.0,
            observed_at: chrono::DateTime::UNIX_EPOCH,
            provenance: Provenance::Feed,
            excerpt: Some("Jane Doe (dc:creator)".to_owned()),
        };
        let of = |contribution| LedgerLine { evidence: evidence.clone(), contribution };
        assert_eq!(line(Fr, &of(6.23)), "+6,2 Auteur identifié\u{a0}: Jane Doe (dc:creator), C1");
        assert_eq!(line(En, &of(-6.25)), "−6.2 Author identified: Jane Doe (dc:creator), C1");
        assert_eq!(line(En, &of(-0.01)), "±0.0 Author identified: Jane Doe (dc:creator), C1");
        assert_eq!(message(En, &Evidence { excerpt: None, ..evidence.clone() }), "Author identified");
        let tone = |excerpt: Option<&str>| Evidence {
            signal: "title.tone".to_owned(),
            excerpt: excerpt.map(str::to_owned),
            ..evidence.clone()
        };
        for (excerpt, words) in [(None, "sobre"), (Some("3/5"), "3/5 · sobre"), (Some("!"), "!"), (Some("1/5 · !"), "1/5 · !")]
        {
            assert_eq!(message(Fr, &tone(excerpt)), format!("Ton du titre\u{a0}: {words}"));
        }
        let said = |signal: &str, contribution| {
            let evidence = Evidence { signal: signal.to_owned(), ..evidence.clone() };
            reason(Fr, &LedgerLine { evidence, contribution })
        };
        assert_eq!(said("author.person", 2.0), "Auteur identifié\u{a0}: Jane Doe (dc:creator)");
        assert_eq!(said("author.person", -2.0), "en sa défaveur, auteur identifié\u{a0}: Jane Doe (dc:creator)");
        assert_eq!(said("links.primary", 2.0), "Est la source première", "no phrase of our rules is quoted to readers");
        let lacking = Missing { criterion: Criterion::C1, signal: "author.person".to_owned(), up_to: 4.0 };
        assert_eq!(missing(Fr, &lacking), "Nom d'un auteur\u{a0}: jusqu'à +4,0, C1");
        assert_eq!(missing(En, &lacking), "Name of an author: up to +4.0, C1");
        assert_eq!((level(Fr, Level::CrossCheck), level(En, Level::CrossCheck)), ("à recouper", "cross-check"));
    }
}
