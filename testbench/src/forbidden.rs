//! Addresses that must not be reached, in 64 spellings: those of a canary, which would notice, and those of networks that no
//! canary can sit in, where a refusal by name is what counts.

use crate::chance::Chance;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// One way to write a forbidden address.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Spelling {
    /// The kind of trick.
    pub kind: &'static str,
    /// What stands between `http://` and the port.
    pub host: String,
    /// Where it would lead, where it is no name.
    pub address: IpAddr,
}

/// How many there are.
pub const SPELLINGS: usize = 64;
/// The name that leads to the canary, where a DNS server says so.
pub const NAME: &str = "canary.test";

/// A loopback address for the canary that no other test has.
#[must_use]
pub fn canary_address(chance: &mut Chance) -> Ipv4Addr {
    let [.., high, low] = std::process::id().to_be_bytes();
    let third = u8::try_from(1 + chance.below(126)).unwrap();
    Ipv4Addr::new(127, 128 | third, high, low.max(1))
}

/// All of them, for a canary at this address. Chance decides the addresses of the networks.
///
/// # Panics
///
/// Never: it holds what it says.
#[must_use]
pub fn spellings(chance: &mut Chance, canary: Ipv4Addr) -> Vec<Spelling> {
    let all = [numbers(canary), tricks(canary), embedded(canary), networks(chance), metadata()].concat();
    assert_eq!(all.len(), SPELLINGS);
    all
}

fn spelling(kind: &'static str, host: impl Into<String>, address: impl Into<IpAddr>) -> Spelling {
    Spelling { kind, host: host.into(), address: address.into() }
}

/// IPv4 in every base and number of parts (the WHATWG URL standard, "IPv4 parser").
fn numbers(canary: Ipv4Addr) -> Vec<Spelling> {
    let [a, b, c, d] = canary.octets();
    let number = u32::from(canary);
    let (low, lower) = (number & 0xffff, number & 0x00ff_ffff);
    [
        ("dotted", format!("{canary}")),
        ("decimal", format!("{number}")),
        ("hexadecimal", format!("0x{number:x}")),
        ("hexadecimal, capital", format!("0X{number:X}")),
        ("hexadecimal, long", format!("0x{number:016x}")),
        ("octal", format!("0{number:o}")),
        ("octal, long", format!("000000{number:o}")),
        ("short, three parts", format!("{a}.{b}.{low}")),
        ("short, two parts", format!("{a}.{lower}")),
        ("short, hexadecimal", format!("0x{a:x}.0x{lower:x}")),
        ("short, octal", format!("0{a:o}.0{b:o}.0{low:o}")),
        ("hexadecimal parts", format!("0x{a:x}.0x{b:x}.0x{c:x}.0x{d:x}")),
        ("octal parts", format!("0{a:o}.0{b:o}.0{c:o}.0{d:o}")),
        ("parts of three bases", format!("0x{a:x}.{b}.0{c:o}.{d}")),
    ]
    .map(|(kind, host)| spelling(kind, host, canary))
    .into()
}

/// The same number behind signs that a URL parser removes, and names that lead to it.
fn tricks(canary: Ipv4Addr) -> Vec<Spelling> {
    let [a, b, c, d] = canary.octets();
    let number = u32::from(canary);
    let wide = |text: String| text.chars().map(|c| char::from_u32(u32::from(c) + 0xfee0).unwrap()).collect::<String>();
    [
        ("trailing dot", format!("{canary}.")),
        ("decimal, trailing dot", format!("{number}.")),
        ("percent-encoded", format!("%3{}{}", a / 100, &canary.to_string()[1..])),
        ("percent-encoded dots", format!("{a}%2e{b}%2E{c}%2e{d}")),
        ("full-width digits", format!("{}.{b}.{c}.{d}", wide(a.to_string()))),
        ("ideographic dots", format!("{a}。{b}。{c}。{d}")),
        ("user", format!("public.test@{canary}")),
        ("user and password", format!("public.test:80@{canary}")),
        ("user, encoded slash", format!("public.test%2f@{canary}")),
        ("soft hyphen", format!("{a}.\u{ad}{b}.{c}.{d}")),
        ("name", NAME.to_owned()),
        ("name, trailing dot", format!("{NAME}.")),
        ("name, capital", NAME.to_uppercase()),
        ("name behind aliases", format!("alias5.{NAME}")),
        ("localhost", "localhost".to_owned()),
        ("localhost, trailing dot", "localhost.".to_owned()),
    ]
    .map(|(kind, host)| spelling(kind, host, canary))
    .into()
}

/// IPv6 addresses that carry the canary's.
fn embedded(canary: Ipv4Addr) -> Vec<Spelling> {
    let number = u32::from(canary);
    let (high, low) = (number >> 16, number & 0xffff);
    let (hidden_high, hidden_low) = (high ^ 0xffff, low ^ 0xffff);
    [
        ("mapped", format!("::ffff:{canary}")),
        ("mapped, hexadecimal", format!("::ffff:{high:x}:{low:x}")),
        ("mapped, long", format!("0000:0000:0000:0000:0000:FFFF:{high:04X}:{low:04X}")),
        ("translated", format!("::ffff:0:{canary}")),
        ("compatible", format!("::{canary}")),
        ("compatible, hexadecimal", format!("::{high:x}:{low:x}")),
        ("NAT64", format!("64:ff9b::{canary}")),
        ("NAT64, local", format!("64:ff9b:1::{canary}")),
        ("6to4", format!("2002:{high:x}:{low:x}::1")),
        ("Teredo server", format!("2001:0:{high:x}:{low:x}::1")),
        ("Teredo client", format!("2001:0:101:101:0:ffff:{hidden_high:x}:{hidden_low:x}")),
        ("ISATAP", format!("2606:4700::5efe:{canary}")),
        ("ISATAP, global", format!("2606:4700::200:5efe:{canary}")),
    ]
    .map(|(kind, host)| {
        let address: Ipv6Addr = host.parse().unwrap();
        spelling(kind, format!("[{host}]"), address)
    })
    .into()
}

/// An address that chance draws from each network that is not the public Internet (IANA's special-purpose registries).
fn networks(chance: &mut Chance) -> Vec<Spelling> {
    let four = [
        ("this host", [0, 0, 0, 0], 8),
        ("private", [10, 0, 0, 0], 8),
        ("private", [172, 16, 0, 0], 12),
        ("private", [192, 168, 0, 0], 16),
        ("CGNAT", [100, 64, 0, 0], 10),
        ("link-local", [169, 254, 0, 0], 16),
        ("benches", [198, 18, 0, 0], 15),
        ("multicast", [224, 0, 0, 0], 4),
        ("240/4", [240, 0, 0, 0], 4),
    ];
    let six = [
        ("ULA", "fc00::", 7),
        ("link-local", "fe80::", 10),
        ("site-local", "fec0::", 10),
        ("multicast", "ff00::", 8),
        ("documentation", "2001:db8::", 32),
    ];
    let mut all: Vec<Spelling> = four
        .into_iter()
        .map(|(kind, head, length)| {
            let free = u32::MAX >> length;
            let address = Ipv4Addr::from(u32::from(Ipv4Addr::from(head)) | (u32::try_from(chance.next() >> 32).unwrap() & free));
            spelling(kind, address.to_string(), address)
        })
        .collect();
    all.extend(six.map(|(kind, head, length)| {
        let (free, drawn) = (u128::MAX >> length, (u128::from(chance.next()) << 64) | u128::from(chance.next()));
        let address = Ipv6Addr::from(u128::from(head.parse::<Ipv6Addr>().unwrap()) | (drawn & free));
        spelling(kind, format!("[{address}]"), address)
    }));
    all.push(spelling("unspecified", "[::]", Ipv6Addr::UNSPECIFIED));
    all.push(spelling("loopback", "[::1]", Ipv6Addr::LOCALHOST));
    all
}

/// Where clouds keep their secrets.
fn metadata() -> Vec<Spelling> {
    let (four, six) = (Ipv4Addr::new(169, 254, 169, 254), "fd00:ec2::254".parse::<Ipv6Addr>().unwrap());
    vec![
        spelling("metadata", four.to_string(), four),
        spelling("metadata, decimal", u32::from(four).to_string(), four),
        spelling("metadata, mapped", format!("[::ffff:{four}]"), four.to_ipv6_mapped()),
        spelling("metadata, IPv6", format!("[{six}]"), six),
        spelling("broadcast", "255.255.255.255", Ipv4Addr::BROADCAST),
    ]
}
