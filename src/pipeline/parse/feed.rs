//! What a feed says of itself, and which elements are its entries.

use crate::{
    domain::{
        entry::{Author, ParsedFeed},
        fetching::StatedDate,
    },
    pipeline::parse::{
        construct::Construct,
        context::Context,
        dates::DayOrder,
        elsewhere::Links,
        names::{self, Ns},
        people,
        ranked::Ranked,
        text,
        tree::{Element, Tree},
    },
};

/// The entries of a document, in order: wherever they stand, none inside another.
pub(super) fn entries<'t, 'a>(tree: &'t Tree<'a>) -> impl Iterator<Item = Element<'t, 'a>> {
    let root = tree.root();
    let alone = is_entry(&root).then_some(root);
    let inside = if alone.is_some() { None } else { Some(root.descendants(|element| is_container(element)).filter(is_entry)) };
    alone.into_iter().chain(inside.into_iter().flatten())
}

fn is_entry(element: &Element<'_, '_>) -> bool {
    names::is_entry(element.name()) && matches!(element.ns(), Ns::Native | Ns::Rss | Ns::Atom | Ns::Rdf)
}

/// Elements in which entries stand.
fn is_container(element: &Element<'_, '_>) -> bool {
    matches!(element.name(), "rss" | "feed" | "rdf" | "channel" | "items" | "seq" | "li" | "html" | "body")
}

/// The name of the format, from the root.
pub(super) fn format(root: Element<'_, '_>) -> &'static str {
    let version = root.attribute("version").unwrap_or_default();
    let namespace = root.attribute("xmlns").unwrap_or_default().to_ascii_lowercase();
    match root.name() {
        "feed" | "entry" if version.starts_with("0.") || namespace.contains("purl.org/atom") => "atom0.3",
        "feed" | "entry" => "atom",
        "rdf" if namespace.contains("netscape") || namespace.contains("/0.9") => "rss0.9x",
        "rdf" => "rss1",
        "channel" if namespace.contains("rss1.1") => "rss1",
        "channel" if namespace.is_empty() => "cdf",
        "rss" if version.trim().starts_with("0.") => "rss0.9x",
        _ => "rss2",
    }
}

/// What surrounds the entries.
pub(super) struct Head {
    /// The feed without its entries.
    pub(super) feed: ParsedFeed,
    /// Who signs the entries that nobody signs.
    pub(super) authors: Vec<Author>,
    /// For the entries.
    pub(super) context: Context,
}

/// Reads what stands outside the entries.
pub(super) fn head(root: Element<'_, '_>, context: &Context) -> Head {
    let channel = root.children().find(|child| child.name() == "channel");
    let outer = context.inside(root);
    let context = channel.map_or(outer.clone(), |channel| outer.inside(channel));
    let mut draft = Draft { context, ..Draft::default_for(&outer) };
    for element in [Some(root), channel].into_iter().flatten() {
        draft.language.offer(0, element.attribute("xml:lang").and_then(|tag| text::language(&tag)));
        draft.link.offer(3, element.attribute("href").and_then(|href| draft.context.resolve(&href)));
        draft.updated.offer(2, element.attribute("lastmod").and_then(|written| draft.context.date(&written).ok()));
    }
    let stray = root.children().filter(|child| !is_entry(child) && child.name() != "channel");
    for child in channel.into_iter().flat_map(Element::children).chain(stray) {
        match child.ns() {
            Ns::Native | Ns::Rss | Ns::Atom => draft.native(child),
            _ => draft.extension(child),
        }
    }
    draft.finish(root)
}

struct Draft {
    context: Context,
    title: Ranked<String>,
    description: Ranked<String>,
    link: Ranked<String>,
    language: Ranked<String>,
    updated: Ranked<StatedDate>,
    authors: Vec<Author>,
    editors: Vec<Author>,
    ttl: Ranked<u32>,
    period: Option<u32>,
    frequency: u32,
    links: Links,
}

impl Draft {
    fn default_for(context: &Context) -> Self {
        Self {
            context: context.clone(),
            title: Ranked::default(),
            description: Ranked::default(),
            link: Ranked::default(),
            language: Ranked::default(),
            updated: Ranked::default(),
            authors: Vec::new(),
            editors: Vec::new(),
            ttl: Ranked::default(),
            period: None,
            frequency: 1,
            links: Links::default(),
        }
    }

    fn native(&mut self, element: Element<'_, '_>) {
        match element.name() {
            "title" => self.title(0, element),
            "link" | "a" => self.link(element),
            "description" | "subtitle" | "tagline" => self.description(0, element),
            "abstract" => self.description(1, element),
            "info" => self.description(2, element),
            "language" => self.language.offer(1, text::language(&element.text())),
            "updated" | "modified" | "lastbuilddate" => self.updated.offer(0, self.context.date(&element.text()).ok()),
            "pubdate" | "published" => self.updated.offer(1, self.context.date(&element.text()).ok()),
            "author" => people::add(&mut self.authors, element, "feed author"),
            "managingeditor" | "webmaster" => people::add(&mut self.editors, element, "feed author"),
            "id" => self.link.offer(4, text::address(&element.text()).filter(|id| id.starts_with("http"))),
            "ttl" => self.ttl.offer(0, element.text().trim().parse().ok()),
            _ => {}
        }
    }

    fn extension(&mut self, element: Element<'_, '_>) {
        match (element.ns(), element.name()) {
            (Ns::Dc | Ns::DcTerms, "title") => self.title(1, element),
            (Ns::Dc | Ns::DcTerms, "description") => self.description(1, element),
            (Ns::Dc | Ns::DcTerms, "language") => self.language.offer(1, text::language(&element.text())),
            (Ns::Dc | Ns::DcTerms, "date" | "modified" | "issued" | "created") => {
                self.updated.offer(1, self.context.date(&element.text()).ok())
            }
            (Ns::Dc, "creator" | "author") | (Ns::Itunes, "author") => people::add(&mut self.authors, element, "feed author"),
            (Ns::Dc, "publisher") => people::add(&mut self.editors, element, "feed author"),
            (Ns::Itunes, "summary" | "subtitle") => self.description(2, element),
            (Ns::Itunes, "owner") => people::add(&mut self.editors, element, "feed author"),
            (Ns::Syndication, "updateperiod") => self.period = minutes(&element.text()),
            (Ns::Syndication, "updatefrequency") => self.frequency = element.text().trim().parse().unwrap_or(1).max(1),
            _ => {}
        }
    }

    fn title(&mut self, rank: u8, element: Element<'_, '_>) {
        let title = Construct::read(element, self.context.dialect).map(|title| title.line());
        self.title.offer(rank, title.filter(|title| !title.is_empty()));
    }

    fn description(&mut self, rank: u8, element: Element<'_, '_>) {
        let text = Construct::read(element, self.context.dialect).map(|construct| construct.plain());
        self.description.offer(rank, text.filter(|text| !text.is_empty()));
    }

    fn link(&mut self, element: Element<'_, '_>) {
        let inside = self.context.inside(element);
        let Some(href) = element.attribute("href").or_else(|| element.attribute("rdf:resource")) else {
            return self.link.offer(0, inside.resolve(&element.text()));
        };
        let relation = element.attribute("rel").unwrap_or_default().to_ascii_lowercase();
        let kind = element.attribute("type").unwrap_or_default();
        let rank = match relation.as_str() {
            "alternate" | "" if kind.is_empty() || kind.contains("html") => 1,
            "alternate" | "" => 2,
            relation => return self.links.take(relation, inside.resolve(&href)),
        };
        self.link.offer(rank, inside.resolve(&href));
    }

    fn finish(self, root: Element<'_, '_>) -> Head {
        let language = self.language.best();
        let english = language.as_deref().is_some_and(|tag| tag == "en" || tag == "en-us");
        let day_order = if english { DayOrder::MonthFirst } else { DayOrder::DayFirst };
        let authors = people::distinct(if self.authors.is_empty() { self.editors } else { self.authors });
        let link = self.link.best();
        let site = link.as_deref().and_then(|link| url::Url::parse(link).ok());
        let context = Context { day_order, base: self.context.base.or(site), ..self.context };
        let feed = ParsedFeed {
            format: format(root),
            title: self.title.best(),
            description: self.description.best(),
            link,
            language,
            updated: self.updated.best(),
            authors: authors.iter().map(|author| author.name.clone()).collect(),
            ttl_minutes: self.ttl.best().or(self.period.map(|period| period / self.frequency)),
            elsewhere: self.links.finish(),
            ..ParsedFeed::default()
        };
        Head { feed, authors, context }
    }
}

/// The minutes of `sy:updatePeriod`.
fn minutes(period: &str) -> Option<u32> {
    Some(match period.trim().to_ascii_lowercase().as_str() {
        "hourly" => 60,
        "daily" => 24 * 60,
        "weekly" => 7 * 24 * 60,
        "monthly" => 30 * 24 * 60,
        "yearly" => 365 * 24 * 60,
        _ => return None,
    })
}
