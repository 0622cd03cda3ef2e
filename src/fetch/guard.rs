//! Which URLs may be asked: checked before each hop, again on what a name resolves to, and again on the connected peer.
//!
//! Three checks, because each alone has a hole: the resolver is never called for a literal address, a literal check knows no
//! names, and a name may resolve to something else a moment later. A name is resolved once for a connection; each address is
//! judged together with the port; the connection goes to what was judged, and nowhere else.

use crate::{
    domain::fetching::{FailureKind, FetchFailure},
    fetch::{
        address::AddressPolicy,
        failure,
        names::{Names, NoAddress},
        refusal::{Refusal, Unreachable},
    },
};
use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use std::net::{IpAddr, SocketAddr};
use url::{Host, Url};

const USUAL_PORTS: [u16; 4] = [80, 443, 8080, 8443];
const LONGEST_URL: usize = 8 << 10;

/// The guard. Cheap to clone.
#[derive(Clone)]
pub(crate) struct Guard {
    policy: AddressPolicy,
    names: Names,
}

/// Which ports a connection may be to. An unusual one is a service nobody meant to publish, unless the operator allowed the
/// network it is in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Ports {
    /// 80, 443, 8080 and 8443: at every address that may be reached.
    Usual,
    /// All others: only at addresses that the operator excepted by name of their network.
    Unusual,
}

/// The resolver of all connections to one kind of port.
#[derive(Clone)]
pub(crate) struct GuardedNames {
    guard: Guard,
    ports: Ports,
}

impl Ports {
    /// The kind that the port of a URL is of.
    pub(crate) fn of(url: &Url) -> Self {
        Self::kind(url.port_or_known_default().unwrap_or_default())
    }

    fn kind(port: u16) -> Self {
        if USUAL_PORTS.contains(&port) { Self::Usual } else { Self::Unusual }
    }
}

impl Guard {
    /// `policy` judges addresses, `names` gives them.
    pub(crate) fn new(policy: AddressPolicy, names: Names) -> Self {
        Self { policy, names }
    }

    /// The resolver for connections to these ports.
    pub(crate) fn names_for(&self, ports: Ports) -> GuardedNames {
        GuardedNames { guard: self.clone(), ports }
    }

    /// May this URL be asked? Scheme, user information, and a literal address with its port. Names are judged when they resolve.
    pub(crate) fn check_url(&self, url: &Url) -> Result<(), FetchFailure> {
        if !matches!(url.scheme(), "http" | "https") {
            return Err(refused(format!("{}: is not fetched, only http and https; correct the url of the source", url.scheme())));
        }
        if !url.username().is_empty() || url.password().is_some() {
            return Err(refused("the url holds a user name or a password; remove it".to_owned()));
        }
        if url.as_str().len() > LONGEST_URL {
            return Err(refused(format!("the url is longer than {LONGEST_URL} bytes; correct it")));
        }
        let address = match url.host() {
            Some(Host::Ipv4(address)) => IpAddr::V4(address),
            Some(Host::Ipv6(address)) => IpAddr::V6(address),
            Some(Host::Domain(_)) => return Ok(()),
            None => return Err(refused(format!("{url} names no host; correct the url of the source"))),
        };
        self.judge(address, Ports::of(url)).map_err(|why| failure::of_refusal(url, &why))
    }

    /// Did the connection end where it may?
    pub(crate) fn check_peer(&self, url: &Url, peer: Option<SocketAddr>) -> Result<(), FetchFailure> {
        let Some(peer) = peer else {
            return Err(refused("the address at the other end is unknown, so its answer is not read".to_owned()));
        };
        self.judge(peer.ip(), Ports::kind(peer.port())).map_err(|why| failure::of_refusal(url, &why))
    }

    /// May a connection be made to this address, at a port of this kind? The one judgement of all.
    fn judge(&self, address: IpAddr, ports: Ports) -> Result<(), Refusal> {
        self.policy.check(address)?;
        match ports {
            Ports::Unusual if !self.policy.is_excepted(address) => Err(Refusal::Port),
            _ => Ok(()),
        }
    }
}

impl GuardedNames {
    /// The addresses of a name that may be connected to; an error when there are none.
    async fn addresses(&self, name: &str) -> Result<Vec<IpAddr>, Unreachable> {
        let found = self.guard.names.addresses(name).await?;
        let mut refusal = None;
        let mut reachable = Vec::with_capacity(found.len());
        for address in found {
            match self.guard.judge(address, self.ports) {
                Ok(()) => reachable.push(address),
                Err(why) => refusal = Some(why),
            }
        }
        match refusal {
            Some(why) if reachable.is_empty() => Err(why.into()),
            None if reachable.is_empty() => Err(NoAddress::None.into()),
            _ => Ok(reachable),
        }
    }
}

impl Resolve for GuardedNames {
    fn resolve(&self, name: Name) -> Resolving {
        let names = self.clone();
        Box::pin(async move {
            let addresses = names.addresses(name.as_str()).await?;
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
    use std::{collections::HashMap, time::Duration};

    async fn check(allowed: &[&str], url: &str) -> Result<(), String> {
        let allowed: Vec<_> = allowed.iter().map(|text| text.parse().unwrap()).collect();
        let table = HashMap::from([
            ("public.test".to_owned(), vec![IpAddr::from([1, 1, 1, 1])]),
            ("local.test".to_owned(), vec![IpAddr::from([127, 0, 0, 1])]),
        ]);
        let guard = Guard::new(AddressPolicy::new(&allowed), Names::of_table(table, Duration::from_secs(1)));
        let url = Url::parse(url).unwrap();
        guard.check_url(&url).map_err(|failure| failure.reason)?;
        let Some(Host::Domain(name)) = url.host() else { return Ok(()) };
        guard.names_for(Ports::of(&url)).addresses(name).await.map(drop).map_err(|error| error.to_string())
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

    #[tokio::test]
    async fn f14_each_address_of_a_name_is_judged_together_with_the_port() {
        let allowed = AddressPolicy::new(&["127.0.0.0/8".parse().unwrap()]);
        let (public, local) = (IpAddr::from([1, 1, 1, 1]), IpAddr::from([127, 0, 0, 1]));
        let table = HashMap::from([("both.test".to_owned(), vec![public, local])]);
        let guard = Guard::new(allowed, Names::of_table(table, Duration::from_secs(1)));
        assert_eq!(guard.names_for(Ports::Usual).addresses("both.test").await.unwrap(), [public, local]);
        assert_eq!(guard.names_for(Ports::Unusual).addresses("both.test").await.unwrap(), [local]);
        let url = Url::parse("http://both.test:40123/").unwrap();
        assert!(guard.check_peer(&url, Some(SocketAddr::new(local, 40123))).is_ok());
        assert!(guard.check_peer(&url, Some(SocketAddr::new(public, 40123))).is_err());
        assert!(guard.check_peer(&url, Some(SocketAddr::new([10, 0, 0, 1].into(), 80))).is_err());
        assert!(guard.check_peer(&url, None).is_err());
    }
}
