//! `veille sources qualify`.

use crate::{
    app::{Error, Result, sheets},
    cli::{
        Context, Exit,
        actor::actor,
        output,
        trust::{criterion_named, day},
    },
    domain::{
        evidence::Criterion,
        slug::Slug,
        trust::{Answer, Met, SheetState, Step},
    },
};
use std::path::PathBuf;

/// Arguments of `veille sources qualify`.
#[derive(Debug, clap::Args)]
#[command(group = clap::ArgGroup::new("state").args(["propose", "accept", "refuse"]))]
pub(super) struct Args {
    /// Which source.
    slug: String,
    /// An answer to a criterion: C1=yes, C2=partly, C4=no. May be repeated.
    #[arg(long = "answer", value_name = "CRITERION=ANSWER")]
    answers: Vec<String>,
    /// A note on a criterion: C1="signed by name". May be repeated.
    #[arg(long = "note", value_name = "CRITERION=TEXT")]
    notes: Vec<String>,
    /// Propose it, or reopen a sheet that was closed.
    #[arg(long)]
    propose: bool,
    /// Watch it on trial until that day: 2027-01-31.
    #[arg(long, value_name = "DATE", conflicts_with = "state")]
    trial_until: Option<String>,
    /// It is one of the team's sources. Looked at again after a year unless --next-review says otherwise.
    #[arg(long, requires = "reason")]
    accept: bool,
    /// It is not, and is not fetched.
    #[arg(long, requires = "reason")]
    refuse: bool,
    /// When to look at it again: 2027-06-30.
    #[arg(long, value_name = "DATE")]
    next_review: Option<String>,
    /// Why.
    #[arg(long, value_name = "TEXT")]
    reason: Option<String>,
    /// Who says so; the operating system's user unless given.
    #[arg(long = "by", alias = "as", value_name = "NAME", env = "USER", hide_env_values = true)]
    by: Option<String>,
    /// Write the sheet to a file, for an auditor: .html, or text under any other name.
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
    /// One JSON document: the sheet as it now stands.
    #[arg(long)]
    json: bool,
}

pub(super) async fn run(args: Args, context: &Context) -> Result<Exit> {
    let slug = Slug::parse(&args.slug).map_err(|error| Error::Invalid(error.to_string()))?;
    let step = step(&args)?;
    let app = context.app().await?;
    if step != Step::default() {
        app.qualify(&slug, step, actor(args.by), args.reason).await?;
    } else if args.reason.is_some() {
        return Err(Error::Invalid(
            "--reason says why, but not what: add --propose, --accept, --refuse or an --answer".to_owned(),
        ));
    }
    let sheet = app.qualification_sheet(&slug).await?;
    if let Some(file) = &args.out {
        sheets::write(&sheet, file, context.locale, &app.templates)?.iter().for_each(output::note);
    }
    if args.json {
        output::json(&sheets::document(&sheet, context.locale))?;
    } else if let Some(file) = &args.out {
        output::line(file.display().to_string());
    } else {
        output::lines(sheets::text(&sheet, context.locale, &app.templates)?);
    }
    Ok(Exit::Done)
}

fn step(args: &Args) -> Result<Step> {
    let state = match args {
        Args { accept: true, .. } => Some(SheetState::Accepted),
        Args { refuse: true, .. } => Some(SheetState::Refused),
        Args { propose: true, .. } => Some(SheetState::Proposed),
        Args { trial_until: Some(_), .. } => Some(SheetState::Trial),
        _ => None,
    };
    let date = |name, text: &Option<String>| text.as_deref().map(|text| day(name, text)).transpose();
    Ok(Step {
        state,
        answers: answers(&args.answers, &args.notes)?,
        trial_until: date("--trial-until", &args.trial_until)?,
        next_review: date("--next-review", &args.next_review)?,
    })
}

fn answers(given: &[String], notes: &[String]) -> Result<Vec<Answer>> {
    let mut answers: Vec<Answer> = Vec::new();
    for text in given {
        let (criterion, word) = of_criterion("--answer", "C1=yes", text)?;
        let met = match word.trim().to_lowercase().as_str() {
            "yes" | "oui" => Met::Yes,
            "partly" | "partial" | "en partie" => Met::Partly,
            "no" | "non" => Met::No,
            other => return Err(Error::Invalid(format!("--answer: \"{other}\" is no answer; write yes, partly or no"))),
        };
        answer_of(&mut answers, criterion).met = Some(met);
    }
    for text in notes {
        let (criterion, note) = of_criterion("--note", "C1=\"signed by name\"", text)?;
        if note.trim().is_empty() {
            return Err(Error::Invalid(format!("--note: the note on {} is empty", criterion.id())));
        }
        answer_of(&mut answers, criterion).note = Some(note.trim().to_owned());
    }
    Ok(answers)
}

fn of_criterion<'a>(option: &str, example: &str, text: &'a str) -> Result<(Criterion, &'a str)> {
    let named = text.split_once('=').and_then(|(criterion, rest)| Some((criterion_named(criterion)?, rest)));
    named.ok_or_else(|| Error::Invalid(format!("{option}: \"{text}\" names no criterion; write it like {example}, C1 to C6")))
}

fn answer_of(answers: &mut Vec<Answer>, criterion: Criterion) -> &mut Answer {
    let place = answers.iter().position(|answer| answer.criterion == criterion).unwrap_or_else(|| {
        answers.push(Answer { criterion, met: None, note: None });
        answers.len() - 1
    });
    &mut answers[place]
}
