//! A made-up edition that holds every kind of content: to check templates, to look at, to test the gate with.

use crate::{
    domain::{
        edition::{Considered, EditionContent, EditionItem, ItemReliability, OtherReport, Reason, Section},
        erratum::{Change, Erratum},
        evidence::Level,
        localised::Locale,
        relevance::Place,
        slug::Slug,
    },
    pipeline::render::Links,
};
use chrono::{Days, NaiveDate};

/// An edition of `items` stories over at most four themes; the same arguments give the same edition.
///
/// It holds French, English, German and undetermined languages, a story without address, one without summary, an announcement,
/// a kept one, each level of reliability, other reports and copies, characters that must be escaped, a title of full length.
pub fn sample_edition(items: usize, locale: Locale) -> EditionContent {
    let names = locale.pick(
        ["Règlement européen sur l'IA", "Protection des données", "Outils d'IA", "Cybersécurité"],
        ["EU AI Act", "Data protection", "AI tools", "Cybersecurity"],
    );
    let themes = names.len().min(items);
    let section = |(place, name): (usize, &&str)| Section {
        theme: Slug::propose(name),
        name: (*name).to_owned(),
        items: (0..items).filter(|n| n % names.len() == place).map(|n| item(n, locale)).collect(),
    };
    EditionContent {
        title: locale.pick("Veille IA de la semaine", "AI watch of the week").to_owned(),
        language: locale,
        date: day(0),
        issue: 12,
        synthesis: (items > 0).then(|| {
            let french =
                "Les lignes directrices sont publiées & s'appliquent tout de suite.\n\nNotre projet doit tenir un registre.";
            locale.pick(french, "The guidelines are out & apply at once.\n\nOur project must keep a register.").to_owned()
        }),
        sections: names.iter().enumerate().take(themes).map(section).collect(),
        considered: Considered { sources: 61, items: 1_214, stories: 700, left_out: items / 3 },
        errata: if items > 3 { errata(locale) } else { Vec::new() },
        notices: (items > 3)
            .then(|| locale.pick("Numéro 11 : la date du texte était fausse.", "Issue 11: a date was wrong.").to_owned())
            .into_iter()
            .collect(),
    }
}

/// Links for a sample.
pub fn sample_links() -> Links {
    Links {
        web_copy: Some("https://veille.example.org/editions/hebdo/2026-W48".to_owned()),
        unsubscribe: "mailto:veille@example.org?subject=unsubscribe%20hebdo".to_owned(),
        report: "mailto:veille@example.org?subject=accessibility".to_owned(),
    }
}

fn day(before: usize) -> NaiveDate {
    NaiveDate::from_ymd_opt(2026, 11, 23).unwrap_or_default() - Days::new(before as u64 % 7)
}

const TITLES: [(&str, Option<&str>, &str); 6] = [
    ("La CNIL publie ses recommandations sur les modèles d'IA", Some("fr"), "CNIL"),
    ("Commission adopts guidelines on general-purpose AI & transparency", Some("en"), "European Commission"),
    ("Rust 1.95 : ce qui change pour Vec<u8> et « async »", Some("fr"), "LinuxFr.org"),
    ("Neue Leitlinien zum Datenschutz bei Sprachmodellen", Some("de"), "Beispiel-Behörde"),
    ("Example Labs announces \"Example 5\", its new language model", Some("en"), "Example Labs"),
    ("Registre des incidents", None, "Observatoire de l'exemple"),
];

fn item(n: usize, locale: Locale) -> EditionItem {
    let (title, language, publisher) = TITLES[n % TITLES.len()];
    let round = n / TITLES.len();
    let title = match (n, round) {
        (2, _) => format!("{title}, {}", "et une suite qui va jusqu'à la longueur permise d'un titre de lettre, mot après mot"),
        (_, 0) => title.to_owned(),
        _ => format!("{title}, {}", locale.pick(format!("épisode {round}"), format!("part {round}"))),
    };
    EditionItem {
        item: n as i64 + 1,
        story: n as i64 + 1,
        title,
        url: (n % 11 != 5).then(|| format!("https://news.example/{n}/article?a=1&b=2")),
        language: language.map(str::to_owned),
        publisher: publisher.to_owned(),
        authors: if n.is_multiple_of(2) { vec!["Jeanne Martin".to_owned(), "J. Doe".to_owned()] } else { Vec::new() },
        date: day(n),
        date_is_first_seen: n % 7 == 3,
        date_is_impossible: false,
        summary: summary(n, language).to_owned(),
        note: (n == 1).then(|| locale.pick("À lire avant la réunion de jeudi.", "To be read before Thursday.").to_owned()),
        why: vec![
            Reason { found: "IA".to_owned(), place: Place::Title },
            Reason { found: "transparence".to_owned(), place: if n.is_multiple_of(2) { Place::Title } else { Place::Summary } },
        ],
        reliability: reliability(n, locale),
        announcement: n % 6 == 4,
        kept: n < 2,
        also_reported_by: (0..[0, 2, 0, 5, 1][n % 5]).map(|k| other(n, k)).collect(),
    }
}

/// One of each kind.
fn errata(locale: Locale) -> Vec<Erratum> {
    let changes = [
        Change::Withdrawn,
        Change::Corrected {
            notice: locale.pick("Erratum : la loi date de mai.", "Correction: the act dates from May.").to_owned(),
        },
        Change::Figures { before: "20".to_owned(), now: "12".to_owned() },
        Change::Retitled { now: locale.pick("La CNIL avertit l'entreprise", "The authority warns the company").to_owned() },
        Change::Rewritten,
        Change::Corrected { notice: String::new() },
        Change::Retitled { now: String::new() },
    ];
    let erratum = |(n, change): (usize, Change)| Erratum {
        item: 100 + n as i64,
        edition: 3,
        issue: 11,
        date: day(6),
        title: format!("{}, {n}", locale.pick("Un titre de la semaine passée", "A title of last week")),
        url: (n != 4).then(|| format!("https://news.example/past/{n}")),
        language: Some(locale.tag().to_owned()),
        publisher: "Example Labs".to_owned(),
        change,
        content: String::new(),
    };
    changes.into_iter().enumerate().map(erratum).collect()
}

fn summary(n: usize, language: Option<&str>) -> &'static str {
    match (n % 6, language) {
        (5, _) => "",
        (_, Some("en")) => {
            "The text says who must publish a summary of the training data, by when, and in which form. It applies to models already on the market after a delay of two years."
        }
        (_, Some("de")) => "Die Behörde erklärt, wann eine Folgenabschätzung nötig ist, und gibt ein Muster dafür.",
        _ => {
            "L'autorité précise quand une analyse d'impact est nécessaire & comment la conduire. Elle propose un modèle et une liste de questions, à adapter par chaque équipe."
        }
    }
}

fn reliability(n: usize, locale: Locale) -> ItemReliability {
    let levels = [
        (Level::Reliable, 78, 71, 85),
        (Level::RatherReliable, 64, 55, 73),
        (Level::CrossCheck, 48, 37, 59),
        (Level::Doubtful, 31, 22, 40),
        (Level::Insufficient, 52, 30, 74),
    ];
    let (level, score, low, high) = levels[n % levels.len()];
    let reasons = locale.pick(["autorité publique", "auteur identifié"], ["public authority", "author identified"]);
    ItemReliability {
        level,
        score,
        low,
        high,
        reasons: reasons[..2 - n % 3 / 2].iter().map(|reason| (*reason).to_owned()).collect(),
        confirmed_by: ["Le Monde", "Reuters"][..n % 3].iter().map(|name| (*name).to_owned()).collect(),
    }
}

fn other(n: usize, k: usize) -> OtherReport {
    let (title, language) = [("Le même texte vu par la presse", "fr"), ("What the press makes of it", "en")][k % 2];
    OtherReport {
        publisher: ["Le Monde", "Reuters", "Next", "The Register", "EDRi"][k % 5].to_owned(),
        title: format!("{title}, {n}.{k}"),
        url: (k != 2).then(|| format!("https://press.example/{n}/{k}")),
        language: Some(language.to_owned()),
        copy: k == 1,
    }
}
