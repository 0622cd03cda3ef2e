//! G01: every mistake is told with its place, its name and its remedy, in both languages, and nothing is begun.

use super::text;
use std::{fs, path::Path};
use veille_testbench::{
    chance::Chance,
    home::Home,
    mistakes::{self, Mutant, Told},
};

/// Words of the programming language and of its libraries: none may reach a person.
const JARGON: [&str; 14] = [
    "usize",
    "u64",
    "u32",
    "u16",
    "struct ",
    "enum ",
    "variant",
    "untagged",
    "expected a sequence",
    "invalid type",
    "data did not match",
    "Some(",
    "None",
    "panicked",
];

/// Every command that begins something.
const STARTING: [&[&str]; 6] = [
    &["refresh", "--all"],
    &["serve"],
    &["doctor"],
    &["edition", "draft", "digest-0"],
    &["items", "list"],
    &["subscribers", "list"],
];

fn home(mutant: &Mutant) -> Home {
    Home::with(&mutant.sources, &mutant.settings)
}

fn run(home: &Home, mutant: &Mutant, arguments: &[&str]) -> (Option<i32>, String) {
    let mut command = home.command(arguments);
    command.env_remove("VEILLE_LANG").envs(mutant.variables.iter().map(|(name, value)| (name, value)));
    let output = command.output().unwrap();
    (output.status.code(), text(&output))
}

fn entries(folder: &Path) -> Vec<String> {
    let mut names: Vec<String> =
        fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned()).collect();
    names.sort();
    names
}

/// One line tells it: place, name and remedy.
fn assert_told(said: &str, told: &Told, remedy: &str, context: &str) {
    let line = said.lines().find(|line| {
        let place = line.split_once(&told.place);
        place.is_some_and(|(_, after)| after.starts_with([':', ' ']) && after.contains(&told.names) && after.contains(remedy))
    });
    assert!(line.is_some(), "{context}: no line tells {told:?} and {remedy:?}:\n{said}");
    for line in said.lines() {
        assert!(line.starts_with("veille: ") && line.len() < 1_200, "{context}: a line by itself: {line}");
        assert!(!line.contains('\u{1b}'), "{context}: {line:?}");
    }
    JARGON.iter().for_each(|word| assert!(!said.contains(word), "{context}: {word}: {said}"));
    assert!(!said.contains("CANARY"), "{context}: a secret is repeated: {said}");
}

fn judge(number: u64, mutant: &Mutant) {
    let home = home(mutant);
    let context = format!("mutant {number}, {}\n{}\n", mutant.kind, String::from_utf8_lossy(&mutant.sources));
    let (status, said) = run(&home, mutant, &["--lang", "en", "config", "check"]);
    let Some(told) = &mutant.told else {
        assert_eq!(status, Some(0), "{context}: nothing is wrong: {said}");
        return;
    };
    assert_eq!(status, Some(2), "{context}: {said}");
    assert_told(&said, told, &told.remedy.0, &context);
    let (status, french) = run(&home, mutant, &["config", "check"]);
    assert_eq!(status, Some(2));
    assert_told(&french, told, &told.remedy.1, &context);
    assert_ne!(said, french, "{context}: in French as well");
    let starting = STARTING[usize::try_from(number).unwrap() % STARTING.len()];
    let (status, started) = run(&home, mutant, starting);
    assert_eq!((status, &started), (Some(2), &french), "{context}: {starting:?} tells the same");
    assert_eq!(entries(home.path()), ["sources.toml", "veille.toml"], "{context}: nothing is begun under wrong settings");
}

fn judge_so_many(mutants: u64) {
    let mut chance = Chance::from_environment(20_261_125);
    let mut refused = 0;
    for number in 0..mutants {
        let mutant = mistakes::mutant(&mut chance);
        refused += u64::from(mutant.told.is_some());
        judge(number, &mutant);
    }
    assert!(refused * 10 > mutants * 7, "most mutants are mistakes: {refused} of {mutants}");
}

#[test]
fn g01_mistakes_are_told_with_their_place_and_nothing_is_begun() {
    judge_so_many(24);
}

#[test]
#[ignore = "long: 200 mistaken files; cargo nextest run --test it --run-ignored only -E 'test(g01_every_kind)'"]
fn g01_every_kind_of_mistake_at_length() {
    judge_so_many(200);
}

/// Whoever mends the first should see the others: of both files, the variables and the templates.
#[test]
fn g01_all_mistakes_of_all_files_are_told_at_once() {
    let sources = "[[source]]\nslug = \"a b\"\nurl = \"x\"\nfoo = 1\n[[digest]\nslug = \"d\"\nschedule = \"x\"\nbar\n";
    let home = Home::with(sources, "[fetch]\nconcurrency = 0\n[mial]\nurl = \"file:x\"\n[web]\nlisten = 3\n");
    let folder = home.path().join("templates/mail/digest");
    fs::create_dir_all(&folder).unwrap();
    fs::write(folder.join("subject.txt.hbs"), "{{#if}").unwrap();
    let mut command = home.command(&["--lang", "en", "config", "check"]);
    let output = command.env("VEILLE_STORAGE_PATHH", "x").output().unwrap();
    assert_eq!(output.status.code(), Some(2));
    let said = String::from_utf8(output.stderr).unwrap();
    let places = [
        "veille.toml:2:",
        "veille.toml:3:",
        "veille.toml:6:",
        "VEILLE_STORAGE_PATHH:",
        "sources.toml:2:",
        "sources.toml:3:",
        "sources.toml:4:",
        "sources.toml:5:",
        "sources.toml:8:",
        "templates",
    ];
    let lines: Vec<&str> = said.lines().collect();
    for place in places {
        assert!(lines.iter().any(|line| line.contains(place)), "{place}: {said}");
    }
}

#[test]
fn g01_a_file_that_is_none_or_too_large_or_not_ours_is_told() {
    let home = Home::with("", "");
    let sources = home.path().join("sources.toml");
    let told = |remedy: &str| {
        let output = home.run(&["--lang", "en", "refresh", "--all"]);
        assert_eq!(output.status.code(), Some(2));
        let said = text(&output);
        assert!(said.contains("sources.toml: ") && said.contains(remedy), "{said}");
    };
    fs::write(&sources, "#".repeat(17 << 20)).unwrap();
    told("larger than 16 MiB");
    fs::write(&sources, "\u{feff}a = 1".encode_utf16().flat_map(u16::to_le_bytes).collect::<Vec<u8>>()).unwrap();
    let output = home.run(&["--lang", "en", "refresh", "--all"]);
    assert!(text(&output).contains("save the file as UTF-8"), "{}", text(&output));
    fs::remove_file(&sources).unwrap();
    told("`veille init` writes one");
    fs::create_dir(&sources).unwrap();
    told("is not a file");
    assert_eq!(entries(home.path()), ["sources.toml", "veille.toml"]);
}

/// A file that is one mistake from end to end is answered in a second, with a bounded list.
#[test]
fn g01_a_file_that_is_all_mistakes_is_answered_briefly() {
    for text in [
        "foo\n".repeat(50_000),
        "[[source]]\nfoo = 1\n".repeat(20_000),
        "[".repeat(100_000),
        "a = [".repeat(50_000),
        "\"".repeat(70_001),
    ] {
        let home = Home::with(&text, "");
        let begun = std::time::Instant::now();
        let output = home.run(&["config", "check"]);
        let lines = String::from_utf8_lossy(&output.stderr).lines().count();
        assert_eq!(output.status.code(), Some(2));
        assert!((1..=110).contains(&lines), "{lines} lines");
        assert!(begun.elapsed().as_secs() < 20, "{:?} for {:?}…", begun.elapsed(), &text[..8]);
    }
}
