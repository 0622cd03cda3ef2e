//! Which URLs may be asked: checked before each hop, again on what a name resolves to, and again on the connected peer.
//!
//! Three checks, because each alone has a hole: the resolver is never called for a literal address, a literal check knows no
//! names, and a name may resolve to something else a moment later.

use crate::{
    domain::fetching::{FailureKind, FetchFailure},
    fetch::{
        address::{AddressPolicy, Forbidden},
        failure,
    },
};
use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use std::{
    collections::HashMap,
    io,
    net::{IpAddr, SocketAddr},
    sync::Arc,
};
use url::{Host, Url};

const USUAL_PORTS: [u16; 4] = [80, 443, 8080, 8443];
const LONGEST_URL: usize = 8 << 10;

/// Where names lead.
#[derive(Debug, Clone, Default)]
pub(crate) enum Names {
    /// To what the system's resolver says.
    #[default]
    System,
    /// To what this table says, and nowhere else.
    Table(Arc<HashMap<String, Vec<IpAddr>>>),
}

/// The guard. Cheap to clone.
#[derive(Debug, Clone)]
pub(crate) struct Guard {
    policy: AddressPolicy,
    names: Names,
}

impl Guard {
    /// `policy` judges addresses, `names` gives them.
    pub(crate) fn new(policy: AddressPolicy, names: Names) -> Self {
        Self { policy, names }
    }

    /// May this URL be asked? Scheme, user information, literal address and port.
    pub(crate) async fn check_url(&self, url: &Url) -> Result<(), FetchFailure> {
        if !matches!(url.scheme(), "http" | "https") {
            return Err(refused(format!("{}: is not fetched, only http and https; correct the url of the source", url.scheme())));
        }
        if !url.username().is_empty() || url.password().is_some() {
            return Err(refused("the url holds a user name or a password; remove it".to_owned()));
        }
        if url.as_str().len() > LONGEST_URL {
            return Err(refused(format!("the url is longer than {LONGEST_URL} bytes; correct it")));
        }
        let literal = match url.host() {
            Some(Host::Ipv4(address)) => Some(IpAddr::V4(address)),
            Some(Host::Ipv6(address)) => Some(IpAddr::V6(address)),
            Some(Host::Domain(_)) => None,
            None => return Err(refused(format!("{url} names no host; correct the url of the source"))),
        };
        if let Some(address) = literal {
            self.policy.check(address).map_err(|why| refused(why.to_string()))?;
        }
        self.check_port(url, literal).await
    }

    /// Did the connection end where it may?
    pub(crate) fn check_peer(&self, peer: Option<SocketAddr>) -> Result<(), FetchFailure> {
        match peer {
            Some(peer) => self.policy.check(peer.ip()).map_err(|why| refused(why.to_string())),
            None => Err(refused("the address at the other end is unknown, so its answer is not read".to_owned())),
        }
    }

    /// An unusual port is a service nobody meant to publish, unless the operator allowed the network it is in.
    async fn check_port(&self, url: &Url, literal: Option<IpAddr>) -> Result<(), FetchFailure> {
        let port = url.port_or_known_default().unwrap_or_default();
        if USUAL_PORTS.contains(&port) {
            return Ok(());
        }
        let addresses = match literal {
            Some(address) => vec![address],
            None => self.addresses(url.host_str().unwrap_or_default()).await.map_err(|error| failure::of_name(url, &error))?,
        };
        if addresses.iter().all(|address| self.policy.is_excepted(*address)) {
            return Ok(());
        }
        Err(refused(format!(
            "port {port} is not fetched, only 80, 443, 8080 and 8443; correct the url, or add the server's network to `allow_networks` under `[fetch]` in veille.toml"
        )))
    }

    /// The addresses of a name that may be reached; an error when there are none.
    async fn addresses(&self, name: &str) -> io::Result<Vec<IpAddr>> {
        let found: Vec<IpAddr> = match &self.names {
            Names::System => tokio::net::lookup_host((name, 0)).await?.map(|address| address.ip()).collect(),
            Names::Table(table) => table.get(name.trim_end_matches('.')).cloned().unwrap_or_default(),
        };
        let mut refusal: Option<Forbidden> = None;
        let mut reachable = Vec::with_capacity(found.len());
        for address in found {
            match self.policy.check(address) {
                Ok(()) => reachable.push(address),
                Err(why) => refusal = Some(why),
            }
        }
        match refusal {
            Some(why) if reachable.is_empty() => Err(io::Error::new(io::ErrorKind::PermissionDenied, why)),
            None if reachable.is_empty() => Err(io::Error::new(io::ErrorKind::NotFound, "no address")),
            _ => Ok(reachable),
        }
    }
}

impl Resolve for Guard {
    fn resolve(&self, name: Name) -> Resolving {
        let guard = self.clone();
        Box::pin(async move {
            let addresses = guard.addresses(name.as_str()).await?;
            let addresses: Addrs = Box::new(addresses.into_iter().map(|address| SocketAddr::new(address, 0)));
            Ok(addresses)
        })
    }
}

fn refused(reason: String) -> FetchFailure {
    FetchFailure { kind: FailureKind::Refused, reason }
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn check(allowed: &[&str], url: &str) -> Result<(), String> {
        let allowed: Vec<_> = allowed.iter().map(|text| text.parse().unwrap()).collect();
        let table = HashMap::from([
            ("public.test".to_owned(), vec![IpAddr::from([1, 1, 1, 1])]),
            ("local.test".to_owned(), vec![IpAddr::from([127, 0, 0, 1])]),
        ]);
        let guard = Guard::new(AddressPolicy::new(&allowed), Names::Table(Arc::new(table)));
        guard.check_url(&Url::parse(url).unwrap()).await.map_err(|failure| failure.reason)
    }

    #[tokio::test]
    async fn f14_only_web_schemes_usual_ports_and_no_user() {
        for url in ["http://public.test/", "https://public.test:8443/", "http://public.test:8080/", "http://1.1.1.1/"] {
            assert_eq!(check(&[], url).await, Ok(()), "{url}");
        }
        for url in [
            "file:///etc/passwd",
            "gopher://public.test/",
            "data:text/plain,x",
            "ftp://public.test/",
            "javascript:alert(1)",
            "http://public.test:22/",
            "http://public.test:6379/",
            "http://user@public.test/",
            "http://user:pw@public.test/",
            "http://public.test@127.0.0.1/",
            "http://local.test:9000/",
        ] {
            assert!(check(&[], url).await.is_err(), "{url}");
        }
        assert!(check(&[], &format!("http://public.test/{}", "a".repeat(9000))).await.is_err());
    }

    #[tokio::test]
    async fn f13_every_spelling_of_a_literal_is_the_same_address() {
        for url in [
            "http://127.0.0.1/",
            "http://2130706433/",
            "http://0x7f000001/",
            "http://017700000001/",
            "http://127.1/",
            "http://127.0.1/",
            "http://0177.0.0.1/",
            "http://0x7f.0.0.1/",
            "http://0x7f.1/",
            "http://127.0.0.1./",
            "http://0/",
            "http://0.0.0.0/",
            "http://%31%32%37.0.0.1/",
            "http://１２７.0.0.1/",
            "http://127。0。0。1/",
            "http://[::1]/",
            "http://[::]/",
            "http://[0:0:0:0:0:0:0:1]/",
            "http://[::ffff:127.0.0.1]/",
            "http://[::ffff:7f00:1]/",
            "http://[::127.0.0.1]/",
            "http://[64:ff9b::7f00:1]/",
            "http://[64:ff9b:1::7f00:1]/",
            "http://[2002:7f00:1::]/",
            "http://[2001:0:7f00:1::]/",
            "http://[fe80::1]/",
            "http://[fc00::1]/",
            "http://2852039166/",
            "http://0xa9fea9fe/",
            "http://169.254.169.254/",
            "http://169.16689662/",
            "http://0251.0376.0251.0376/",
            "http://4294967295/",
            "http://192.168.257/",
            "http://172.16.1/",
        ] {
            let refusal = check(&[], url).await.expect_err(url);
            assert!(refusal.contains("allow_networks"), "{url}: {refusal}");
        }
    }

    #[tokio::test]
    async fn an_allowed_network_opens_every_port_on_it_and_no_other() {
        assert_eq!(check(&["127.0.0.0/8"], "http://127.0.0.1:40123/").await, Ok(()));
        assert_eq!(check(&["127.0.0.0/8"], "http://local.test:40123/").await, Ok(()));
        assert!(check(&["127.0.0.0/8"], "http://public.test:40123/").await.is_err());
        assert!(check(&["127.0.0.0/8"], "http://10.0.0.1:40123/").await.is_err());
        assert!(check(&["127.0.0.0/8"], "http://absent.test:40123/").await.is_err());
    }
}
