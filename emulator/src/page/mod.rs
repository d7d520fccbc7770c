//! The page: what is stored, to look at and to change, and what is asked.
//!
//! The server writes all of the HTML; links and the query form work without scripts. The scripts keep what is shown up to
//! date, and change documents through REST v1, which is served here too. Nothing comes from anywhere but this program.

mod assets;
mod collection;
mod columns;
mod document;
mod form;
mod guard;
mod home;
mod html;
mod layout;
mod live;
mod read;
pub(crate) mod requests;
mod tree;
mod value;

use std::{net::SocketAddr, path::PathBuf, sync::Arc};

use axum::{
    Router,
    extract::{Path, Query as Parameters, State},
    http::{HeaderMap, StatusCode},
    response::{Html, IntoResponse, Response},
    routing::get,
};
use tokio::sync::watch;

use self::{
    form::Form,
    layout::{Layout, Theme},
    requests::Log,
};
use crate::{
    error::{Error, Result},
    path::{DatabaseName, ParentName},
    rest,
    rpc::Service,
};

/// What the page shows and serves.
#[derive(Clone, Debug)]
pub(crate) struct Site {
    pub(crate) service: Service,
    /// Where clients find the server.
    pub(crate) grpc: SocketAddr,
    /// The data file, if there is one.
    pub(crate) data: Option<PathBuf>,
    pub(crate) log: Arc<Log>,
    /// Whether the server is about to stop, for answers that would never end.
    pub(crate) stopped: watch::Receiver<bool>,
}

/// Returns the routes of the page. Projects' addresses have at least two segments, all others one.
pub(crate) fn router(site: Site) -> Router {
    let service = site.service.clone();
    Router::new()
        .route("/", get(home))
        .route("/requests", get(log))
        .route("/events", get(live::events))
        .route("/{project}/{database}", get(root))
        .route("/{project}/{database}/{*path}", get(below))
        .with_state(site)
        .merge(assets::router())
        .merge(rest::v1().with_state(service))
        .layer(axum::middleware::from_fn(guard::guard))
}

async fn home(State(site): State<Site>, headers: HeaderMap) -> Response {
    let layout = Layout::new(Theme::of(&headers));
    answer(home::show(&site, layout).await, &headers)
}

async fn log(State(site): State<Site>, headers: HeaderMap) -> Response {
    let layout = Layout::new(Theme::of(&headers));
    answer(Ok(requests::show(&site.log, layout)), &headers)
}

async fn root(
    State(site): State<Site>,
    headers: HeaderMap,
    Path((project, database)): Path<(String, String)>,
) -> Response {
    let shown = show(
        &site.service,
        Theme::of(&headers),
        (&project, &database, ""),
        Vec::new(),
    );
    answer(shown.await, &headers)
}

async fn below(
    State(site): State<Site>,
    headers: HeaderMap,
    Path((project, database, path)): Path<(String, String, String)>,
    Parameters(parameters): Parameters<Vec<(String, String)>>,
) -> Response {
    let shown = show(
        &site.service,
        Theme::of(&headers),
        (&project, &database, &path),
        parameters,
    );
    answer(shown.await, &headers)
}

async fn show(
    service: &Service,
    theme: Theme,
    (project, database, path): (&str, &str, &str),
    parameters: Vec<(String, String)>,
) -> Result<String> {
    let root = DatabaseName::parse(&format!("projects/{project}/databases/{database}"))?;
    let mut segments: Vec<String> = path
        .split('/')
        .filter(|segment| !segment.is_empty())
        .map(str::to_owned)
        .collect();
    let tree = tree::show(service, &root, &segments).await?;
    let layout = Layout::new(theme).at(&root, &segments).with_tree(tree);
    if segments.len().is_multiple_of(2) {
        let parent = ParentName {
            database: root,
            segments,
        };
        // Ids are checked where names are parsed.
        let parent = ParentName::parse(&parent.to_string())?;
        return document::show(service, &parent, layout).await;
    }
    let id = segments.pop().unwrap_or_default();
    let parent = ParentName {
        database: root,
        segments,
    };
    collection::show(service, &parent, &id, &Form::parse(parameters), layout).await
}

fn answer(page: Result<String>, headers: &HeaderMap) -> Response {
    match page {
        Ok(page) => Html(page).into_response(),
        Err(error) => {
            let status = match error {
                Error::InvalidArgument(_) | Error::NotFound(_) => StatusCode::NOT_FOUND,
                Error::AlreadyExists(_)
                | Error::FailedPrecondition(_)
                | Error::Aborted(_)
                | Error::Unimplemented(_)
                | Error::Storage(_)
                | Error::Damaged(_)
                | Error::Closing => StatusCode::SERVICE_UNAVAILABLE,
                Error::Full => StatusCode::INSUFFICIENT_STORAGE,
            };
            let page = home::failed(&error, Layout::new(Theme::of(headers)));
            (status, Html(page)).into_response()
        }
    }
}
