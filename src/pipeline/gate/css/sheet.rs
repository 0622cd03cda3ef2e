//! Style sheets: which rules there are, for which theme, and what else stands in them.

use super::{Declaration, declarations, find_outside, split_outside};
use scraper::Selector;

/// More selectors than this are not resolved: the size rules refuse such a sheet anyway.
const MOST_SELECTORS: usize = 1_500;
/// Selectors longer than this, or with more brackets, would cost more than they tell.
const LONGEST_SELECTOR: usize = 300;

/// When a rule applies.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in super::super) enum Media {
    Always,
    /// `prefers-color-scheme: dark`.
    Dark,
    /// Windows of some width, reduced motion, …
    Sometimes,
    /// Print, speech.
    Never,
}

/// One style rule.
#[derive(Debug)]
pub(in super::super) struct StyleRule {
    pub(in super::super) media: Media,
    /// As written.
    pub(in super::super) prelude: String,
    /// Each selector that could be read, with its specificity.
    pub(in super::super) selectors: Vec<(Selector, u32)>,
    pub(in super::super) declarations: Vec<Declaration>,
}

/// All `style` elements of a document.
#[derive(Debug, Default)]
pub(in super::super) struct Sheet {
    pub(in super::super) rules: Vec<StyleRule>,
    /// `@import`, `@font-face`, `@keyframes`: their names, without the sign.
    pub(in super::super) at_rules: Vec<String>,
    /// Total length of the sheets, in bytes.
    pub(in super::super) bytes: usize,
    selectors: usize,
}

impl Sheet {
    /// Reads one more `style` element.
    pub(in super::super) fn add(&mut self, css: &str, media: &str) {
        self.bytes += css.len();
        let media = if media.is_empty() { Media::Always } else { media_of(media) };
        self.block(&without_comments(css), media, 0);
    }

    fn block(&mut self, css: &str, media: Media, depth: usize) {
        let mut rest = css;
        while let Some(open) = find_outside(rest, b'{') {
            let prelude = rest.get(..open).unwrap_or_default();
            // Statements without a block (@import, @charset) stand before the prelude of the next rule.
            let mut statements: Vec<&str> = split_outside(prelude, b';').collect();
            let prelude = statements.pop().unwrap_or_default().trim();
            self.at_rules.extend(statements.into_iter().filter_map(at_name));
            let body = rest.get(open + 1..).unwrap_or_default();
            let length = block_length(body);
            self.rule(prelude, body.get(..length).unwrap_or_default(), media, depth);
            rest = body.get(length + 1..).unwrap_or_default();
        }
        self.at_rules.extend(split_outside(rest, b';').filter_map(at_name));
    }

    fn rule(&mut self, prelude: &str, body: &str, media: Media, depth: usize) {
        match at_name(prelude).as_deref() {
            Some("media") if depth < 4 => {
                let inner = media_of(prelude.get(6..).unwrap_or_default());
                self.block(body, both(media, inner), depth + 1);
            }
            Some("supports" | "layer" | "container") if depth < 4 => self.block(body, media, depth + 1),
            Some(name) => self.at_rules.push(name.to_owned()),
            None => self.style(prelude, body, media),
        }
    }

    fn style(&mut self, prelude: &str, body: &str, media: Media) {
        let selectors: Vec<_> = split_outside(prelude, b',')
            .take(MOST_SELECTORS.saturating_sub(self.selectors))
            .filter(|text| text.len() <= LONGEST_SELECTOR && text.matches(['(', '[']).count() <= 8)
            .filter_map(|text| Some((Selector::parse(text.trim()).ok()?, specificity(text))))
            .collect();
        self.selectors += selectors.len();
        self.rules.push(StyleRule { media, prelude: prelude.to_owned(), selectors, declarations: declarations(body) });
    }

    /// Every declaration of every rule that may apply on a screen, with its rule.
    pub(in super::super) fn declarations(&self) -> impl Iterator<Item = (&StyleRule, &Declaration)> {
        self.rules
            .iter()
            .filter(|rule| rule.media != Media::Never)
            .flat_map(|rule| rule.declarations.iter().map(move |declaration| (rule, declaration)))
    }

    /// Whether some rule is for the dark theme.
    pub(in super::super) fn has_dark(&self) -> bool {
        self.rules.iter().any(|rule| rule.media == Media::Dark && !rule.declarations.is_empty())
    }
}

fn at_name(prelude: &str) -> Option<String> {
    let name = prelude.trim().strip_prefix('@')?;
    Some(name.split(|c: char| !c.is_ascii_alphanumeric() && c != '-').next()?.to_ascii_lowercase())
}

/// Up to the closing bracket that matches, or the end.
fn block_length(body: &str) -> usize {
    let mut depth = 0_usize;
    let mut quote = None;
    for (at, byte) in body.bytes().enumerate() {
        match (quote, byte) {
            (Some(open), _) if byte == open => quote = None,
            (Some(_), _) => {}
            (None, b'"' | b'\'') => quote = Some(byte),
            (None, b'{') => depth += 1,
            (None, b'}') if depth == 0 => return at,
            (None, b'}') => depth -= 1,
            _ => {}
        }
    }
    body.len()
}

fn without_comments(css: &str) -> String {
    let css = css.replace("<!--", " ").replace("-->", " ");
    let mut clean = String::with_capacity(css.len());
    let mut rest = css.as_str();
    while let Some((before, after)) = rest.split_once("/*") {
        clean.push_str(before);
        clean.push(' ');
        rest = after.split_once("*/").map_or("", |(_, tail)| tail);
    }
    clean + rest
}

fn media_of(query: &str) -> Media {
    let query = query.to_ascii_lowercase();
    let dark = query
        .split_once("prefers-color-scheme")
        .is_some_and(|(_, after)| after.trim_start_matches([':', ' ']).starts_with("dark"));
    let query = query.trim();
    match query {
        _ if dark => Media::Dark,
        "" | "all" | "screen" | "only screen" => Media::Always,
        _ if query.starts_with("print") || query.starts_with("speech") => Media::Never,
        _ => Media::Sometimes,
    }
}

fn both(outer: Media, inner: Media) -> Media {
    match (outer, inner) {
        (Media::Never, _) | (_, Media::Never) => Media::Never,
        (Media::Sometimes, _) | (_, Media::Sometimes) => Media::Sometimes,
        (Media::Dark, _) | (_, Media::Dark) => Media::Dark,
        _ => Media::Always,
    }
}

/// Close enough to the standard for selectors without `:not()` and the like: ids, then classes, then elements.
fn specificity(selector: &str) -> u32 {
    let mut score = 0;
    let mut previous = ' ';
    for c in selector.trim().chars() {
        score += match c {
            '#' => 10_000,
            '.' | '[' | ':' => 100,
            c if c.is_ascii_alphabetic() && matches!(previous, ' ' | '>' | '+' | '~') => 1,
            _ => 0,
        };
        previous = c;
    }
    score
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sheets_are_read_with_their_media() {
        let check = |css: &str, expected: &[(&str, Media, usize)], at_rules: &[&str]| {
            let mut sheet = Sheet::default();
            sheet.add(css, "");
            let found: Vec<_> = sheet.rules.iter().map(|r| (r.prelude.as_str(), r.media, r.declarations.len())).collect();
            assert_eq!(found, expected, "{css}");
            assert_eq!(sheet.at_rules, at_rules, "{css}");
        };
        check(
            "p{color:red;margin:0} /* a{} */ h1, h2 {color:blue}",
            &[("p", Media::Always, 2), ("h1, h2", Media::Always, 1)],
            &[],
        );
        check("@media (prefers-color-scheme:dark){a{color:#fff}}", &[("a", Media::Dark, 1)], &[]);
        check("@media print{a{color:#fff}} b{x:y}", &[("a", Media::Never, 1), ("b", Media::Always, 1)], &[]);
        check("@media screen and (max-width:600px){a{b:c}", &[("a", Media::Sometimes, 1)], &[]);
        check("@import url(x.css); @font-face{src:url(a)} p{a:b}", &[("p", Media::Always, 1)], &["import", "font-face"]);
        check("@import 'x'", &[], &["import"]);
        check("}}{{ @media", &[("}}", Media::Always, 0)], &[]);
    }
}
