//! A home whose edition is approved and waits to be sent.

use crate::{
    crash::feed,
    farm::Farm,
    home::{Home, LOOPBACK},
};

/// When it was approved: a Monday, an hour after the digest was due.
pub const MONDAY: &str = "2026-11-16T09:00:00Z";

const DIGEST: &str =
    "[[digest]]\nslug = \"hebdo\"\nschedule = \"0 8 * * Mon\"\ntime_zone = \"Europe/Paris\"\napproval = \"required\"\n";

/// Edition 1, for so many people (see [`address`]), and the farm that its stories come from.
///
/// # Panics
///
/// If the binary refuses to make it.
#[must_use]
pub fn home(people: usize) -> (Home, Farm) {
    let farm = Farm::serve((0..3).map(|number| feed(number, 5)));
    let home = farm.home();
    let path = home.path();
    let sources = std::fs::read_to_string(path.join("sources.toml")).unwrap();
    std::fs::write(path.join("sources.toml"), sources + DIGEST).unwrap();
    let rows: String = (0..people).map(|person| format!("{},hebdo\n", address(person))).collect();
    let list = path.join("people.csv");
    std::fs::write(&list, format!("email,digest\n{rows}")).unwrap();
    for arguments in [
        &["refresh", "--all"][..],
        &["subscribers", "import", list.to_str().unwrap()],
        &["edition", "draft", "hebdo", "--with-backlog"],
        &["edition", "approve", "1"],
    ] {
        let output = home.run(&[&["--now", MONDAY], arguments].concat());
        assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    }
    (home, farm)
}

/// The address of a person, by number.
#[must_use]
pub fn address(person: usize) -> String {
    format!("p{person}@example.net")
}

/// The settings of a home from now on: these lines of `[mail]`, and probes on any port.
///
/// # Panics
///
/// If they cannot be written.
pub fn set_mail(home: &Home, lines: &str) {
    let settings = format!("{LOOPBACK}[mail]\n{lines}\n[web]\nlisten = \"127.0.0.1:0\"\n");
    std::fs::write(home.path().join("veille.toml"), settings).unwrap();
}
