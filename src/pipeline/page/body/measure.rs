//! How much there is to read in each element.

use super::noise::{Noise, noise};
use crate::pipeline::page::tree::{is_inline, one_line};
use ego_tree::NodeId;
use rustc_hash::{FxHashMap, FxHashSet};
use scraper::{ElementRef, Html, Node};

/// Characters from which a line is one that somebody wrote.
const PARAGRAPH: usize = 80;
/// … and from which it is, if it ends as a sentence does.
const SENTENCE: usize = 25;
/// The share of links from which a line is a way to other texts.
const LINKED: f64 = 0.5;
/// The share of all that there is to read from which an element is no mere surrounding, whatever its name.
const MOST: f64 = 0.45;

/// What one element holds, without the noise in it.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Measure {
    /// Characters of paragraphs.
    pub(super) prose: usize,
    /// Paragraphs.
    pub(super) paragraphs: usize,
}

/// A block's own line of text.
#[derive(Debug, Clone)]
pub(super) struct Line {
    pub(super) text: String,
    /// Its characters, and those in links.
    pub(super) length: usize,
    pub(super) linked: usize,
}

impl Line {
    /// The share of its characters in links.
    pub(super) fn density(&self) -> f64 {
        let of = |n: usize| u32::try_from(n).map_or(f64::MAX, f64::from);
        if self.length == 0 { 0.0 } else { of(self.linked) / of(self.length) }
    }

    /// Whether somebody wrote it to be read.
    pub(super) fn is_prose(&self) -> bool {
        let ends = self
            .text
            .trim_end_matches(['"', '”', '»', '’', ')', ' '])
            .ends_with(['.', '!', '?', '…', ':', '。', '！', '？', '।']);
        let long = self.length >= PARAGRAPH || (self.length >= SENTENCE && ends);
        long && self.density() < LINKED && !self.is_cut()
    }

    /// It breaks off: the beginning of a text that is elsewhere.
    pub(super) fn is_cut(&self) -> bool {
        let text = self.text.trim_end_matches([']', ')', ' ', '[', '(']);
        text.ends_with('…') || text.ends_with("...")
    }
}

/// What every element of a page holds.
pub(super) struct Measures {
    pub(super) lines: FxHashMap<NodeId, Line>,
    measures: FxHashMap<NodeId, Measure>,
    all: usize,
}

impl Measures {
    pub(super) fn of(&self, element: ElementRef<'_>) -> Measure {
        self.measures.get(&element.id()).copied().unwrap_or_default()
    }

    /// Not to be read: surely, or by its name and because most of the text is elsewhere.
    pub(super) fn is_noise(&self, element: ElementRef<'_>) -> bool {
        match noise(element) {
            Noise::Surely => true,
            Noise::Probably => !self.is_most(element),
            Noise::No => false,
        }
    }

    fn is_most(&self, element: ElementRef<'_>) -> bool {
        let of = |n: usize| u32::try_from(n).map_or(f64::MAX, f64::from);
        of(self.of(element).prose) > MOST * of(self.all)
    }
}

/// Measures a page in two passes: all of it, then without the noise that the first has shown to be noise.
pub(super) fn of(document: &Html) -> Measures {
    let mut measures = Measures { lines: FxHashMap::default(), measures: FxHashMap::default(), all: 0 };
    let root = document.root_element();
    pass(root, &mut measures, |element| noise(element) == Noise::Surely);
    measures.all = measures.of(root).prose;
    let noisy: Vec<NodeId> =
        root.descendent_elements().filter(|element| measures.is_noise(*element)).map(|element| element.id()).collect();
    let noisy: FxHashSet<NodeId> = noisy.into_iter().collect();
    measures.measures.clear();
    measures.lines.clear();
    pass(root, &mut measures, |element| noisy.contains(&element.id()));
    measures
}

fn pass(root: ElementRef<'_>, measures: &mut Measures, skip: impl Fn(ElementRef<'_>) -> bool) {
    // In document order: children after their parents; so the sums are made backwards.
    let mut order = Vec::new();
    let mut waiting = vec![root];
    while let Some(element) = waiting.pop() {
        if skip(element) {
            continue;
        }
        order.push(element);
        waiting.extend(element.child_elements());
    }
    for element in order.into_iter().rev() {
        let mut measure = element.child_elements().map(|child| measures.of(child)).fold(Measure::default(), |sum, child| {
            Measure { prose: sum.prose + child.prose, paragraphs: sum.paragraphs + child.paragraphs }
        });
        if !is_inline(element.value().name())
            && let Some(line) = line(element, &skip)
        {
            if line.is_prose() {
                measure.prose += line.length;
                measure.paragraphs += 1;
            }
            measures.lines.insert(element.id(), line);
        }
        measures.measures.insert(element.id(), measure);
    }
}

/// The text that stands in a block itself.
fn line(element: ElementRef<'_>, skip: &impl Fn(ElementRef<'_>) -> bool) -> Option<Line> {
    let (mut pieces, mut linked) = (Vec::new(), 0);
    let mut waiting: Vec<_> = element.children().rev().map(|node| (node, false)).collect();
    while let Some((node, in_link)) = waiting.pop() {
        match node.value() {
            Node::Text(text) => {
                linked += if in_link { length(text) } else { 0 };
                pieces.push(&**text);
            }
            Node::Element(inner) if inner.name() == "br" => pieces.push("\n"),
            Node::Element(inner) => {
                let is_skipped = ElementRef::wrap(node).is_some_and(skip);
                if is_inline(inner.name()) && !is_skipped {
                    waiting.extend(node.children().rev().map(|child| (child, in_link || inner.name() == "a")));
                } else {
                    pieces.push(" ");
                }
            }
            _ => {}
        }
    }
    let text = one_line(pieces.into_iter());
    let length = length(&text);
    (length > 0).then_some(Line { text, length, linked })
}

/// Characters without white space; those of scripts without spaces between words say more.
fn length(text: &str) -> usize {
    text.chars()
        .map(|c| {
            if c.is_whitespace() {
                0
            } else if ('\u{2e80}'..='\u{9fff}').contains(&c) || ('\u{ac00}'..='\u{d7af}').contains(&c) {
                3
            } else {
                1
            }
        })
        .sum()
}
