//! Tells open pages that something changed, so that they ask anew (server-sent events).

use std::{convert::Infallible, time::Duration};

use axum::{
    extract::{Query, State},
    response::{
        IntoResponse, Response,
        sse::{Event, KeepAlive, Sse},
    },
};
use futures::stream;
use serde::Deserialize;
use tokio::sync::watch;

use super::Site;

/// A page need not be newer than this under load.
const PAUSE: Duration = Duration::from_millis(150);

/// Of what a page wants to hear.
#[derive(Debug, Deserialize)]
pub(super) struct Of {
    of: String,
}

/// Sends an event for each change, but not more than a page can use.
pub(super) async fn events(State(site): State<Site>, Query(Of { of }): Query<Of>) -> Response {
    if of == "requests" {
        sse(site.log.changes(), site.stopped)
    } else {
        sse(site.service.storage.feed().changes(), site.stopped)
    }
}

fn sse<T: Send + Sync + 'static>(changes: watch::Receiver<T>, stopped: watch::Receiver<bool>) -> Response {
    let events = stream::unfold(
        (changes, stopped, false),
        |(mut changes, mut stopped, waited)| async move {
            if waited {
                tokio::time::sleep(PAUSE).await;
            }
            tokio::select! {
                changed = changes.changed() => changed.ok()?,
                // An error means that the server was dropped.
                _ = stopped.wait_for(|stopped| *stopped) => return None,
            }
            changes.mark_unchanged();
            // Browsers drop an event without data.
            let event = Ok::<_, Infallible>(Event::default().event("change").data("now"));
            Some((event, (changes, stopped, true)))
        },
    );
    // What cannot be sent for long is a connection that nobody holds.
    Sse::new(events)
        .keep_alive(KeepAlive::new().interval(Duration::from_secs(20)))
        .into_response()
}
