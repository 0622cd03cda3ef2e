//! The guarded path to other people's servers: every request of the product goes through [`Fetcher::fetch`].

use crate::{
    domain::fetching::{FetchOutcome, FetchRequest},
    settings::FetchSettings,
};

/// The one HTTP client. Cheap to clone: limits and connections are shared.
#[derive(Clone)]
pub struct Fetcher {}

impl Fetcher {
    /// Builds the client.
    pub fn new(_settings: &FetchSettings) -> anyhow::Result<Self> {
        todo!("fetch")
    }

    /// Asks one URL, waiting for its host's turn. Never fails: a failure is a value.
    pub async fn fetch(&self, _request: FetchRequest) -> FetchOutcome {
        todo!("fetch")
    }
}
