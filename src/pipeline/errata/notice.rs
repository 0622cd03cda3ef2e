//! Corrections that a publisher states.

use crate::pipeline::text::fold;

/// How corrections begin, folded.
const STATED: [&str; 22] = [
    "correction:",
    "correction :",
    "corrections:",
    "corrections :",
    "correction notice",
    "corrigendum",
    "erratum",
    "rectificatif",
    "mise au point :",
    "editor's note: this",
    "note de la redaction : ",
    "an earlier version of this",
    "a previous version of this",
    "une premiere version de c",
    "une version precedente de c",
    "une version anterieure de c",
    "this article has been corrected",
    "this article was corrected",
    "this story has been corrected",
    "cet article a ete corrige",
    "cet article a ete rectifie",
    "contrairement a ce que nous avons ecrit",
];
/// Characters of a notice that are quoted at most.
const QUOTED: usize = 300;

/// The sentence by which one of the texts states a correction, unless the edition had it already.
pub(super) fn stated<'a>(now: [&'a str; 3], told: [&str; 2]) -> Option<&'a str> {
    let before: Vec<String> = told.iter().map(|text| plain(text)).collect();
    now.into_iter().find_map(|text| {
        let folded = plain(text);
        let (phrase, _) = STATED.iter().filter_map(|phrase| Some((*phrase, folded.find(phrase)?))).min_by_key(|found| found.1)?;
        if before.iter().any(|told| told.contains(phrase)) {
            return None;
        }
        Some(sentence(text, place_of(text, phrase)?))
    })
}

fn plain(text: &str) -> String {
    fold(text).replace(['\u{2019}', '\u{2bc}'], "'").replace(['\u{a0}', '\u{202f}'], " ")
}

/// Where a folded phrase stands in the text itself: folding changes lengths.
fn place_of(text: &str, phrase: &str) -> Option<usize> {
    text.char_indices().map(|(at, _)| at).find(|at| {
        let few = text[*at..].char_indices().nth(phrase.len()).map_or(text.len(), |(end, _)| at + end);
        plain(&text[*at..few]).starts_with(phrase)
    })
}

fn sentence(text: &str, from: usize) -> &str {
    let rest = &text[from..];
    let most = rest.char_indices().nth(QUOTED).map_or(rest.len(), |(end, _)| end);
    let ends = |(at, c): (usize, char)| (matches!(c, '.' | '!' | '?' | '\n') && at > 12).then_some(at + c.len_utf8());
    rest[..most].char_indices().find_map(ends).map_or(&rest[..most], |end| &rest[..end]).trim()
}
