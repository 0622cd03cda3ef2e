//! WebSub: which hub a feed has, when hubs are asked what, and whether what they say is theirs.
//!
//! A hub is believed in one thing only: that a feed changed. What it sends is never read; the feed is then asked itself, on the
//! guarded path. Polling goes on, more seldom while a hub proves itself.

use crate::{
    domain::{
        entry::Elsewhere,
        hub::{Errands, Hub, HubSubscription, Intent, Request},
    },
    pipeline::link_header,
};
use chrono::{DateTime, Duration, Utc};
use ring::hmac;
use std::collections::HashMap;
use url::Url;

/// The lease that is asked for.
pub const LEASE: Duration = Duration::days(10);
/// No hub is believed for longer.
const LONGEST_LEASE: Duration = Duration::days(30);
/// A hub that was asked has so long to verify; and no hub is asked more often.
const PATIENCE: Duration = Duration::hours(1);
/// The longest time between two attempts.
const SLOWEST: Duration = Duration::days(7);
/// Attempts to unsubscribe; then the lease runs out by itself.
const FAREWELLS: u32 = 3;

/// The hub of a feed, by its answer's `Link` fields, else by its own word. A feed that does not say its own address has none.
pub fn hub_of(link_fields: &[String], document: Option<&Url>, stated: &Elsewhere) -> Option<Hub> {
    let header = link_header::elsewhere(link_fields.iter().map(String::as_str), document);
    [&header, stated].into_iter().find_map(|elsewhere| {
        let own = elsewhere.own.as_ref().or(stated.own.as_ref())?;
        Some(Hub { hub: elsewhere.hubs.first()?.clone(), topic: own.clone() })
    })
}

/// What is to be done about the subscriptions. `wanted` holds each watched source that has a hub.
pub fn errands(wanted: &HashMap<i64, Hub>, subscriptions: &[HubSubscription], now: DateTime<Utc>) -> Errands {
    let mut errands = Errands::default();
    let is_wanted = |held: &HubSubscription| wanted.get(&held.source_id) == Some(&held.hub);
    for held in subscriptions {
        if !held.ending && !is_wanted(held) {
            errands.end.push(held.id);
        } else if held.next_at > now {
        } else if held.ending && (held.failures >= FAREWELLS || held.lease_until.is_none_or(|until| until <= now)) {
            errands.forget.push(held.id);
        } else {
            errands.ask.push(request(held, now));
        }
    }
    for (source, hub) in wanted {
        let held = |held: &HubSubscription| held.source_id == *source && !held.ending && held.hub == *hub;
        if !subscriptions.iter().any(held) {
            errands.begin.push((*source, hub.clone()));
        }
    }
    errands.begin.sort_by_key(|(source, _)| *source);
    errands
}

fn request(held: &HubSubscription, now: DateTime<Utc>) -> Request {
    let failures = held.failures + u32::from(held.pending.is_some());
    Request {
        id: held.id,
        hub: held.hub.clone(),
        intent: if held.ending { Intent::Unsubscribe } else { Intent::Subscribe },
        token: held.token.clone(),
        secret: held.secret.clone(),
        failures,
        again_at: now + wait(failures),
    }
}

/// An hour, doubled with each failure, at most a week.
pub fn wait(failures: u32) -> Duration {
    (PATIENCE * 2_i32.pow(failures.min(12))).min(SLOWEST)
}

/// The form that a hub is sent (section 5.1).
pub fn form(request: &Request, callback: &Url) -> String {
    let mut form = url::form_urlencoded::Serializer::new(String::new());
    form.append_pair("hub.mode", request.intent.word());
    form.append_pair("hub.topic", &request.hub.topic);
    form.append_pair("hub.callback", callback.as_str());
    if request.intent == Intent::Subscribe {
        form.append_pair("hub.secret", request.secret.reveal());
        form.append_pair("hub.lease_seconds", &LEASE.num_seconds().to_string());
    }
    form.finish()
}

/// What a hub says to a callback by GET (section 5.3).
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Word {
    /// It asks whether a request was ours: to be answered with the challenge.
    Verify {
        /// What it was asked.
        intent: Intent,
        /// About what.
        topic: String,
        /// What to answer.
        challenge: String,
        /// How long it will tell of changes.
        lease: Option<Duration>,
    },
    /// It refuses.
    Denied {
        /// What it was asked about.
        topic: String,
        /// Why, if it says so.
        reason: String,
    },
}

impl Word {
    /// Reads the query of a request; `None`: it is not a hub's.
    pub fn of_query(query: &str) -> Option<Self> {
        let pairs: HashMap<_, _> = url::form_urlencoded::parse(query.as_bytes()).into_owned().collect();
        let get = |key: &str| pairs.get(key).cloned();
        let (mode, topic) = (get("hub.mode")?, get("hub.topic")?);
        if mode == "denied" {
            let reason = get("hub.reason").unwrap_or_default();
            return Some(Self::Denied { topic, reason: reason.chars().filter(|c| !c.is_control()).take(200).collect() });
        }
        let seconds = get("hub.lease_seconds").and_then(|seconds| seconds.parse().ok());
        let lease = seconds.and_then(Duration::try_seconds).filter(|lease| *lease > Duration::zero());
        Some(Self::Verify { intent: Intent::of_word(&mode)?, topic, challenge: get("hub.challenge")?, lease })
    }
}

/// What a hub's word changes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// It is about nothing that was asked: not found.
    Unknown,
    /// The subscription stands until then, and is renewed at `renew_at`.
    Subscribed {
        /// The end of the lease.
        until: DateTime<Utc>,
        /// When to ask again.
        renew_at: DateTime<Utc>,
    },
    /// It has ended, as asked.
    Unsubscribed,
    /// The hub refuses; it is asked again at `again_at`.
    Denied {
        /// When.
        again_at: DateTime<Utc>,
    },
}

/// Judges a hub's word about a subscription: only what was asked and is still open is confirmed.
pub fn judge(held: &HubSubscription, word: &Word, now: DateTime<Utc>) -> Verdict {
    match word {
        Word::Denied { topic, .. } if *topic == held.hub.topic => Verdict::Denied { again_at: now + SLOWEST },
        Word::Verify { intent, topic, lease, .. } if *topic == held.hub.topic && held.pending == Some(*intent) => match intent {
            Intent::Unsubscribe => Verdict::Unsubscribed,
            Intent::Subscribe => {
                let lease = lease.unwrap_or(LEASE).min(LONGEST_LEASE);
                // Well before its end, so that a hub that is down for a while loses nothing.
                Verdict::Subscribed { until: now + lease, renew_at: now + (lease * 4 / 5).max(PATIENCE) }
            }
        },
        _ => Verdict::Unknown,
    }
}

/// Whether a push is the hub's: `X-Hub-Signature: method=hex`, over the body as it came (section 7.1). In constant time.
pub fn is_signed(header: &str, secret: &str, body: &[u8]) -> bool {
    let Some((method, digits)) = header.trim().split_once('=') else { return false };
    let algorithm = match method.to_ascii_lowercase().as_str() {
        "sha1" => hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY,
        "sha256" => hmac::HMAC_SHA256,
        "sha384" => hmac::HMAC_SHA384,
        "sha512" => hmac::HMAC_SHA512,
        _ => return false,
    };
    bytes(digits).is_some_and(|tag| hmac::verify(&hmac::Key::new(algorithm, secret.as_bytes()), body, &tag).is_ok())
}

fn bytes(digits: &str) -> Option<Vec<u8>> {
    let digit = |byte: u8| char::from(byte).to_digit(16).and_then(|value| u8::try_from(value).ok());
    let pairs = digits.as_bytes().chunks_exact(2);
    pairs.remainder().is_empty().then_some(())?;
    pairs.map(|pair| Some(digit(pair[0])? << 4 | digit(pair[1])?)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::secret::Secret;

    fn now() -> DateTime<Utc> {
        DateTime::from_timestamp(1_795_420_800, 0).unwrap()
    }

    fn hub() -> Hub {
        Hub { hub: "https://hub.example/".to_owned(), topic: "https://a.example/feed".to_owned() }
    }

    fn held() -> HubSubscription {
        HubSubscription {
            id: 1,
            source_id: 7,
            hub: hub(),
            token: Secret::new("t".to_owned()),
            secret: Secret::new("s".to_owned()),
            pending: None,
            ending: false,
            lease_until: Some(now() + Duration::days(5)),
            next_at: now() + Duration::days(4),
            failures: 0,
            last_error: None,
            last_push_at: None,
        }
    }

    #[test]
    fn f20_signatures_of_every_method_and_nothing_else() {
        for (name, algorithm) in [
            ("sha1", hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY),
            ("sha256", hmac::HMAC_SHA256),
            ("sha384", hmac::HMAC_SHA384),
            ("SHA512", hmac::HMAC_SHA512),
        ] {
            let tag = hmac::sign(&hmac::Key::new(algorithm, b"secret"), b"body");
            let digits: String = tag.as_ref().iter().map(|byte| format!("{byte:02x}")).collect();
            let header = format!("{name}={digits}");
            assert!(is_signed(&header, "secret", b"body"), "{name}");
            assert!(is_signed(&header.to_ascii_uppercase(), "secret", b"body"), "{name}");
            assert!(!is_signed(&header, "secret", b"body "), "another body");
            assert!(!is_signed(&header, "other", b"body"), "another secret");
            assert!(!is_signed(&header[..header.len() - 2], "secret", b"body"), "cut");
            assert!(!is_signed(&format!("md5={digits}"), "secret", b"body"));
        }
        for header in ["", "sha256", "sha256=", "sha256=zz", "sha256=abc", "=00", "sha256=é"] {
            assert!(!is_signed(header, "secret", b"body"), "{header}");
        }
    }

    #[test]
    fn f20_the_vectors_of_rfc_2202_and_4231() {
        let data = b"what do ya want for nothing?";
        assert!(is_signed("sha1=effcdf6ae5eb2fa2d27416d5f184df9c259a7c79", "Jefe", data));
        let sha256 = "sha256=5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843";
        assert!(is_signed(sha256, "Jefe", data));
    }

    #[test]
    fn f20_only_what_was_asked_is_confirmed() {
        let word = |query: &str| Word::of_query(query).unwrap();
        let verify = "hub.mode=subscribe&hub.topic=https%3A%2F%2Fa.example%2Ffeed&hub.challenge=c&hub.lease_seconds=3600";
        assert_eq!(judge(&held(), &word(verify), now()), Verdict::Unknown, "nothing was asked");
        let asked = HubSubscription { pending: Some(Intent::Subscribe), ..held() };
        let hour = now() + Duration::hours(1);
        assert_eq!(judge(&asked, &word(verify), now()), Verdict::Subscribed { until: hour, renew_at: hour });
        let foreign = verify.replace("a.example", "b.example");
        assert_eq!(judge(&asked, &word(&foreign), now()), Verdict::Unknown);
        let other = verify.replace("mode=subscribe", "mode=unsubscribe");
        assert_eq!(judge(&asked, &word(&other), now()), Verdict::Unknown);
        let ending = HubSubscription { pending: Some(Intent::Unsubscribe), ending: true, ..held() };
        assert_eq!(judge(&ending, &word(&other), now()), Verdict::Unsubscribed);
        assert_eq!(judge(&ending, &word(verify), now()), Verdict::Unknown);
        let endless = verify.replace("=3600", "=99999999999999");
        let Verdict::Subscribed { until, renew_at } = judge(&asked, &word(&endless), now()) else { panic!() };
        assert_eq!((until, renew_at), (now() + Duration::days(30), now() + Duration::days(24)));
        for query in ["", "hub.mode=subscribe", "hub.mode=odd&hub.topic=t&hub.challenge=c", "hub.mode=subscribe&hub.topic=t"] {
            assert_eq!(Word::of_query(query), None, "{query}");
        }
    }

    #[test]
    fn f20_leases_are_renewed_before_their_end_and_failures_back_off_to_a_week() {
        let wanted = HashMap::from([(7, hub())]);
        assert_eq!(errands(&wanted, &[held()], now()), Errands::default());
        let due = HubSubscription { next_at: now(), ..held() };
        let asked = errands(&wanted, std::slice::from_ref(&due), now()).ask;
        assert_eq!((asked.len(), asked[0].failures, asked[0].again_at), (1, 0, now() + Duration::hours(1)));
        let unanswered = HubSubscription { pending: Some(Intent::Subscribe), failures: 3, ..due };
        let again = &errands(&wanted, &[unanswered], now()).ask[0];
        assert_eq!((again.failures, again.again_at), (4, now() + Duration::hours(16)));
        assert_eq!(wait(40), SLOWEST);
    }

    #[test]
    fn f20_another_hub_or_a_source_that_is_gone_ends_a_subscription() {
        let other = Hub { hub: "https://other.example/".to_owned(), ..hub() };
        let found = errands(&HashMap::from([(7, other.clone())]), &[held()], now());
        assert_eq!((found.begin, found.end), (vec![(7, other)], vec![1]));
        assert_eq!(errands(&HashMap::new(), &[held()], now()).end, [1]);
        let ending = HubSubscription { ending: true, next_at: now(), ..held() };
        assert_eq!(errands(&HashMap::new(), std::slice::from_ref(&ending), now()).ask[0].intent, Intent::Unsubscribe);
        let tired = HubSubscription { failures: 3, ..ending.clone() };
        assert_eq!(errands(&HashMap::new(), &[tired], now()).forget, [1]);
        let over = HubSubscription { lease_until: None, ..ending };
        assert_eq!(errands(&HashMap::new(), &[over], now()).forget, [1]);
    }

    #[test]
    fn f20_the_header_wins_over_the_feed_and_a_feed_without_an_address_has_no_hub() {
        let stated = Elsewhere { older: None, hubs: vec!["https://hub.example/".to_owned()], own: Some(hub().topic) };
        assert_eq!(hub_of(&[], None, &stated), Some(hub()));
        let header = ["<https://h2.example/>; rel=hub, <https://a.example/2>; rel=self".to_owned()];
        let found = hub_of(&header, None, &stated).unwrap();
        assert_eq!((found.hub.as_str(), found.topic.as_str()), ("https://h2.example/", "https://a.example/2"));
        assert_eq!(hub_of(&[], None, &Elsewhere { own: None, ..stated }), None);
    }
}
