//! The command line: one file a noun, each at most "read input, call a use case, present".

mod actor;
pub mod assess;
pub mod bench;
pub mod bounces;
pub mod check;
pub mod completions;
pub mod config;
pub mod db;
pub mod demo;
pub mod doctor;
pub mod edition;
pub mod healthcheck;
pub mod init;
mod input;
pub mod items;
pub mod output;
pub mod overrides;
pub mod parse;
pub mod publishers;
pub mod refresh;
pub mod serve;
mod signals;
pub mod sources;
pub mod stories;
pub mod subscribers;
mod trust;

mod context;
pub use context::Context;

use crate::{app::Error, domain::localised::Locale};
use chrono::{DateTime, Utc};
use clap::{Parser, Subcommand};
use std::path::PathBuf;

/// A technology and regulatory watch that a team runs on its own machine.
#[derive(Debug, Parser)]
#[command(name = "veille", version, propagate_version = true, arg_required_else_help = true, max_term_width = 100)]
#[command(
    after_help = "Start here:\n  veille demo                 see a whole week, without network or settings\n  veille init                 write sources.toml and veille.toml\n  veille refresh              collect\n  veille edition draft hebdo  compose the week's edition\n\nExit status: 0 done, 1 unexpected, 2 usage or invalid settings, 3 partly done, 4 refused or not found."
)]
pub struct Cli {
    /// Folder that holds sources.toml, veille.toml, templates/ and db/.
    #[arg(long, global = true, default_value = ".", env = "VEILLE_HOME", value_name = "DIR")]
    pub home: PathBuf,
    /// Fix the clock, to replay a past or future week (RFC 3339).
    #[arg(long, global = true, env = "VEILLE_NOW", value_name = "RFC3339", value_parser = instant)]
    pub now: Option<DateTime<Utc>>,
    /// Language of what is printed for people: fr or en.
    #[arg(long, global = true, env = "VEILLE_LANG", value_name = "LANG", default_value = "fr")]
    pub lang: Locale,
    /// Say more: one line a source, debug logs when repeated.
    #[arg(long, short, global = true, action = clap::ArgAction::Count)]
    pub verbose: u8,
    /// No progress bar, even on a terminal.
    #[arg(long, global = true)]
    pub no_progress: bool,
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

impl Cli {
    /// How much to log: a server says what it does, a command keeps to warnings unless asked.
    pub fn verbosity(&self) -> u8 {
        if matches!(self.command, Command::Serve(_)) { self.verbose.max(1) } else { self.verbose }
    }

    /// Whether the work may be long.
    pub fn lasts(&self) -> bool {
        matches!(self.command, Command::Serve(_) | Command::Refresh(_))
    }

    /// Whether the stages of the work are to be timed.
    pub fn timed(&self) -> bool {
        matches!(&self.command, Command::Refresh(refresh) if refresh.timings)
    }
}

/// The nouns.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// See the whole main job on bundled sample feeds, without network or settings.
    Demo(demo::Args),
    /// Write a commented sources.toml and veille.toml.
    Init(init::Args),
    /// Check the settings.
    Config(config::Args),
    /// Run the schedule, until SIGTERM.
    Serve(serve::Args),
    /// Fetch what is due, or everything, or the sources named.
    Refresh(refresh::Args),
    /// Show what is made of one feed document.
    Parse(parse::Args),
    /// What is watched.
    Sources(sources::Args),
    /// Who stands behind sources: the registry that reliability leans on.
    Publishers(publishers::Args),
    /// The evidence ledger of one page or feed document, offline.
    Assess(assess::Args),
    /// Measure judgements on labelled data: how well scores rank, how well items are put into stories.
    Bench(bench::Args),
    /// What came in, and what was decided about it.
    Items(items::Args),
    /// What people put against computed scores.
    Overrides(overrides::Args),
    /// Which items tell one fact, and what people say of it.
    Stories(stories::Args),
    /// The numbers of a digest, from draft to sent.
    Edition(edition::Args),
    /// The accessibility gate, on any .html or .eml file.
    Check(check::Args),
    /// Who receives what.
    Subscribers(subscribers::Args),
    /// What came back: read reports of failed deliveries and complaints, and stop writing where nobody reads.
    Bounces(bounces::Args),
    /// Is everything as it should be?
    Doctor(doctor::Args),
    /// For probes: 0 when the running server answers.
    Healthcheck(healthcheck::Args),
    /// Back up, restore, check and export the database.
    Db(db::Args),
    /// Print the completion script of a shell, or the man pages.
    Completions(completions::Args),
}

/// How a command ended well.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Exit {
    /// Everything was done: 0.
    Done,
    /// Some sources or deliveries failed: 3.
    Partly,
    /// The answer is no: 4.
    Refused,
    /// For a mail server that hands a message to `bounces read`: keep it and try again. 75, EX_TEMPFAIL of sysexits.h.
    TryAgain,
}

impl Exit {
    /// The process's exit status.
    pub fn status(self) -> u8 {
        match self {
            Self::Done => 0,
            Self::Partly => 3,
            Self::Refused => 4,
            Self::TryAgain => 75,
        }
    }
}

/// The exit status of a failure: the one place where the five kinds meet the process.
pub fn status_of(error: &Error) -> u8 {
    match error {
        Error::Internal(_) => 1,
        Error::Invalid(_) | Error::Mistaken(_) => 2,
        Error::NotFound(_) | Error::Conflict(_) | Error::Refused(_) | Error::Unsound(_) => 4,
    }
}

/// What is told of a failure, in the reader's language: one line for each mistake, or what happened and then its causes.
pub fn told(error: &Error, locale: Locale) -> Vec<String> {
    let causes = matches!(error, Error::Internal(_));
    let told = |(number, line): (usize, &String)| match number {
        1.. if causes => locale.pick(format!("  parce que : {line}"), format!("  because {line}")),
        _ => format!("veille: {line}"),
    };
    let lines: Vec<String> = error.lines(locale).iter().enumerate().map(told).collect();
    // Our own lists are indented; any other line feed came from outside, and is escaped by whoever prints.
    lines
        .iter()
        .flat_map(|line| line.split("\n  ").enumerate())
        .map(|(n, part)| if n == 0 { part.to_owned() } else { format!("  {part}") })
        .collect()
}

/// Runs one command.
pub async fn run(cli: Cli) -> Result<Exit, Error> {
    let context = Context::new(&cli);
    match cli.command {
        Command::Demo(args) => demo::run(args, &context).await,
        Command::Init(args) => init::run(args, &context).await,
        Command::Config(args) => config::run(args, &context).await,
        Command::Serve(args) => serve::run(args, &context).await,
        Command::Refresh(args) => refresh::run(args, &context).await,
        Command::Parse(args) => parse::run(args, &context).await,
        Command::Sources(args) => sources::run(args, &context).await,
        Command::Publishers(args) => publishers::run(args, &context).await,
        Command::Overrides(args) => overrides::run(args, &context).await,
        Command::Assess(args) => assess::run(args, &context).await,
        Command::Bench(args) => bench::run(args, &context).await,
        Command::Items(args) => items::run(args, &context).await,
        Command::Stories(args) => stories::run(args, &context).await,
        Command::Edition(args) => edition::run(args, &context).await,
        Command::Check(args) => check::run(args, &context).await,
        Command::Subscribers(args) => subscribers::run(args, &context).await,
        Command::Bounces(args) => bounces::run(args, &context).await,
        Command::Doctor(args) => doctor::run(args, &context).await,
        Command::Healthcheck(args) => healthcheck::run(args, &context).await,
        Command::Db(args) => db::run(args, &context).await,
        Command::Completions(args) => completions::run(args, &context).await,
    }
}

fn instant(text: &str) -> Result<DateTime<Utc>, String> {
    DateTime::parse_from_rfc3339(text)
        .map(|at| at.to_utc())
        .map_err(|error| format!("{error}; write it like 2026-11-25T08:00:00+01:00"))
}
