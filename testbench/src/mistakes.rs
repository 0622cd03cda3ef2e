//! Mistakes that people make in `sources.toml`, `veille.toml` and the environment, made by chance at a place that is known: what
//! must be told about each is known as well.

use crate::chance::Chance;
use std::fmt::Write;

/// A pair of files and variables with one mistake, or with none.
#[derive(Debug, Clone)]
pub struct Mutant {
    /// Which kind.
    pub kind: &'static str,
    /// `sources.toml`.
    pub sources: Vec<u8>,
    /// `veille.toml`.
    pub settings: Vec<u8>,
    /// Variables of the process.
    pub variables: Vec<(String, String)>,
    /// What must be told; `None` when nothing is wrong.
    pub told: Option<Told>,
}

/// What a person must learn of a mistake.
#[derive(Debug, Clone)]
pub struct Told {
    /// "sources.toml:12", "veille.toml:3" or the name of a variable.
    pub place: String,
    /// The key, or the name of what is wrong.
    pub names: String,
    /// A part of the remedy, in English and in French.
    pub remedy: (String, String),
}

/// A file, line by line.
#[derive(Clone)]
struct File {
    name: &'static str,
    lines: Vec<String>,
}

impl File {
    fn text(&self) -> Vec<u8> {
        let mut text = self.lines.join("\n");
        text.push('\n');
        text.into_bytes()
    }

    /// The lines that give a key, by chance one of them.
    fn line_of(&self, key: &str, chance: &mut Chance) -> usize {
        let begin = format!("{key} = ");
        let lines: Vec<usize> = (0..self.lines.len()).filter(|line| self.lines[*line].starts_with(&begin)).collect();
        assert!(!lines.is_empty(), "no line gives {key}");
        lines[chance.below(lines.len() as u64) as usize]
    }

    fn place(&self, line: usize) -> String {
        format!("{}:{}:", self.name, line + 1).trim_end_matches(':').to_owned()
    }
}

/// Sound files: some themes, publishers, sources and digests, as many as chance wants.
fn sound(chance: &mut Chance) -> (File, File) {
    let mut text = String::from("# what we watch\n");
    for n in 0..1 + chance.below(3) {
        let _ = write!(text, "[[theme]]\nslug = \"theme-{n}\"\nany = [\"law {n}\", \"model\"]\nnone = [\"football\"]\n\n");
    }
    for n in 0..1 + chance.below(3) {
        let _ = write!(
            text,
            "[[publisher]]\nslug = \"house-{n}\"\nname = \"House {n}\"\nclass = \"press\"\ndomains = [\"house{n}.example\"]\n"
        );
    }
    for n in 0..2 + chance.below(6) {
        let _ = write!(
            text,
            "[[source]]\nslug = \"source-{n}\"\nname = \"Source n° {n}\"\nurl = \"https://house{n}.example/feed.xml\"\n\
             language = \"fr\"\nthemes = [\"theme-0\"]\npublisher = \"house-0\"\npaused = false\n\n"
        );
    }
    for n in 0..1 + chance.below(2) {
        let _ = write!(
            text,
            "[[digest]]\nslug = \"digest-{n}\"\ntitle = {{ fr = \"La semaine\" }}\nschedule = \"0 8 * * Mon\"\n\
             time_zone = \"Europe/Paris\"\napproval = \"required\"\nmax_items = 15\n"
        );
    }
    let settings = "# how\n[fetch]\nallow_networks = [\"127.0.0.0/8\"]\nhost_interval_ms = 5\nconcurrency = 8\nfloor_minutes = 60\n\
        respect_robots = true\nuser_agent = \"veille test (+https://example.org)\"\nconnect_timeout_s = 5\ntotal_timeout_s = 20\n[mail]\n\
        url = \"smtp+starttls://relay.example.org:587\"\nuser = \"veille\"\npassword = \"CANARY-PASSWORD\"\nfrom = \"Veille <veille@example.org>\"\n\
        connections = 2\nphase_timeout_s = 60\n[web]\nlisten = \"127.0.0.1:8400\"\npublic_url = \"https://veille.example.org\"\n\
        [storage]\npath = \"db/veille.sqlite3\"\nkeep_items_days = 730\n";
    let file = |name, text: &str| File { name, lines: text.lines().map(str::to_owned).collect() };
    (file("sources.toml", &text), file("veille.toml", settings))
}

/// A value that is put in the place of a good one: key, value, what must be told in English and in French.
type BadValue = (&'static str, &'static str, &'static str, &'static str);

const IN_SOURCES: &[BadValue] = &[
    ("url", "\"house.example/feed\"", "https://house.example/feed", "https://house.example/feed"),
    ("url", "\"ftp://house.example/feed\"", "only http: and https:", "http: et https:"),
    ("url", "\"https://\"", "write https://", "écrivez https://"),
    ("url", "\"https://user:CANARY-URL@house.example/\"", "remove what stands before the @", "ôtez ce qui précède le @"),
    ("url", "\"https://house.example:99999/\"", "write https://", "écrivez https://"),
    ("url", "[\"https://house.example/\"]", "expected a text", "attendu un texte"),
    ("slug", "\"Les Échos\"", "for instance \"les-echos\"", "par exemple \"les-echos\""),
    ("slug", "42", "expected a text", "attendu un texte"),
    ("language", "\"français\"", "write \"fr\"", "écrivez \"fr\""),
    ("language", "true", "expected a text", "attendu un texte"),
    ("themes", "[\"theme-O\"]", "\"theme-o\"", "\"theme-o\""),
    ("themes", "[\"theme-99\"]", "theme-", "theme-"),
    ("themes", "\"theme-0\"", "expected a list", "attendu une liste"),
    ("themes", "[0]", "expected texts", "attendu des textes"),
    ("publisher", "\"nobody-at-all\"", "define it with [[publisher]]", "définissez-le par [[publisher]]"),
    ("paused", "\"no\"", "true or false", "true ou false"),
    ("paused", "0", "true or false", "true ou false"),
    ("name", "\"\"", "write something", "écrivez quelque chose"),
    ("name", "\"a\\u001b[31mb\"", "a text of one line", "un texte d'une ligne"),
    ("name", "\"a\\nveille: b\"", "a text of one line", "un texte d'une ligne"),
    ("any", "[]", "at least one word", "au moins un mot"),
    ("any", "[\"a|b\"]", "one rule for each wording", "une règle par tournure"),
    ("any", "[\"***\"]", "", ""),
    ("none", "3", "expected a list", "attendu une liste"),
    ("class", "\"pres\"", "\"press\"", "\"press\""),
    ("domains", "[\"https://house.example/\"]", "write \"example.org\"", "écrivez \"example.org\""),
    ("title", "\"La semaine\"", "{ fr = ", "{ fr = "),
    ("title", "{ fr = \"x\", de = \"y\" }", "known here: fr, en", "ici sont connus : fr, en"),
    ("schedule", "\"every monday\"", "0 8 * * Mon", "0 8 * * Mon"),
    ("schedule", "\"99 8 * * Mon\"", "from 0 to 59", "de 0 à 59"),
    ("schedule", "\"0 8 31 2 *\"", "never fires", "ne tombe jamais"),
    ("schedule", "\"0 8 * * Lun\"", "day of week", "0 8 * * Mon"),
    ("schedule", "8", "expected a text", "attendu un texte"),
    ("time_zone", "\"Paris\"", "\"Europe/Paris\"", "\"Europe/Paris\""),
    ("time_zone", "\"UTC+1\"", "write \"", "écrivez \""),
    ("time_zone", "\"europe/paris\"", "\"Europe/Paris\"", "\"Europe/Paris\""),
    ("approval", "\"automatique\"", "\"automatic\"", "\"automatic\""),
    ("max_items", "0", "between 1 and 100", "entre 1 et 100"),
    ("max_items", "-3", "between 1 and 100", "entre 1 et 100"),
    ("max_items", "101", "between 1 and 100", "entre 1 et 100"),
    ("max_items", "15.5", "a whole number from 1 to 100", "un nombre entier de 1 à 100"),
    ("max_items", "\"15\"", "a whole number from 1 to 100", "un nombre entier de 1 à 100"),
];

const IN_SETTINGS: &[BadValue] = &[
    ("allow_networks", "[\"127.0.0.0/99\"]", "write 10.0.0.0/8", "écrivez 10.0.0.0/8"),
    ("allow_networks", "[\"localhost\"]", "write 10.0.0.0/8", "écrivez 10.0.0.0/8"),
    ("allow_networks", "\"127.0.0.0/8\"", "expected a list", "attendu une liste"),
    ("host_interval_ms", "-1", "between 0 and", "entre 0 et"),
    ("concurrency", "0", "between 1 and 1024", "entre 1 et 1024"),
    ("concurrency", "99999999999999999999", "between 1 and 1024", "entre 1 et 1024"),
    ("concurrency", "\"many\"", "a whole number from 1 to 1024", "un nombre entier de 1 à 1024"),
    ("floor_minutes", "1979-05-27", "a whole number", "un nombre entier"),
    ("respect_robots", "\"yes\"", "true or false", "true ou false"),
    ("user_agent", "\"  \"", "write something", "écrivez quelque chose"),
    ("user_agent", "\"a\\r\\nX-Evil: 1\"", "a text of one line", "un texte d'une ligne"),
    ("user_agent", "\"Véille\"", "ASCII", "ASCII"),
    ("connect_timeout_s", "601", "between 1 and 600", "entre 1 et 600"),
    ("total_timeout_s", "3", "lengthen the one", "allongez l'un"),
    ("url", "\"http://relay.example.org\"", "smtps:", "smtps:"),
    ("url", "\"smtp://\"", "name the host", "nommez le serveur"),
    ("url", "\"smtp://relay.example.org:99999\"", "file:outbox", "file:outbox"),
    ("url", "\"smtp://relay.example.org/inbox\"", "after the port", "le port"),
    ("url", "\"file:\"", "file:outbox", "file:outbox"),
    ("url", "587", "expected a text", "attendu un texte"),
    ("from", "\"Veille\"", "veille@example.org", "veille@example.org"),
    ("from", "\"Veille <veille example.org>\"", "veille@example.org", "veille@example.org"),
    ("connections", "1000", "between 1 and 32", "entre 1 et 32"),
    ("phase_timeout_s", "0", "between 1 and 3600", "entre 1 et 3600"),
    ("listen", "\"8400\"", "127.0.0.1:8400", "127.0.0.1:8400"),
    ("listen", "\"127.0.0.1:99999\"", "127.0.0.1:8400", "127.0.0.1:8400"),
    ("public_url", "\"veille.example.org\"", "write https://", "écrivez https://"),
    ("path", "\"db/\"", "name a file", "nommer un fichier"),
    ("keep_items_days", "-1", "between 0 and", "entre 0 et"),
];

const IN_VARIABLES: &[BadValue] = &[
    ("VEILLE_FETCH_CONCURRENCY", "many", "a whole number from 1 to 1024", "un nombre entier de 1 à 1024"),
    ("VEILLE_FETCH_CONCURRENCY", "0", "between 1 and 1024", "entre 1 et 1024"),
    ("VEILLE_FETCH_RESPECT_ROBOTS", "non", "true or false", "true ou false"),
    ("VEILLE_FETCH_ALLOW_NETWORKS", "10.0.0.0/8,everywhere", "write 10.0.0.0/8", "écrivez 10.0.0.0/8"),
    ("VEILLE_FETCH_CONCURENCY", "3", "\"VEILLE_FETCH_CONCURRENCY\"", "\"VEILLE_FETCH_CONCURRENCY\""),
    ("VEILLE_MIAL_URL", "file:x", "\"VEILLE_MAIL_URL\"", "\"VEILLE_MAIL_URL\""),
    ("VEILLE_MAIL_URL", "CANARY-RELAY", "file:outbox", "file:outbox"),
    ("VEILLE_MAIL_URL", "smtp://user:CANARY-RELAY", "file:outbox", "file:outbox"),
    ("VEILLE_MAIL_PASSWORD", "", "write something", "écrivez quelque chose"),
    ("VEILLE_MAIL_PASSWORD_FILE", "/nowhere/secret", "veille may read it", "veille peut le lire"),
    ("VEILLE_WEB_LISTEN", "everywhere", "127.0.0.1:8400", "127.0.0.1:8400"),
];

/// A mutant of a kind that chance picks.
pub fn mutant(chance: &mut Chance) -> Mutant {
    let (sources, settings) = sound(chance);
    match chance.below(10) {
        0..=2 => bad_value(sources, settings, chance),
        3 => variable(&sources, &settings, chance),
        4 => misspelt(sources, settings, chance),
        5 => missing(sources, settings, chance),
        6 => unreadable(sources, settings, chance),
        7 => twice(sources, settings, chance),
        8 => torn(sources, settings, chance),
        _ => harmless(&sources, &settings, chance),
    }
}

fn made(kind: &'static str, (sources, settings): (&File, &File), told: Option<Told>) -> Mutant {
    Mutant { kind, sources: sources.text(), settings: settings.text(), variables: Vec::new(), told }
}

fn told(place: String, names: &str, remedy: (&str, &str)) -> Option<Told> {
    Some(Told { place, names: names.to_owned(), remedy: (remedy.0.to_owned(), remedy.1.to_owned()) })
}

fn pick<'a, T>(list: &'a [T], chance: &mut Chance) -> &'a T {
    &list[chance.below(list.len() as u64) as usize]
}

fn bad_value(mut sources: File, mut settings: File, chance: &mut Chance) -> Mutant {
    let in_sources = chance.below(2) == 0;
    let (key, value, en, fr) = *pick(if in_sources { IN_SOURCES } else { IN_SETTINGS }, chance);
    let file = if in_sources { &mut sources } else { &mut settings };
    let line = file.line_of(key, chance);
    file.lines[line] = format!("{key} = {value}");
    let place = file.place(line);
    // A reference is named by what it refers to, a slug by itself.
    let names = if matches!(key, "themes" | "publisher" | "any" | "url" | "schedule" | "title") { "" } else { key };
    made("bad value", (&sources, &settings), told(place, names, (en, fr)))
}

fn variable(sources: &File, settings: &File, chance: &mut Chance) -> Mutant {
    let mut mutant = made("variable", (sources, settings), None);
    if chance.below(5) == 0 {
        mutant.variables = vec![
            ("VEILLE_MAIL_PASSWORD".to_owned(), "CANARY".to_owned()),
            ("VEILLE_MAIL_PASSWORD_FILE".to_owned(), "x".to_owned()),
        ];
        mutant.told = told(
            "VEILLE_MAIL_PASSWORD".to_owned(),
            "VEILLE_MAIL_PASSWORD_FILE",
            ("keep one of the two", "gardez l'une des deux"),
        );
        return mutant;
    }
    let (name, value, en, fr) = *pick(IN_VARIABLES, chance);
    mutant.variables = vec![(name.to_owned(), value.to_owned())];
    mutant.told = told(name.to_owned(), "", (en, fr));
    mutant
}

/// A key with a letter too many, too few, or two that changed places.
fn misspelt(mut sources: File, mut settings: File, chance: &mut Chance) -> Mutant {
    let file = if chance.below(2) == 0 { &mut sources } else { &mut settings };
    let keys: Vec<usize> = (0..file.lines.len()).filter(|line| file.lines[*line].contains(" = ")).collect();
    let line = *pick(&keys, chance);
    let (key, value) = file.lines[line].split_once(" = ").map(|(key, value)| (key.to_owned(), value.to_owned())).unwrap();
    let at = 1 + chance.below(key.len() as u64 - 1) as usize;
    let wrong = match chance.below(3) {
        0 => format!("{}{}", &key[..at], &key[at + 1..]),
        1 => format!("{}{}{}", &key[..at], &key[at - 1..at], &key[at..]),
        _ => format!("{}{}{}{}", &key[..at - 1], &key[at..=at], &key[at - 1..at], &key[at + 1..]),
    };
    if wrong == key {
        return made("nothing", (&sources, &settings), None);
    }
    file.lines[line] = format!("{wrong} = {value}");
    let place = file.place(line);
    let names = format!("\"{wrong}\"");
    made("misspelt key", (&sources, &settings), told(place, &names, ("\"", "\"")))
}

/// Something that must be there is not.
fn missing(mut sources: File, mut settings: File, chance: &mut Chance) -> Mutant {
    if chance.below(4) == 0 {
        let line = settings.line_of("password", chance);
        settings.lines.remove(line);
        let place = settings.place(settings.line_of("user", chance));
        return made(
            "missing secret",
            (&sources, &settings),
            told(place, "user", ("VEILLE_MAIL_PASSWORD_FILE", "VEILLE_MAIL_PASSWORD_FILE")),
        );
    }
    let (key, title) = *pick(
        &[("url", "[[source]]"), ("schedule", "[[digest]]"), ("any", "[[theme]]"), ("slug", "[["), ("class", "[[publisher]]")],
        chance,
    );
    let line = sources.line_of(key, chance);
    let begin = (0..line).rev().find(|line| sources.lines[*line].starts_with(title)).unwrap();
    sources.lines.remove(line);
    let place = sources.place(begin);
    made(
        "missing key",
        (&sources, &settings),
        told(place, key, (&format!("add for instance {key} = "), &format!("ajoutez par exemple {key} = "))),
    )
}

/// A line that is no TOML.
fn unreadable(mut sources: File, mut settings: File, chance: &mut Chance) -> Mutant {
    let file = if chance.below(2) == 0 { &mut sources } else { &mut settings };
    let keys: Vec<usize> = (0..file.lines.len()).filter(|line| file.lines[*line].contains(" = \"")).collect();
    let line = *pick(&keys, chance);
    let (key, value) = file.lines[line].split_once(" = ").map(|(key, value)| (key.to_owned(), value.to_owned())).unwrap();
    file.lines[line] = match chance.below(5) {
        0 => format!("{key} = {}", value.trim_end_matches('"')),
        1 => format!("{key} {value}"),
        2 => format!("{key} ="),
        3 => format!("{key} = {}", value.replace('"', "“")),
        _ => format!("{key} = {value} {value}"),
    };
    let place = file.place(line);
    made("no TOML", (&sources, &settings), told(place, "", ("", "")))
}

/// The same thing twice.
fn twice(mut sources: File, mut settings: File, chance: &mut Chance) -> Mutant {
    match chance.below(3) {
        0 => {
            let file = if chance.below(2) == 0 { &mut sources } else { &mut settings };
            let keys: Vec<usize> = (0..file.lines.len()).filter(|line| file.lines[*line].contains(" = ")).collect();
            let line = *pick(&keys, chance);
            let again = file.lines[line].clone();
            file.lines.insert(line + 1, again);
            let place = file.place(line + 1);
            made("key twice", (&sources, &settings), told(place, "", ("duplicate key", "déjà donnée")))
        }
        1 => {
            sources.lines.extend(["[[source]]", "slug = \"source-1\"", "url = \"https://other.example/\""].map(str::to_owned));
            let place = sources.place(sources.lines.len() - 2);
            made("slug twice", (&sources, &settings), told(place, "\"source-1\"", ("another slug", "un autre slug")))
        }
        _ => {
            let line = settings.line_of("url", chance);
            settings.lines[line] = "url = \"smtp://other:CANARY-TWICE@relay.example.org\"".to_owned();
            let place = settings.place(settings.line_of("password", chance));
            made("login twice", (&sources, &settings), told(place, "password", ("keep one of the two", "gardez l'un des deux")))
        }
    }
}

/// Bytes that are no text.
fn torn(sources: File, settings: File, chance: &mut Chance) -> Mutant {
    let file = if chance.below(2) == 0 { &sources } else { &settings };
    let quoted: Vec<usize> = (0..file.lines.len()).filter(|line| file.lines[*line].contains(" = \"")).collect();
    let line = *pick(&quoted, chance);
    let (name, place) = (file.name, file.place(line));
    let at: usize = file.lines[..line].iter().map(|line| line.len() + 1).sum::<usize>() + file.lines[line].rfind('"').unwrap();
    let mut mutant =
        made("not UTF-8", (&sources, &settings), told(place, "", ("save the file as UTF-8", "enregistrez le fichier en UTF-8")));
    let bytes = if name == "sources.toml" { &mut mutant.sources } else { &mut mutant.settings };
    bytes.insert(at, *pick(&[0xff, 0xc3, 0xe9, 0x80], chance));
    mutant
}

/// What looks odd and is sound.
fn harmless(sources: &File, settings: &File, chance: &mut Chance) -> Mutant {
    let mut mutant = made("harmless", (sources, settings), None);
    let bytes = if chance.below(2) == 0 { &mut mutant.sources } else { &mut mutant.settings };
    let text = String::from_utf8(bytes.clone()).unwrap();
    *bytes = match chance.below(5) {
        0 => format!("\u{feff}{text}"),
        1 => text.replace('\n', "\r\n"),
        2 => text.replace('\n', "   # said by the way\n\n"),
        3 => text.trim_end().to_owned(),
        _ => text.replace(" = ", "\t=  "),
    }
    .into_bytes();
    mutant
}
