//! `veille bounces`.

mod mailbox;
mod present;

use crate::{
    app::{App, Error, Result, subscribers::Run},
    cli::{Context, Exit, output, told},
    domain::bounce::BounceRecord,
    telemetry,
};
use std::{io::IsTerminal, path::PathBuf};

/// Arguments of `veille bounces`.
#[derive(Debug, clap::Args)]
#[command(arg_required_else_help = true)]
pub struct Args {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Debug, clap::Subcommand)]
enum Verb {
    /// Read messages that came to the bounce address. Files are left as they are; reading one twice changes nothing.
    #[command(
        after_help = "A mail server can hand each message over by itself, for example in /etc/aliases:\n  rebonds: \"|veille --home /srv/veille bounces read\"\n\nExit status: 0 everything was read, whatever it said; 3 some of it could not be read; 4 not found; on standard input 75 in place of 1, so that the mail server keeps the message and tries again."
    )]
    Read(ReadArgs),
    /// What came back, and what was made of it; newest first.
    List {
        /// At most so many.
        #[arg(long, value_name = "N", default_value_t = 100)]
        limit: u32,
        /// One JSON array.
        #[arg(long)]
        json: bool,
    },
}

#[derive(Debug, clap::Args)]
struct ReadArgs {
    /// Messages (.eml), mbox files, Maildirs or folders of messages; none, or -, for standard input.
    paths: Vec<PathBuf>,
    /// Say what would be done.
    #[arg(long)]
    dry_run: bool,
    /// One JSON document.
    #[arg(long)]
    json: bool,
}

pub(crate) async fn run(args: Args, context: &Context) -> Result<Exit> {
    match args.verb {
        Verb::Read(args) => read(context, args).await,
        Verb::List { limit, json } => {
            let kept = context.app().await?.bounces(limit).await?;
            if json {
                output::json(&kept)?;
            } else {
                present::list(context.locale, &kept).iter().for_each(output::line);
            }
            Ok(Exit::Done)
        }
    }
}

/// What reading came to. The field names are those of `veille bounces read --json`.
#[derive(Debug, Default, serde::Serialize)]
struct ReadReport {
    /// Messages read.
    read: usize,
    /// Of these, those that changed something.
    acted_on: usize,
    /// One each; at most a thousand.
    reports: Vec<BounceRecord>,
    /// Files that could not be read, and why.
    unreadable: Vec<String>,
}

/// More are counted, and stand in `bounces list`.
const MOST_TOLD: usize = 1_000;

async fn read(context: &Context, args: ReadArgs) -> Result<Exit> {
    let piped = args.paths.is_empty() || args.paths.iter().any(|path| path.as_os_str() == "-");
    if piped && std::io::stdin().is_terminal() {
        return Err(Error::Invalid("name files to read, or hand a message over on standard input".to_owned()));
    }
    match read_all(context, &args).await {
        Err(error @ Error::Internal(_)) if piped => {
            telemetry::complain(&told(&error, context.locale));
            Ok(Exit::TryAgain)
        }
        other => other,
    }
}

async fn read_all(context: &Context, args: &ReadArgs) -> Result<Exit> {
    let app = context.app().await?;
    let run = if args.dry_run { Run::Rehearsal } else { Run::Real };
    let standard_input = [PathBuf::from("-")];
    let mut report = ReadReport::default();
    for path in if args.paths.is_empty() { &standard_input[..] } else { &args.paths } {
        for file in mailbox::files(path)? {
            if let Err(why) = read_file(&app, &file, run, &mut report).await? {
                report.unreadable.push(why);
            }
        }
    }
    if args.json {
        output::json(&report)?;
    } else {
        present::read(context.locale, &report, run).iter().for_each(output::line);
    }
    Ok(if report.unreadable.is_empty() { Exit::Done } else { Exit::Partly })
}

async fn read_file(
    app: &App,
    file: &mailbox::Place,
    run: Run,
    report: &mut ReadReport,
) -> Result<std::result::Result<(), String>> {
    let mut messages = match mailbox::open(file) {
        Ok(messages) => messages,
        Err(error) => return Ok(Err(format!("{file}: {error}"))),
    };
    loop {
        match messages.next() {
            Ok(Some(bytes)) => {
                let record = app.read_bounce(&bytes, run).await?;
                report.read += 1;
                report.acted_on += usize::from(record.effect.changes());
                if report.reports.len() < MOST_TOLD {
                    report.reports.push(record);
                }
            }
            Ok(None) => return Ok(Ok(())),
            Err(error) => return Ok(Err(format!("{file}: {error}"))),
        }
    }
}
