//! Why no connection is made.

use crate::fetch::{address::Forbidden, names::NoAddress};

/// What a connection may not be made to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Refusal {
    /// Nobody may go to this address.
    #[error(transparent)]
    Address(#[from] Forbidden),
    /// This address may be reached, but not at this port.
    #[error(
        "its port is not fetched, only 80, 443, 8080 and 8443; correct the url, or add the server's network to `allow_networks` under `[fetch]` in veille.toml"
    )]
    Port,
}

/// Why a name led to no connection.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Unreachable {
    /// It leads nowhere.
    #[error(transparent)]
    Nowhere(#[from] NoAddress),
    /// It leads only where nobody may go.
    #[error(transparent)]
    Refused(#[from] Refusal),
}
