//! Signatures as people write them: "a@b.fr (Name)", "Name <a@b.fr>", "By Name".

use crate::{
    domain::entry::Author,
    pipeline::parse::{names::Ns, text, tree::Element},
};

/// How many signatures of one kind are read: each is held against all before it.
pub(super) const MAX_AUTHORS: usize = 200;

/// Adds the author that an element names.
pub(super) fn add(authors: &mut Vec<Author>, element: Element<'_, '_>, place: &'static str) {
    if authors.len() < MAX_AUTHORS {
        authors.extend(author(element, place));
    }
}

/// The author that an element names, in any vocabulary.
fn author(element: Element<'_, '_>, place: &'static str) -> Option<Author> {
    let mut written = None;
    let (mut email, mut url) = (None, None);
    for child in element.children() {
        let value = || Some(text::line(&child.text())).filter(|value| !value.is_empty());
        match child.name() {
            "name" if written.is_none() => written = value(),
            "email" => email = value(),
            "uri" | "url" | "homepage" => url = value(),
            _ => {}
        }
    }
    if written.is_none() && email.is_none() && url.is_none() {
        let whole = if element.ns() == Ns::Xhtml { element.markup() } else { element.text().into_owned() };
        written = Some(text::line_of_html(&whole));
    }
    signature(&written.or(email).unwrap_or_default(), place, url)
}

/// The author that a text names: the name where there is one, else the address. `None` for an empty text.
pub(super) fn signature(written: &str, place: &'static str, url: Option<String>) -> Option<Author> {
    let written = text::line_of_html(written);
    let written = written.strip_prefix("mailto:").unwrap_or(&written);
    let name = named(written).unwrap_or(written).trim_matches([' ', '"', ',', ';', '<', '>']);
    (!name.is_empty()).then(|| Author {
        name: name.to_owned(),
        place,
        url: url.and_then(|url| text::address(&url)).filter(|url| url.starts_with("http")),
    })
}

/// The name in "address (name)", "name (address)" and "name <address>".
fn named(written: &str) -> Option<&str> {
    let (open, close) = if written.ends_with(')') { ('(', ')') } else { ('<', '>') };
    let (before, inside) = written.strip_suffix(close)?.split_once(open)?;
    let is_address = |text: &str| text.contains('@') && !text.trim().contains(' ');
    let (before, inside) = (before.trim(), inside.trim());
    match (is_address(before), is_address(inside)) {
        (true, false) if !inside.is_empty() => Some(inside),
        (false, true) if !before.is_empty() => Some(before),
        _ => None,
    }
}

/// The signatures without repeats; an address counts only where no name is given.
pub(super) fn distinct(authors: Vec<Author>) -> Vec<Author> {
    let has_name = authors.iter().any(|author| !author.name.contains('@'));
    let mut kept: Vec<Author> = Vec::with_capacity(authors.len());
    for author in authors {
        let known = kept.iter().any(|other| other.name.to_lowercase() == author.name.to_lowercase());
        let superseded = has_name && author.name.contains('@');
        if !(known || superseded) {
            kept.push(author);
        }
    }
    kept
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_the_name() {
        for (written, expected) in [
            ("contact@ex.fr (Rédaction)", "Rédaction"),
            ("Rédaction\u{a0}(contact@ex.fr)", "Rédaction"),
            ("Ada Lovelace <ada@ex.org>", "Ada Lovelace"),
            ("<ada@ex.org>", "ada@ex.org"),
            ("ada@ex.org", "ada@ex.org"),
            ("mailto:ada@ex.org", "ada@ex.org"),
            ("Rédaction :\u{a0}contact@ex.fr", "Rédaction :\u{a0}contact@ex.fr"),
            ("Ada &amp;amp; Bob (Paris)", "Ada & Bob (Paris)"),
        ] {
            assert_eq!(signature(written, "author", None).unwrap().name, expected, "{written}");
        }
        assert_eq!(signature(" ", "author", None), None);
    }
}
