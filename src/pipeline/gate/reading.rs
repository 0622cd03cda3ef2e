//! From the source to a [`Page`]: the parser, the cascade, the visible text.

use super::{
    css::{
        Declaration,
        cascade::{Computed, DarkCanvas, Theme},
        declarations,
        sheet::{Media, Sheet},
    },
    page::{Item, Kind, Page, Run, is_block},
};
use crate::pipeline::markup::{Refusal, scan};
use scraper::{ElementRef, Html, Node};
use std::collections::HashMap;

/// Selectors times elements that are tried at most; beyond, sheets are taken as absent (the size rules refuse them anyway).
const MOST_MATCHES: usize = 6_000_000;

/// Reads a document that the scanner admits.
pub(super) fn read(source: &str) -> Result<Page<'_>, Refusal> {
    let faults = scan(source)?;
    let html = Html::parse_document(source);
    let mut page = Page {
        source,
        kind: Kind::Mail,
        has_doctype: false,
        title: String::new(),
        sheet: Sheet::default(),
        faults,
        errors: html.errors.iter().take(3).map(ToString::to_string).collect(),
        comments: Vec::new(),
        runs: Vec::new(),
        unseen: Vec::new(),
        items: Vec::new(),
        named: HashMap::new(),
        text: String::new(),
    };
    collect(&html, &mut page);
    page.kind = kind_of(&page);
    Ok(page)
}

/// Walks the tree in document order.
fn collect(html: &Html, page: &mut Page) {
    read_sheets(html, page);
    let mut styler = Styler::new(page);
    let mut places = HashMap::new();
    let mut writer = Writer { open: Vec::new() };
    for node in html.tree.root().descendants() {
        let parent = node.parent().and_then(|parent| places.get(&parent.id()).copied());
        match node.value() {
            Node::Doctype(doctype) => {
                page.has_doctype = doctype.name().eq_ignore_ascii_case("html") && doctype.public_id().is_empty();
            }
            Node::Comment(comment) => page.comments.push(comment.to_string()),
            Node::Element(_) => {
                if let Some(element) = ElementRef::wrap(node) {
                    writer.close_down_to(parent, page);
                    places.insert(node.id(), page.items.len());
                    let item = styler.item(element, parent, page);
                    writer.open(item, page);
                }
            }
            Node::Text(text) => {
                writer.close_down_to(parent, page);
                writer.write(text, page);
            }
            _ => {}
        }
    }
    writer.close_down_to(None, page);
}

fn read_sheets(html: &Html, page: &mut Page) {
    for element in html.tree.nodes().filter_map(ElementRef::wrap).filter(|element| element.value().name() == "style") {
        let css: String = element.text().collect();
        page.sheet.add(&css, element.attr("media").unwrap_or_default());
    }
}

/// Works out what elements look like, parents before children.
struct Styler {
    dark_canvas: DarkCanvas,
    spent: usize,
}

impl Styler {
    fn new(page: &Page) -> Self {
        let source = page.source.to_ascii_lowercase();
        let announced =
            source.split("color-scheme").skip(1).any(|after| after.chars().take(60).collect::<String>().contains("dark"));
        Self { dark_canvas: if announced { DarkCanvas::Announced } else { DarkCanvas::Absent }, spent: 0 }
    }

    fn item(&mut self, element: ElementRef, parent: Option<usize>, page: &Page) -> Item {
        let name = element.value().name().to_owned();
        let attributes: Vec<(String, String)> =
            element.value().attrs().map(|(name, value)| (name.to_owned(), value.to_owned())).collect();
        let inline = element.attr("style").map(declarations).unwrap_or_default();
        let index = page.items.len();
        let light = self.computed(element, &inline, parent, (page, Theme::Light));
        let dark = if page.sheet.has_dark() || self.dark_canvas == DarkCanvas::Announced {
            self.computed(element, &inline, parent, (page, Theme::Dark))
        } else {
            light.clone()
        };
        let at = page.text.len();
        Item { name, attributes, inline, parent, end: index + 1, span: at..at, light, dark }
    }

    fn computed(&mut self, element: ElementRef, inline: &[Declaration], parent: Option<usize>, look: (&Page, Theme)) -> Computed {
        let (page, theme) = look;
        let index = page.items.len();
        let above = match (parent.and_then(|parent| page.items.get(parent)), theme) {
            (Some(parent), Theme::Light) => parent.light.clone(),
            (Some(parent), Theme::Dark) => parent.dark.clone(),
            (None, theme) => Computed::root(theme, self.dark_canvas),
        };
        let mut computed = above.child(element.value().name(), index);
        self.link_defaults(element, theme, &mut computed);
        let mut said = self.said_by_sheet(element, &page.sheet, theme);
        said.extend(inline.iter().enumerate().map(|(order, said)| (said.important, u32::MAX, order, said)));
        said.sort_by_key(|(important, weight, order, _)| (*important, *weight, *order));
        if element.attr("hidden").is_some() {
            computed.hidden = true;
        }
        // Sizes first: other lengths are measured in them.
        let (sizes, others): (Vec<_>, Vec<_>) =
            said.into_iter().partition(|(.., said)| matches!(said.name.as_str(), "font-size" | "font"));
        for (.., said) in sizes.into_iter().chain(others) {
            computed.apply(said, &above, index);
        }
        computed
    }

    fn link_defaults(&self, element: ElementRef, theme: Theme, computed: &mut Computed) {
        if element.value().name() == "a" && element.attr("href").is_some() {
            let dark = theme == Theme::Dark && self.dark_canvas == DarkCanvas::Announced;
            computed.ink = Some(super::css::colour::Colour::from_hex(if dark { 0x9E_9EFF } else { 0x00_00EE }));
            computed.underlined = true;
        }
    }

    fn said_by_sheet<'p>(
        &mut self,
        element: ElementRef,
        sheet: &'p Sheet,
        theme: Theme,
    ) -> Vec<(bool, u32, usize, &'p Declaration)> {
        let mut said = Vec::new();
        for (order, rule) in sheet.rules.iter().enumerate() {
            let applies = rule.media == Media::Always || (rule.media == Media::Dark && theme == Theme::Dark);
            if !applies || self.spent > MOST_MATCHES {
                continue;
            }
            self.spent += rule.selectors.len();
            let weight =
                rule.selectors.iter().filter(|(selector, _)| selector.matches(&element)).map(|(_, weight)| *weight).max();
            if let Some(weight) = weight {
                said.extend(rule.declarations.iter().map(|said| (said.important, weight, order, said)));
            }
        }
        said
    }
}

/// Writes the visible text, blocks on lines of their own.
struct Writer {
    open: Vec<usize>,
}

impl Writer {
    fn open(&mut self, mut item: Item, page: &mut Page) {
        if is_block(&item.name) || item.name == "br" {
            break_line(&mut page.text);
        }
        let index = page.items.len();
        item.span = page.text.len()..page.text.len();
        page.named.entry(item.name.clone()).or_default().push(index);
        page.items.push(item);
        self.open.push(index);
    }

    /// Closes elements until `parent` is the innermost open one.
    fn close_down_to(&mut self, parent: Option<usize>, page: &mut Page) {
        while let Some(index) = self.open.last().copied().filter(|last| Some(*last) != parent) {
            self.open.pop();
            let (at, end) = (page.text.len(), page.items.len());
            if let Some(item) = page.items.get_mut(index) {
                item.span.end = at;
                item.end = end;
                if is_block(&item.name) {
                    break_line(&mut page.text);
                }
            }
        }
    }

    fn write(&self, text: &str, page: &mut Page) {
        let Some(element) = self.open.last().copied() else { return };
        if page.items.get(element).is_some_and(|item| item.name == "title") {
            page.title.push_str(text);
        }
        let silent = self.open.iter().rev().any(|open| page.items.get(*open).is_some_and(|item| is_silent(&item.name)));
        if silent {
            return;
        }
        if page.items.get(element).is_some_and(|item| item.light.hidden) {
            if !text.trim().is_empty() {
                page.unseen.push((element, text.to_owned()));
            }
            return;
        }
        let start = page.text.len();
        page.text.push_str(&text.replace(['\n', '\r', '\t'], " "));
        if !text.trim().is_empty() {
            page.runs.push(Run { element, span: start..page.text.len() });
        }
    }
}

fn break_line(text: &mut String) {
    if !text.is_empty() && !text.ends_with('\n') {
        text.push('\n');
    }
}

fn is_silent(name: &str) -> bool {
    matches!(
        name,
        "head"
            | "title"
            | "style"
            | "script"
            | "template"
            | "noscript"
            | "svg"
            | "math"
            | "textarea"
            | "select"
            | "iframe"
            | "object"
    )
}

/// A file is taken as an e-mail, unless it has landmarks and nothing of an e-mail.
fn kind_of(page: &Page) -> Kind {
    let landmarks = page.first("main").is_some() || page.first("nav").is_some();
    let outlook = page.comments.iter().any(|comment| comment.contains("[if ") && comment.contains("mso"))
        || page.elements().any(|element| element.inline().iter().any(|said| said.name.starts_with("mso-")));
    let meta = page.named("meta").any(|meta| {
        meta.attr("name").is_some_and(|name| matches!(name, "x-apple-disable-message-reformatting" | "supported-color-schemes"))
    });
    let wrapped = page.first("body").is_some_and(|body| {
        let mut children = body.children().filter(|child| !child.is(&["script", "style"]));
        children.next().is_some_and(|child| child.name() == "div" && child.attr("lang").is_some()) && children.next().is_none()
    });
    if landmarks && !outlook && !meta && !wrapped { Kind::WebPage } else { Kind::Mail }
}
