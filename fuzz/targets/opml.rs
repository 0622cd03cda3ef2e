//! Any bytes are a list of feeds or none; a list that was read, written and read again is the same list.
#![no_main]

use chrono::DateTime;
use libfuzzer_sys::fuzz_target;
use veille::pipeline::opml::{MOST_FEEDS, read, write};

fuzz_target!(|bytes: &[u8]| {
    let Ok(list) = read(bytes) else { return };
    assert!(list.feeds.len() <= MOST_FEEDS && list.warnings.len() <= 51);
    assert!(list.feeds.iter().all(|feed| matches!(feed.url.scheme(), "http" | "https")), "{list:?}");
    let Ok(written) = write(&list, DateTime::UNIX_EPOCH) else { panic!("not written: {list:?}") };
    let again = match read(written.as_bytes()) {
        Ok(again) => again,
        Err(error) => panic!("{error}: {written}"),
    };
    let facts = |list: &veille::pipeline::opml::OpmlList| {
        let mut facts: Vec<_> =
            list.feeds.iter().map(|feed| (feed.url.clone(), feed.site.clone(), feed.language.clone())).collect();
        facts.sort();
        facts
    };
    assert_eq!(facts(&list), facts(&again), "{written}");
    for feed in &again.feeds {
        let before = list.feeds.iter().find(|before| before.url == feed.url).and_then(|before| before.title.as_deref());
        assert_eq!(feed.title.as_deref(), Some(before.unwrap_or(feed.url.as_str())), "{written}");
    }
});
