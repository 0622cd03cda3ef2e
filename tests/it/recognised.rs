//! Entries that come again as they came are not read again: whatever a publisher does, the database holds what it would hold had
//! everything been read.

use chrono::{TimeDelta, Utc};
use rusqlite::Connection;
use std::{fmt::Write, path::Path, sync::Arc};
use veille::{
    app::{App, refresh::Selection},
    clock::Clock,
    domain::slug::Slug,
};
use veille_testbench::{
    chance::Chance,
    farm::{Farm, FarmFeed},
};

/// Documents of each format, each an edit of the one before.
const DOCUMENTS: usize = 16;

#[derive(Clone)]
struct Entry {
    id: String,
    title: String,
    link: Option<String>,
    text: String,
    /// Seconds after the first instant, and a fraction.
    published: Option<(i64, u32)>,
    author: Option<&'static str>,
    category: bool,
    media: bool,
    /// Nested so deeply that it is refused.
    deep: bool,
}

/// A feed, as its publisher keeps it.
struct Publisher {
    chance: Chance,
    serial: u64,
    entries: Vec<Entry>,
    language: &'static str,
    author: Option<&'static str>,
    base: &'static str,
    definition: &'static str,
    cut: bool,
}

impl Publisher {
    fn new(chance: Chance) -> Self {
        let base = "https://site.example/a/";
        let mut publisher =
            Self { chance, serial: 0, entries: Vec::new(), language: "en", author: None, base, definition: "Acme", cut: false };
        (0..8).for_each(|_| publisher.write());
        publisher
    }

    fn write(&mut self) {
        self.serial += 1;
        let n = self.serial;
        let chance = |of| self.chance.clone().below(of) == 0;
        let entry = Entry {
            id: format!("id-{n}"),
            title: format!("A law about model {n} &x;"),
            link: Some(format!("page-{n}")),
            text: format!("<p>Text {n} of a <b>law</b> and its <a href=\"more-{n}\">release</a>.</p>"),
            published: Some((i64::try_from(n).unwrap() * 3_600, if chance(3) { 250_000_000 } else { 0 })),
            author: chance(2).then_some("Ada Byron"),
            category: chance(2),
            media: chance(4),
            deep: false,
        };
        self.chance.next();
        self.entries.insert(0, entry);
    }

    fn any(&mut self) -> usize {
        usize::try_from(self.chance.below(self.entries.len() as u64)).unwrap()
    }

    /// One of the things that publishers do.
    fn edit(&mut self) {
        let at = self.any();
        let n = self.serial;
        match self.chance.below(21) {
            0..=2 => self.write(),
            3 => self.entries[at].title = format!("Corrected {n} &x;"),
            4 => self.entries[at].text.push_str("<p>Added.</p>"),
            5 => self.entries[at].published = Some((i64::try_from(n).unwrap() * 3_600 + 7, 500_000_000)),
            6 => self.entries[at].link = None,
            7 => self.entries[at].link = Some(format!("moved-{n}")),
            8 => drop(self.entries.remove(at)),
            9 => self.entries.reverse(),
            10 => self.entries.insert(0, self.entries[at].clone()),
            11 => {
                let twin = Entry { title: format!("Twin {n}"), ..self.entries[at].clone() };
                self.entries.insert(at, twin);
            }
            12 => self.language = if self.language == "en" { "fr" } else { "en" },
            13 => self.author = if self.author.is_none() { Some("The desk") } else { None },
            14 => self.base = if self.base.ends_with("a/") { "https://site.example/b/" } else { "https://site.example/a/" },
            15 => self.definition = if self.definition == "Acme" { "Bolt" } else { "Acme" },
            16 => self.entries[at].published = Some((40 * 86_400 + 3_600 * i64::try_from(n).unwrap(), 0)),
            17 => self.entries[at].title.clear(),
            18 => self.entries[at].deep = !self.entries[at].deep,
            19 => self.entries.iter_mut().for_each(|entry| entry.id.push('x')),
            _ => self.cut = !self.cut,
        }
        if self.entries.len() < 3 {
            self.write();
        }
    }

    fn date(at: Option<(i64, u32)>) -> String {
        at.map_or_else(String::new, |(seconds, fraction)| {
            let at = start() - TimeDelta::days(30) + TimeDelta::seconds(seconds) + TimeDelta::nanoseconds(fraction.into());
            at.to_rfc3339_opts(chrono::SecondsFormat::AutoSi, true)
        })
    }

    fn rss(&self) -> String {
        let mut text = format!(
            "<!DOCTYPE rss [<!ENTITY x \"{}\">]><rss version=\"2.0\" xmlns:dc=\"http://purl.org/dc/elements/1.1/\" \
             xmlns:media=\"http://search.yahoo.com/mrss/\"><channel xml:base=\"{}\"><title>F</title><language>{}</language>\
             <lastBuildDate>{}</lastBuildDate>",
            self.definition, self.base, self.language, self.serial
        );
        if let Some(author) = self.author {
            write!(text, "<managingEditor>{author}</managingEditor>").unwrap();
        }
        for entry in &self.entries {
            write!(text, "<item><title>{}</title><guid isPermaLink=\"false\">{}</guid>", entry.title, entry.id).unwrap();
            write!(
                text,
                "<dc:date>{}</dc:date><description><![CDATA[{}]]></description>",
                Self::date(entry.published),
                entry.text
            )
            .unwrap();
            text.extend(entry.link.iter().map(|link| format!("<link>{link}</link>")));
            text.extend(entry.author.iter().map(|name| format!("<dc:creator>{name}</dc:creator>")));
            text.push_str(if entry.category { "<category>law</category>" } else { "" });
            text.push_str(if entry.media { "<media:content><media:credit>Max</media:credit></media:content>" } else { "" });
            text.push_str(&if entry.deep { "<d>".repeat(70) + &"</d>".repeat(70) } else { String::new() });
            text.push_str("</item>");
        }
        text.push_str("</channel></rss>");
        text
    }

    fn atom(&self) -> String {
        let mut text = format!(
            "<feed xmlns=\"http://www.w3.org/2005/Atom\" xml:lang=\"{}\" xml:base=\"{}\"><title>F</title><id>f</id><updated>{}</updated>",
            self.language,
            self.base,
            Self::date(Some((self.serial.cast_signed() * 60, 0)))
        );
        text.extend(self.author.iter().map(|name| format!("<author><name>{name}</name></author>")));
        for entry in &self.entries {
            let title = entry.title.replace("&x;", self.definition);
            write!(text, "<entry><title>{title}</title><id>{}</id><updated>{}</updated>", entry.id, Self::date(entry.published))
                .unwrap();
            let body = entry.text.replace('<', "&lt;");
            write!(text, "<content type=\"html\">{body}</content>").unwrap();
            text.extend(entry.link.iter().map(|link| format!("<link href=\"{link}\"/>")));
            text.extend(entry.author.iter().map(|name| format!("<author><name>{name}</name></author>")));
            text.push_str(if entry.category { "<category term=\"law\"/>" } else { "" });
            text.push_str("</entry>");
        }
        text.push_str("</feed>");
        text
    }

    fn json(&self) -> String {
        let items = self.entries.iter().map(|entry| {
            serde_json::json!({
                "id": entry.id, "title": entry.title, "url": entry.link.as_ref().map(|link| format!("{}{link}", self.base)),
                "content_html": entry.text, "date_published": Self::date(entry.published),
                "authors": entry.author.map(|name| vec![serde_json::json!({"name": name})]),
                "tags": if entry.category { vec!["law"] } else { vec![] },
            })
        });
        let items: Vec<_> = items.collect();
        serde_json::json!({
            "version": "https://jsonfeed.org/version/1.1", "title": format!("F{}", self.serial), "language": self.language,
            "authors": self.author.map(|name| vec![serde_json::json!({"name": name})]), "home_page_url": self.base, "items": items,
        })
        .to_string()
    }

    fn document(&self, format: usize) -> FarmFeed {
        let (content_type, mut body) = match format {
            0 => ("application/rss+xml", self.rss()),
            1 => ("application/atom+xml", self.atom()),
            _ => ("application/feed+json", self.json()),
        };
        if self.cut {
            body.truncate(body.floor_char_boundary(body.len() * 2 / 3));
        }
        FarmFeed { content_type: content_type.to_owned(), body: body.into() }
    }
}

fn start() -> chrono::DateTime<Utc> {
    "2026-11-25T08:00:00Z".parse().unwrap()
}

fn database(home: &Path) -> Connection {
    Connection::open(home.join("db/veille.sqlite3")).unwrap()
}

/// Everything that a refresh writes, except by what entries are recognised and how long it took.
fn content(home: &Path) -> String {
    let database = database(home);
    let mut tables = database
        .prepare(
            "select name from sqlite_schema where type = 'table' and name not like 'item\\_search%' escape '\\' order by name",
        )
        .unwrap();
    let tables: Vec<String> = tables.query_map([], |row| row.get(0)).unwrap().map(Result::unwrap).collect();
    let mut text = String::new();
    for table in tables.iter().filter(|name| !["source_familiar", "refresh_run", "meta"].contains(&name.as_str())) {
        let mut rows = database.prepare(&format!("select * from {table} order by 1, 2")).unwrap();
        let columns = rows.column_count();
        let mut rows = rows.query([]).unwrap();
        while let Some(row) = rows.next().unwrap() {
            let values: Vec<String> = (0..columns).map(|column| format!("{:?}", row.get_ref(column).unwrap())).collect();
            writeln!(text, "{table}: {}", values.join(" | ")).unwrap();
        }
    }
    text
}

async fn refresh(home: &Path, format: usize, at: chrono::DateTime<Utc>) -> String {
    let app = App::open(home, Clock::Fixed(at)).await.unwrap();
    let named = Selection::Named(vec![Slug::parse(&format!("f{format}")).unwrap()]);
    let mut report = app.refresh(named, Arc::new(|_| ())).await.unwrap();
    report.elapsed_ms = 0;
    format!("{report:?}")
}

fn same_lines(one: &str, other: &str) -> Result<(), String> {
    let differ = one.lines().zip(other.lines()).find(|(one, other)| one != other);
    match differ {
        Some((one, other)) => Err(format!("recognised: {one}\nread:       {other}")),
        None if one.lines().count() != other.lines().count() => Err("one holds more".to_owned()),
        None => Ok(()),
    }
}

#[test]
fn what_is_recognised_is_stored_as_if_it_were_read() {
    let mut chance = Chance::from_environment(4_712);
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    let mut publishers: Vec<Publisher> = (0..3).map(|_| Publisher::new(Chance::new(chance.next()))).collect();
    let farm = Farm::serve(publishers.iter().enumerate().map(|(format, publisher)| publisher.document(format)));
    let (recognising, reading) = (farm.home(), farm.home());
    let mut at = start();
    for number in 0..DOCUMENTS {
        at += TimeDelta::hours(30);
        for (format, publisher) in publishers.iter_mut().enumerate() {
            farm.replace(format, publisher.document(format));
            let told = runtime.block_on(refresh(recognising.path(), format, at));
            if reading.path().join("db/veille.sqlite3").exists() {
                database(reading.path()).execute("delete from source_familiar", []).unwrap();
            }
            assert_eq!(told, runtime.block_on(refresh(reading.path(), format, at)), "document {number} of format {format}");
            let same = same_lines(&content(recognising.path()), &content(reading.path()));
            same.unwrap_or_else(|difference| panic!("document {number} of format {format}:\n{difference}"));
            (0..=publisher.chance.below(3)).for_each(|_| publisher.edit());
        }
    }
    let kept: i64 = database(recognising.path())
        .query_row("select count(*) from source_familiar where length(traces) > 1", [], |row| row.get(0))
        .unwrap();
    assert!(kept > 0, "nothing was ever recognised");
}
