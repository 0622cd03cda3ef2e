//! Writes the main text out: line by line, without what is no part of it.

use super::{
    Body,
    measure::{Line, Measures},
};
use crate::pipeline::page::{Sources, tree::folded};
use scraper::ElementRef;
use std::collections::HashSet;

/// A line with more of it in links, and less to read, leads elsewhere.
const LINKED: f64 = 0.7;
const LED: usize = 120;

pub(super) fn body(root: ElementRef<'_>, measures: &Measures, sources: &Sources<'_>, title: Option<&str>) -> Body {
    let title = title.map(folded);
    let mut writer = Writer { body: Body::default(), seen: HashSet::new(), linked: 0, length: 0 };
    let mut waiting = vec![root];
    while let Some(element) = waiting.pop() {
        if element.id() != root.id() && measures.is_noise(element) {
            continue;
        }
        let line = measures.lines.get(&element.id());
        if let Some(line) = line.filter(|line| is_text(element, line, title.as_deref())) {
            writer.line(line);
        }
        writer.element(element, sources);
        waiting.extend(element.child_elements().collect::<Vec<_>>().into_iter().rev());
    }
    let of = |n: usize| u32::try_from(n).map_or(f64::MAX, f64::from);
    writer.body.linked = if writer.length == 0 { 0.0 } else { of(writer.linked) / of(writer.length) };
    writer.body
}

fn is_text(element: ElementRef<'_>, line: &Line, title: Option<&str>) -> bool {
    let leads = line.density() > LINKED && line.length < LED;
    let heading = matches!(element.value().name(), "h1" | "h2") && title == Some(folded(&line.text).as_str());
    !leads && !heading
}

struct Writer {
    body: Body,
    seen: HashSet<String>,
    linked: usize,
    length: usize,
}

impl Writer {
    fn line(&mut self, line: &Line) {
        self.linked += line.linked;
        self.length += line.length;
        self.body.text.push_str(&line.text);
        self.body.text.push('\n');
    }

    fn element(&mut self, element: ElementRef<'_>, sources: &Sources<'_>) {
        match element.value().name() {
            "img" => self.body.images += 1,
            "a" => {
                let link = element.value().attr("href").and_then(|href| sources.absolute(href));
                if let Some(link) = link.filter(|link| self.seen.insert(link.clone())) {
                    self.body.links.push(link);
                }
            }
            _ => {}
        }
    }
}
