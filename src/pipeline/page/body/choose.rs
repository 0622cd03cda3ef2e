//! The element that holds the main text.

use super::measure::Measures;
use crate::pipeline::page::tree::select;
use scraper::{ElementRef, Html};

/// Elements that say that they hold the text, the most exact first, with the share of all prose from which they are believed.
const STATED: [(&str, f64); 5] = [
    ("[itemprop~='articleBody'], [property~='articleBody']", 0.3),
    (
        "[class~='entry-content'], [class~='post-content'], [class~='article-content'], [class~='article-body'], [class~='article__body'], \
         [class~='articleBody'], [class~='article-text'], [class~='story-body'], [class~='post-body'], [class~='td-post-content'], [id='article-body'], [class~='article__content'], [class~='e-content']",
        0.4,
    ),
    ("article", 0.4),
    ("main, [role='main']", 0.4),
    ("body", 0.0),
];
/// An element is left for one of its children that holds so much of its prose.
const NEARLY_ALL: f64 = 0.85;

/// The smallest element with nearly all of the prose, from the most exact statement down.
pub(super) fn container<'a>(document: &'a Html, measures: &Measures) -> ElementRef<'a> {
    let root = document.root_element();
    let all = of(measures, root);
    for (css, share) in STATED {
        let holders = select(document, css).into_iter();
        let best = holders.max_by(|one, other| own(measures, *one).total_cmp(&own(measures, *other)));
        if let Some(best) = best.filter(|best| of(measures, *best) > share * all) {
            return narrowed(holder(best), measures);
        }
    }
    narrowed(root, measures)
}

fn of(measures: &Measures, element: ElementRef<'_>) -> f64 {
    u32::try_from(measures.of(element).prose).map_or(f64::MAX, f64::from)
}

/// What holds the paragraphs, where each of them says that it is the text.
fn holder(element: ElementRef<'_>) -> ElementRef<'_> {
    let above = element.parent().and_then(ElementRef::wrap);
    above.filter(|_| element.value().name() == "p").unwrap_or(element)
}

/// Without the articles in an article: a list of them is none.
fn own(measures: &Measures, element: ElementRef<'_>) -> f64 {
    if element.value().name() != "article" {
        return of(measures, element);
    }
    let nested = element.descendent_elements().skip(1).filter(|inner| inner.value().name() == "article");
    of(measures, element) - nested.map(|inner| of(measures, inner)).sum::<f64>()
}

fn narrowed<'a>(mut element: ElementRef<'a>, measures: &Measures) -> ElementRef<'a> {
    let whole = of(measures, element);
    loop {
        let best = element.child_elements().max_by(|one, other| of(measures, *one).total_cmp(&of(measures, *other)));
        match best {
            Some(best) if measures.of(best).paragraphs > 1 && of(measures, best) >= NEARLY_ALL * whole => element = best,
            _ => return element,
        }
    }
}
