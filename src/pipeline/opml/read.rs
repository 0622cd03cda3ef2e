//! OPML to a list. One pass, no recursion: nesting costs a name on a stack, and no more than that.

use super::{DEEPEST, LONGEST, MOST_FEEDS, NotOpml, OpmlFeed, OpmlList};
use crate::pipeline::charset::text_of;
use quick_xml::{
    Reader,
    events::{BytesStart, Event},
};
use std::collections::HashMap;
use url::Url;

/// Warnings beyond this number would help nobody.
const MOST_WARNINGS: usize = 50;

/// Reads a list. Broken markup costs what comes after it, never what came before.
///
/// # Errors
/// Too long, or no `<opml>` in it.
pub fn read(bytes: &[u8]) -> Result<OpmlList, NotOpml> {
    if bytes.len() > LONGEST {
        return Err(NotOpml(format!("the list is longer than {LONGEST} bytes; split it")));
    }
    let text = text_of(bytes, None);
    let mut reader = Reader::from_str(&text);
    let config = reader.config_mut();
    (config.check_end_names, config.allow_unmatched_ends, config.allow_dangling_amp) = (false, true, true);
    let mut reading = Reading::default();
    loop {
        match reader.read_event() {
            Ok(Event::Eof) => break,
            Ok(event) => reading.take(&event),
            Err(error) => {
                reading.warn(format!("the list breaks off at byte {}: {error}", reader.error_position()));
                break;
            }
        }
    }
    reading.finish()
}

#[derive(Default)]
struct Reading {
    list: OpmlList,
    /// Where each address stands in the list.
    places: HashMap<Url, usize>,
    /// The open elements below `<opml>`: the name of a group, or nothing.
    open: Vec<Option<String>>,
    is_opml: bool,
    is_rdf: bool,
    in_title: bool,
    title: String,
}

impl Reading {
    fn take(&mut self, event: &Event<'_>) {
        match event {
            Event::Start(element) => {
                let group = self.element(element);
                self.open.push(group);
            }
            Event::Empty(element) => {
                self.element(element);
            }
            Event::End(_) => {
                self.in_title = false;
                self.open.pop();
            }
            Event::Text(text) if self.in_title => self.title.push_str(text),
            Event::CData(text) if self.in_title => self.title.push_str(text),
            Event::GeneralRef(name) if self.in_title => self.title.push_str(&format!("&{};", &**name)),
            _ => {}
        }
    }

    /// Takes an element; gives the name of the group it opens, if it is one.
    fn element(&mut self, element: &BytesStart<'_>) -> Option<String> {
        match element.local_name().as_ref().to_ascii_lowercase().as_str() {
            "opml" => self.is_opml = true,
            "rdf" => self.is_rdf = true,
            "title" => self.in_title = self.is_opml && self.title.is_empty(),
            "outline" if self.is_opml => return self.outline(element),
            _ => {}
        }
        None
    }

    fn outline(&mut self, element: &BytesStart<'_>) -> Option<String> {
        let outline = Outline::of(element);
        let title = outline.text.clone().or(outline.title.clone());
        if self.open.len() > DEEPEST {
            self.warn(format!("{}: nested deeper than {DEEPEST} groups, left out", shown(title.as_deref())));
            return None;
        }
        match outline.feed_address() {
            Some(address) => self.feed(address, &outline, title),
            None if outline.is_subscription() => {
                let site = outline.site.as_deref().map_or_else(String::new, |site| format!("; try `veille sources add {site}`"));
                self.warn(format!("{}: no feed address, left out{site}", shown(title.as_deref())));
            }
            None => return title,
        }
        None
    }

    fn feed(&mut self, address: &str, outline: &Outline, title: Option<String>) {
        let Some(url) = web_address(address) else {
            return self.warn(format!("{}: \"{address}\" is no web address, left out", shown(title.as_deref())));
        };
        let groups: Vec<String> = self.open.iter().flatten().cloned().collect();
        let mut categories = outline.categories();
        if !groups.is_empty() {
            categories.insert(0, groups);
        }
        if let Some(place) = self.places.get(&url) {
            let known = &mut self.list.feeds[*place].categories;
            categories.retain(|category| !known.contains(category));
            known.extend(categories);
            return;
        }
        if self.list.feeds.len() == MOST_FEEDS {
            return self.warn(format!("{}: more than {MOST_FEEDS} feeds, left out", shown(title.as_deref())));
        }
        self.places.insert(url.clone(), self.list.feeds.len());
        let site = outline.site.as_deref().and_then(web_address);
        self.list.feeds.push(OpmlFeed { title, url, site, language: outline.language.clone(), categories });
    }

    fn warn(&mut self, warning: String) {
        match self.list.warnings.len() {
            0..MOST_WARNINGS => self.list.warnings.push(warning),
            MOST_WARNINGS => self.list.warnings.push("and more of the same".to_owned()),
            _ => {}
        }
    }

    fn finish(mut self) -> Result<OpmlList, NotOpml> {
        if !self.is_opml {
            let what = if self.is_rdf { "RDF" } else { "no OPML" };
            return Err(NotOpml(format!("this is {what}: export the list as OPML from the program it comes from")));
        }
        self.list.title = plain(&self.title);
        Ok(self.list)
    }
}

/// The attributes that count, whatever their case.
#[derive(Default)]
struct Outline {
    text: Option<String>,
    title: Option<String>,
    kind: Option<String>,
    feed: Option<String>,
    site: Option<String>,
    url: Option<String>,
    language: Option<String>,
    category: Option<String>,
}

impl Outline {
    fn of(element: &BytesStart<'_>) -> Self {
        let mut outline = Self::default();
        // Attributes without value or quotes are passed over, not stumbled on.
        for attribute in element.html_attributes().with_checks(false).filter_map(Result::ok) {
            let field = match attribute.key.as_ref().to_ascii_lowercase().as_str() {
                "text" => &mut outline.text,
                "title" => &mut outline.title,
                "type" => &mut outline.kind,
                "xmlurl" => &mut outline.feed,
                "htmlurl" => &mut outline.site,
                "url" => &mut outline.url,
                "language" => &mut outline.language,
                "category" => &mut outline.category,
                _ => continue,
            };
            if field.is_none() {
                *field = plain(&attribute.value);
            }
        }
        outline
    }

    fn is_subscription(&self) -> bool {
        let kind = self.kind.as_deref().unwrap_or_default();
        self.site.is_some() || ["rss", "atom", "include", "link"].iter().any(|known| kind.eq_ignore_ascii_case(known))
    }

    /// `xmlUrl`; some programs write `url` beside a type that says feed.
    fn feed_address(&self) -> Option<&str> {
        let is_feed =
            self.kind.as_deref().is_some_and(|kind| kind.eq_ignore_ascii_case("rss") || kind.eq_ignore_ascii_case("atom"));
        self.feed.as_deref().or(self.url.as_deref().filter(|_| is_feed))
    }

    /// `category`: paths parted by commas, their steps by slashes.
    fn categories(&self) -> Vec<Vec<String>> {
        let paths = self.category.as_deref().unwrap_or_default().split(',');
        let steps = |path: &str| path.split('/').map(str::trim).filter(|step| !step.is_empty()).map(str::to_owned).collect();
        let paths: Vec<Vec<String>> = paths.map(steps).collect();
        paths.into_iter().filter(|path| !path.is_empty()).collect()
    }
}

/// One line of plain text, or nothing.
fn plain(raw: &str) -> Option<String> {
    let text = html_escape::decode_html_entities(raw);
    let line =
        text.split(|c: char| c.is_whitespace() || c.is_control()).filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" ");
    (!line.is_empty()).then_some(line)
}

fn web_address(text: &str) -> Option<Url> {
    let text = text.trim();
    let rest = text.strip_prefix("feed:").map(|rest| rest.trim_start_matches('/'));
    let written = match rest {
        Some(rest) if rest.starts_with("http") => rest.to_owned(),
        Some(rest) => format!("http://{rest}"),
        None => text.to_owned(),
    };
    let mut url = Url::parse(&written).ok().filter(|url| matches!(url.scheme(), "http" | "https") && url.has_host())?;
    url.set_fragment(None);
    Some(url)
}

fn shown(title: Option<&str>) -> String {
    title.map_or_else(
        || "an outline without name".to_owned(),
        |title| format!("\"{}\"", title.chars().take(60).collect::<String>()),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn list(body: &str) -> OpmlList {
        read(format!("<opml version='2.0'><head><title> a  list </title></head><body>{body}</body></opml>").as_bytes()).unwrap()
    }

    fn check(outline: &str, url: &str, title: Option<&str>, categories: &[&[&str]]) {
        let list = list(outline);
        let feed = list.feeds.first().unwrap_or_else(|| panic!("no feed in {outline}: {:?}", list.warnings));
        assert_eq!((feed.url.as_str(), feed.title.as_deref()), (url, title), "{outline}");
        assert_eq!(feed.categories, categories, "{outline}");
    }

    #[test]
    fn outlines_as_people_write_them() {
        let url = "http://d.test/feed";
        check("<outline text='t' type='rss' xmlUrl='http://d.test/feed'/>", url, Some("t"), &[]);
        check("<outline text=' ' title='t' xmlUrl=' http://d.test/feed '></outline>", url, Some("t"), &[]);
        check("<OUTLINE TEXT='t' TYPE='rSs' XMLURL='http://d.test/feed'/>", url, Some("t"), &[]);
        check(
            "<outline text='a &amp; b &eacute; &unknown; <c>' xmlUrl='feed://d.test/feed'/>",
            url,
            Some("a & b é &unknown; <c>"),
            &[],
        );
        check("<outline type='rss' url='http://d.test/feed'/>", url, None, &[]);
        check("<outline xmlUrl='http://d.test/feed' hidden text=t />", url, Some("t"), &[]);
        check("<outline text=' g '><outline xmlUrl='http://d.test/feed'/></outline>", url, None, &[&["g"]]);
        check(
            "<outline text='g'><outline text='h'><outline xmlUrl='http://d.test/feed'/></outline></outline>",
            url,
            None,
            &[&["g", "h"]],
        );
        check("<outline text='g'/><outline xmlUrl='http://d.test/feed'/>", url, None, &[]);
        check(
            "<outline text='g'><outline category=' / , a / , b// /c ' xmlUrl='http://d.test/feed'/></outline>",
            url,
            None,
            &[&["g"], &["a"], &["b", "c"]],
        );
    }

    #[test]
    fn the_same_address_twice_is_one_feed_in_both_groups() {
        let feed = "<outline xmlUrl='http://d.test/feed'/>";
        let list = list(&format!("<outline text='a'>{feed}{feed}</outline><outline text='b'>{feed}</outline>"));
        assert_eq!(list.feeds.len(), 1);
        assert_eq!(list.feeds[0].categories, [["a"], ["b"]]);
        assert_eq!(list.title.as_deref(), Some("a list"));
    }

    #[test]
    fn what_is_left_out_is_told() {
        for outline in [
            "<outline text='t' type='rss'/>",
            "<outline text='t' type='rss' xmlUrl='' htmlUrl='http://d.test/'/>",
            "<outline text='t' xmlUrl='javascript:alert(1)'/>",
            "<outline text='t' xmlUrl='|command'/>",
            "<outline text='t' xmlUrl='file:///etc/passwd'/>",
            "<outline type='include'/>",
        ] {
            let list = list(outline);
            assert_eq!((list.feeds.len(), list.warnings.len()), (0, 1), "{outline}");
        }
    }

    #[test]
    fn broken_markup_costs_only_what_follows() {
        let feed = "<opml><body><outline xmlUrl='http://d.test/feed'/>";
        for end in ["", "</unexpected>", "</body></opml><opml><body/></opml>", "<outline xmlUrl='http://d.t", "<!-- ", "&", "<"] {
            assert_eq!(read(format!("{feed}{end}").as_bytes()).unwrap().feeds.len(), 1, "{end}");
        }
        for none in ["", "<rss/>", "<html><body>", "<rdf:RDF xmlns:rdf='x'/>", "{}"] {
            assert!(read(none.as_bytes()).is_err(), "{none}");
        }
    }

    #[test]
    fn w10_size_depth_and_number_are_capped() {
        let deep = format!("{}<outline xmlUrl='http://d.test/feed'/>", "<outline text='g'>".repeat(10_000));
        assert!(list(&deep).feeds.is_empty());
        let many: String = (0..MOST_FEEDS + 100).map(|n| format!("<outline xmlUrl='http://d.test/{n}'/>")).collect();
        let list = list(&many);
        assert_eq!((list.feeds.len(), list.warnings.len()), (MOST_FEEDS, MOST_WARNINGS + 1));
        assert!(read(&vec![b' '; LONGEST + 1]).is_err());
        let bomb =
            "<!DOCTYPE opml [<!ENTITY a 'aaaa'><!ENTITY b '&a;&a;'>]><opml><body><outline text='&b;' xmlUrl='http://d.test/'/>";
        assert_eq!(read(bomb.as_bytes()).unwrap().feeds[0].title.as_deref(), Some("&b;"));
    }

    proptest::proptest! {
        #[test]
        fn never_panics(bytes: Vec<u8>, text in "(<(/?outline|opml|body)( (xmlUrl|text)=['\"]?[a-z:/&;]{0,9}['\"]?)?/?>){0,12}") {
            let _ = read(&bytes);
            let _ = read(text.as_bytes());
        }
    }
}
