//! A list to OPML 2.0.

use super::{OpmlFeed, OpmlList};
use chrono::{DateTime, Utc};
use quick_xml::{
    Writer,
    events::{BytesDecl, BytesEnd, BytesStart, BytesText, Event},
};
use std::io;

/// Writes a list: each feed in the group of its first category, and all of its categories in `category`.
///
/// # Errors
/// None in practice: writing to memory does not fail.
pub fn write(list: &OpmlList, now: DateTime<Utc>) -> io::Result<String> {
    let mut writer = Writer::new_with_indent(Vec::new(), b' ', 2);
    writer.write_event(Event::Decl(BytesDecl::new("1.0", Some("UTF-8"), None)))?;
    writer.write_event(Event::Start(BytesStart::new("opml").with_attributes([("version", "2.0")])))?;
    writer.create_element("head").write_inner_content(|head| {
        head.create_element("title").write_text_content(BytesText::new(list.title.as_deref().unwrap_or_default()))?;
        head.create_element("dateCreated").write_text_content(BytesText::new(&now.to_rfc2822()))?;
        Ok(())
    })?;
    writer.write_event(Event::Start(BytesStart::new("body")))?;
    for (group, feeds) in groups(&list.feeds) {
        match group {
            None => feeds.into_iter().try_for_each(|feed| outline(&mut writer, feed))?,
            Some(name) => {
                let start = BytesStart::new("outline").with_attributes([("text", name)]);
                writer.write_event(Event::Start(start))?;
                feeds.into_iter().try_for_each(|feed| outline(&mut writer, feed))?;
                writer.write_event(Event::End(BytesEnd::new("outline")))?;
            }
        }
    }
    writer.write_event(Event::End(BytesEnd::new("body")))?;
    writer.write_event(Event::End(BytesEnd::new("opml")))?;
    let mut text = String::from_utf8(writer.into_inner()).map_err(io::Error::other)?;
    text.push('\n');
    Ok(text)
}

/// The feeds by the first step of their first category, in order of first appearance.
fn groups(feeds: &[OpmlFeed]) -> Vec<(Option<&str>, Vec<&OpmlFeed>)> {
    let mut groups: Vec<(Option<&str>, Vec<&OpmlFeed>)> = Vec::new();
    for feed in feeds {
        let name = feed.categories.first().and_then(|path| path.first()).map(String::as_str);
        match groups.iter_mut().find(|(known, _)| *known == name) {
            Some((_, group)) => group.push(feed),
            None => groups.push((name, vec![feed])),
        }
    }
    groups
}

fn outline(writer: &mut Writer<Vec<u8>>, feed: &OpmlFeed) -> io::Result<()> {
    let title = feed.title.as_deref().unwrap_or(feed.url.as_str());
    let categories: Vec<String> = feed.categories.iter().map(|path| format!("/{}", path.join("/"))).collect();
    let categories = categories.join(",");
    let optional = [
        ("htmlUrl", feed.site.as_ref().map(url::Url::as_str)),
        ("language", feed.language.as_deref()),
        ("category", Some(categories.as_str()).filter(|text| !text.is_empty())),
    ];
    let mut element = BytesStart::new("outline").with_attributes([
        ("type", "rss"),
        ("text", title),
        ("title", title),
        ("xmlUrl", feed.url.as_str()),
    ]);
    for (name, value) in optional {
        if let Some(value) = value {
            element.push_attribute((name, value));
        }
    }
    writer.write_event(Event::Empty(element))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pipeline::opml::read;
    use proptest::prelude::*;
    use url::Url;

    fn any_feed() -> impl Strategy<Value = OpmlFeed> {
        let text = || "[A-Za-zé&<>\"'](?: ?[A-Za-zé&<>\"']){0,8}";
        let step = "[A-Za-zé&<\"']{1,6}";
        let categories = prop::collection::vec(prop::collection::vec(step, 1..2), 0..3);
        (text(), "[a-z]{1,4}", prop::option::of("[a-z]{2}"), categories).prop_map(|(title, path, language, mut categories)| {
            categories.sort();
            categories.dedup();
            let url = Url::parse(&format!("https://d.test/{path}?a=1&b=2")).unwrap();
            OpmlFeed { title: Some(title), url, site: None, language, categories }
        })
    }

    proptest! {
        #[test]
        fn what_is_written_is_read_back(feeds in prop::collection::vec(any_feed(), 0..6)) {
            let mut feeds = feeds;
            feeds.sort_by(|a, b| a.url.cmp(&b.url));
            feeds.dedup_by(|a, b| a.url == b.url);
            let list = OpmlList { title: Some("a & b".to_owned()), feeds, warnings: Vec::new() };
            let text = write(&list, DateTime::UNIX_EPOCH).unwrap();
            let mut back = read(text.as_bytes()).unwrap();
            back.feeds.sort_by(|a, b| a.url.cmp(&b.url));
            for feed in &mut back.feeds {
                feed.categories.sort();
                feed.categories.dedup();
            }
            prop_assert!(back.title.as_deref() == Some("a & b") && back.warnings.is_empty());
            for (mine, theirs) in list.feeds.iter().zip(&back.feeds) {
                prop_assert_eq!((&mine.title, &mine.url, &mine.language, &mine.categories), (&theirs.title, &theirs.url, &theirs.language, &theirs.categories));
            }
        }
    }
}
