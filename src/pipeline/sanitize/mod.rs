//! HTML that cannot act, and its plain text.
//!
//! Two ways lead to the same result. `rewrite` walks the tags once, keeps what `allow` lists, resolves links and drops trackers;
//! it gives up on anything that a browser would read otherwise than it stands (crossed tags, unknown elements, odd attributes).
//! Then ammonia parses and cleans the fragment as a browser would, and `rewrite` walks over its output. That ammonia would leave
//! what the first walk accepts is the law that the property tests hold. Ammonia is worse than quadratic in depth, in attributes and
//! in formatting left open, so what is nested too deeply, too long or made to exhaust a parser becomes plain text before it.

mod addresses;
mod allow;
mod lex;
mod plain;
mod rewrite;

pub use plain::{has_markup, links, paragraphs, to_text};

use crate::pipeline::markup;
use rewrite::Trust;
use std::sync::LazyLock;
use url::Url;

/// How deep elements may nest for ammonia.
const MAX_DEPTH: usize = 100;
/// How often a fragment is cleaned again before it is given up.
const MAX_ROUNDS: usize = 4;
/// How long a fragment may be for ammonia, in bytes.
const MAX_LENGTH: usize = 1 << 20;

/// HTML without scripts, styles, forms, frames, tracking pixels and tracking parameters; links and images made absolute.
pub fn sanitize(html: &str, base: Option<&Url>) -> String {
    as_it_stands(html, base).unwrap_or_else(|| as_a_browser_reads(html, base))
}

/// The same for a fragment of which every reader makes the same, and so of the same plain text as the result; `None` for others.
pub fn as_it_stands(html: &str, base: Option<&Url>) -> Option<String> {
    rewrite::rewrite(html, base, Trust::Nothing)
}

/// The same for any fragment.
pub fn as_a_browser_reads(html: &str, base: Option<&Url>) -> String {
    if html.len() > MAX_LENGTH || depth_exceeds(html, MAX_DEPTH) || markup::costs_too_much(html) {
        return paragraphs(&to_text(html));
    }
    settled(html, base).unwrap_or_else(|| paragraphs(&to_text(html)))
}

/// The fragment cleaned until cleaning changes nothing: a browser moves some elements each time that it reads what it wrote (links
/// around tables, for one), and what moves might come to stand where it acts. `None` when it does not settle.
fn settled(html: &str, base: Option<&Url>) -> Option<String> {
    let once = |html: &str| rewrite::rewrite(&CLEANER.clean(html).to_string(), base, Trust::Structure);
    let mut clean = once(html)?;
    for _ in 0..MAX_ROUNDS {
        if rewrite::rewrite(&clean, base, Trust::Nothing).as_deref() == Some(&clean) {
            return Some(clean);
        }
        let again = once(&clean)?;
        if again == clean {
            return Some(clean);
        }
        clean = again;
    }
    None
}

static CLEANER: LazyLock<ammonia::Builder<'static>> = LazyLock::new(allow::cleaner);

/// Whether elements would nest deeper than `limit`: an upper bound that counts unclosed elements as open.
fn depth_exceeds(html: &str, limit: usize) -> bool {
    let mut open: Vec<&str> = Vec::new();
    for piece in lex::pieces(html) {
        let lex::Piece::Tag(tag) = piece else { continue };
        if tag.closing {
            if let Some(index) = open.iter().rposition(|name| name.eq_ignore_ascii_case(tag.name)) {
                open.truncate(index);
            }
        } else if !allow::is_void(&tag.name.to_ascii_lowercase()) {
            let implied = matches!(tag.name, "p" | "li" | "dt" | "dd" | "tr" | "td" | "th" | "option");
            if implied && open.last() == Some(&tag.name) {
                open.pop();
            }
            open.push(tag.name);
            if open.len() > limit {
                return true;
            }
        }
    }
    false
}

#[cfg(test)]
mod tests;
