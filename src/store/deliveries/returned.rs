//! A delivery that the relay refused for good, and what that says of its address: the same rules as for what comes back later.

use crate::{
    domain::{
        bounce::Verdict,
        delivery::{Claim, DeliveryState},
        refusal::{EnhancedCode, Fault},
        suppression::Suppression,
    },
    store::{
        Result,
        deliveries::end,
        keyed::Keyed,
        suppressions::{Returned, consequence, suppress},
    },
};
use chrono::{DateTime, Utc};
use rusqlite::{Transaction, params};

/// Ends a delivery as failed, with its consequence for the address. False: the attempt was no longer the current one, nothing was
/// written.
pub(super) fn fail(tx: &Transaction<'_>, claim: &Claim, why: (&str, Option<Fault>), now: DateTime<Utc>) -> Result<bool> {
    let (reason, fault) = why;
    let ended = end(tx, (claim.id, claim.attempt), DeliveryState::Failed, reason, now)?;
    if ended {
        let verdict = Verdict::from(fault);
        tx.execute("update delivery set bounce = ?2 where id = ?1", params![claim.id, verdict.name()])?;
        let hash = Keyed::load(tx)?.address(claim.email.as_str());
        let returned = Returned { delivery: claim.id, email: claim.email.as_str(), hash: &hash, verdict };
        if let Some(reason_held) = consequence(tx, &returned, now)? {
            let detail = EnhancedCode::first_in(reason).map(|code| code.to_string());
            suppress(tx, &hash, &Suppression { reason: reason_held, detail, since: now })?;
        }
    }
    Ok(ended)
}
