//! Which addresses may be reached: the public Internet, and what the operator allows.
//!
//! Follows the IANA special-purpose registries for IPv4 and IPv6. An IPv6 address that carries an IPv4 one is judged by what it
//! carries, because that is where the packet ends.

use ipnet::{IpNet, Ipv4Net, Ipv6Net};
use std::{
    net::{IpAddr, Ipv4Addr, Ipv6Addr},
    sync::Arc,
};

/// The deny list with the operator's exceptions. Cheap to clone.
#[derive(Debug, Clone, Default)]
pub(crate) struct AddressPolicy {
    allowed: Arc<[IpNet]>,
}

/// An address that must not be reached.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("{address} is {what}; if this is meant, add its network to `allow_networks` under `[fetch]` in veille.toml")]
pub(crate) struct Forbidden {
    address: IpAddr,
    what: &'static str,
}

impl AddressPolicy {
    /// `allowed` are the only exceptions.
    pub(crate) fn new(allowed: &[IpNet]) -> Self {
        Self { allowed: allowed.into() }
    }

    /// The operator named a network that holds this address.
    pub(crate) fn is_excepted(&self, address: IpAddr) -> bool {
        let canonical = address.to_canonical();
        self.allowed.iter().any(|network| network.contains(&address) || network.contains(&canonical))
    }

    /// May this address be connected to?
    pub(crate) fn check(&self, address: IpAddr) -> Result<(), Forbidden> {
        match forbidden_as(address.to_canonical()) {
            Some(what) if !self.is_excepted(address) => Err(Forbidden { address, what }),
            _ => Ok(()),
        }
    }
}

fn forbidden_as(address: IpAddr) -> Option<&'static str> {
    match address {
        IpAddr::V4(address) => forbidden_v4(address),
        IpAddr::V6(address) => forbidden_v6(address),
    }
}

const PRIVATE: &str = "a private address";
const RESERVED: &str = "a reserved address";
const EMBEDDED: &str = "an IPv6 address that leads to a forbidden IPv4 one";

const V4: [(Ipv4Net, &str); 15] = [
    (v4([0, 0, 0, 0], 8), "an address of this very host"),
    (v4([10, 0, 0, 0], 8), PRIVATE),
    (v4([100, 64, 0, 0], 10), "an address shared behind a carrier's NAT"),
    (v4([127, 0, 0, 0], 8), "a loopback address"),
    (v4([169, 254, 0, 0], 16), "a link-local address"),
    (v4([172, 16, 0, 0], 12), PRIVATE),
    (v4([192, 0, 0, 0], 24), RESERVED),
    (v4([192, 0, 2, 0], 24), RESERVED),
    (v4([192, 88, 99, 0], 24), "a 6to4 relay"),
    (v4([192, 168, 0, 0], 16), PRIVATE),
    (v4([198, 18, 0, 0], 15), "an address of network benches"),
    (v4([198, 51, 100, 0], 24), RESERVED),
    (v4([203, 0, 113, 0], 24), RESERVED),
    (v4([224, 0, 0, 0], 4), "a multicast address"),
    (v4([240, 0, 0, 0], 4), RESERVED),
];

fn forbidden_v4(address: Ipv4Addr) -> Option<&'static str> {
    V4.iter().find(|(network, _)| network.contains(&address)).map(|(_, what)| *what)
}

/// Only 2000::/3 is given out as public; these parts of it are not.
const V6: [(Ipv6Net, &str); 4] = [
    (v6([0x2001, 0, 0, 0], 23), "an address of the Teredo and protocol block"),
    (v6([0x2001, 0xdb8, 0, 0], 32), RESERVED),
    (v6([0x2002, 0, 0, 0], 16), "a 6to4 address"),
    (v6([0x3fff, 0, 0, 0], 20), RESERVED),
];
const PUBLIC_V6: Ipv6Net = v6([0x2000, 0, 0, 0], 3);
/// RFC 6052: where a network without IPv4 reaches the IPv4 Internet.
const NAT64: Ipv6Net = v6([0x64, 0xff9b, 0, 0], 96);

fn forbidden_v6(address: Ipv6Addr) -> Option<&'static str> {
    let [.., high, low] = address.segments();
    let [a, b] = high.to_be_bytes();
    let [c, d] = low.to_be_bytes();
    let tail = Ipv4Addr::new(a, b, c, d);
    if NAT64.contains(&address) {
        return forbidden_v4(tail).map(|_| EMBEDDED);
    }
    if !PUBLIC_V6.contains(&address) {
        return Some(unlisted_v6(address));
    }
    if is_isatap(address) && forbidden_v4(tail).is_some() {
        return Some(EMBEDDED);
    }
    V6.iter().find(|(network, _)| network.contains(&address)).map(|(_, what)| *what)
}

fn unlisted_v6(address: Ipv6Addr) -> &'static str {
    if address.is_loopback() {
        "a loopback address"
    } else if address.is_unicast_link_local() {
        "a link-local address"
    } else if address.is_unique_local() {
        PRIVATE
    } else if address.is_multicast() {
        "a multicast address"
    } else {
        "no public address"
    }
}

/// RFC 5214: an interface identifier that carries an IPv4 address.
fn is_isatap(address: Ipv6Addr) -> bool {
    let [_, _, _, _, first, second, ..] = address.segments();
    first & !0x0200 == 0 && second == 0x5efe
}

const fn v4(octets: [u8; 4], length: u8) -> Ipv4Net {
    Ipv4Net::new_assert(Ipv4Addr::new(octets[0], octets[1], octets[2], octets[3]), length)
}

const fn v6(head: [u16; 4], length: u8) -> Ipv6Net {
    Ipv6Net::new_assert(Ipv6Addr::new(head[0], head[1], head[2], head[3], 0, 0, 0, 0), length)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(allowed: &[&str], address: &str) -> bool {
        let allowed: Vec<IpNet> = allowed.iter().map(|text| text.parse().unwrap()).collect();
        AddressPolicy::new(&allowed).check(address.parse().unwrap()).is_ok()
    }

    #[test]
    fn public_addresses_pass() {
        for address in [
            "1.1.1.1",
            "93.184.216.34",
            "172.32.0.1",
            "100.128.0.1",
            "198.20.0.1",
            "223.255.255.255",
            "192.0.1.1",
            "2606:4700::1111",
            "2001:4860:4860::8888",
            "2a00:1450::1",
            "64:ff9b::1.1.1.1",
            "::ffff:1.1.1.1",
        ] {
            assert!(check(&[], address), "{address}");
        }
    }

    #[test]
    #[expect(clippy::too_many_lines, reason = "a table, not a flow")]
    fn f13_forbidden_addresses_do_not_pass() {
        for address in [
            "0.0.0.0",
            "0.1.2.3",
            "10.0.0.1",
            "10.255.255.255",
            "100.64.0.1",
            "100.127.255.255",
            "127.0.0.1",
            "127.255.0.1",
            "169.254.169.254",
            "169.254.0.1",
            "172.16.0.1",
            "172.31.255.255",
            "192.0.0.1",
            "192.0.0.170",
            "192.0.2.1",
            "192.88.99.1",
            "192.168.0.1",
            "198.18.0.1",
            "198.19.255.255",
            "198.51.100.1",
            "203.0.113.1",
            "224.0.0.1",
            "239.255.255.250",
            "240.0.0.1",
            "255.255.255.255",
            "::",
            "::1",
            "::ffff:127.0.0.1",
            "::ffff:10.0.0.1",
            "::ffff:169.254.169.254",
            "::127.0.0.1",
            "::10.0.0.1",
            "64:ff9b::127.0.0.1",
            "64:ff9b::10.0.0.1",
            "64:ff9b::169.254.169.254",
            "64:ff9b:1::127.0.0.1",
            "64:ff9b:1::1.1.1.1",
            "100::1",
            "2001::1",
            "2001:0:4136:e378:8000:63bf:80ff:fffe",
            "2001:db8::1",
            "2002:7f00:1::",
            "2002:a00:1::1",
            "2002:101:101::1",
            "2001:10::1",
            "2001:20::1",
            "3fff::1",
            "5f00::1",
            "fc00::1",
            "fd00::1",
            "fd00:ec2::254",
            "fe80::1",
            "fec0::1",
            "ff02::1",
            "ff0e::1",
            "2606:4700::5efe:127.0.0.1",
            "2606:4700::200:5efe:10.0.0.1",
            "4000::1",
            "::ffff:0:127.0.0.1",
        ] {
            assert!(!check(&[], address), "{address}");
        }
    }

    #[test]
    fn f13_only_the_named_network_is_excepted() {
        assert!(check(&["127.0.0.0/8"], "127.0.0.1"));
        assert!(check(&["127.0.0.0/8"], "::ffff:127.0.0.1"));
        assert!(check(&["::1/128"], "::1"));
        assert!(check(&["fd00::/8"], "fd12::1"));
        assert!(!check(&["127.0.0.1/32"], "127.0.0.2"));
        assert!(!check(&["127.0.0.0/8"], "::1"));
        assert!(!check(&["127.0.0.0/8"], "64:ff9b::127.0.0.1"));
        assert!(!check(&["127.0.0.0/8"], "10.0.0.1"));
    }
}
