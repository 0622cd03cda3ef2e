//! Where hubs (WebSub) reach us: GET to verify what they were asked, POST to tell of a change. The address is the secret of one
//! subscription; whoever does not know it finds nothing here.

use crate::{
    app::{
        App, Error,
        websub::{Answer, CALLBACKS},
    },
    schedule::Told,
};
use axum::{
    Router,
    body::Body,
    extract::{Path, RawQuery, State},
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Response},
    routing::get,
};
use std::sync::Arc;
use tokio::sync::{Semaphore, watch};

/// Longer pushes are refused, and the feed is polled as ever. Bytes.
const LONGEST_PUSH: usize = 4 << 20;
/// Pushes read at once: the others are to come again.
const AT_ONCE: usize = 8;
/// Longer questions are not answered. Bytes.
const LONGEST_QUERY: usize = 8 << 10;

#[derive(Clone)]
struct Desk {
    /// The application in force.
    current: watch::Receiver<App>,
    told: Told,
    reading: Arc<Semaphore>,
}

impl Desk {
    fn app(&self) -> App {
        self.current.borrow().clone()
    }
}

/// The callbacks.
pub(super) fn routes(current: watch::Receiver<App>, told: Told) -> Router {
    let desk = Desk { current, told, reading: Arc::new(Semaphore::new(AT_ONCE)) };
    Router::new().route(&format!("/{CALLBACKS}/{{token}}"), get(verify).post(push)).with_state(desk)
}

async fn verify(State(desk): State<Desk>, Path(token): Path<String>, RawQuery(query): RawQuery) -> Response {
    let query = query.filter(|query| query.len() <= LONGEST_QUERY).unwrap_or_default();
    match desk.app().answer_hub(token, &query).await {
        Ok(Answer::NotFound) => StatusCode::NOT_FOUND.into_response(),
        Ok(Answer::Heard) => StatusCode::NO_CONTENT.into_response(),
        // What goes back is what came: nothing may take it for a page.
        Ok(Answer::Challenge(challenge)) => {
            let plain = [(header::CONTENT_TYPE, "text/plain; charset=utf-8"), (header::X_CONTENT_TYPE_OPTIONS, "nosniff")];
            (plain, challenge).into_response()
        }
        Err(error) => later(&error),
    }
}

/// Answered alike whether or not the signature is good, as section 7.1 advises: nobody can try signatures here.
async fn push(State(desk): State<Desk>, Path(token): Path<String>, headers: HeaderMap, body: Body) -> Response {
    let held = match desk.app().expected_push(token).await {
        Ok(Some(held)) => held,
        Ok(None) => return StatusCode::NOT_FOUND.into_response(),
        Err(error) => return later(&error),
    };
    let Some(signature) = headers.get("x-hub-signature").and_then(|value| value.to_str().ok()) else {
        tracing::warn!(subscription = held.id, "a push without a signature: ignored");
        return StatusCode::ACCEPTED.into_response();
    };
    let Ok(_reading) = desk.reading.try_acquire() else {
        return (StatusCode::SERVICE_UNAVAILABLE, [(header::RETRY_AFTER, "60")]).into_response();
    };
    let Ok(body) = axum::body::to_bytes(body, LONGEST_PUSH).await else {
        return StatusCode::PAYLOAD_TOO_LARGE.into_response();
    };
    match desk.app().take_push(held, signature, &body).await {
        Ok(sooner) => {
            if sooner {
                desk.told.notify_one();
            }
            StatusCode::ACCEPTED.into_response()
        }
        Err(error) => later(&error),
    }
}

fn later(error: &Error) -> Response {
    tracing::error!(%error, "a hub could not be answered");
    StatusCode::SERVICE_UNAVAILABLE.into_response()
}
