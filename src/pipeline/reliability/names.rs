//! Who signs: a person, an institution, an organisation, a pseudonym, or nobody in particular.

use super::fold::folded;
use std::collections::{BTreeMap, HashSet};

/// What a signature names, from the best identified to the least.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Signature {
    Person,
    /// A public body's name: signs as an institution wherever it appears.
    Institution,
    Organisation,
    Pseudonym,
    Generic,
}

/// One signature read: what it names, the name cleaned, whether a job stands beside it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Signed {
    pub(crate) kind: Signature,
    pub(crate) name: String,
    pub(crate) with_job: bool,
}

/// The compiled tables of `[names]`.
pub(crate) struct Names {
    prefixes: Vec<String>,
    generic: HashSet<String>,
    institution: HashSet<String>,
    organisation: HashSet<String>,
    agencies: HashSet<String>,
    jobs: HashSet<String>,
    particles: HashSet<String>,
    roles: HashSet<String>,
}

impl Names {
    pub(crate) fn compile(tables: &BTreeMap<String, Vec<String>>) -> Result<Self, String> {
        let known = ["prefixes", "generic", "institution", "organisation", "agencies", "jobs", "particles", "roles"];
        if let Some(unknown) = tables.keys().find(|name| !known.contains(&name.as_str())) {
            return Err(format!("[names] knows no \"{unknown}\"; it has {}", known.join(", ")));
        }
        let list = |name: &str| tables.get(name).ok_or_else(|| format!("[names] lacks \"{name}\""));
        let set = |name: &str| Ok::<HashSet<String>, String>(list(name)?.iter().map(|text| folded(text)).collect());
        Ok(Self {
            prefixes: list("prefixes")?.iter().map(|text| folded(text)).collect(),
            generic: set("generic")?,
            institution: set("institution")?,
            organisation: set("organisation")?,
            agencies: set("agencies")?,
            jobs: set("jobs")?,
            particles: set("particles")?,
            roles: list("roles")?.iter().cloned().collect(),
        })
    }

    /// Reads one signature as stated, which may name several: the best identified of them.
    pub(crate) fn read(&self, stated: &str) -> Option<Signed> {
        let stated = self.without_prefix(stated.trim());
        let mut with_job = false;
        let mut best: Option<Signed> = None;
        for part in split(&stated) {
            if best.is_some() && self.is_job(part) {
                with_job = true;
                continue;
            }
            let Some((kind, name)) = self.one(part) else { continue };
            if best.as_ref().is_none_or(|known| kind < known.kind) {
                best = Some(Signed { kind, name, with_job: false });
            }
        }
        best.map(|signed| Signed { with_job, ..signed })
    }

    fn without_prefix(&self, stated: &str) -> String {
        for prefix in &self.prefixes {
            let words = prefix.split(' ').count();
            let mut rest = stated;
            for _ in 0..words {
                rest = rest.trim_start().split_once([' ', '\u{a0}', ':']).map_or("", |(_, rest)| rest);
            }
            let start = &stated[..stated.len() - rest.len()];
            if !rest.trim().is_empty() && folded(start) == *prefix {
                return rest.trim_start_matches([' ', ':', '\u{a0}']).to_owned();
            }
        }
        stated.to_owned()
    }

    fn is_job(&self, part: &str) -> bool {
        folded(part).split(' ').any(|word| self.jobs.contains(word))
    }

    fn one(&self, part: &str) -> Option<(Signature, String)> {
        let part = part.trim().trim_start_matches('@').trim_matches(|c: char| !c.is_alphanumeric() && c != '.' && c != ')');
        let part = part.split(" (").next().unwrap_or(part).trim();
        if let Some((local, _)) = part.split_once('@') {
            return Some(self.mail_address(local));
        }
        let plain = folded(part);
        if plain.is_empty() || plain.chars().all(|c| c.is_numeric() || c == ' ') {
            return None;
        }
        let has = |set: &HashSet<String>| plain.split(' ').any(|word| set.contains(word));
        let kind = if self.generic.contains(&plain) {
            Signature::Generic
        } else if self.agencies.contains(&plain) {
            Signature::Organisation
        } else if has(&self.institution) {
            Signature::Institution
        } else if has(&self.organisation) || looks_like_domain(part) {
            Signature::Organisation
        } else if self.is_person(part) {
            Signature::Person
        } else if plain.contains(' ') {
            Signature::Organisation
        } else {
            Signature::Pseudonym
        };
        Some((kind, part.to_owned()))
    }

    /// "prenom.nom" names a person, "contact" nobody.
    fn mail_address(&self, local: &str) -> (Signature, String) {
        let local = local.rsplit(|c: char| c.is_whitespace() || c == '<').next().unwrap_or(local);
        let words: Vec<&str> = local.split(['.', '_']).collect();
        let plausible = |word: &&str| word.len() >= 2 && word.chars().all(|c| c.is_alphabetic() || c == '-');
        if self.roles.contains(&local.to_lowercase()) || words.iter().any(|word| self.roles.contains(&word.to_lowercase())) {
            (Signature::Generic, local.to_owned())
        } else if (2..=3).contains(&words.len()) && words.iter().all(plausible) {
            let name: Vec<String> = words.iter().map(|word| capitalised(word)).collect();
            (Signature::Person, name.join(" "))
        } else {
            (Signature::Pseudonym, local.to_owned())
        }
    }

    /// Two to six words of letters, particles apart; or two to four Han, kana or hangul signs.
    fn is_person(&self, name: &str) -> bool {
        let letters =
            |word: &str| word.chars().all(|c| c.is_alphabetic() || matches!(c, '.' | '-' | '\'' | '’' | '\u{300}'..='\u{36f}'));
        let compact = name.chars().filter(|c| !c.is_whitespace()).count();
        if name.chars().all(|c| is_east_asian(c) || c.is_whitespace()) {
            return (2..=6).contains(&compact);
        }
        let words: Vec<&str> = name.split_whitespace().collect();
        let own = words.iter().filter(|word| !self.particles.contains(&folded(word)));
        let long = words.iter().filter(|word| word.trim_end_matches('.').chars().count() >= 2).count();
        let article = words.first().is_some_and(|word| matches!(folded(word).as_str(), "the" | "le" | "la" | "les"));
        !article && (2..=6).contains(&words.len()) && own.count() >= 2 && long >= 1 && words.iter().all(|word| letters(word))
    }
}

/// "Jane Doe, John Roe et Ada Poe" is three signatures; "Doe, Jane" stays one only by chance, and is read as a pseudonym pair.
fn split(stated: &str) -> impl Iterator<Item = &str> {
    let mut parts = Vec::new();
    for part in stated.split([',', ';', '|', '/', '&', '·', '•', '\n']) {
        let mut rest = part;
        while let Some((at, width)) = [" and ", " et ", " avec ", " with ", " – ", " - ", " — "]
            .iter()
            .filter_map(|word| rest.find(word).map(|at| (at, word.len())))
            .min()
        {
            parts.push(&rest[..at]);
            rest = &rest[at + width..];
        }
        parts.push(rest);
    }
    parts.into_iter().filter(|part| !part.trim().is_empty())
}

fn looks_like_domain(text: &str) -> bool {
    !text.contains(' ')
        && text.contains('.')
        && text.rsplit('.').next().is_some_and(|end| (2..=6).contains(&end.len()) && end.is_ascii())
}

fn is_east_asian(c: char) -> bool {
    matches!(c, '\u{3040}'..='\u{30ff}' | '\u{3400}'..='\u{9fff}' | '\u{ac00}'..='\u{d7af}' | '·')
}

fn capitalised(word: &str) -> String {
    let mut chars = word.chars();
    chars.next().map_or_else(String::new, |first| first.to_uppercase().chain(chars.flat_map(char::to_lowercase)).collect())
}

/// An ORCID whose last character is right (ISO 7064, MOD 11-2), anywhere in `text`, in canonical form.
pub(crate) fn orcid(text: &str) -> Option<String> {
    let start = text.find("orcid.org/")? + "orcid.org/".len();
    let id = text.get(start..start + 19)?;
    let digits: Vec<u32> =
        id.chars().filter(|c| *c != '-').map(|c| if c == 'X' { Some(10) } else { c.to_digit(10) }).collect::<Option<_>>()?;
    let (check, rest) = digits.split_last()?;
    let total = rest.iter().fold(0, |total, digit| (total + digit) * 2 % 11);
    let shape = digits.len() == 16 && id.bytes().enumerate().all(|(at, b)| (b == b'-') == (at % 5 == 4)) && !rest.contains(&10);
    (shape && (12 - total % 11) % 11 == *check).then(|| id.to_owned())
}

#[cfg(test)]
mod tests {
    use super::{Signature, orcid};
    use crate::pipeline::reliability::Rules;

    use Signature::{Generic, Institution, Organisation, Person, Pseudonym};

    const SIGNATURES: &[(&str, Signature, &str)] = &[
        ("Jane Doe", Person, "Jane Doe"),
        ("Par Jane Doe", Person, "Jane Doe"),
        ("By Jane Doe and John Roe", Person, "Jane Doe"),
        ("Écrit par : Zoé Le Guen", Person, "Zoé Le Guen"),
        ("Jane Doe, journaliste", Person, "Jane Doe"),
        ("Jane Doe avec AFP", Person, "Jane Doe"),
        ("AFP, Jane Doe", Person, "Jane Doe"),
        ("Jane Doe (Le Monde)", Person, "Jane Doe"),
        ("jane.doe@example.org", Person, "Jane Doe"),
        ("J. R. R. Tolkien", Person, "J. R. R. Tolkien"),
        ("Charles de Gaulle", Person, "Charles de Gaulle"),
        ("Ludwig van Beethoven", Person, "Ludwig van Beethoven"),
        ("Jean-Pierre O’Neill", Person, "Jean-Pierre O’Neill"),
        ("Jane DOE", Person, "Jane DOE"),
        ("李 小龙", Person, "李 小龙"),
        ("AFP", Organisation, "AFP"),
        ("Reuters", Organisation, "Reuters"),
        ("Le Monde avec AFP", Organisation, "Le Monde"),
        ("The Cloudflare Team", Organisation, "The Cloudflare Team"),
        ("OpenAI", Organisation, "OpenAI"),
        ("example.org", Organisation, "example.org"),
        ("CNIL", Institution, "CNIL"),
        (
            "European Data Protection Board Secretariat, Commission européenne",
            Institution,
            "European Data Protection Board Secretariat",
        ),
        ("Le Monde Informatique", Organisation, "Le Monde Informatique"),
        ("The Verge", Organisation, "The Verge"),
        ("Ministère de l'Économie", Institution, "Ministère de l'Économie"),
        ("korben", Pseudonym, "korben"),
        ("@swiftonsecurity", Pseudonym, "swiftonsecurity"),
        ("x9000", Pseudonym, "x9000"),
        ("admin", Generic, "admin"),
        ("La Rédaction", Generic, "La Rédaction"),
        ("Editorial Team", Generic, "Editorial Team"),
        ("contact@example.org", Generic, "contact"),
        ("by Staff", Generic, "Staff"),
        ("Par la rédaction", Generic, "la rédaction"),
    ];

    #[test]
    fn tells_people_from_institutions_and_from_nobody() {
        let rules = Rules::shipped();
        for (stated, kind, name) in SIGNATURES {
            let read = rules.names.read(stated).unwrap();
            assert_eq!((read.kind, read.name.as_str()), (*kind, *name), "{stated}");
        }
        for nobody in ["", "  ", "—", "123", "()"] {
            assert_eq!(rules.names.read(nobody), None, "{nobody:?}");
        }
        assert!(rules.names.read("Jane Doe, directrice de recherche").unwrap().with_job);
        assert!(!rules.names.read("Jane Doe, John Roe").unwrap().with_job);
    }

    #[test]
    fn checks_the_last_character_of_an_orcid() {
        for (text, valid) in [
            ("https://orcid.org/0000-0002-1825-0097", true),
            ("https://orcid.org/0000-0001-5109-3700", true),
            ("https://orcid.org/0000-0002-1694-233X", true),
            ("https://orcid.org/0000-0002-1825-0098", false),
            ("https://orcid.org/0000-0002-1825", false),
            ("https://orcid.org/00000002-18250097-123", false),
            ("https://example.org/", false),
        ] {
            assert_eq!(orcid(text).is_some(), valid, "{text}");
        }
    }
}
