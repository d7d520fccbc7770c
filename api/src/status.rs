//! `/healthz`, `/readyz` and `/metrics`: what the server says of itself.

use crate::{
    signaling::{Hub, Standing},
    socket::Peer,
    store::Store,
    telemetry,
};
use http::{HeaderValue, Method, StatusCode, header};
use serde_json::json;
use std::{convert::Infallible, time::Duration};
use tokio::time::timeout;
use warp::{Filter, Rejection, reply::Response};

/// How long the store may take to answer.
const STORE: Duration = Duration::from_secs(3);

/// Returns the filter for the three paths. `/metrics` is for programs of this machine.
pub fn routes(hub: Hub, store: Store) -> impl Filter<Extract = (Response,), Error = Rejection> + Clone {
    let metrics = {
        let hub = hub.clone();
        warp::path!("metrics")
            .and(warp::ext::optional::<Peer>())
            .map(move |peer: Option<Peer>| {
                if peer.is_some_and(|peer| peer.is_local) {
                    return metrics(&hub);
                }
                let text = "figures are told to programs of this machine only; --metrics-listen opens a port for others";
                crate::answer::error(StatusCode::FORBIDDEN, text)
            })
    };
    health_routes(hub, store).or(metrics).unify()
}

/// Returns the filter of a port that is for nothing else, and whose address says who reaches it.
pub fn port_routes(hub: Hub, store: Store) -> impl Filter<Extract = (Response,), Error = Infallible> + Clone {
    let metrics = {
        let hub = hub.clone();
        warp::path!("metrics").map(move || metrics(&hub))
    };
    let elsewhere = warp::any().map(|| {
        crate::answer::error(
            StatusCode::NOT_FOUND,
            "there are /metrics, /healthz and /readyz here",
        )
    });
    health_routes(hub, store)
        .or(metrics)
        .unify()
        .or(elsewhere)
        .unify()
}

fn health_routes(hub: Hub, store: Store) -> impl Filter<Extract = (Response,), Error = Rejection> + Clone {
    let path = |name: &'static str, ready: bool| {
        let (hub, store) = (hub.clone(), store.clone());
        warp::path(name)
            .and(warp::path::end())
            .and(warp::method())
            .then(move |method| {
                let (hub, store) = (hub.clone(), store.clone());
                async move { health(&method, &hub, &store, ready).await }
            })
    };
    path("healthz", false).or(path("readyz", true)).unify()
}

/// Says how the server is, or, if that is asked, whether it is to be sent anybody new.
async fn health(method: &Method, hub: &Hub, store: &Store, ready: bool) -> Response {
    if method != Method::GET && method != Method::HEAD {
        return crate::answer::error(StatusCode::METHOD_NOT_ALLOWED, "this path is read with GET");
    }
    let problem = match timeout(STORE, store.ping()).await {
        Ok(Ok(())) => None,
        Ok(Err(error)) => Some(error.to_string()),
        Err(_) => Some("the database does not answer".to_owned()),
    };
    let (census, standing) = (hub.census(), hub.standing());
    let is_sure = standing.is_none_or(|standing| standing.sure);
    let (status, word) = match problem {
        None if ready && hub.is_draining() => (StatusCode::SERVICE_UNAVAILABLE, "draining"),
        // Whoever is inside is served: this is no reason to end it.
        None if !is_sure && ready => (StatusCode::SERVICE_UNAVAILABLE, "cut off"),
        None if !is_sure => (StatusCode::OK, "cut off"),
        None => (StatusCode::OK, "ok"),
        Some(_) => (StatusCode::SERVICE_UNAVAILABLE, "unavailable"),
    };
    let bus = standing.map(|Standing { bus, peers, .. }| json!({ "carries": bus, "servers": peers }));
    let body = json!({
        "status": word,
        "version": env!("CARGO_PKG_VERSION"),
        "sockets": census.sockets,
        "members": census.members,
        "rooms": census.rooms,
        "bus": bus,
        "error": problem,
    });
    let mut response = crate::answer::json(status, &body);
    let no_store = HeaderValue::from_static("no-store");
    response.headers_mut().insert(header::CACHE_CONTROL, no_store);
    response
}

fn metrics(hub: &Hub) -> Response {
    let text = telemetry::render(hub.census(), hub.is_draining(), hub.standing());
    let mut response = Response::new(text.into());
    let format = HeaderValue::from_static("text/plain; version=0.0.4; charset=utf-8");
    response.headers_mut().insert(header::CONTENT_TYPE, format);
    response
}
