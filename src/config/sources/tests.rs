//! What is told about `sources.toml`, mistake by mistake.

use super::{parse, read};
use crate::domain::localised::Locale;
use std::path::Path;

const THEME: &str = "[[theme]]\nslug = \"ai-act\"\nany = [\"AI Act\"]\n";

/// A text behind [`THEME`], and what is told about it.
const CASES: &[(&str, &str)] = &[
    (
        "[[source]]\nslug = \"a\"\nurl = \"https://a.fr\"\n[[source]]\nslug = \"a\"\nurl = \"https://b.fr\"\n",
        "sources.toml:8: source \"a\" is defined twice; give one of them another slug",
    ),
    (
        "[[source]]\nslug = \"a\"\nurl = \"a.fr/rss\"\n",
        "sources.toml:6: source \"a\": \"a.fr/rss\" is no whole address: write https://a.fr/rss",
    ),
    (
        "[[source]]\nslug = \"a\"\nname = \"A\"\n",
        "sources.toml:4: source \"a\": url is missing; add for instance url = \"https://www.example.org/feed.xml\"",
    ),
    (
        "[[source]]\nurl = \"https://a.fr\"\n",
        "sources.toml:4: [[source]]: slug is missing; add for instance slug = \"un-nom-court\"",
    ),
    (
        "[[source]]\nslug = \"a\"\nurl = \"https://a.fr\"\nthemes = [\"ai-akt\"]\n",
        "sources.toml:7: there is no theme \"ai-akt\"; did you mean \"ai-act\"?",
    ),
    (
        "[[source]]\nslug = \"a\"\nurl = \"https://a.fr\"\nlangage = \"fr\"\n",
        "sources.toml:7: unknown key \"langage\"; did you mean \"language\"?",
    ),
    (
        "[[source]]\nslug = \"a\"\nurl = \"https://a.fr\"\nlanguage = \"français\"\n",
        "sources.toml:7: source \"a\": language: \"français\" is no language tag; write \"fr\", \"en\" or \"en-GB\"",
    ),
    (
        "[[source]]\nslug = \"a\"\nurl = \"https://a.fr\"\npaused = \"yes\"\n",
        "sources.toml:7: paused: expected true or false, without quotation marks, found a text",
    ),
    (
        "[[source]]\nslug = \"a\"\nurl = \"https://a.fr\"\nkind = \"page\"\n",
        "sources.toml:7: source \"a\": this version reads only kind = \"feed\"",
    ),
    (
        "[[source]]\nslug = \"a\"\nurl = \"https://a.fr\"\nkind = \"feeed\"\n",
        "sources.toml:7: kind: unknown value \"feeed\"; did you mean \"feed\"?",
    ),
    (
        "[[digest]]\nslug = \"d\"\nschedule = \"0 8 * * Mon\"\ntime_zone = \"Paris\"\n",
        "sources.toml:7: time_zone: \"Paris\" is no time zone; write \"Europe/Paris\"",
    ),
    (
        "[[digest]]\nslug = \"d\"\nschedule = \"0 8 * * Mon\"\ntime_zone = \"Europe/Brusels\"\n",
        "sources.toml:7: time_zone: \"Europe/Brusels\" is no time zone; write \"Europe/Brussels\"",
    ),
    (
        "[[digest]]\nslug = \"d\"\nschedule = \"0 8 * * Mon\"\nmax_items = 0\n",
        "sources.toml:7: max_items: must be between 1 and 100, not 0",
    ),
    (
        "[[digest]]\nslug = \"d\"\nschedule = \"0 8 * * Mon\"\nmax_items = 15.5\n",
        "sources.toml:7: max_items: expected a whole number from 1 to 100, found a decimal number",
    ),
    (
        "[[digest]]\nslug = \"d\"\nschedule = \"0 8 * * Mon\"\ntitle = \"Hebdo\"\n",
        "sources.toml:7: title: expected a text for each language: { fr = \"…\", en = \"…\" }, found a text",
    ),
    (
        "[[digest]]\nslug = \"d\"\nschedule = \"0 8 * * Mon\"\ntitle = { fr = \"\", de = \"x\" }\n",
        "sources.toml:7: title.fr: is empty; write something or remove the line; sources.toml:7: unknown key \"de\"; the nearest is \"en\", known here: fr, en",
    ),
    (
        "[[theme]]\nslug = \"t\"\nany = [\"a|b\", \"*\"]\n",
        "sources.toml:6: theme \"t\": rule \"a|b\" has '|' at character 2; rules are plain words and phrases, with `*` at the end for any ending: write one rule for each wording; sources.toml:6: theme \"t\": rule \"*\" has no letter or digit, so it can never match; write a word or a phrase",
    ),
];

fn problem(text: &str) -> String {
    parse(&format!("{THEME}{text}"), Path::new("sources.toml")).unwrap_err().to_string()
}

#[test]
fn reads_the_documented_example() {
    let text = format!(
        "{THEME}name = {{ fr = \"Règlement européen sur l'IA\", en = \"EU AI Act\" }}\nnone = [\"offre d'emploi\"]\n\
         [[source]]\nslug = \"cnil\"\nname = \"CNIL\"\nkind = \"feed\"\nurl = \"https://www.cnil.fr/fr/rss.xml\"\nlanguage = \"fr\"\nthemes = [\"ai-act\"]\npublisher = \"cnil\"\n\
         [[digest]]\nslug = \"hebdo\"\ntitle = {{ fr = \"Veille IA de la semaine\" }}\nlanguage = \"fr\"\nschedule = \"0 8 * * Mon\"\ntime_zone = \"Europe/Paris\"\napproval = \"required\"\nmax_items = 15\n"
    );
    let definitions = parse(&text, Path::new("sources.toml")).unwrap();
    assert_eq!((definitions.sources.len(), definitions.themes.len(), definitions.digests.len()), (1, 1, 1));
    assert_eq!(definitions.publisher_of(&definitions.sources[0]).unwrap().name, "CNIL");
}

#[test]
fn mistakes_name_the_line_and_the_remedy() {
    for (text, expected) in CASES {
        assert_eq!(problem(text), *expected);
    }
    assert!(problem("[[source]]\nslug = \"Les Échos\"\nurl = \"https://a.fr\"\n").contains("for instance \"les-echos\""));
}

#[test]
fn all_mistakes_are_told_at_once_in_the_order_of_the_file() {
    let text = format!(
        "{THEME}[[source]]\nslug = \"a\"\nurl = \"ftp://a.fr\"\nthemes = [\"x\", \"ai-act\"]\npaused = 1\n\
         [[digest]]\nslug = \"d\"\nschedule = \"99 8 * * Mon\"\ntime_zone = \"Mars\"\nmax_items = -1\nfoo = 1\n"
    );
    let (_, mistakes) = read(&text, Path::new("s"));
    let places: Vec<&str> = mistakes.iter().map(|mistake| mistake.place.as_str()).collect();
    assert_eq!(places, ["s:6", "s:7", "s:8", "s:11", "s:12", "s:13", "s:14"], "{mistakes:#?}");
    assert!(mistakes.iter().all(|mistake| mistake.line(Locale::Fr) != mistake.line(Locale::En)), "{mistakes:#?}");
}

#[test]
fn a_theme_with_a_mistake_is_known_all_the_same() {
    let text = "[[theme]]\nslug = \"t\"\nany = []\n[[source]]\nslug = \"a\"\nurl = \"https://a.fr\"\nthemes = [\"t\"]\n";
    let (_, mistakes) = read(text, Path::new("s"));
    assert_eq!(mistakes.len(), 1, "one mistake, told once: {mistakes:?}");
}
