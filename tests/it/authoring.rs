//! Sources found, added, imported and exported; measured on lists and pages from elsewhere where they are at hand.
#![expect(clippy::unwrap_used, clippy::print_stdout, reason = "helpers of tests")]

use assert_cmd::Command;
use std::{
    fs,
    path::{Path, PathBuf},
};
use tempfile::TempDir;
use url::Url;
use veille::{
    domain::document::Document,
    pipeline::{
        discover::{Announcement, discover},
        opml,
    },
};
use veille_testbench::{
    home::LOOPBACK,
    origin::{Origin, feed, reply},
};

const SOURCES: &str = "# what we watch\n[[theme]]\nslug = \"ai-act\"\nname = { fr = \"Règlement IA\", en = \"AI Act\" }\nany = [\"AI Act\"]\n\n[[source]]\nslug = \"known\"\nname = \"Known\"\nurl = \"https://known.test/feed\"   # ours\nthemes = [\"ai-act\"]\n";

fn home() -> TempDir {
    let home = TempDir::new().unwrap();
    fs::write(home.path().join("sources.toml"), SOURCES).unwrap();
    fs::write(home.path().join("veille.toml"), LOOPBACK).unwrap();
    home
}

/// Runs the binary; gives its status and what it wrote.
async fn veille(home: &Path, arguments: &[&str]) -> (i32, String, String) {
    let mut command = Command::cargo_bin("veille").unwrap();
    command.args(arguments).arg("--home").arg(home).args(["--lang", "en"]);
    let output = tokio::task::spawn_blocking(move || command.output().unwrap()).await.unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    (output.status.code().unwrap(), text(output.stdout), text(output.stderr))
}

fn sources(home: &Path) -> String {
    fs::read_to_string(home.join("sources.toml")).unwrap()
}

const NEWS: &str = "<?xml version=\"1.0\"?><rss version=\"2.0\"><channel><title>The news</title><link>https://n.test/</link><language>en</language><item><title>One</title><link>https://n.test/1</link><guid>1</guid><pubDate>Mon, 23 Nov 2026 08:00:00 GMT</pubDate></item></channel></rss>";

async fn site() -> Origin {
    Origin::serve(|asked| match asked.path.as_str() {
        "/" => reply(
            "200 OK",
            &["Content-Type: text/html"],
            "<link rel=alternate type=application/rss+xml href=/news><a href=/comments/feed>RSS</a>",
        ),
        "/bare/" => reply("200 OK", &["Content-Type: text/html"], "<p>no link here</p>"),
        "/news" | "/bare/feed/" => reply("200 OK", &["Content-Type: application/rss+xml"], NEWS),
        "/robots.txt" => reply("404 Not Found", &[], ""),
        _ => reply("404 Not Found", &[], ""),
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_page_leads_to_its_feed() {
    let (site, home) = (site().await, TempDir::new().unwrap());
    fs::write(home.path().join("veille.toml"), LOOPBACK).unwrap();
    for (path, feed, found) in [("/", "/news", "link"), ("/news", "/news", "itself"), ("/bare/", "/bare/feed/", "usual_path")] {
        let (status, out, error) = veille(home.path(), &["sources", "discover", site.url(path).as_str(), "--json"]).await;
        assert_eq!(status, 0, "{error}");
        let feeds: serde_json::Value = serde_json::from_str(&out).unwrap();
        assert_eq!(feeds[0]["url"], site.url(feed).as_str());
        assert_eq!(
            (&feeds[0]["found"], &feeds[0]["title"], &feeds[0]["entries"]),
            (&found.into(), &"The news".into(), &1.into())
        );
        assert_eq!(feeds[0]["latest"][0]["title"], "One");
    }
    let nothing = Origin::serve(|_| reply("200 OK", &["Content-Type: text/html"], "<p>nothing</p>")).await;
    let (status, out, error) = veille(home.path(), &["sources", "discover", nothing.url("/").as_str()]).await;
    assert_eq!((status, out.as_str()), (4, ""));
    assert!(error.contains("no feed"), "{error}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_source_is_shown_then_added_where_it_belongs() {
    let (site, home) = (site().await, home());
    let page = site.url("/");
    let (status, out, _) = veille(home.path(), &["sources", "add", page.as_str(), "--dry-run"]).await;
    assert_eq!(status, 0);
    assert!(out.contains("The news") && out.contains("2026-11-23  One") && out.contains("Nothing is written"), "{out}");
    assert_eq!(sources(home.path()), SOURCES);

    let arguments = ["sources", "add", page.as_str(), "--name", "Les nouvelles", "--theme", "ai-act", "--json"];
    let (status, out, error) = veille(home.path(), &arguments).await;
    assert_eq!(status, 0, "{error}");
    let report: serde_json::Value = serde_json::from_str(&out).unwrap();
    assert_eq!((&report["source"]["slug"], &report["written"]), (&"les-nouvelles".into(), &true.into()));
    let text = sources(home.path());
    assert!(text.starts_with(SOURCES), "{text}");
    assert!(text.ends_with(&format!(
        "\n[[source]]\nslug = \"les-nouvelles\"\nname = \"Les nouvelles\"\nurl = \"{}\"\nlanguage = \"en\"\nthemes = [\"ai-act\"]\n",
        site.url("/news")
    )));

    let (status, _, error) = veille(home.path(), &["sources", "add", page.as_str()]).await;
    assert_eq!(status, 4);
    assert!(error.contains("les-nouvelles"), "{error}");
    let (status, _, error) = veille(home.path(), &["sources", "add", page.as_str(), "--theme", "nothing"]).await;
    assert_ne!(status, 0);
    assert!(!error.is_empty());
    assert_eq!(sources(home.path()), text);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_forbidden_address_is_refused_by_name() {
    let home = TempDir::new().unwrap();
    let origin = Origin::serve(|_| feed(&[])).await;
    let (status, _, error) = veille(home.path(), &["sources", "discover", origin.url("/").as_str()]).await;
    assert_eq!(status, 4);
    assert!(error.contains("allow_networks"), "{error}");
    assert_eq!(origin.connections(), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_list_is_imported_once_and_exported_whole() {
    let home = home();
    let list = home.path().join("list.opml");
    let text = "<opml version='1.0'><body><outline text='AI act'><outline text='Seen' xmlUrl='http://known.test/feed/'/><outline text='New' xmlUrl='https://new.test/feed'/></outline><outline text='Web'><outline text='New' xmlUrl='https://web.test/feed' language='fr'/></outline><outline text='none' type='rss' htmlUrl='https://x.test/'/></body></opml>";
    fs::write(&list, text).unwrap();
    let list = list.to_str().unwrap().to_owned();
    let (status, out, error) = veille(home.path(), &["sources", "import", &list, "--dry-run", "--json"]).await;
    assert_eq!(status, 0, "{error}");
    assert_eq!(sources(home.path()), SOURCES);
    let import: serde_json::Value = serde_json::from_str(&out).unwrap();
    assert_eq!(import["added"].as_array().unwrap().len(), 2);
    assert_eq!((&import["added"][0]["slug"], &import["added"][0]["themes"][0]), (&"new".into(), &"ai-act".into()));
    assert_eq!((&import["added"][1]["slug"], &import["new_themes"][0]), (&"new-2".into(), &"web".into()));
    assert_eq!((import["known"].as_array().unwrap().len(), import["warnings"].as_array().unwrap().len()), (1, 1));

    assert_eq!(veille(home.path(), &["sources", "import", &list]).await.0, 0);
    let after = sources(home.path());
    assert!(after.contains("https://new.test/feed") && after.contains("# what we watch") && after.contains("# ours"));
    assert_eq!(veille(home.path(), &["sources", "import", &list]).await.0, 0);
    assert_eq!(sources(home.path()), after, "a second import adds nothing");

    let (status, exported, _) = veille(home.path(), &["sources", "export"]).await;
    assert_eq!(status, 0);
    let exported_list = opml::read(exported.as_bytes()).unwrap();
    assert_eq!((exported_list.feeds.len(), exported_list.warnings.len()), (3, 0));
    let back = home.path().join("back.opml");
    fs::write(&back, &exported).unwrap();
    assert_eq!(veille(home.path(), &["sources", "import", back.to_str().unwrap()]).await.0, 0);
    assert_eq!(sources(home.path()), after, "its own export adds nothing");
    assert_eq!(veille(home.path(), &["sources", "import", "absent.opml"]).await.0, 4);
}

/// Lists and pages from elsewhere, beside the project or where VEILLE_CORPORA says.
fn corpora() -> Option<PathBuf> {
    #[expect(clippy::disallowed_methods, reason = "where test data is")]
    let named = std::env::var_os("VEILLE_CORPORA").map(PathBuf::from);
    let folder = named.unwrap_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/corpora"));
    let there = folder.is_dir();
    if !there {
        println!("skipped: no corpora at {}", folder.display());
    }
    there.then_some(folder)
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let (mut files, mut folders) = (Vec::new(), vec![folder.to_owned()]);
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()) {
            if entry.is_dir() { folders.push(entry) } else { files.push(entry) }
        }
    }
    files.sort();
    files
}

#[test]
fn lists_of_other_programs_are_read() {
    let Some(corpora) = corpora() else { return };
    let lists: Vec<_> = ["listparser", "opml-awesome"].iter().flat_map(|name| files(&corpora.join(name))).collect();
    let (mut read, mut feeds) = (0, 0);
    for file in &lists {
        let bytes = fs::read(file).unwrap();
        let is_rdf = file.components().any(|part| part.as_os_str() == "rdf");
        match opml::read(&bytes) {
            Ok(list) => {
                read += 1;
                feeds += list.feeds.len();
                let text = String::from_utf8_lossy(&bytes);
                let addresses = text.matches("xmlUrl=\"http").count()
                    + text.matches("xmlURL=\"http").count()
                    + text.matches("xmlUrl=\" http").count();
                let doubled = file.ends_with("outline-duplication-1.xml");
                assert_eq!(list.feeds.len(), if doubled { 1 } else { addresses }, "{}: {:?}", file.display(), list.warnings);
            }
            Err(error) => assert!(is_rdf, "{}: {error}", file.display()),
        }
    }
    println!("{read} of {} lists read, {feeds} feeds; the others are RDF and say so", lists.len());
}

#[test]
fn pages_of_the_autodiscovery_tests_lead_to_their_feeds() {
    let Some(corpora) = corpora() else { return };
    let pages: Vec<_> = files(&corpora.join("feedvalidator-discovery"))
        .into_iter()
        .filter(|file| file.extension().is_some_and(|end| end == "html"))
        .collect();
    for file in &pages {
        let stem = file.file_stem().unwrap().to_str().unwrap();
        let address = Url::parse(&format!("http://diveintomark.org/tests/client/autodiscovery/{stem}.html")).unwrap();
        let page = Document { bytes: fs::read(file).unwrap(), content_type: None, url: None };
        let first = discover(&page, &address).remove(0);
        assert_eq!(first.found, Announcement::Link, "{}", file.display());
        assert!(first.url.path().ends_with(&format!("/{stem}.xml")), "{}: {}", file.display(), first.url);
    }
    println!("{} of {} pages lead to their feed", pages.len(), pages.len());
}
