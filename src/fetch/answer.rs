//! An arrived answer made into a document, or into a failure told by its remedy.

use crate::{
    domain::{
        document::Document,
        fetching::{Answer, FailureKind, FetchFailure, Validators, host_key},
    },
    fetch::{Inner, Trail, coding::Coding, failure, freshness, walk::Arrival, walk::opaque},
};
use chrono::{DateTime, Utc};
use reqwest::{
    Response,
    header::{self, HeaderMap},
};
use url::Url;

/// `Link` fields that are looked at.
const MOST_LINKS: usize = 32;
/// Bodies up to this many compressed bytes are decoded where they are; handing them over would cost more.
const DECODED_AT_ONCE: usize = 128 << 10;

impl Inner {
    /// Reads the answer within what is left of its deadline.
    pub(crate) async fn read_answer(&self, arrival: Arrival, trail: &mut Trail) -> Result<Answer, FetchFailure> {
        let headers = arrival.response.headers();
        trail.freshness = freshness::freshness(headers, real_now());
        trail.notices.extend(freshness::notices(headers));
        let links = headers.get_all(header::LINK).iter().take(MOST_LINKS);
        trail.links = links.filter_map(|field| field.to_str().ok().map(str::to_owned)).collect();
        let Arrival { response, url, sent, budget, turn } = arrival;
        let answer = match (response.status().as_u16(), sent) {
            (200 | 203, _) => {
                let limit = self.settings.total_timeout;
                let arriving = self.arrived(response, &url, &mut trail.bytes);
                let arrived = tokio::time::timeout(budget, arriving).await.map_err(|_| failure::too_slow(&url, limit))??;
                drop(turn);
                if let Some(room) = trail.room.clone() {
                    trail.place = room.acquire_owned().await.ok();
                }
                return self.opened(arrived, url).await;
            }
            (304, Some(sent)) => Ok(Answer::NotModified { validators: refreshed(sent, response.headers()) }),
            (status, _) => {
                let failure = of_status(status, &url, trail);
                if failure.kind == FailureKind::RateLimited {
                    let rest = trail.freshness.retry_after.and_then(|rest| rest.to_std().ok()).unwrap_or(self.settings.floor);
                    self.hosts.rest(&host_key(&url), rest);
                }
                Err(failure)
            }
        };
        drop(turn);
        answer
    }

    async fn arrived(&self, response: Response, url: &Url, bytes: &mut u64) -> Result<Arrived, FetchFailure> {
        let headers = response.headers();
        let codings: Vec<_> =
            headers.get_all(header::CONTENT_ENCODING).iter().map(|value| String::from_utf8_lossy(value.as_bytes())).collect();
        let coding = Coding::named(&codings.join(", "))?;
        let content_type = headers.get(header::CONTENT_TYPE).map(|value| String::from_utf8_lossy(value.as_bytes()).into_owned());
        let validators = Validators {
            url: url.to_string(),
            etag: opaque(headers, header::ETAG),
            last_modified: opaque(headers, header::LAST_MODIFIED),
        };
        // A body without coding is the document itself: only the limit of documents applies.
        let limit = if coding == Coding::Identity { self.settings.max_decoded } else { self.settings.max_compressed };
        let body = receive(response, url, limit, bytes).await?;
        Ok(Arrived { body, coding, content_type, validators })
    }

    async fn opened(&self, arrived: Arrived, url: Url) -> Result<Answer, FetchFailure> {
        let Arrived { body, coding, content_type, validators } = arrived;
        let (bytes, body_hash) = self.decode(coding, body).await?;
        Ok(Answer::Fetched { document: Document { bytes, content_type, url: Some(url) }, body_hash, validators })
    }

    /// Decodes and hashes: a large body away from the threads that serve the sockets, and no more of them at once than there are
    /// processors, so that many bombs unfold one after the other.
    async fn decode(&self, coding: Coding, body: Vec<u8>) -> Result<(Vec<u8>, [u8; 32]), FetchFailure> {
        let (is_small, limit) = (body.len() <= DECODED_AT_ONCE, self.settings.max_decoded);
        let work = move || {
            let decoded = coding.decode(body, limit)?;
            let hash = sha256(&decoded);
            Ok((decoded, hash))
        };
        if is_small {
            return work();
        }
        let _processor = self.decoding.acquire().await;
        tokio::task::spawn_blocking(work).await.unwrap_or_else(|error| {
            Err(FetchFailure {
                kind: FailureKind::Unreadable,
                reason: format!("the document could not be decompressed: {error}"),
            })
        })
    }
}

/// A whole body as it was sent, still compressed.
struct Arrived {
    body: Vec<u8>,
    coding: Coding,
    content_type: Option<String>,
    validators: Validators,
}

/// Streams the body in, counting; one that breaks off before its stated end is a failure.
async fn receive(mut response: Response, url: &Url, limit: u64, received: &mut u64) -> Result<Vec<u8>, FetchFailure> {
    let too_large = || FetchFailure {
        kind: FailureKind::TooLarge,
        reason: format!("{} sends more than {limit} bytes; ask its publisher for a shorter feed", failure::host(url)),
    };
    let stated = response.content_length().unwrap_or(0);
    if stated > limit {
        return Err(too_large());
    }
    let mut body = Vec::with_capacity(usize::try_from(stated).unwrap_or(0));
    while let Some(chunk) = response.chunk().await.map_err(|error| failure::of_body(url, &error))? {
        *received += chunk.len() as u64;
        if (body.len() + chunk.len()) as u64 > limit {
            return Err(too_large());
        }
        body.extend_from_slice(&chunk);
    }
    Ok(body)
}

fn sha256(bytes: &[u8]) -> [u8; 32] {
    let digest = ring::digest::digest(&ring::digest::SHA256, bytes);
    let mut hash = [0; 32];
    hash.copy_from_slice(digest.as_ref());
    hash
}

/// RFC 9111, section 4.3.4: what the 304 states replaces what was sent, field by field.
fn refreshed(sent: Validators, headers: &HeaderMap) -> Validators {
    Validators {
        url: sent.url,
        etag: opaque(headers, header::ETAG).or(sent.etag),
        last_modified: opaque(headers, header::LAST_MODIFIED).or(sent.last_modified),
    }
}

fn of_status(status: u16, url: &Url, trail: &Trail) -> FetchFailure {
    let asked_rest = trail.freshness.retry_after.is_some();
    let (kind, remedy) = match status {
        304 => (FailureKind::Unreadable, "though nothing was said to be known; it is asked again tomorrow, tell its operator"),
        401 | 403 | 407 => (FailureKind::Permanent, "it does not let feed readers in; ask its operator, or pause the source"),
        404 => (FailureKind::Permanent, "nothing is at this address; look for the new one with `veille sources discover`"),
        410 => (FailureKind::Gone, "the publisher closed it for good; it is not asked again, remove it or give it a new url"),
        408 | 421 | 425 => (FailureKind::Transient, "it is tried again"),
        429 => (FailureKind::RateLimited, "it wants to be asked less often; it is left to rest"),
        503 if asked_rest => (FailureKind::RateLimited, "it wants to rest; it is asked again after that"),
        451 => (FailureKind::Permanent, "it is withheld for legal reasons; pause the source"),
        200..=299 => (FailureKind::Unreadable, "which carries no document; it is tried again, check the url"),
        300..=399 => (FailureKind::Permanent, "which leads nowhere; open the url in a browser and correct it"),
        400..=499 => (FailureKind::Permanent, "it refuses the request; check the url of the source"),
        _ => (FailureKind::Transient, "its server has a fault; it is tried again"),
    };
    FetchFailure { kind, reason: format!("{} answered {status}: {remedy}", failure::host(url)) }
}

#[expect(clippy::disallowed_methods, reason = "servers state real dates, whatever week a replay is in")]
pub(crate) fn real_now() -> DateTime<Utc> {
    Utc::now()
}
