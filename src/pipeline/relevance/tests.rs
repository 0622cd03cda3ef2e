//! What themes make of items.

use super::ThemeMatcher;
use crate::domain::{
    identifier::{Identifier, Scheme},
    item::{ItemKey, NewItem},
    localised::Localised,
    relevance::{Place, Relevance},
    slug::Slug,
    theme::Theme,
};
use crate::pipeline::text::ItemWords;
use proptest::prelude::*;

fn theme(slug: &str, any: &[&str], all: &[&str], none: &[&str]) -> Theme {
    let owned = |texts: &[&str]| texts.iter().map(|text| (*text).to_owned()).collect();
    Theme { slug: Slug::parse(slug).unwrap(), name: Localised::default(), any: owned(any), all: owned(all), none: owned(none) }
}

fn item(title: &str, summary: &str, body: &str) -> NewItem {
    NewItem {
        key: ItemKey("id:1".to_owned()),
        url: None,
        title: title.to_owned(),
        authors: Vec::new(),
        published: None,
        updated: None,
        unreadable_date: None,
        language: None,
        summary: summary.to_owned(),
        content_html: None,
        content_text: (!body.is_empty()).then(|| body.to_owned()),
        categories: Vec::new(),
        links: Vec::new(),
        identifiers: Vec::new(),
        content_hash: [0; 32],
    }
}

fn of(any: &[&str], item: &NewItem) -> Option<Relevance> {
    ThemeMatcher::new(&[theme("t", any, &[], &[])]).unwrap().relevance(item, &ItemWords::of(item), &[]).pop()
}

fn of_item(matcher: &ThemeMatcher, item: &NewItem, themes: &[Slug]) -> Vec<Relevance> {
    matcher.relevance(item, &ItemWords::of(item), themes)
}

fn check(rule: &str, title: &str, expect: Option<&str>) {
    let found = of(&[rule], &item(title, "", "")).map(|relevance| relevance.matches[0].found.clone());
    assert_eq!(found.as_deref(), expect, "{rule} in {title}");
}

#[test]
fn matches_whole_words_in_any_spelling() {
    for (rule, title, expect) in [
        ("règlement sur l'IA", "Les Règlements sur l’IA arrivent", Some("Règlements sur l’IA")),
        ("RÈGLEMENT SUR L'IA", "reglement sur l'ia", Some("reglement sur l'ia")),
        ("policy", "New Policies", Some("Policies")),
        ("AI", "She said nothing", None),
        ("AI", "J'ai testé", None),
        ("AI", "J’AI TESTÉ", None),
        ("AI", "The AI boom", Some("AI")),
        ("IA", "L'IA générative", Some("IA")),
        ("LLM", "Les LLMs décryptés", Some("LLMs")),
        ("RAG", "Une drag queen", None),
        ("RAG", "a rag doll", None),
        ("RAG", "RAG pipelines", Some("RAG")),
        ("AI Act", "the ai act explained", Some("ai act")),
        ("AI Act", "l'AI-Act", Some("AI-Act")),
        ("AI Act", "Is it AI? Act now", None),
        ("RGPD", "le rgpd a huit ans", Some("rgpd")),
        ("2024/1689", "Le règlement (UE) 2024/1689", Some("2024/1689")),
        ("2024/1689", "2024/16", None),
        ("C++", "Le C++ 26", Some("C++")),
        ("C++", "Vitamine C", None),
        ("régulat*", "Une régulation nouvelle", Some("régulation")),
        ("régulat*", "Irrégularités", None),
        ("modèles fondat*", "un modèle fondateur", Some("modèle fondateur")),
        ("intelligence artificielle", "L’intelligence artificielle", Some("intelligence artificielle")),
    ] {
        check(rule, title, expect);
    }
}

#[test]
fn takes_acronyms_in_small_letters_only_as_a_whole_category() {
    let mut tagged = item("Un titre", "", "");
    tagged.categories = vec!["ia".to_owned()];
    assert_eq!(of(&["IA"], &tagged).unwrap().matches[0].place, Place::Category);
    tagged.categories = vec!["j'ai lu".to_owned()];
    assert!(of(&["AI"], &tagged).is_none());
}

#[test]
fn recognises_acts_by_their_identifiers() {
    for (rule, scheme, value, expect) in [
        ("2024/1689", Scheme::Celex, "32024R1689", true),
        ("(UE) 2024/1689", Scheme::Celex, "32024R1689", true),
        ("32024R1689", Scheme::Celex, "32024R1689", true),
        ("2016/679", Scheme::Celex, "32016R0679", true),
        ("95/46", Scheme::Celex, "31995L0046", true),
        ("1907/2006", Scheme::Celex, "32006R1907", true),
        ("2024/168", Scheme::Celex, "32024R1689", false),
        ("CVE-2026-12345", Scheme::Cve, "CVE-2026-12345", true),
        ("RFC 9110", Scheme::Rfc, "9110", true),
        ("llama.cpp", Scheme::Release, "ggml-org/llama.cpp@b4000", true),
    ] {
        let mut article = item("Un titre", "", "");
        article.identifiers = vec![Identifier { scheme, value: value.to_owned() }];
        assert_eq!(of(&[rule], &article).is_some(), expect, "{rule} {value}");
    }
}

#[test]
fn wants_all_and_says_what_excludes() {
    let matcher = ThemeMatcher::new(&[theme("t", &["AI Act"], &["CNIL"], &["offre d'emploi"])]).unwrap();
    let of = |title: &str| of_item(&matcher, &item(title, "", ""), &[]).pop();
    assert!(of("AI Act").is_none());
    assert!(of("La CNIL").is_none());
    assert!(of("L'AI Act vu par la CNIL").is_some_and(|relevance| relevance.score > 0.8 && relevance.matches.len() == 2));
    let excluded = of("Offres d'emploi : la CNIL recrute pour l'AI Act").unwrap();
    assert!(excluded.score == 0.0 && excluded.matches.len() == 2);
    assert_eq!(excluded.excluded_by.unwrap().found, "Offres d'emploi");
}

#[test]
fn better_places_and_more_rules_score_higher() {
    let rules = ["AI Act", "CNIL", "AI"];
    let score = |item: &NewItem| of(&rules, item).map_or(0.0, |relevance| relevance.score);
    let mut tagged = item("x", "", "");
    tagged.categories = vec!["AI Act".to_owned()];
    let scores = [
        score(&item("x", "", "rien")),
        score(&item("x", "", "AI Act")),
        score(&item("x", "AI Act", "")),
        score(&tagged),
        score(&item("AI Act", "", "")),
        score(&item("AI Act", "", "AI Act AI Act")),
        score(&item("AI Act: CNIL", "", "")),
    ];
    assert!(scores.is_sorted_by(|low, high| low < high), "{scores:?}");
    assert!(scores[6] <= 1.0);
    let matches = of(&rules, &item("AI Act", "", "")).unwrap().matches;
    assert_eq!(matches.len(), 1, "AI is part of AI Act");
}

#[test]
fn counts_a_summary_cut_from_the_body_once() {
    let relevance = of(&["CNIL"], &item("x", "La CNIL publie…", "La CNIL publie un avis. La CNIL")).unwrap();
    assert_eq!((relevance.matches[0].count, relevance.matches[0].place), (2, Place::Summary));
}

#[test]
fn keeps_to_the_themes_of_the_source() {
    let themes = [theme("a", &["CNIL"], &[], &[]), theme("b", &["CNIL"], &[], &[])];
    let matcher = ThemeMatcher::new(&themes).unwrap();
    let slugs = |limit: &[Slug]| of_item(&matcher, &item("CNIL", "", ""), limit).len();
    assert_eq!((slugs(&[]), slugs(&[themes[1].slug.clone()])), (2, 1));
}

#[test]
fn refuses_rules_that_cannot_do_what_they_say() {
    for (rule, why) in [
        ("", "no letter or digit"),
        (" - ", "no letter or digit"),
        ("*", "no letter or digit"),
        ("AI|IA", "'|' at character 3"),
        ("ré*gul", "`*` at character 3; it may only end"),
        ("AI*", "fewer than 3 letters"),
        ("régulat *", "apart from any word"),
        ("\"AI Act\"", "'\"' at character 1"),
        ("a\nb", "'\\n' at character 2"),
    ] {
        let error = ThemeMatcher::new(&[theme("t", &[rule], &[], &[])]).err().map(|error| error.to_string()).unwrap_or_default();
        assert!(error.contains(why) && error.contains("theme \"t\""), "{rule}: {error}");
    }
}

proptest! {
    #[test]
    fn scores_stay_between_0_and_1_and_never_fall_with_more_words(
        title in "(AI Act|CNIL|rien|ia|IA| |,){0,6}", body in "(AI Act|CNIL|rien| |,){0,30}",
    ) {
        let rules = ["AI Act", "CNIL", "IA", "rien*"];
        let score = |body: &str| of(&rules, &item(&title, "", body)).map_or(0.0, |relevance| relevance.score);
        let (alone, with) = (score(""), score(&body));
        prop_assert!((0.0..=1.0).contains(&with));
        prop_assert!(with >= alone);
    }
}
