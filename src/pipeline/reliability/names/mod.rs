//! Who signs: a person, an institution, an organisation, a pseudonym, or nobody in particular.

mod address;
mod titles;

pub(crate) use address::orcid;

use super::fold::folded;
use address::{handle, named_address};
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
    /// "Dr", "Mme": not part of a name.
    honorifics: HashSet<String>,
    /// "Senior", "political": words that only stand before a job.
    ranks: HashSet<String>,
}

impl Names {
    pub(crate) fn compile(tables: &BTreeMap<String, Vec<String>>) -> Result<Self, String> {
        let known = [
            "prefixes",
            "generic",
            "institution",
            "organisation",
            "agencies",
            "jobs",
            "particles",
            "roles",
            "honorifics",
            "ranks",
        ];
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
            honorifics: set("honorifics")?,
            ranks: set("ranks")?,
        })
    }

    /// Reads one signature as stated, which may name several: the best identified of them.
    pub(crate) fn read(&self, stated: &str) -> Option<Signed> {
        let stated = stated.trim();
        if stated.starts_with("http://") || stated.starts_with("https://") || stated.starts_with("www.") {
            return self.one(&handle(stated)?);
        }
        let stated = self.without_prefix(stated);
        if let Some(turned) = self.turned(&stated) {
            return Some(Signed { kind: Signature::Person, name: turned, with_job: false });
        }
        let mut with_job = false;
        let mut best: Option<Signed> = None;
        for part in split(&stated) {
            if best.is_some() && self.is_job(part) {
                with_job = true;
                continue;
            }
            let Some(signed) = self.one(part) else { continue };
            with_job |= signed.with_job;
            if best.as_ref().is_none_or(|known| signed.kind < known.kind) {
                best = Some(signed);
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
            // "ByJane Doe": two elements of a page whose texts were put together.
            if rest.is_empty() || folded(&stated[..stated.len() - rest.len()]) != *prefix {
                rest = glued(stated, prefix).unwrap_or(rest);
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

    fn one(&self, part: &str) -> Option<Signed> {
        let part = part.trim().trim_start_matches('@');
        if let Some((local, _)) = part.split_once('@') {
            let named = named_address(part).and_then(|name| self.one(name));
            let by_address = || self.mail_address(local);
            return named.or_else(|| by_address().map(|(kind, name)| Signed { kind, name, with_job: false }));
        }
        let part = part.trim_matches(|c: char| !c.is_alphanumeric() && c != '.' && c != ')');
        let part = part.split(" (").next().unwrap_or(part).trim();
        let bare = self.without_titles(part);
        let (kind, name) = self.named(bare.name)?;
        match kind {
            Signature::Person => Some(Signed { kind, name, with_job: bare.with_job }),
            // What no name is left of keeps its titles: "Staff Writer" is a role, not somebody called Staff.
            _ => self.named(part).map(|(kind, name)| Signed { kind, name, with_job: false }),
        }
    }

    /// What a name without its surroundings stands for.
    fn named(&self, part: &str) -> Option<(Signature, String)> {
        let plain = folded(part);
        if plain.is_empty() || plain.chars().all(|c| c.is_numeric() || c == ' ') {
            return None;
        }
        let has = |set: &HashSet<String>| plain.split(' ').any(|word| set.contains(word));
        let kind = if self.generic.contains(&plain) || is_account(&plain) {
            Signature::Generic
        } else if self.agencies.contains(&plain) {
            Signature::Organisation
        } else if has(&self.institution) {
            Signature::Institution
        } else if has(&self.organisation) || looks_like_domain(part) {
            Signature::Organisation
        } else if self.is_person(part) {
            Signature::Person
        } else if part.contains(char::is_whitespace) {
            Signature::Organisation
        } else {
            Signature::Pseudonym
        };
        let shown = if kind == Signature::Person { self.spelt(part) } else { part.to_owned() };
        Some((kind, shown))
    }

    /// "Doe, Jane" is one person: two words that are nothing else.
    fn turned(&self, stated: &str) -> Option<String> {
        let (family, given) = stated.split_once(',')?;
        let (family, given) = (family.trim(), given.trim());
        let plain = |word: &str| {
            let known = folded(word);
            let other = [&self.agencies, &self.organisation, &self.institution, &self.generic, &self.jobs, &self.honorifics];
            word.starts_with(char::is_uppercase) && !word.contains([' ', ',']) && !other.iter().any(|set| set.contains(&known))
        };
        let turned = format!("{given} {family}");
        let initials = given.len() > 1 || given.ends_with('.');
        (plain(family) && plain(given) && initials && self.is_person(&turned)).then(|| self.spelt(&turned))
    }

    /// "JANE DOE" without shouting; other spellings are people's own.
    fn spelt(&self, name: &str) -> String {
        if name.chars().any(char::is_lowercase) || !name.contains(' ') {
            return name.to_owned();
        }
        let word = |word: &str| match word {
            _ if self.particles.contains(&folded(word)) => word.to_lowercase(),
            _ if word.contains('.') => word.to_owned(),
            _ => word.split('-').map(capitalised).collect::<Vec<_>>().join("-"),
        };
        name.split_whitespace().map(word).collect::<Vec<_>>().join(" ")
    }

    /// "prenom.nom" names a person, "contact" nobody.
    fn mail_address(&self, local: &str) -> Option<(Signature, String)> {
        let local = local.rsplit(|c: char| c.is_whitespace() || c == '<').next().unwrap_or(local);
        let words: Vec<&str> = local.split(['.', '_']).collect();
        let plausible = |word: &&str| word.len() >= 2 && word.chars().all(|c| c.is_alphabetic() || c == '-');
        if local.is_empty() {
            return None;
        }
        let signed =
            if self.roles.contains(&local.to_lowercase()) || words.iter().any(|word| self.roles.contains(&word.to_lowercase())) {
                (Signature::Generic, local.to_owned())
            } else if (2..=3).contains(&words.len()) && words.iter().all(plausible) {
                let name: Vec<String> = words.iter().map(|word| capitalised(word)).collect();
                (Signature::Person, name.join(" "))
            } else {
                (Signature::Pseudonym, local.to_owned())
            };
        Some(signed)
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
    for part in stated.split([',', ';', '|', '/', '&', '·', '•', '、', '，', '；', '،', '\n']) {
        let mut rest = part;
        while let Some((at, width)) = [" and ", " et ", " und ", " avec ", " with ", " – ", " - ", " — "]
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

/// "siteadmin", "admin2": an account, nobody's name.
fn is_account(plain: &str) -> bool {
    !plain.contains(' ')
        && ["admin", "webmaster", "redaction"].iter().any(|role| plain.starts_with(role) || plain.ends_with(role))
}

fn looks_like_domain(text: &str) -> bool {
    !text.contains(' ')
        && text.contains('.')
        && text.rsplit('.').next().is_some_and(|end| (2..=6).contains(&end.len()) && end.is_ascii())
}

/// What follows a prefix that is glued to a capital.
fn glued<'a>(stated: &'a str, prefix: &str) -> Option<&'a str> {
    let (start, rest) = stated.split_at_checked(prefix.len())?;
    let same = folded(start) == *prefix && start.ends_with(char::is_lowercase);
    (same && rest.starts_with(char::is_uppercase)).then_some(rest)
}

fn is_east_asian(c: char) -> bool {
    matches!(c, '\u{3040}'..='\u{30ff}' | '\u{3400}'..='\u{9fff}' | '\u{ac00}'..='\u{d7af}' | '·')
}

fn capitalised(word: &str) -> String {
    let mut chars = word.chars();
    chars.next().map_or_else(String::new, |first| first.to_uppercase().chain(chars.flat_map(char::to_lowercase)).collect())
}

#[cfg(test)]
mod tests {
    use super::Signature;
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
        ("kevin-r", Pseudonym, "kevin-r"),
        ("siteadmin", Generic, "siteadmin"),
        ("@swiftonsecurity", Pseudonym, "swiftonsecurity"),
        ("x9000", Pseudonym, "x9000"),
        ("admin", Generic, "admin"),
        ("La Rédaction", Generic, "La Rédaction"),
        ("Editorial Team", Generic, "Editorial Team"),
        ("contact@example.org", Generic, "contact"),
        ("by Staff", Generic, "Staff"),
        ("Par la rédaction", Generic, "la rédaction"),
        // Titles, jobs and places are no part of a name.
        ("Dr. Jane Doe", Person, "Jane Doe"),
        ("Me Anne Tissot", Person, "Anne Tissot"),
        ("Mme Jeanne de La Tour", Person, "Jeanne de La Tour"),
        ("Jane Doe Staff Writer", Person, "Jane Doe"),
        ("Jane Doe, Senior Political Correspondent", Person, "Jane Doe"),
        ("Jane Doe Senior Political Correspondent", Person, "Jane Doe"),
        ("Jane Doe in Kyiv", Person, "Jane Doe"),
        ("Jane Doe for Example News", Person, "Jane Doe"),
        ("Jane Doe à Bruxelles", Person, "Jane Doe"),
        ("By Jane Doe Published March 3, 2026", Person, "Jane Doe"),
        ("Jane Doe le 3 mars 2026", Person, "Jane Doe"),
        ("ByJane Doe", Person, "Jane Doe"),
        ("Byron Bay", Person, "Byron Bay"),
        ("John Doe Jr.", Person, "John Doe Jr."),
        ("JANE VAN DER BERG", Person, "Jane van der Berg"),
        ("JEAN-PIERRE DUPONT", Person, "Jean-Pierre Dupont"),
        ("Doe, Jane", Person, "Jane Doe"),
        ("Jane Doe & John Roe", Person, "Jane Doe"),
        ("Ahmed ben Salah", Person, "Ahmed ben Salah"),
        ("محمد علي", Person, "محمد علي"),
        ("张伟、李娜", Person, "张伟"),
        // Addresses.
        ("jane@example.org (Jane Doe)", Person, "Jane Doe"),
        ("Jane Doe <redaction@example.org>", Person, "Jane Doe"),
        ("https://www.facebook.com/jane.doe", Person, "Jane Doe"),
        ("https://twitter.com/janedoe", Pseudonym, "janedoe"),
        // Nobody.
        ("Staff Writer", Generic, "Staff Writer"),
        ("Web Desk", Generic, "Web Desk"),
        ("Reuters, AFP", Organisation, "Reuters"),
        ("Microsoft, Google", Organisation, "Microsoft"),
        ("Smart Home Deals", Organisation, "Smart Home Deals"),
        ("AFP/Jane Doe", Person, "Jane Doe"),
    ];

    #[test]
    fn tells_people_from_institutions_and_from_nobody() {
        let rules = Rules::shipped();
        for (stated, kind, name) in SIGNATURES {
            let read = rules.names.read(stated).unwrap();
            assert_eq!((read.kind, read.name.as_str()), (*kind, *name), "{stated}");
        }
        for nobody in ["", "  ", "—", "123", "()", "https://www.facebook.com/", "https://www.facebook.com/profile.php?id=1", "@"]
        {
            assert_eq!(rules.names.read(nobody), None, "{nobody:?}");
        }
        assert!(rules.names.read("Jane Doe, directrice de recherche").unwrap().with_job);
        assert!(rules.names.read("Prof. Jane Doe").unwrap().with_job);
        assert!(!rules.names.read("Mme Jane Doe").unwrap().with_job, "everybody is a Mme or a M.");
        assert!(!rules.names.read("Jane Doe, John Roe").unwrap().with_job);
    }
}
