//! `veille bench`.

mod present;

use crate::{
    app::{
        Error, Result,
        bench::{
            reliability::{Breakdown, Judge, Scored},
            stories::Told,
        },
    },
    cli::{
        Context, Exit,
        assess::{definitions, rules},
        output,
    },
    domain::definitions::Definitions,
    pipeline::measure::Resampling,
};
use std::path::PathBuf;

/// Arguments of `veille bench`.
#[derive(Debug, clap::Args)]
#[command(arg_required_else_help = true)]
pub struct Args {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Debug, clap::Subcommand)]
enum Verb {
    /// Do reliable texts score above unreliable ones? AUC and Spearman with 95 % intervals over publishers.
    #[command(after_help = HELP_RELIABILITY)]
    Reliability(ReliabilityArgs),
    /// Are items put into the stories that people see? B-cubed precision, recall and F1 with 95 % intervals over publishers.
    #[command(after_help = HELP_STORIES)]
    Stories(StoriesArgs),
}

const HELP_RELIABILITY: &str = "Each line of FILE is one JSON object: `label` (0 to 1, or true and false; 1 is reliable), and the text: `html`, or `html_file` (a path beside FILE), or `text`. Optional: url, title, author, published, publisher, group. A key that is missing was not looked at; one that is null was looked for and not there. benches/data/README.md tells more.\n\nExit status: 0 when every line was measured, 3 when some were left out, 4 when none could be.";
const HELP_STORIES: &str = "Each line of FILE is one JSON object: `story` (any name), `published`, `title` and `text`. Optional: id, language, url, publisher, group. benches/data/README.md tells more.\n\nExit status: 0 when every line was measured, 3 when some were left out, 4 when none could be.";

#[derive(Debug, clap::Args)]
struct Common {
    /// Labelled data, one JSON object a line.
    #[arg(value_name = "FILE", required = true)]
    files: Vec<PathBuf>,
    /// Where the intervals begin: the same seed, the same intervals.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// How many times publishers are drawn for an interval.
    #[arg(long, default_value_t = 1_000, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=100_000))]
    rounds: u32,
    /// One JSON document.
    #[arg(long)]
    json: bool,
}

#[derive(Debug, clap::Args)]
struct ReliabilityArgs {
    #[command(flatten)]
    common: Common,
    /// Another rule set than the one that the product ships (TOML).
    #[arg(long, value_name = "FILE")]
    rules: Option<PathBuf>,
    /// Leave the registry of publishers aside: what the texts alone tell.
    #[arg(long)]
    no_registry: bool,
    /// Also each kind of signal: what it ranks alone, and what the score is without it.
    #[arg(long)]
    signals: bool,
}

#[derive(Debug, clap::Args)]
struct StoriesArgs {
    #[command(flatten)]
    common: Common,
}

pub(crate) async fn run(args: Args, context: &Context) -> Result<Exit> {
    match args.verb {
        Verb::Reliability(args) => reliability(args, context),
        Verb::Stories(args) => stories(args, context),
    }
}

fn reliability(args: ReliabilityArgs, context: &Context) -> Result<Exit> {
    let rules = rules(args.rules.as_deref())?;
    let definitions = if args.no_registry { Definitions::default() } else { definitions(&context.home)? };
    let judge = Judge { rules: &rules, definitions: &definitions, now: context.clock.now() };
    let mut scored = Scored::default();
    for file in &args.common.files {
        scored.add_file(file, &judge)?;
    }
    let breakdown = if args.signals { Breakdown::BySignal } else { Breakdown::Whole };
    let report = scored.report(&rules, args.common.resampling(), breakdown);
    if args.common.json {
        output::json(&report)?;
    } else {
        present::reliability(&report, context.locale).iter().for_each(output::line);
    }
    exit(report.rows, &report.skipped)
}

fn stories(args: StoriesArgs, context: &Context) -> Result<Exit> {
    let mut told = Told::default();
    for file in &args.common.files {
        told.add_file(file)?;
    }
    let report = told.report(args.common.resampling());
    if args.common.json {
        output::json(&report)?;
    } else {
        present::stories(&report, context.locale).iter().for_each(output::line);
    }
    exit(report.rows, &report.skipped)
}

fn exit<T>(rows: usize, skipped: &[T]) -> Result<Exit> {
    match (rows, skipped.len()) {
        (0, _) => Err(Error::Refused("no line of the data can be measured".to_owned())),
        (_, 0) => Ok(Exit::Done),
        _ => Ok(Exit::Partly),
    }
}

impl Common {
    fn resampling(&self) -> Resampling {
        Resampling { seed: self.seed, rounds: self.rounds }
    }
}
