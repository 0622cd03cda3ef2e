//! What any program must do at least: get, inflate, parse, insert.

use flate2::read::GzDecoder;
use std::path::Path;

/// Takes in that many feeds, one after the other.
pub(crate) fn straight_line(base: &str, feeds: usize, database: &Path) {
    let connection = rusqlite::Connection::open(database).unwrap();
    connection
        .execute_batch("pragma journal_mode = wal; create table item (id integer primary key, feed integer, guid text, title text, body text, unique (feed, guid)); begin")
        .unwrap();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    rustls::crypto::ring::default_provider().install_default().unwrap();
    let client = reqwest::Client::builder().build().unwrap();
    let mut insert = connection.prepare("insert into item (feed, guid, title, body) values (?1, ?2, ?3, ?4)").unwrap();
    for number in 0..feeds {
        let url = format!("{base}/{number}");
        let bytes = runtime.block_on(async { client.get(url).send().await.unwrap().bytes().await.unwrap() });
        let feed = feed_rs::parser::parse(std::io::BufReader::new(GzDecoder::new(bytes.as_ref()))).unwrap();
        for entry in feed.entries {
            let body = entry.content.and_then(|content| content.body).or(entry.summary.map(|text| text.content));
            insert.execute(rusqlite::params![number as i64, entry.id, entry.title.map(|text| text.content), body]).unwrap();
        }
        if number % 100 == 99 {
            connection.execute_batch("commit; begin").unwrap();
        }
    }
    connection.execute_batch("commit").unwrap();
}
