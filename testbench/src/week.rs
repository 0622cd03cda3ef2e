//! A week of a farm of feeds: everything they publish is collected, composed into an edition and written out, by the binary, as a
//! team would.

use crate::{
    farm::{Farm, FarmFeed},
    home::Home,
};
use std::process::Output;

/// The instant at which the week is over: a Monday morning in Paris.
pub const NOW: &str = "2026-11-23T07:30:00Z";

/// A farm, and a home folder that watches it and publishes what comes in.
pub struct Week {
    /// Where the feeds come from.
    pub farm: Farm,
    /// Who watches them.
    pub home: Home,
}

/// The three files of a preview.
pub struct Written {
    /// `edition.html`
    pub html: String,
    /// `edition.txt`
    pub text: String,
    /// `edition.eml`
    pub message: String,
}

impl Week {
    /// A week of these feeds.
    #[must_use]
    pub fn of(feeds: impl IntoIterator<Item = FarmFeed>) -> Self {
        Self::with_digest(feeds, "title = { fr = \"Veille\", en = \"Watch\" }")
    }

    /// The same with other lines in the definition of the digest: at least its title.
    #[must_use]
    pub fn with_digest(feeds: impl IntoIterator<Item = FarmFeed>, lines: &str) -> Self {
        let farm = Farm::serve(feeds);
        let home = farm.home();
        let path = home.path().join("sources.toml");
        let mut sources = std::fs::read_to_string(&path).unwrap();
        sources.push_str(&format!(
            "[[digest]]\nslug = \"weekly\"\nlanguage = \"en\"\nschedule = \"0 8 * * Mon\"\ntime_zone = \"Europe/Paris\"\n\
             max_items = 100\nmax_items_per_theme = 100\n{lines}\n"
        ));
        std::fs::write(path, sources).unwrap();
        Self { farm, home }
    }

    /// Runs the binary on this week's clock.
    #[must_use]
    pub fn run(&self, arguments: &[&str]) -> Output {
        self.home.run(&[arguments, &["--now", NOW]].concat())
    }

    /// The same, for its JSON.
    #[must_use]
    pub fn json(&self, arguments: &[&str]) -> serde_json::Value {
        self.home.json(&[arguments, &["--now", NOW, "--json"]].concat())
    }

    /// Asks every source; gives the report.
    pub fn refresh(&self) -> serde_json::Value {
        self.json(&["refresh", "--all"])
    }

    /// Composes the edition of the week, what first fetches brought included, and writes it out.
    ///
    /// # Panics
    ///
    /// If the binary refuses to.
    #[must_use]
    pub fn edition(&self) -> Written {
        let drafted = self.run(&["edition", "draft", "weekly", "--with-backlog"]);
        assert!(drafted.status.success(), "{}", String::from_utf8_lossy(&drafted.stderr));
        let folder = self.home.path().join("preview");
        let written = self.run(&["edition", "preview", "1", "--out", folder.to_str().unwrap()]);
        assert!(written.status.success(), "{}", String::from_utf8_lossy(&written.stderr));
        let file = |name: &str| String::from_utf8(std::fs::read(folder.join(name)).unwrap()).unwrap();
        Written { html: file("edition.html"), text: file("edition.txt"), message: file("edition.eml") }
    }
}
