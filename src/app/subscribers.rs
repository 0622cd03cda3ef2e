//! Who receives what.

mod import;

pub use import::{ImportReport, KeptOut, Line};

use crate::{
    app::{App, Error, Result},
    domain::{
        email_address::EmailAddress,
        slug::Slug,
        subscriber::{Erasure, PersonRecord, Standing, Subscription},
    },
    store::subscribers::NewSubscription,
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
    /// How the person agreed, in the operator's words. Without it, nobody who left or was erased comes back.
    pub consent: Option<String>,
}

impl App {
    /// All subscriptions, or those of one digest.
    pub async fn subscribers(&self, digest: Option<&str>) -> Result<Vec<Subscription>> {
        let digest = digest.map(|text| self.digest_named(Some(text))).transpose()?;
        Ok(self.store.subscriptions(digest).await?)
    }

    /// Subscribes a person, confirmed by the operator's word. Gives where they stood before: somebody who was subscribed stays so.
    ///
    /// Errors: no such digest, no such address, or the person left or was erased and `consent` does not say that they ask anew.
    pub async fn subscribe(&self, request: Request) -> Result<Standing> {
        let (email, digest) = (address(&request.email)?, self.digest_named(request.digest.as_deref())?);
        let now = self.clock.now();
        let consent = match &request.consent {
            Some(words) => format!("added by {}: {words}", request.actor),
            None => format!("added by {}", request.actor),
        };
        let new = NewSubscription { email: email.clone(), digest: digest.clone(), consent };
        let before = self.store.standings(vec![(email, digest)]).await?.pop().unwrap_or(Standing::Unknown);
        match (before, &request.consent) {
            (Standing::Unsubscribed | Standing::Suppressed, Some(_)) => self.store.subscribe_again(new, now).await?,
            (Standing::Unsubscribed, None) => {
                return Err(Error::Refused(format!(
                    "{} left \"{}\"; if they ask for it again, say so with --consent \"…\"",
                    new.email, new.digest
                )));
            }
            (Standing::Suppressed, None) => {
                return Err(Error::Refused(format!(
                    "{} must not be written to (erased or complained); if they ask for it again, say so with --consent \"…\"",
                    new.email
                )));
            }
            (Standing::Unknown | Standing::Pending | Standing::Confirmed, _) => {
                self.store.subscribe(vec![new], now).await?;
            }
        }
        Ok(before)
    }

    /// Ends subscriptions of an address: one digest's, or all. Gives the digests that were left.
    ///
    /// Errors: it is subscribed to none of them.
    pub async fn unsubscribe(&self, email: &str, digest: Option<&str>) -> Result<Vec<String>> {
        let email = address(email)?;
        let digest = digest.map(slug).transpose()?;
        let left = self.store.unsubscribe(&email, digest.clone(), self.clock.now()).await?;
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

    /// Forgets a person (GDPR, article 17): see [`crate::store::Store::erase`]. A rehearsal only counts.
    ///
    /// Errors: nothing is held.
    pub async fn erase(&self, email: &str, run: Run) -> Result<Erasure> {
        let email = address(email)?;
        let held = self.store.erasure(&email).await?;
        if held == Erasure::default() {
            return Err(Error::NotFound(format!("nothing is held about {email}")));
        }
        match run {
            Run::Rehearsal => Ok(held),
            Run::Real => Ok(self.store.erase(&email, self.clock.now()).await?),
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
