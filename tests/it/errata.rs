//! What is changed or withdrawn after an edition left is said in the next one, once.

use veille_testbench::{
    farm::{Farm, FarmFeed},
    home::{Home, LOOPBACK},
};

const DIGEST: &str = "[[theme]]\nslug = \"law\"\nname = { fr = \"Droit\", en = \"Law\" }\nany = [\"law\"]\n\
    [[digest]]\nslug = \"hebdo\"\ntitle = { fr = \"Veille\", en = \"Watch\" }\nlanguage = \"LANGUAGE\"\nschedule = \"0 8 * * Mon\"\n\
    time_zone = \"Europe/Paris\"\napproval = \"automatic\"\n";

/// Title and text of an entry of one feed.
type Told = (&'static str, &'static str);

fn feed(entries: &[Told]) -> FarmFeed {
    let entry = |(number, (title, text)): (usize, &Told)| {
        format!(
            "<item><title>{title}</title><link>https://site.example/{number}</link><guid>{number}</guid>\
             <pubDate>Wed, 18 Nov 2026 08:00:00 GMT</pubDate><description>{text}</description></item>"
        )
    };
    let entries: String = entries.iter().enumerate().map(entry).collect();
    let body = format!(
        "<rss version=\"2.0\"><channel><title>Site</title><language>en</language><link>https://site.example/</link>{entries}</channel></rss>"
    );
    FarmFeed { content_type: "application/rss+xml".to_owned(), body: body.into() }
}

struct World {
    farm: Farm,
    home: Home,
}

impl World {
    fn of(entries: &[Told], language: &str) -> Self {
        let farm = Farm::serve([feed(entries)]);
        let sources = std::fs::read_to_string(farm.home().path().join("sources.toml")).unwrap();
        let watched = sources.split_once("[[source]]").unwrap().1;
        let home = Home::with(format!("{}\n[[source]]{watched}", DIGEST.replace("LANGUAGE", language)), LOOPBACK);
        let world = Self { farm, home };
        world.run(WEEKS[0], &["subscribers", "add", "reader@example.org", "hebdo"]);
        world
    }

    fn run(&self, now: &str, arguments: &[&str]) -> String {
        let output = self.home.run(&[&["--now", now], arguments].concat());
        let said = String::from_utf8_lossy(&[&output.stdout[..], &output.stderr[..]].concat()).into_owned();
        assert!(output.status.success(), "{arguments:?}: {said}");
        said
    }

    /// Refreshes, drafts and sends; gives HTML and text of what left.
    fn edition(&self, now: &str, number: &str, more: &[&str]) -> (String, String) {
        let drafted = self.draft(now, number, more);
        self.run(now, &["edition", "send", number]);
        drafted
    }

    fn draft(&self, now: &str, number: &str, more: &[&str]) -> (String, String) {
        self.run(now, &["refresh", "--all"]);
        self.run(now, &[&["edition", "draft", "hebdo"], more].concat());
        let folder = self.home.path().join(format!("preview{number}"));
        self.run(now, &["edition", "preview", number, "--out", folder.to_str().unwrap()]);
        self.run(now, &["check", folder.join("edition.eml").to_str().unwrap()]);
        let read = |name: &str| std::fs::read_to_string(folder.join(name)).unwrap();
        // Lines are folded and addresses stand on their own: the words are what counts.
        (read("edition.html"), read("edition.txt").split_whitespace().collect::<Vec<_>>().join(" "))
    }
}

const WEEKS: [&str; 3] = ["2026-11-23T07:30:00Z", "2026-11-30T07:30:00Z", "2026-12-07T07:30:00Z"];

const BEFORE: [Told; 4] = [
    ("A law fines the company 20 million", "The authority says why the law was broken, at some length and in plain words."),
    ("A study of the law of models", "It measures what models know of the law, and finds that they know very little."),
    ("The law on data enters into force", "Companies have six months to comply with what the law asks of them."),
    ("A law that nobody touches", "Nothing happens to this text, whatever happens to the others in the meantime."),
];

const AFTER: [Told; 4] = [
    ("A law fines the company 12 million", "The authority says why the law was broken, at some length and in plain words."),
    ("RETRACTED: A study of the law of models", "It measures what models know of the law, and finds that they know very little."),
    ("The law on data enters into force", "Companies have six months. Correction: they have twelve, not six, as the law says."),
    ("A law that nobody touches", "Nothing happens to this text, whatever happens to the others in the meantime."),
];

#[test]
fn what_changed_after_it_left_is_said_in_the_next_edition_and_only_there() {
    let world = World::of(&BEFORE, "fr");
    let (_, first) = world.edition(WEEKS[0], "1", &["--with-backlog"]);
    assert!(first.contains("20 million") && !first.contains("Corrections et avis"), "{first}");
    world.farm.replace(0, feed(&AFTER));
    let (html, text) = world.edition(WEEKS[1], "2", &[]);
    for said in [
        "Corrections et avis Numéro 1, lundi 23 novembre 2026 : A study of the law of models, f0. Son éditeur l'a retiré depuis : ne plus s'y fier.",
        "The law on data enters into force, f0. Son éditeur l'a corrigé depuis : Correction: they have twelve, not six, as the law says.",
        "A law fines the company 20 million, f0. Le texte disait 20, il dit maintenant 12.",
    ] {
        assert!(text.replace('\u{a0}', " ").contains(said), "{said}\n{text}");
    }
    assert!(html.contains("<span lang=\"en\"") && !text.contains("nobody touches"), "{html}");
    let (_, third) = world.draft(WEEKS[2], "3", &[]);
    assert!(!third.contains("Corrections et avis"), "said once: {third}");
    assert!(
        world.run(WEEKS[2], &["edition", "replay", "2", "--json"]).contains("\"identical\": true"),
        "an erratum was true that day"
    );
    let shown = world.run(WEEKS[2], &["--lang", "en", "edition", "show", "2"]);
    assert!(shown.contains("withdrawn by its publisher") && shown.contains("20 became 12"), "{shown}");
}

#[test]
fn an_edition_that_never_left_said_nothing() {
    let world = World::of(&BEFORE, "en");
    world.edition(WEEKS[0], "1", &["--with-backlog"]);
    world.farm.replace(0, feed(&AFTER));
    world.run(WEEKS[1], &["refresh", "--all"]);
    world.run(WEEKS[1], &["edition", "draft", "hebdo"]);
    world.run(WEEKS[1], &["edition", "cancel", "2"]);
    let (_, text) = world.edition(WEEKS[2], "3", &[]);
    assert!(text.contains("Corrections and notices") && text.contains("Its publisher has withdrawn it since"), "{text}");
}
