//! OPML to a list. One pass, no recursion: nesting costs a name on a stack, and no more than that.

use super::{
    DEEPEST, LONGEST, MOST_FEEDS, NotOpml, OpmlFeed, OpmlList,
    outline::{Outline, plain},
};
use crate::pipeline::charset::text_of;
use quick_xml::{
    Reader,
    events::{BytesStart, Event},
};
use std::collections::HashMap;
use url::Url;

/// Warnings beyond this number would help nobody.
const MOST_WARNINGS: usize = 50;
/// A list that is broken in more places is no list.
const MOST_REPAIRS: usize = 100;

/// Reads a list. Broken markup costs the outline it is in, at most.
///
/// # Errors
/// Too long, or no `<opml>` in it.
pub fn read(bytes: &[u8]) -> Result<OpmlList, NotOpml> {
    if bytes.len() > LONGEST {
        return Err(NotOpml(format!("the list is longer than {LONGEST} bytes; split it")));
    }
    let text = text_of(bytes, None);
    let mut reading = Reading::default();
    let mut rest = &*text;
    for _ in 0..MOST_REPAIRS {
        match reading.take_all(rest) {
            Ok(()) => return reading.finish(),
            Err(broken) => rest = reading.take_broken(rest.get(broken..).unwrap_or_default()),
        }
    }
    reading.warn(format!("the list is broken in more than {MOST_REPAIRS} places; what follows was left out"));
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
    /// Takes everything up to the end, or to the markup that cannot be read: gives the place of that.
    fn take_all(&mut self, text: &str) -> Result<(), usize> {
        let mut reader = Reader::from_str(text);
        let config = reader.config_mut();
        (config.check_end_names, config.allow_unmatched_ends, config.allow_dangling_amp) = (false, true, true);
        loop {
            match reader.read_event() {
                Ok(Event::Eof) => return Ok(()),
                Ok(event) => self.take(&event),
                Err(_) => return Err(usize::try_from(reader.error_position()).unwrap_or(text.len()).min(text.len())),
            }
        }
    }

    /// Takes what can be taken of a broken tag at the start of `text`; gives what follows it.
    fn take_broken<'t>(&mut self, text: &'t str) -> &'t str {
        let length = tag_length(text);
        let (tag, rest) = text.split_at(length);
        if tag.len() > 1 && self.is_opml {
            let outline = Outline::of_broken(tag);
            let title = outline.title().map(str::to_owned);
            if outline.feed_address().is_some() {
                self.warn(format!("{}: its markup is broken, what could be read was taken", shown(title.as_deref())));
            }
            let group = self.taken(&outline);
            if !tag.ends_with("/>") && !tag.starts_with("</") {
                self.open.push(group);
            }
        }
        rest
    }

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
            "outline" if self.is_opml => return self.taken(&Outline::of(element)),
            _ => {}
        }
        None
    }

    /// Takes an outline; gives its name if it is a group.
    fn taken(&mut self, outline: &Outline) -> Option<String> {
        let title = outline.title().map(str::to_owned);
        if self.open.len() > DEEPEST {
            self.warn(format!("{}: nested deeper than {DEEPEST} groups, left out", shown(title.as_deref())));
            return None;
        }
        match outline.feed_address() {
            Some(address) => self.feed(address, outline, title),
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

/// How far a broken tag goes: to the first `>` that a tag, or nothing, follows; at least one byte, so that reading goes on.
fn tag_length(text: &str) -> usize {
    let mut ends = text.match_indices('>').map(|(at, _)| at + 1);
    let end = ends.find(|end| text[*end..].trim_start().is_empty() || text[*end..].trim_start().starts_with('<'));
    end.unwrap_or(text.len())
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
        for end in
            ["", "</unexpected>", "</body></opml><opml><body/></opml>", "<outline xmlUrl='http://d.t", "<!-- ", "&", "<", "<>"]
        {
            assert_eq!(read(format!("{feed}{end}").as_bytes()).unwrap().feeds.len(), 1, "{end}");
        }
        let quotes = "<outline text=\"the \"world's best\" man\" xmlUrl=\"http://d.test/2\" type=\"rss\" />\n<outline xmlUrl='http://d.test/3'/>";
        let list = read(format!("{feed}{quotes}").as_bytes()).unwrap();
        assert_eq!(list.feeds.iter().map(|feed| feed.url.path()).collect::<Vec<_>>(), ["/feed", "/2", "/3"]);
        assert_eq!(list.warnings.len(), 1);
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
