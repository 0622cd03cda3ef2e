//! `veille subscribers`: thin; what is said is in the reader's language.

use crate::{
    app::{
        Result,
        subscribers::{ImportReport, Request, Run},
    },
    cli::{Context, Exit, input, output},
    domain::subscriber::{Standing, Subscription, SubscriptionState},
};
use serde_json::json;
use std::{io::Read, path::PathBuf};

/// Arguments of `veille subscribers`.
#[derive(Debug, clap::Args)]
#[command(arg_required_else_help = true)]
pub struct Args {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Debug, clap::Subcommand)]
enum Verb {
    /// Who receives what.
    List(ListArgs),
    /// Subscribe a person who agreed to it.
    Add {
        /// The address.
        email: String,
        /// The digest; may be left out where there is only one.
        digest: Option<String>,
        /// How the person agreed; required to bring back somebody who left.
        #[arg(long, value_name = "TEXT")]
        consent: Option<String>,
        /// Who enters it.
        #[arg(long = "as", value_name = "NAME", env = "USER", hide_env_values = true, default_value = "operator")]
        actor: String,
    },
    /// Subscribe everybody in a CSV file: email[,digest] on each line.
    Import(ImportArgs),
    /// End a person's subscriptions.
    Remove {
        /// The address.
        email: String,
        /// Only this digest.
        #[arg(long, value_name = "SLUG")]
        digest: Option<String>,
    },
    /// Everything held about a person, as JSON.
    Export {
        /// The address.
        email: String,
    },
    /// Forget a person, and never write to them again.
    Erase {
        /// The address.
        email: String,
        /// Say what would be done.
        #[arg(long)]
        dry_run: bool,
    },
}

#[derive(Debug, clap::Args)]
struct ListArgs {
    /// Only this digest.
    #[arg(long, value_name = "SLUG")]
    digest: Option<String>,
    /// One JSON array.
    #[arg(long)]
    json: bool,
}

#[derive(Debug, clap::Args)]
struct ImportArgs {
    /// The file, or - for standard input.
    file: PathBuf,
    /// For lines that name no digest.
    #[arg(long, value_name = "SLUG")]
    digest: Option<String>,
    /// Say what would be done.
    #[arg(long)]
    dry_run: bool,
    /// One JSON document.
    #[arg(long)]
    json: bool,
}

pub(crate) async fn run(args: Args, context: &Context) -> Result<Exit> {
    match args.verb {
        Verb::List(args) => list(context, args).await,
        Verb::Add { email, digest, consent, actor } => add(context, Request { email, digest, actor, consent }).await,
        Verb::Import(args) => import(context, args).await,
        Verb::Remove { email, digest } => remove(context, &email, digest.as_deref()).await,
        Verb::Export { email } => {
            output::json(&context.app().await?.person(&email).await?)?;
            Ok(Exit::Done)
        }
        Verb::Erase { email, dry_run } => erase(context, &email, if dry_run { Run::Rehearsal } else { Run::Real }).await,
    }
}

async fn list(context: &Context, args: ListArgs) -> Result<Exit> {
    let subscriptions = context.app().await?.subscribers(args.digest.as_deref()).await?;
    if args.json {
        output::json(&subscriptions.iter().map(row).collect::<Vec<_>>())?;
        return Ok(Exit::Done);
    }
    for subscription in &subscriptions {
        let state = state(context, subscription.state);
        output::line(format!("{}  {}  {state}  {}", subscription.digest, subscription.email, subscription.consent));
    }
    let confirmed = subscriptions.iter().filter(|subscription| subscription.state == SubscriptionState::Confirmed).count();
    output::line(
        context.locale.pick(format!("{confirmed} abonnement(s) actif(s)"), format!("{confirmed} active subscription(s)")),
    );
    Ok(Exit::Done)
}

fn row(subscription: &Subscription) -> serde_json::Value {
    json!({
        "email": subscription.email.as_str(),
        "digest": subscription.digest,
        "state": subscription.state,
        "consent": subscription.consent,
        "created_at": subscription.created_at,
        "changed_at": subscription.changed_at,
    })
}

fn state(context: &Context, state: SubscriptionState) -> &'static str {
    match state {
        SubscriptionState::Pending => context.locale.pick("à confirmer", "to be confirmed"),
        SubscriptionState::Confirmed => context.locale.pick("abonné", "subscribed"),
        SubscriptionState::Unsubscribed => context.locale.pick("désabonné", "unsubscribed"),
    }
}

async fn add(context: &Context, request: Request) -> Result<Exit> {
    let email = request.email.trim().to_owned();
    let said = match context.app().await?.subscribe(request).await? {
        Standing::Confirmed => context.locale.pick(format!("{email} est déjà abonné"), format!("{email} is subscribed already")),
        Standing::Unsubscribed | Standing::Suppressed => {
            context.locale.pick(format!("{email} est de nouveau abonné"), format!("{email} is subscribed again"))
        }
        Standing::Unknown | Standing::Pending => {
            context.locale.pick(format!("{email} est abonné"), format!("{email} is subscribed"))
        }
    };
    output::line(said);
    Ok(Exit::Done)
}

async fn import(context: &Context, args: ImportArgs) -> Result<Exit> {
    let ImportArgs { file, digest, dry_run, json } = args;
    let run = if dry_run { Run::Rehearsal } else { Run::Real };
    let name = file.file_name().unwrap_or(file.as_os_str()).to_string_lossy().into_owned();
    let read = if file.as_os_str() == "-" { standard_input() } else { std::fs::read(&file) };
    let bytes = read.map_err(|error| input::unreadable(&file, &error))?;
    let report = context.app().await?.import_subscribers(&bytes, digest.as_deref(), &name, run).await?;
    let exit = if report.refused.is_empty() { Exit::Done } else { Exit::Partly };
    if json {
        output::json(&report)?;
    } else {
        say_import(context, &report, run);
    }
    Ok(exit)
}

fn standard_input() -> std::io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    std::io::stdin().read_to_end(&mut bytes)?;
    Ok(bytes)
}

fn say_import(context: &Context, report: &ImportReport, run: Run) {
    let locale = context.locale;
    for line in &report.refused {
        output::line(
            locale.pick(format!("ligne {} : {}", line.line, line.reason), format!("line {}: {}", line.line, line.reason)),
        );
    }
    for kept in &report.kept_out {
        let why = match kept.because {
            Standing::Suppressed => locale.pick("à ne plus contacter", "must not be written to"),
            _ => locale.pick("désabonné", "unsubscribed"),
        };
        output::line(locale.pick(
            format!("ligne {} : {} n'est pas réabonné ({why})", kept.line, kept.email),
            format!("line {}: {} is not brought back ({why})", kept.line, kept.email),
        ));
    }
    let (added, already, out, bad) = (report.added, report.already, report.kept_out.len(), report.refused.len());
    let head =
        if run == Run::Rehearsal { locale.pick("essai, rien n'est écrit : ", "rehearsal, nothing is written: ") } else { "" };
    output::line(locale.pick(
        format!("{head}{added} ajouté(s), {already} déjà abonné(s), {out} laissé(s) de côté, {bad} ligne(s) refusée(s)"),
        format!("{head}{added} added, {already} subscribed already, {out} left out, {bad} line(s) refused"),
    ));
}

async fn remove(context: &Context, email: &str, digest: Option<&str>) -> Result<Exit> {
    let left = context.app().await?.unsubscribe(email, digest).await?.join(", ");
    output::line(context.locale.pick(format!("{email} ne reçoit plus : {left}"), format!("{email} no longer receives: {left}")));
    Ok(Exit::Done)
}

async fn erase(context: &Context, email: &str, run: Run) -> Result<Exit> {
    let erasure = context.app().await?.erase(email, run).await?;
    let (subscriptions, deliveries) = (erasure.subscriptions, erasure.deliveries);
    let head = match run {
        Run::Rehearsal => context.locale.pick("essai, rien n'est effacé : ", "rehearsal, nothing is erased: "),
        Run::Real => context.locale.pick("effacé : ", "erased: "),
    };
    output::line(context.locale.pick(
        format!("{head}{subscriptions} abonnement(s) ; adresse retirée de {deliveries} envoi(s)"),
        format!("{head}{subscriptions} subscription(s); address removed from {deliveries} deliver(ies)"),
    ));
    Ok(Exit::Done)
}
