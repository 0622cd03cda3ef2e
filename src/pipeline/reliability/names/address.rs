//! Names inside addresses: of mail, of profiles, of ORCID.

/// The name beside a mail address: "jane@example.org (Jane Doe)", "Jane Doe <jane@example.org>".
pub(super) fn named_address(stated: &str) -> Option<&str> {
    let inside = || stated.split_once('(')?.1.split(')').next();
    let before = || stated.split_once('<').map(|(name, _)| name);
    let name = before().filter(|name| !name.trim().is_empty()).or_else(inside)?;
    let name = name.trim().trim_matches(['"', '\'']);
    (!name.is_empty() && !name.contains('@')).then_some(name)
}

/// Who a profile's address names: the last part of its path, words apart. Pages of a site that name nobody give nothing.
pub(super) fn handle(url: &str) -> Option<String> {
    const NOBODY: [&str; 12] =
        ["profile.php", "pages", "people", "home", "about", "author", "authors", "auteur", "users", "user", "in", "index.html"];
    let path = url.split("://").last()?.split(['?', '#']).next()?;
    let mut parts = path.trim_end_matches('/').split('/').skip(1).collect::<Vec<_>>();
    parts.retain(|part| !part.is_empty() && !NOBODY.contains(&part.to_lowercase().as_str()));
    let name = parts.last()?.trim_start_matches('@').trim_end_matches(".html");
    let words: Vec<&str> = name.split(['-', '.', '_', '+']).filter(|word| !word.is_empty()).collect();
    let letters = |word: &&str| word.chars().all(char::is_alphabetic);
    let said = match words.as_slice() {
        several @ [_, _, ..] if several.len() <= 4 && several.iter().all(letters) => {
            several.iter().map(|word| super::capitalised(word)).collect::<Vec<_>>().join(" ")
        }
        _ => name.to_owned(),
    };
    said.chars().any(char::is_alphabetic).then_some(said)
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
    use super::{handle, named_address, orcid};

    #[test]
    fn finds_names_in_addresses() {
        for (stated, name) in [
            ("jane@example.org (Jane Doe)", Some("Jane Doe")),
            ("Jane Doe <jane@example.org>", Some("Jane Doe")),
            ("\"Jane Doe\" <jane@example.org>", Some("Jane Doe")),
            ("jane@example.org", None),
            ("<jane@example.org>", None),
        ] {
            assert_eq!(named_address(stated), name, "{stated}");
        }
        for (url, name) in [
            ("https://www.facebook.com/jane.doe", Some("Jane Doe")),
            ("https://twitter.com/janedoe?lang=fr", Some("janedoe")),
            ("https://news.example/author/jane-doe/", Some("Jane Doe")),
            ("https://www.facebook.com/profile.php?id=100001", None),
            ("https://www.facebook.com/", None),
            ("https://www.facebook.com/100012345", None),
            ("www.example.org", None),
        ] {
            assert_eq!(handle(url).as_deref(), name, "{url}");
        }
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
