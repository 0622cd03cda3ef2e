//! One entry, in any vocabulary of XML.
//!
//! RSS, RDF, Atom and CDF share their adapter because publishers mix them: each element is worth what its name says, wherever
//! it stands. Where several speak for one field, ranks decide.

use crate::{
    domain::{
        entry::{Author, Entry},
        fetching::StatedDate,
    },
    pipeline::parse::{
        bodies::{self, Body},
        construct::Construct,
        context::Context,
        names::Ns,
        people,
        ranked::Ranked,
        text,
        tree::Element,
    },
};
use url::Url;

/// How many different categories of an entry are read.
const MAX_CATEGORIES: usize = 100;

/// Reads one entry.
pub(super) fn read(element: Element<'_, '_>, context: &Context) -> Entry {
    let mut draft = Draft::new(context.inside(element));
    draft.attributes(element);
    for child in element.children() {
        match child.ns() {
            Ns::Native | Ns::Rss | Ns::Atom => draft.native(child),
            Ns::Dc | Ns::DcTerms => draft.dublin_core(child),
            _ => draft.extension(child),
        }
    }
    draft.finish()
}

struct Draft {
    context: Context,
    id: Ranked<String>,
    title: Ranked<String>,
    link: Ranked<String>,
    original_link: Option<String>,
    authors: Vec<Author>,
    source_authors: Vec<Author>,
    show_authors: Vec<Author>,
    published: Ranked<StatedDate>,
    updated: Ranked<StatedDate>,
    unreadable_date: Option<String>,
    early: bool,
    language: Ranked<String>,
    summary: Ranked<Body>,
    content: Ranked<Body>,
    categories: Vec<String>,
    origin: Ranked<Url>,
}

impl Draft {
    fn new(context: Context) -> Self {
        Self {
            context,
            id: Ranked::default(),
            title: Ranked::default(),
            link: Ranked::default(),
            original_link: None,
            authors: Vec::new(),
            source_authors: Vec::new(),
            show_authors: Vec::new(),
            published: Ranked::default(),
            updated: Ranked::default(),
            unreadable_date: None,
            early: false,
            language: Ranked::default(),
            summary: Ranked::default(),
            content: Ranked::default(),
            categories: Vec::new(),
            origin: Ranked::default(),
        }
    }

    /// What stands on the entry itself: `rdf:about`, the `href` and `lastmod` of CDF, `xml:lang`.
    fn attributes(&mut self, element: Element<'_, '_>) {
        self.language.offer(0, element.attribute("xml:lang").and_then(|tag| text::language(&tag)));
        if let Some(about) = element.attribute("rdf:about").or_else(|| element.attribute("about")) {
            self.id.offer(1, text::address(&about));
            self.link.offer(5, self.context.resolve(&about).filter(|link| link.starts_with("http")));
        }
        if let Some(href) = element.attribute("href") {
            self.link.offer(2, self.context.resolve(&href));
        }
        if let Some(modified) = element.attribute("lastmod") {
            self.date(Field::Updated, 2, &modified);
        }
    }

    fn native(&mut self, element: Element<'_, '_>) {
        match element.name() {
            "title" => self.title(0, element),
            "link" | "a" => self.link(element),
            "guid" | "id" => self.guid(element),
            "description" | "summary" => self.body(Part::Summary, 0, element),
            "abstract" | "tagline" => self.body(Part::Summary, 1, element),
            "content" => self.atom_content(element),
            "encoded" | "fullitem" | "body" | "content_encoded" => self.body(Part::Content, 1, element),
            "pubdate" | "published" => self.date(Field::Published, 0, &element.text()),
            "issued" => self.date(Field::Published, 1, &element.text()),
            "date" => self.date(Field::Published, 2, &element.text()),
            "created" => self.date(Field::Published, 3, &element.text()),
            "updated" | "modified" => self.date(Field::Updated, 0, &element.text()),
            "lastbuilddate" => self.date(Field::Updated, 1, &element.text()),
            "author" => people::add(&mut self.authors, element, "author"),
            "managingeditor" => people::add(&mut self.authors, element, "managingEditor"),
            "creator" => people::add(&mut self.authors, element, "dc:creator"),
            "category" => self.category(element),
            "source" => self.source(element),
            "enclosure" => self.link.offer(7, element.attribute("url").and_then(|url| self.context.resolve(&url))),
            "language" => self.language.offer(1, text::language(&element.text())),
            _ => {}
        }
    }

    fn dublin_core(&mut self, element: Element<'_, '_>) {
        match element.name() {
            "title" => self.title(1, element),
            "creator" | "author" => people::add(&mut self.authors, element, "dc:creator"),
            "issued" | "available" => self.date(Field::Published, 2, &element.text()),
            "date" => self.date(Field::Published, 2, &element.text()),
            "created" => self.date(Field::Published, 3, &element.text()),
            "modified" => self.date(Field::Updated, 1, &element.text()),
            "identifier" => self.id.offer(2, text::address(&element.text())),
            "description" | "abstract" => self.body(Part::Summary, 1, element),
            "subject" => self.category(element),
            "language" => self.language.offer(1, text::language(&element.text())),
            _ => {}
        }
    }

    fn extension(&mut self, element: Element<'_, '_>) {
        match (element.ns(), element.name()) {
            (Ns::Content, "encoded") | (Ns::Xhtml, "body" | "div") => self.body(Part::Content, 0, element),
            (Ns::Feedburner, "origlink") => self.original_link = self.context.resolve(&element.text()),
            (Ns::Itunes, "title") | (Ns::Media, "title") => self.title(2, element),
            (Ns::Itunes, "summary") => self.body(Part::Summary, 2, element),
            (Ns::Itunes, "subtitle") | (Ns::Media, "description") => self.body(Part::Summary, 3, element),
            (Ns::Itunes, "author") => people::add(&mut self.show_authors, element, "itunes:author"),
            (Ns::Media, "category") => self.category(element),
            (Ns::Media, "content") => {
                self.link.offer(8, element.attribute("url").and_then(|url| self.context.resolve(&url)));
                element.children().for_each(|child| self.extension(child));
            }
            (Ns::Media, "group") => element.children().for_each(|child| self.extension(child)),
            _ => {}
        }
    }

    fn title(&mut self, rank: u8, element: Element<'_, '_>) {
        if self.title.wants(rank) {
            let title = Construct::read(element, self.context.dialect).map(|title| title.line());
            self.title.offer(rank, title.filter(|title| !title.is_empty()));
        }
    }

    /// RSS writes the address as text, Atom and CDF as `href`, RDF as `rdf:resource`.
    fn link(&mut self, element: Element<'_, '_>) {
        let inside = self.context.inside(element);
        let href = element.attribute("href").or_else(|| element.attribute("rdf:resource"));
        let Some(href) = href else {
            return self.link.offer(1, inside.resolve(&element.text()));
        };
        let relation = element.attribute("rel").map(|rel| rel.trim().to_ascii_lowercase());
        let relation =
            relation.as_deref().map(|rel| rel.strip_prefix("http://www.iana.org/assignments/relation/").unwrap_or(rel));
        let rank = match relation {
            None | Some("alternate" | "") => {
                let kind = element.attribute("type").unwrap_or_default();
                if kind.is_empty() || kind.contains("html") { 1 } else { 2 }
            }
            Some("related" | "via" | "canonical") => 6,
            Some("enclosure") => 7,
            _ => return,
        };
        self.link.offer(rank, inside.resolve(&href));
    }

    fn guid(&mut self, element: Element<'_, '_>) {
        let guid = text::address(&element.text());
        let permanent = element.attribute("ispermalink").is_none_or(|value| !value.trim().eq_ignore_ascii_case("false"));
        if let Some(guid) = guid.as_deref().filter(|guid| permanent && element.name() == "guid" && looks_like_link(guid)) {
            self.link.offer(4, self.context.resolve(guid));
        }
        if let Some(id) = guid.as_deref().filter(|id| element.name() == "id" && id.starts_with("http")) {
            self.link.offer(9, Some(id.to_owned()));
        }
        let relative = guid.as_deref().is_some_and(|id| element.name() == "id" && id.contains('/') && !id.contains(':'));
        self.id.offer(0, if relative { self.context.inside(element).resolve(&element.text()) } else { guid });
    }

    /// Of several contents the first one that is HTML.
    fn atom_content(&mut self, element: Element<'_, '_>) {
        if let Some(source) = element.attribute("src") {
            self.link.offer(6, self.context.inside(element).resolve(&source));
            return;
        }
        if element.attribute("type").is_some_and(|kind| kind.starts_with("multipart/")) {
            return element.children().for_each(|part| self.atom_content(part));
        }
        let rank = if element.attribute("type").is_some_and(|kind| kind.contains("html")) { 0 } else { 1 };
        self.body(Part::Content, rank, element);
    }

    fn body(&mut self, part: Part, rank: u8, element: Element<'_, '_>) {
        let slot = match part {
            Part::Summary => &mut self.summary,
            Part::Content => &mut self.content,
        };
        if slot.wants(rank) {
            let base = self.context.inside(element).base;
            slot.offer(rank, Construct::read(element, self.context.dialect).map(|construct| (construct, base)));
        }
    }

    fn date(&mut self, field: Field, rank: u8, written: &str) {
        if written.trim().is_empty() {
            return;
        }
        match (self.context.date(written), field) {
            (Ok(date), Field::Published) => self.published.overwrite(rank, Some(date)),
            (Ok(date), Field::Updated) => self.updated.overwrite(rank, Some(date)),
            (Err(text), _) => {
                self.early |= self.context.is_early(written);
                self.unreadable_date = Some(text);
            }
        }
    }

    fn category(&mut self, element: Element<'_, '_>) {
        let label = element.attribute("label").or_else(|| element.attribute("term"));
        if self.categories.len() >= MAX_CATEGORIES {
            return;
        }
        let name = text::line_of_html(&label.unwrap_or_else(|| element.text()));
        if !name.is_empty() && !self.categories.contains(&name) {
            self.categories.push(name);
        }
    }

    /// Where the entry was first published: the `url` of RSS, the links and the author of Atom.
    fn source(&mut self, element: Element<'_, '_>) {
        let url = |context: &Context, address: &str| context.resolve(address).and_then(|address| Url::parse(&address).ok());
        if let Some(address) = element.attribute("url") {
            self.origin.offer(0, url(&self.context, &address));
        }
        for child in element.children() {
            match child.name() {
                "link" => {
                    let rank = if child.attribute("rel").is_some_and(|rel| rel == "self") { 1 } else { 0 };
                    self.origin.offer(rank, child.attribute("href").and_then(|href| url(&self.context, &href)));
                }
                "id" => self.origin.offer(2, url(&self.context, &child.text())),
                "author" => people::add(&mut self.source_authors, child, "author"),
                _ => {}
            }
        }
    }

    fn finish(self) -> Entry {
        let authors = [self.authors, self.show_authors, self.source_authors].into_iter().find(|authors| !authors.is_empty());
        let (published, updated) = (self.published.best(), self.updated.best());
        let mut entry = Entry {
            id: self.id.best(),
            title: self.title.best().unwrap_or_default(),
            link: self.link.best().or_else(|| self.original_link.clone()),
            original_link: self.original_link,
            authors: people::distinct(authors.unwrap_or_default()),
            unreadable_date: self.unreadable_date.filter(|_| published.is_none()),
            published,
            updated,
            language: self.language.best(),
            categories: self.categories,
            origin: self.origin.best(),
            early: self.early,
            ..Entry::default()
        };
        bodies::fill(&mut entry, self.summary.best(), self.content.best());
        entry
    }
}

#[derive(Clone, Copy)]
enum Part {
    Summary,
    Content,
}

#[derive(Clone, Copy)]
enum Field {
    Published,
    Updated,
}

/// A permalink is an address; some publishers leave out `isPermaLink="false"` on what is none.
fn looks_like_link(guid: &str) -> bool {
    guid.starts_with("http://") || guid.starts_with("https://") || guid.starts_with('/') || guid.starts_with("www.")
}
