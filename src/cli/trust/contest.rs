//! `veille sources contest` and `veille items contest`.

use crate::{
    app::{
        Error, Result,
        trust::{Contest, Contestation, Target},
    },
    cli::{
        Context, Exit,
        actor::actor,
        output,
        trust::{day, override_line},
    },
    domain::evidence::Criterion,
};

/// What to put against the computed score.
#[derive(Debug, clap::Args)]
#[command(group = clap::ArgGroup::new("what").required(true).args(["pin", "evidence", "block", "withdraw"]))]
pub(crate) struct Args {
    /// The score is this one, 0 to 100, until the review date.
    #[arg(long, value_name = "SCORE", value_parser = clap::value_parser!(u8).range(0..=100))]
    pin: Option<u8>,
    /// Add evidence: a criterion and how far it is met, 0 to 1: C1=0.9.
    #[arg(long, value_name = "CRITERION=SUPPORT", requires = "weight")]
    evidence: Option<String>,
    /// What the evidence weighs: above 0, 10 at most; an author who is named weighs 3.
    #[arg(long, value_name = "WEIGHT", requires = "evidence")]
    weight: Option<f64>,
    /// Not scored, and in no edition.
    #[arg(long)]
    block: bool,
    /// Take back the override of that number.
    #[arg(long, value_name = "NUMBER", conflicts_with = "review_by")]
    withdraw: Option<i64>,
    /// Why: 15 characters at least.
    #[arg(long, value_name = "TEXT")]
    reason: String,
    /// Who says so; the operating system's user unless given.
    #[arg(long = "by", alias = "as", value_name = "NAME", env = "USER", hide_env_values = true)]
    by: Option<String>,
    /// The day on which it no longer holds and is to be looked at again: 2027-06-30.
    #[arg(long, value_name = "DATE", required_unless_present = "withdraw")]
    review_by: Option<String>,
    /// One JSON document: the override as it now stands.
    #[arg(long)]
    json: bool,
}

pub(crate) async fn run(args: Args, target: Target, context: &Context) -> Result<Exit> {
    let json = args.json;
    let app = context.app().await?;
    let row = match (args.withdraw, args.review_by.as_deref()) {
        (Some(number), _) => app.withdraw(&target, number, actor(args.by), args.reason).await?,
        (None, Some(review_by)) => {
            let what = what(args.pin, args.evidence.as_deref(), args.weight)?;
            let review_by = day("--review-by", review_by)?;
            app.contest(&target, Contestation { what, actor: actor(args.by), reason: args.reason, review_by }).await?
        }
        (None, None) => return Err(Error::Invalid("--review-by is missing: give a day like 2027-06-30".to_owned())),
    };
    if json {
        output::json(&row)?;
    } else {
        output::line(override_line(&row, context.locale));
    }
    Ok(Exit::Done)
}

fn what(pin: Option<u8>, evidence: Option<&str>, weight: Option<f64>) -> Result<Contest> {
    match (pin, evidence, weight) {
        (Some(score), ..) => Ok(Contest::Pin(score)),
        (_, Some(text), Some(weight)) => {
            let (criterion, support) = criterion_and_support(text)?;
            Ok(Contest::Evidence { criterion, support, weight })
        }
        _ => Ok(Contest::Block),
    }
}

fn criterion_and_support(text: &str) -> Result<(Criterion, f64)> {
    let wrong = || Error::Invalid(format!("--evidence: \"{text}\" is none; write a criterion and its support like C1=0.9"));
    let (criterion, support) = text.split_once('=').ok_or_else(wrong)?;
    Ok((criterion_named(criterion).ok_or_else(wrong)?, support.trim().replace(',', ".").parse().map_err(|_| wrong())?))
}

/// "C1" to "C6", in either case.
pub(crate) fn criterion_named(text: &str) -> Option<Criterion> {
    Criterion::ALL.into_iter().find(|criterion| criterion.id().eq_ignore_ascii_case(text.trim()))
}
