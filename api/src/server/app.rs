//! What is served, and under which paths.

use super::GOODBYE;
use crate::{
    access::{self, Access},
    bus::Bus,
    guards::{self, Guards},
    prod::Prod,
    rest,
    rooms::Settings,
    signaling::{self, Hub},
    socket::{Origins, Peer},
    status,
    store::Store,
    web::{self, Site},
};
use http::StatusCode;
use std::{convert::Infallible, sync::Arc};
use tokio::time::timeout;
use warp::{Filter, reply::Response};

/// What all of the server's routes share. Clones are the same app.
#[derive(Debug, Clone)]
pub struct App {
    pub(super) hub: Hub,
    pub(super) prod: Prod,
    pub(super) store: Store,
    pub(super) site: Arc<Site>,
    pub(super) origins: Origins,
    pub(super) access: Access,
    pub(super) guards: Guards,
}

impl App {
    /// Makes an app over a store, for a server or for anything else that speaks HTTP/1.1. Wants a Tokio runtime.
    pub fn new(rooms: Settings, store: Store, site: Site, origins: Origins) -> Self {
        Self::among(rooms, store, site, origins, Bus::Alone, Access::open())
    }

    /// The same for one server of several, which a bus connects and which have one store, and where not everybody may do
    /// everything.
    pub fn among(
        rooms: Settings,
        store: Store,
        site: Site,
        origins: Origins,
        bus: Bus,
        access: Access,
    ) -> Self {
        Self {
            hub: Hub::join(rooms, store.clone(), bus, access.clone()),
            access,
            prod: Prod::default(),
            store,
            site: Arc::new(site),
            origins,
            guards: Guards::default(),
        }
    }

    /// Bounds what one address may take otherwise than by default.
    #[must_use]
    pub fn guarded(self, guards: guards::Settings) -> Self {
        Self {
            guards: Guards::new(guards),
            ..self
        }
    }

    /// Returns the rooms.
    pub fn hub(&self) -> &Hub {
        &self.hub
    }

    /// Tells every client that the server goes, and waits for a few seconds until their sockets are closed.
    pub async fn stop(&self) {
        let goodbyes = async { tokio::join!(self.hub.stop(), self.prod.stop()) };
        if timeout(GOODBYE, goodbyes).await.is_err() {
            tracing::warn!("some sockets did not close in time");
        }
    }
}

/// Returns everything on the app's port: the web app, the sockets, the API and the server's own state.
pub fn routes(app: &App) -> impl Filter<Extract = (Response,), Error = Infallible> + Clone + use<> {
    let api = warp::path("api").and(rest::routes(
        app.store.clone(),
        app.hub.clone(),
        app.access.clone(),
        app.guards.clone(),
    ));
    let sign_in = warp::path("sign-in").and(access::sign_in(app.access.clone(), app.guards.clone()));
    let signaling = warp::path("ws").and(signaling::routes(
        app.hub.clone(),
        app.origins.clone(),
        app.guards.clone(),
    ));
    let prod = warp::path("Prod").and(crate::prod::routes(
        app.prod.clone(),
        app.origins.clone(),
        app.guards.clone(),
    ));
    let status = status::routes(app.hub.clone(), app.store.clone());
    let web = web::routes(Arc::clone(&app.site));
    let all = api
        .or(sign_in)
        .unify()
        .or(signaling)
        .unify()
        .or(prod)
        .unify()
        .or(status)
        .unify()
        .or(web)
        .unify()
        .map(web::secure)
        .map(count);
    warp::ext::optional::<Peer>()
        .and(all)
        .map(|peer: Option<Peer>, response| {
            if peer.is_some_and(|peer| peer.is_secure) {
                web::only_secure(response)
            } else {
                response
            }
        })
}

/// Counts an answer by the class of its status.
fn count(response: Response) -> Response {
    let class = match response.status().as_u16() / 100 {
        1 => "1xx",
        2 => "2xx",
        3 => "3xx",
        4 => "4xx",
        _ => "5xx",
    };
    metrics::counter!("tsukiyo_http_responses_total", "class" => class).increment(1);
    response
}

/// Returns everything on the port of the API alone: the API below `path`, and a hint elsewhere.
pub fn functions_routes(
    app: &App,
    path: &str,
) -> impl Filter<Extract = (Response,), Error = Infallible> + Clone + use<> {
    let segments = path.split('/').filter(|segment| !segment.is_empty());
    let mount = segments.fold(warp::any().boxed(), |mount, segment| {
        mount.and(warp::path(segment.to_owned())).boxed()
    });
    let hint = format!("there is nothing here; the API is below {path}");
    let elsewhere = warp::any().map(move || crate::answer::error(StatusCode::NOT_FOUND, &hint));
    mount
        .and(rest::routes(
            app.store.clone(),
            app.hub.clone(),
            app.access.clone(),
            app.guards.clone(),
        ))
        .or(elsewhere)
        .unify()
        .map(web::secure)
}
