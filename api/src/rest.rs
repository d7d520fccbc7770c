//! The REST API: posts, and what is known of rooms.
//!
//! # Invariants
//! - Every answer that is not a success is `{"error": "…"}` with a status that says whose fault it is (`ApiError`).
//! - [`routes`] answers every path below its mount, so an unknown one is a 404 in JSON and a wrong method a 405 with
//!   `Allow`; nothing falls through to another filter.
//! - What a room's rules keep from newcomers on the socket is kept from them here (`rooms::grant`).
//! - What is answered is what Firestore says after the question was asked. There is no cache (`flights` is none).

mod body;
mod budget;
mod error;
mod flights;
mod openapi;
mod photo;
mod posts;
mod query;
mod reply;
mod rooms;
mod route;

use crate::{
    access::{self, Access},
    guards::Guards,
    rooms::{Pass, Rules},
    socket::Peer,
    store::Store,
};
use error::ApiError;
use futures::{Stream, TryStreamExt};
use http::{HeaderMap, Method};
use posts::Pages;
use query::Query;
use route::Route;
use std::{convert::Infallible, future::Future, net::IpAddr, time::Duration};
use tracing::Instrument;
use warp::{Buf, Filter, Rejection, reply::Response};
use wire::{ResumeToken, RoomId, RoomInfo};

/// Who is in the rooms at this moment, which is not for the store to know.
pub trait Presence: Clone + Send + Sync + 'static {
    /// Returns what anybody with the link may know of a room. A room in which nobody is has no members. `None`: whoever
    /// knows is out of reach.
    fn room(&self, id: &RoomId) -> impl Future<Output = Option<RoomInfo>> + Send;

    /// Returns a room's rules as far as they are known without the store.
    fn rules(&self, id: &RoomId) -> impl Future<Output = Option<Rules>> + Send;

    /// Returns what a resume token of a room says, if it is good.
    fn pass(&self, id: &RoomId, token: &ResumeToken) -> Option<Pass>;

    /// Returns the time since 1970.
    fn now(&self) -> Duration;
}

/// Returns the API for a mount of the caller's choice, such as `warp::path("api").and(routes(…))`.
pub fn routes(
    store: Store,
    presence: impl Presence,
    access: Access,
    guards: Guards,
) -> impl Filter<Extract = (Response,), Error = Rejection> + Clone {
    let api = Api {
        store,
        presence,
        access,
        guards,
        pages: Pages::default(),
    };
    let query = warp::query::raw().or(warp::any().map(String::new)).unify();
    warp::method()
        .and(warp::path::tail())
        .and(query)
        .and(warp::header::headers_cloned())
        .and(warp::ext::optional::<Peer>())
        .and(warp::body::stream())
        .and_then(
            move |method, path: warp::path::Tail, query: String, headers, peer: Option<Peer>, body| {
                let api = api.clone();
                async move {
                    let request = Request {
                        method,
                        headers,
                        address: peer.map(|peer| peer.address),
                        query: Query::parse(&query),
                    };
                    Ok::<_, Infallible>(answer(&api, path.as_str(), request, body).await)
                }
            },
        )
}

/// What requests are answered from.
#[derive(Clone)]
struct Api<P> {
    store: Store,
    presence: P,
    access: Access,
    guards: Guards,
    pages: Pages,
}

/// A request but for its body, which is only read where one is wanted.
struct Request {
    method: Method,
    headers: HeaderMap,
    /// Where it comes from, if that is known.
    address: Option<IpAddr>,
    query: Query,
}

async fn answer<B: Buf>(
    api: &Api<impl Presence>,
    path: &str,
    request: Request,
    body: impl Stream<Item = Result<B, warp::Error>> + Send,
) -> Response {
    let head = request.method == Method::HEAD;
    let outcome = match Route::parse(path) {
        Ok(route) => {
            // Names as OpenTelemetry has them. What the client made up is not among them.
            let known = Some(request.method.as_str()).filter(|method| route.allow().contains(method));
            let span = tracing::info_span!(
                "request",
                http.request.method = known.unwrap_or("_OTHER"),
                http.route = route.template(),
                http.response.status_code = tracing::field::Empty,
            );
            let outcome = handle(api, route, request, body).instrument(span.clone()).await;
            let status = outcome.as_ref().map_or_else(ApiError::status, Response::status);
            span.record("http.response.status_code", status.as_u16());
            outcome
        }
        Err(error) => Err(error),
    };
    let response = outcome.unwrap_or_else(reply::error);
    let response = if head {
        reply::without_body(response)
    } else {
        response
    };
    reply::open_to_all(response)
}

async fn handle<B: Buf>(
    api: &Api<impl Presence>,
    route: Route,
    request: Request,
    body: impl Stream<Item = Result<B, warp::Error>> + Send,
) -> Result<Response, ApiError> {
    let method = match request.method.clone() {
        Method::OPTIONS => return Ok(reply::preflight(route.allow())),
        Method::HEAD => Method::GET,
        method => method,
    };
    if method == Method::GET {
        api.guards.read(request.address)?;
    } else if route.allow().contains(method.as_str()) {
        api.guards.write(request.address)?;
        if api.access.guards_posts() {
            api.access.check(access::bearer(&request.headers)).await?;
        }
    }
    let patience = api.guards.times().body;
    let read = || body::fields(patience, &request.headers, body.map_err(ApiError::from_body));
    let store = &api.store;
    match (route, method) {
        (Route::HelloWorld, Method::GET) => Ok(reply::text("Hello from Tsukiyo!")),
        (Route::OpenApi, Method::GET) => Ok(openapi::document()),
        (Route::Posts, Method::GET) => posts::list(store, &api.pages, &request.query).await,
        (Route::Posts, Method::POST) => posts::create(store, read().await?).await,
        (Route::Post(id), Method::GET) => posts::get(store, &id).await,
        (Route::Post(id), Method::PUT) => posts::update(store, &id, read().await?).await,
        (Route::Post(id), Method::DELETE) => posts::delete(store, &id).await,
        (Route::Room(id), Method::GET) => rooms::info(&api.presence, &id).await,
        (Route::Messages(id), Method::GET) => rooms::messages(store, &api.presence, &id, &request).await,
        (route, _) => Err(ApiError::Method { allow: route.allow() }),
    }
}
