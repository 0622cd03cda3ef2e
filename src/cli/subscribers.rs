//! `veille subscribers`: thin; what is said is in the reader's language.

mod import;
mod show;

use crate::{
    app::{
        Result,
        subscribers::{Request, Run},
    },
    cli::{Context, Exit, output},
    domain::{
        localised::Locale,
        subscriber::{Standing, Subscription, SubscriptionState},
        suppression::{Suppression, SuppressionReason},
    },
};
use serde_json::json;

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
        /// How the person agreed; required to bring back somebody who left, complained or was erased.
        #[arg(long, value_name = "TEXT")]
        consent: Option<String>,
        /// Why an address from which mail came back works again; kept with your name.
        #[arg(long, value_name = "TEXT")]
        lift: Option<String>,
        /// Who enters it.
        #[arg(long = "as", value_name = "NAME", env = "USER", hide_env_values = true, default_value = "operator")]
        actor: String,
    },
    /// Subscribe everybody in a CSV file: email[,digest] on each line.
    Import(import::Args),
    /// Where a person stands: subscriptions, what came back, why they are not written to.
    Show(show::Args),
    /// End a person's subscriptions.
    Remove {
        /// The address.
        email: String,
        /// Only this digest.
        #[arg(long, value_name = "SLUG")]
        digest: Option<String>,
        /// Say what would be done.
        #[arg(long)]
        dry_run: bool,
    },
    /// Everything held about a person, as JSON.
    Export {
        /// The address.
        email: String,
        /// One JSON document, as always here.
        #[arg(long)]
        json: bool,
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

pub(crate) async fn run(args: Args, context: &Context) -> Result<Exit> {
    match args.verb {
        Verb::List(args) => list(context, args).await,
        Verb::Add { email, digest, consent, lift, actor } => add(context, Request { email, digest, actor, consent, lift }).await,
        Verb::Import(args) => import::run(args, context).await,
        Verb::Show(args) => show::run(args, context).await,
        Verb::Remove { email, digest, dry_run } => remove(context, &email, digest.as_deref(), rehearsal(dry_run)).await,
        Verb::Export { email, json: _ } => {
            output::json(&context.app().await?.person(&email).await?)?;
            Ok(Exit::Done)
        }
        Verb::Erase { email, dry_run } => erase(context, &email, rehearsal(dry_run)).await,
    }
}

fn rehearsal(dry_run: bool) -> Run {
    if dry_run { Run::Rehearsal } else { Run::Real }
}

async fn list(context: &Context, args: ListArgs) -> Result<Exit> {
    let app = context.app().await?;
    let subscriptions = app.subscribers(args.digest.as_deref()).await?;
    let held = app.suppressions(&subscriptions).await?;
    let rows = || subscriptions.iter().zip(&held);
    if args.json {
        output::json(&rows().map(|(subscription, held)| row(subscription, held.as_ref())).collect::<Vec<_>>())?;
        return Ok(Exit::Done);
    }
    for (subscription, held) in rows() {
        let state = state(context.locale, subscription.state);
        let held = held.as_ref().map(|held| format!("  [{}]", suppressed(context.locale, held))).unwrap_or_default();
        output::line(format!("{}  {}  {state}  {}{held}", subscription.digest, subscription.email, subscription.consent));
    }
    let active = |(subscription, held): &(&Subscription, &Option<Suppression>)| {
        subscription.state == SubscriptionState::Confirmed && held.is_none()
    };
    let confirmed = rows().filter(active).count();
    output::line(
        context.locale.pick(format!("{confirmed} abonnement(s) actif(s)"), format!("{confirmed} active subscription(s)")),
    );
    Ok(Exit::Done)
}

fn row(subscription: &Subscription, held: Option<&Suppression>) -> serde_json::Value {
    json!({
        "email": subscription.email.as_str(),
        "digest": subscription.digest,
        "state": subscription.state,
        "consent": subscription.consent,
        "created_at": subscription.created_at,
        "changed_at": subscription.changed_at,
        "suppressed": held,
    })
}

fn state(locale: Locale, state: SubscriptionState) -> &'static str {
    match state {
        SubscriptionState::Pending => locale.pick("à confirmer", "to be confirmed"),
        SubscriptionState::Confirmed => locale.pick("abonné", "subscribed"),
        SubscriptionState::Unsubscribed => locale.pick("désabonné", "unsubscribed"),
    }
}

/// Why an address is not written to, and since when.
fn suppressed(locale: Locale, held: &Suppression) -> String {
    let why = match held.reason {
        SuppressionReason::Erased => locale.pick("effacé, à ne plus contacter", "erased, must not be written to"),
        SuppressionReason::Complaint => locale.pick("s'est plaint d'un envoi", "complained about an edition"),
        SuppressionReason::HardBounce => locale.pick("adresse refusée : elle n'existe pas", "mail came back: no such address"),
        SuppressionReason::SoftBounces => {
            locale.pick("boîte qui refuse plusieurs éditions de suite", "its mailbox took none of several editions")
        }
    };
    let code = held.detail.as_ref().map(|code| format!(" ({code})")).unwrap_or_default();
    let day = held.since.format("%Y-%m-%d");
    locale.pick(format!("{why}{code}, depuis le {day}"), format!("{why}{code}, since {day}"))
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

async fn remove(context: &Context, email: &str, digest: Option<&str>, run: Run) -> Result<Exit> {
    let left = context.app().await?.unsubscribe(email, digest, run).await?.join(", ");
    output::line(match run {
        Run::Real => {
            context.locale.pick(format!("{email} ne reçoit plus : {left}"), format!("{email} no longer receives: {left}"))
        }
        Run::Rehearsal => context.locale.pick(
            format!("essai, rien n'est écrit : {email} ne recevrait plus : {left}"),
            format!("rehearsal, nothing is written: {email} would no longer receive: {left}"),
        ),
    });
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
    if run == Run::Rehearsal {
        return Ok(Exit::Done);
    }
    output::line(if erasure.traces {
        context.locale.pick(
            "l'adresse est encore dans les fichiers de la base : un envoi est en cours, quelqu'un la lit ou un article la cite ; recommencez",
            "the address is still in the database's files: a message is leaving, somebody reads, or an article names it; run this again",
        )
    } else {
        context
            .locale
            .pick("l'adresse n'est plus dans les fichiers de la base", "the address is no longer in the database's files")
    });
    output::line(context.locale.pick(
        "elle reste dans vos sauvegardes (et les copies *.schema-*.sqlite3) et dans les messages d'un dossier d'envoi (outbox/*.eml) : à effacer à la main",
        "it stays in your backups (and the *.schema-*.sqlite3 copies) and in the messages of a mail folder (outbox/*.eml): delete them by hand",
    ));
    Ok(if erasure.traces { Exit::Partly } else { Exit::Done })
}
