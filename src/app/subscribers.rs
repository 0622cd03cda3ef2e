//! Who receives what.

mod import;

pub use import::{ImportReport, KeptOut, Line};

use crate::{
    app::{App, Error, Result},
    domain::{
        email_address::EmailAddress,
        slug::Slug,
        subscriber::{Erasure, PersonRecord, Standing, Subscription},
        suppression::{Suppression, SuppressionReason},
    },
    store::subscribers::{Ground, NewSubscription},
};

/// Whether something is done or only told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Run {
    /// Done.
    Real,
    /// Told: `--dry-run`.
    Rehearsal,
}

/// Who asks for a subscription, and what the person agreed to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Request {
    /// The address, as typed.
    pub email: String,
    /// The digest, as typed; none is fine where there is only one.
    pub digest: Option<String>,
    /// Who enters it.
    pub actor: String,
    /// How the person agreed, in the operator's words. Without it, nobody who left, complained or was erased comes back.
    pub consent: Option<String>,
    /// Why an address from which mail came back may be written to again, in the operator's words.
    pub lift: Option<String>,
}

impl Request {
    /// How consent is written down.
    fn told(&self) -> String {
        let words = [&self.consent, &self.lift].into_iter().flatten().map(String::as_str).collect::<Vec<_>>();
        if words.is_empty() {
            format!("added by {}", self.actor)
        } else {
            format!("added by {}: {}", self.actor, words.join("; "))
        }
    }
}

impl App {
    /// All subscriptions, or those of one digest.
    pub async fn subscribers(&self, digest: Option<&str>) -> Result<Vec<Subscription>> {
        let digest = digest.map(|text| self.digest_named(Some(text))).transpose()?;
        Ok(self.store.subscriptions(digest).await?)
    }

    /// Why an address must not be written to; the same order as the subscriptions.
    pub async fn suppressions(&self, of: &[Subscription]) -> Result<Vec<Option<Suppression>>> {
        Ok(self.store.suppressions(of.iter().map(|subscription| subscription.email.clone()).collect()).await?)
    }

    /// Subscribes a person, confirmed by the operator's word. Gives where they stood before: somebody who was subscribed stays so.
    ///
    /// Errors: no such digest, no such address, or the person left, was erased or their mail came back and the request does not say
    /// why they come back.
    pub async fn subscribe(&self, request: Request) -> Result<Standing> {
        let (email, digest) = (address(&request.email)?, self.digest_named(request.digest.as_deref())?);
        let now = self.clock.now();
        let new = NewSubscription { email: email.clone(), digest: digest.clone(), consent: request.told() };
        let before = self.store.standings(vec![(email.clone(), digest)]).await?.pop().unwrap_or(Standing::Unknown);
        let words = match before {
            Standing::Suppressed => Some(self.may_be_lifted(&email, &request).await?),
            Standing::Unsubscribed => Some(request.consent.clone().ok_or_else(|| {
                let (email, digest) = (&new.email, &new.digest);
                Error::Refused(format!("{email} left \"{digest}\"; if they ask for it again, say so with --consent \"…\""))
            })?),
            Standing::Unknown | Standing::Pending | Standing::Confirmed => None,
        };
        match words {
            Some(words) => self.store.subscribe_again(new, Ground { actor: request.actor, words }, now).await?,
            None => self.store.subscribe(vec![new], now).await.map(|_| ())?,
        }
        Ok(before)
    }

    /// The ground on which a suppressed address may be written to again. What the person wished, only the person takes back.
    async fn may_be_lifted(&self, email: &EmailAddress, request: &Request) -> Result<String> {
        let held = self.store.suppressions(vec![email.clone()]).await?.pop().flatten();
        let (reason, words) = match held.as_ref().map(|held| held.reason) {
            Some(reason) if !reason.is_a_wish() => (Some(reason), &request.lift),
            reason => (reason, &request.consent),
        };
        words.clone().filter(|words| !words.trim().is_empty()).ok_or_else(|| {
            Error::Refused(match reason {
                Some(SuppressionReason::HardBounce) => format!(
                    "{email} is not written to: mail came back, there is no such address; if it works again, say why with --lift \"…\""
                ),
                Some(SuppressionReason::SoftBounces) => format!(
                    "{email} is not written to: its mailbox took none of several editions; if it works again, say why with --lift \"…\""
                ),
                _ => format!(
                    "{email} must not be written to (erased or complained); if they ask for it again, say so with --consent \"…\""
                ),
            })
        })
    }

    /// Ends subscriptions of an address: one digest's, or all. Gives the digests that were left, or would be.
    ///
    /// Errors: it is subscribed to none of them.
    pub async fn unsubscribe(&self, email: &str, digest: Option<&str>, run: Run) -> Result<Vec<String>> {
        let email = address(email)?;
        let digest = digest.map(slug).transpose()?;
        let left = match run {
            Run::Real => self.store.unsubscribe(&email, digest.clone(), self.clock.now()).await?,
            Run::Rehearsal => self.store.subscribed_to(&email, digest.clone()).await?,
        };
        if left.is_empty() {
            let what = digest.map_or_else(|| "any digest".to_owned(), |digest| format!("\"{digest}\""));
            return Err(Error::NotFound(format!("{email} is not subscribed to {what}")));
        }
        Ok(left)
    }

    /// Everything held about a person (GDPR, article 15). Errors: nothing is held.
    pub async fn person(&self, email: &str) -> Result<PersonRecord> {
        let person = self.store.person(&address(email)?).await?;
        if person.subscriptions.is_empty() && person.deliveries.is_empty() && person.suppressed.is_none() {
            return Err(Error::NotFound(format!("nothing is held about {}", person.email)));
        }
        Ok(person)
    }

    /// Forgets a person (GDPR, article 17): see [`crate::store::Store::erase`]. A rehearsal only counts. Whoever was erased before
    /// can be once more: then only the files are looked through for what a busy moment left.
    ///
    /// Errors: nothing is held.
    pub async fn erase(&self, email: &str, run: Run) -> Result<Erasure> {
        let email = address(email)?;
        let held = self.store.erasure(&email).await?;
        let erased_before = || async {
            let before = self.store.suppressions(vec![email.clone()]).await?.pop().flatten();
            Ok::<_, Error>(before.is_some_and(|held| held.reason == SuppressionReason::Erased))
        };
        if held == Erasure::default() && !erased_before().await? {
            return Err(Error::NotFound(format!("nothing is held about {email}")));
        }
        match run {
            Run::Rehearsal => Ok(held),
            Run::Real => {
                let erased = self.store.erase(&email, self.clock.now()).await?;
                let clean = self.store.scrub(email.as_str()).await.unwrap_or_else(|error| {
                    tracing::warn!(%error, "the rows are erased; the files could not be looked through");
                    false
                });
                Ok(Erasure { traces: !clean, ..erased })
            }
        }
    }

    /// The digest of that name, or the only one.
    fn digest_named(&self, text: Option<&str>) -> Result<Slug> {
        let known = &self.definitions.digests;
        let Some(text) = text else {
            return match known.as_slice() {
                [only] => Ok(only.slug.clone()),
                _ => Err(Error::Invalid(format!("say which digest: {}", self.digest_names()))),
            };
        };
        let found = known.iter().find(|digest| digest.slug.as_str() == text);
        found
            .map(|digest| digest.slug.clone())
            .ok_or_else(|| Error::NotFound(format!("digest \"{text}\" is not in sources.toml; there is {}", self.digest_names())))
    }

    fn digest_names(&self) -> String {
        let names: Vec<&str> = self.definitions.digests.iter().map(|digest| digest.slug.as_str()).collect();
        if names.is_empty() { "none".to_owned() } else { names.join(", ") }
    }
}

fn address(text: &str) -> Result<EmailAddress> {
    text.parse().map_err(|error: crate::domain::email_address::InvalidAddress| Error::Invalid(error.to_string()))
}

fn slug(text: &str) -> Result<Slug> {
    Slug::parse(text).map_err(|error| Error::Invalid(error.to_string()))
}
