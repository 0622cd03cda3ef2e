//! The HTTP clients, each made when it is first needed: for usual ports and, where the operator excepted a network, for all others,
//! because a connection is judged where its name resolves, and there its port is not said; with certificates and without, because
//! reading those of the system takes as long as asking a hundred sources.

use crate::{
    domain::fetching::{FailureKind, FetchFailure},
    fetch::{
        failure,
        guard::{Guard, Ports},
        refusal::Refusal,
    },
    settings::FetchSettings,
};
use reqwest::{Certificate, Client, ClientBuilder};
use std::{sync::OnceLock, time::Duration};
use url::Url;

/// See the module.
pub(crate) struct Clients {
    settings: FetchSettings,
    guard: Guard,
    certificates: Vec<Certificate>,
    usual: Pair,
    unusual: Pair,
}

/// For http and for https; or why there is none.
#[derive(Default)]
struct Pair {
    plain: OnceLock<Result<Client, String>>,
    secure: OnceLock<Result<Client, String>>,
}

impl Clients {
    /// Without `certificates`, those of the system are trusted.
    ///
    /// # Errors
    /// The `user_agent` cannot be sent as a header, or a certificate cannot be used.
    pub(crate) fn new(settings: &FetchSettings, guard: &Guard, certificates: Vec<Certificate>) -> anyhow::Result<Self> {
        let made = Self {
            settings: settings.clone(),
            guard: guard.clone(),
            certificates,
            usual: Pair::default(),
            unusual: Pair::default(),
        };
        // What is wrong with the settings is told now. Those of the system fail later, if ever: an installation without https.
        let tried = if made.certificates.is_empty() { &made.usual.plain } else { &made.usual.secure };
        let _first = tried.set(Ok(made.client(Ports::Usual, !made.certificates.is_empty())?));
        Ok(made)
    }

    /// The one that may connect to the port of this URL.
    pub(crate) fn for_port_of(&self, url: &Url) -> Result<&Client, FetchFailure> {
        let ports = Ports::of(url);
        let pair = match ports {
            Ports::Usual => &self.usual,
            Ports::Unusual if self.settings.allow_networks.is_empty() => return Err(failure::of_refusal(url, &Refusal::Port)),
            Ports::Unusual => &self.unusual,
        };
        let secure = url.scheme() == "https";
        let slot = if secure { &pair.secure } else { &pair.plain };
        let made = slot.get_or_init(|| self.client(ports, secure).map_err(|error| format!("no connection can be made: {error}")));
        made.as_ref().map_err(|reason| FetchFailure { kind: FailureKind::Transient, reason: reason.clone() })
    }

    fn client(&self, ports: Ports, secure: bool) -> anyhow::Result<Client> {
        let bare = || bare(&self.settings, &self.guard, ports);
        if !secure {
            return Ok(bare().tls_certs_only([]).build()?);
        }
        client(bare, &self.certificates)
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
