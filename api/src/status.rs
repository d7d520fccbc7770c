//! `/healthz` and `/metrics`: what the server says of itself.

use crate::{signaling::Hub, store::Store};
use http::{HeaderValue, Method, StatusCode, header};
use serde_json::json;
use std::time::Duration;
use tokio::time::timeout;
use warp::{Filter, Rejection, reply::Response};

/// How long the store may take to answer.
const STORE: Duration = Duration::from_secs(3);

/// Returns the filter for both paths.
pub fn routes(hub: Hub, store: Store) -> impl Filter<Extract = (Response,), Error = Rejection> + Clone {
    let health = {
        let hub = hub.clone();
        warp::path!("healthz").and(warp::method()).then(move |method| {
            let (hub, store) = (hub.clone(), store.clone());
            async move { health(&method, &hub, &store).await }
        })
    };
    let metrics = warp::path!("metrics").map(move || metrics(&hub));
    health.or(metrics).unify()
}

async fn health(method: &Method, hub: &Hub, store: &Store) -> Response {
    if method != Method::GET && method != Method::HEAD {
        return crate::answer::error(StatusCode::METHOD_NOT_ALLOWED, "this path is read with GET");
    }
    let problem = match timeout(STORE, store.ping()).await {
        Ok(Ok(())) => None,
        Ok(Err(error)) => Some(error.to_string()),
        Err(_) => Some("the database does not answer".to_owned()),
    };
    let census = hub.census();
    let (status, word) = match problem {
        None => (StatusCode::OK, "ok"),
        Some(_) => (StatusCode::SERVICE_UNAVAILABLE, "unavailable"),
    };
    let body = json!({
        "status": word,
        "version": env!("CARGO_PKG_VERSION"),
        "sockets": census.sockets,
        "members": census.members,
        "rooms": census.rooms,
        "error": problem,
    });
    let mut response = crate::answer::json(status, &body);
    let no_store = HeaderValue::from_static("no-store");
    response.headers_mut().insert(header::CACHE_CONTROL, no_store);
    response
}

/// Answers in the [text format of Prometheus](https://prometheus.io/docs/instrumenting/exposition_formats/).
fn metrics(hub: &Hub) -> Response {
    let census = hub.census();
    let mut text = String::new();
    for (name, help, value) in [
        ("tsukiyo_sockets", "Open signaling sockets.", census.sockets),
        (
            "tsukiyo_members",
            "Members of rooms, present or away.",
            census.members,
        ),
        ("tsukiyo_rooms", "Rooms with a member.", census.rooms),
    ] {
        text += &format!("# HELP {name} {help}\n# TYPE {name} gauge\n{name} {value}\n");
    }
    let mut response = Response::new(text.into());
    let format = HeaderValue::from_static("text/plain; version=0.0.4; charset=utf-8");
    response.headers_mut().insert(header::CONTENT_TYPE, format);
    response
}
