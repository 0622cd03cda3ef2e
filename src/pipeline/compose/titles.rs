//! Titles that can be links: said alone, they tell where they lead, and no two are alike.

use crate::{
    domain::{edition::Section, localised::Locale},
    pipeline::compose::spoken::{speakable, tidy},
};
use std::collections::HashSet;

/// Longest title, in characters: what a screen reader says in about ten seconds.
pub(super) const MAX_TITLE: usize = 140;

/// A publisher's title, cleaned; the site's own name at either end removed, pipes turned into commas, cut at a word.
/// Empty when nothing sayable is left.
pub(super) fn title(text: &str, site_names: &[&str]) -> String {
    let spoken = speakable(text);
    let bare = without_site(&spoken, site_names);
    let joined =
        tidy(&bare.replace(" | ", ", ").replace(" || ", ", ").replace('|', ", ").replace(" :: ", ", ").replace(" · ", ", "));
    cut(&joined, MAX_TITLE)
}

/// Cuts at a word and says so with an ellipsis.
pub(super) fn cut(text: &str, most: usize) -> String {
    if text.chars().count() <= most {
        return text.to_owned();
    }
    let end = text.char_indices().nth(most - 1).map_or(text.len(), |(at, _)| at);
    let head = &text[..end];
    let head = head.rfind(' ').filter(|at| *at > end / 2).map_or(head, |at| &head[..at]);
    format!("{}…", head.trim_end_matches(|c: char| !c.is_alphanumeric() && !matches!(c, ')' | '»' | '"')))
}

const SEPARATORS: [&str; 8] = [" | ", " - ", " – ", " — ", " · ", " :: ", " » ", " • "];

/// Takes the site's name off either end, as often as it stands there.
fn without_site<'a>(title: &'a str, site_names: &[&str]) -> &'a str {
    let names: Vec<String> = site_names.iter().map(|name| folded(name)).filter(|name| name.len() > 1).collect();
    let is_site = |part: &str| names.contains(&folded(part));
    let mut rest = title;
    loop {
        let ends = SEPARATORS.iter().find_map(|by| rest.rsplit_once(by).filter(|(_, end)| is_site(end)).map(|(head, _)| head));
        let starts =
            || SEPARATORS.iter().find_map(|by| rest.split_once(by).filter(|(head, _)| is_site(head)).map(|(_, end)| end));
        match ends.or_else(starts) {
            Some(shorter) if !shorter.trim().is_empty() => rest = shorter.trim(),
            _ => return rest,
        }
    }
}

fn folded(name: &str) -> String {
    name.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

/// Makes the titles of an edition, other reports included, differ: equal ones get their publisher, then a number.
/// An empty one becomes "Sans titre".
pub(super) fn tell_apart(sections: &mut [Section], locale: Locale) {
    let mut known = HashSet::new();
    let mut repeated = HashSet::new();
    let all = sections.iter().flat_map(|section| &section.items);
    for title in all.flat_map(|item| std::iter::once(&item.title).chain(item.also_reported_by.iter().map(|other| &other.title))) {
        if !known.insert(title.to_lowercase()) {
            repeated.insert(title.to_lowercase());
        }
    }
    let mut given = HashSet::new();
    for item in sections.iter_mut().flat_map(|section| &mut section.items) {
        item.title = distinct(&item.title, &item.publisher, &repeated, &mut given, locale);
        for other in &mut item.also_reported_by {
            other.title = distinct(&other.title, &other.publisher, &repeated, &mut given, locale);
        }
    }
}

fn distinct(title: &str, publisher: &str, repeated: &HashSet<String>, given: &mut HashSet<String>, locale: Locale) -> String {
    let named = match title {
        "" => format!("{}, {publisher}", locale.pick("Sans titre", "Untitled")),
        title if repeated.contains(&title.to_lowercase()) => format!("{title}, {publisher}"),
        title => title.to_owned(),
    };
    let numbered = (2..).map(|n| format!("{named}, {n}"));
    let free = std::iter::once(named.clone()).chain(numbered).find(|name| given.insert(name.to_lowercase()));
    free.unwrap_or(named)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn titles_are_cleaned_for_reading_aloud() {
        let long = format!("Le {}", "règlement européen ".repeat(20));
        for (text, expected) in [
            ("Rapport annuel | CNIL", "Rapport annuel"),
            ("CNIL | Rapport annuel - La CNIL", "Rapport annuel"),
            ("Sanction - Google - cnil", "Sanction - Google"),
            ("Outils | IA | Rust", "Outils, IA, Rust"),
            ("Release v1.2.3", "Release v1.2.3"),
            ("CNIL", "CNIL"),
            ("🎉", ""),
            (
                &long,
                "Le règlement européen règlement européen règlement européen règlement européen règlement européen règlement européen règlement européen…",
            ),
        ] {
            assert_eq!(title(text, &["CNIL", "La CNIL"]), expected, "{text}");
        }
        assert!(title(&"a".repeat(300), &[]).chars().count() <= MAX_TITLE);
        assert!(title(&"é ".repeat(300), &[]).chars().count() <= MAX_TITLE);
    }
}
