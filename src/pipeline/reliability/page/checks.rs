//! Six checks of structure (C4) and the WCAG checks that markup alone can answer (C5).

use crate::pipeline::page::{select, text_of};
use scraper::{ElementRef, Html};

/// A check by its short name: what an auditor would look for. Checks without an object are left out.
type Check = (&'static str, bool);

/// Share of the checks passed, and what a person can check: "5/6 · h1".
pub(super) fn outcome(checks: &[Check]) -> (f64, String) {
    let passed = checks.iter().filter(|(_, ok)| *ok).count();
    let failed: Vec<&str> = checks.iter().filter(|(_, ok)| !ok).map(|(name, _)| *name).collect();
    let number = |n: usize| u32::try_from(n).map_or(f64::MAX, f64::from);
    let share = if checks.is_empty() { 0.0 } else { number(passed) / number(checks.len()) };
    let counts = format!("{passed}/{}", checks.len());
    (share, if failed.is_empty() { counts } else { format!("{counts} · ✗ {}", failed.join(", ")) })
}

/// Title, one main heading, no skipped level, a landmark for the content, paragraphs, a description for machines.
pub(super) fn structure(document: &Html) -> Vec<Check> {
    let filled = |css| select(document, css).into_iter().filter(|element| !text_of(*element).is_empty()).count();
    let levels: Vec<u32> =
        select(document, "h1, h2, h3, h4, h5, h6").iter().filter_map(|h| h.value().name()[1..].parse().ok()).collect();
    let orderly = !levels.is_empty() && levels.windows(2).all(|pair| pair[1] <= pair[0] + 1);
    let described =
        "meta[name='description'][content], meta[property='og:description'][content], script[type='application/ld+json']";
    vec![
        ("title", filled("head title") == 1),
        ("h1", filled("h1") == 1),
        ("h1–h6", orderly),
        ("main", !select(document, "main, [role='main'], article").is_empty()),
        ("p", filled("p") >= 2),
        ("meta", !select(document, described).is_empty()),
    ]
}

/// By success criterion of WCAG 2.2.
pub(super) fn wcag(document: &Html) -> Vec<Check> {
    let mut checks = vec![
        ("3.1.1 lang", language(document).is_some()),
        ("2.4.2 title", select(document, "head title").iter().any(|title| !text_of(*title).is_empty())),
    ];
    let mut all = |name: &'static str, css: &'static str, ok: &dyn Fn(ElementRef<'_>) -> bool| {
        let elements = select(document, css);
        if !elements.is_empty() {
            checks.push((name, elements.into_iter().all(ok)));
        }
    };
    all("1.1.1 alt", "img", &|image| image.value().attr("alt").is_some() || hidden(image));
    all("2.4.4 a", "a[href]", &|link| named(link) || hidden(link));
    all("4.1.2 button", "button", &|button| named(button) || hidden(button));
    all("4.1.2 iframe", "iframe", &|frame| {
        frame.value().attr("title").is_some_and(|title| !title.trim().is_empty()) || hidden(frame)
    });
    all("1.3.1 label", "input, select, textarea", &|field| labelled(document, field));
    all("1.3.1 th", "table", &|table| is_layout(table) || has_header(table));
    all("1.4.4 zoom", "meta[name='viewport']", &|viewport| allows_zoom(viewport.value().attr("content").unwrap_or_default()));
    checks
}

/// The declared language, if it has the shape of one.
fn language(document: &Html) -> Option<String> {
    let lang = select(document, "html").first()?.value().attr("lang")?.trim();
    let primary = lang.split('-').next().unwrap_or_default();
    ((2..=3).contains(&primary.len()) && primary.bytes().all(|b| b.is_ascii_alphabetic())).then(|| lang.to_lowercase())
}

fn hidden(element: ElementRef<'_>) -> bool {
    element.value().attr("aria-hidden") == Some("true") || element.value().attr("hidden").is_some()
}

fn named(element: ElementRef<'_>) -> bool {
    let attribute = ["aria-label", "aria-labelledby", "title"].iter().any(|name| filled(element, name));
    let inside = || {
        element
            .descendent_elements()
            .any(|inner| (inner.value().name() == "img" && filled(inner, "alt")) || filled(inner, "aria-label"))
    };
    attribute || !text_of(element).is_empty() || inside()
}

fn filled(element: ElementRef<'_>, attribute: &str) -> bool {
    element.value().attr(attribute).is_some_and(|value| !value.trim().is_empty())
}

fn labelled(document: &Html, field: ElementRef<'_>) -> bool {
    let kind = field.value().attr("type").unwrap_or_default();
    if matches!(kind, "hidden" | "submit" | "button" | "reset" | "image") || hidden(field) {
        return true;
    }
    let by_id = || {
        let id = field.value().attr("id");
        id.is_some() && select(document, "label[for]").iter().any(|label| label.value().attr("for") == id)
    };
    let inside = || field.ancestors().any(|above| above.value().as_element().is_some_and(|element| element.name() == "label"));
    ["aria-label", "aria-labelledby", "title"].iter().any(|name| filled(field, name)) || by_id() || inside()
}

fn is_layout(table: ElementRef<'_>) -> bool {
    matches!(table.value().attr("role"), Some("presentation" | "none"))
}

fn has_header(table: ElementRef<'_>) -> bool {
    table.descendent_elements().any(|cell| cell.value().name() == "th")
}

fn allows_zoom(content: &str) -> bool {
    let content: String = content.to_lowercase().split_whitespace().collect();
    let largest = content.split([',', ';']).find_map(|part| part.strip_prefix("maximum-scale=")?.parse::<f64>().ok());
    !content.contains("user-scalable=no") && !content.contains("user-scalable=0") && largest.is_none_or(|scale| scale >= 2.0)
}
