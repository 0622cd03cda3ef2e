//! The HTTP clients: one for usual ports and, where the operator excepted a network, one for all others. Two, because a connection
//! is judged where its name resolves, and there its port is not said.

use crate::{
    domain::fetching::FetchFailure,
    fetch::{
        failure,
        guard::{Guard, Ports},
        refusal::Refusal,
    },
    settings::FetchSettings,
};
use reqwest::{Certificate, Client, ClientBuilder};
use std::time::Duration;
use url::Url;

/// See the module.
pub(crate) struct Clients {
    usual: Client,
    unusual: Option<Client>,
}

impl Clients {
    /// Builds them. Without `certificates`, those of the system are trusted.
    ///
    /// # Errors
    /// The `user_agent` cannot be sent as a header, or a certificate cannot be used.
    pub(crate) fn new(settings: &FetchSettings, guard: &Guard, certificates: &[Certificate]) -> anyhow::Result<Self> {
        let client = |ports| client(|| bare(settings, guard, ports), certificates);
        let unusual = (!settings.allow_networks.is_empty()).then(|| client(Ports::Unusual)).transpose()?;
        Ok(Self { usual: client(Ports::Usual)?, unusual })
    }

    /// The one that may connect to the port of this URL.
    pub(crate) fn for_port_of(&self, url: &Url) -> Result<&Client, FetchFailure> {
        match Ports::of(url) {
            Ports::Usual => Ok(&self.usual),
            Ports::Unusual => self.unusual.as_ref().ok_or_else(|| failure::of_refusal(url, &Refusal::Port)),
        }
    }
}

fn client(bare: impl Fn() -> ClientBuilder, certificates: &[Certificate]) -> anyhow::Result<Client> {
    if !certificates.is_empty() {
        return Ok(bare().tls_certs_only(certificates.iter().cloned()).build()?);
    }
    bare().build().or_else(|error| {
        tracing::warn!("no https: the system's certificate authorities cannot be read ({error}); install ca-certificates");
        bare().tls_certs_only([]).build().map_err(anyhow::Error::from)
    })
}

fn bare(settings: &FetchSettings, guard: &Guard, ports: Ports) -> ClientBuilder {
    Client::builder()
        .user_agent(&settings.user_agent)
        .redirect(reqwest::redirect::Policy::none())
        .retry(reqwest::retry::never())
        .referer(false)
        .no_proxy() // a proxy, also one named in the environment, would resolve names out of our sight
        .dns_resolver(guard.names_for(ports))
        .connect_timeout(settings.connect_timeout)
        .pool_max_idle_per_host(usize::from(settings.keep_connections))
        .pool_idle_timeout(Duration::from_secs(20))
}
