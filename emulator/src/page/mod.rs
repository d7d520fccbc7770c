//! The page: what is stored, to look at. It is made on the server, without scripts, from nothing but this program.

mod html;
mod view;

use std::{fmt::Write as _, sync::Arc};

use axum::{
    Router,
    extract::{Path, Query as Parameters, State},
    http::{HeaderName, StatusCode, header},
    response::{IntoResponse, Response},
    routing::get,
};

use self::html::{breadcrumbs, escape, layout, link};
use crate::{
    error::{Error, Result},
    path::{DatabaseName, ParentName},
    storage::Storage,
};

/// What a browser may do with the page: show it.
const POLICY: &str =
    "default-src 'none'; style-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/// Returns the routes of the page.
pub(crate) fn router(storage: Arc<Storage>) -> Router {
    Router::new()
        .route("/", get(databases))
        .route(
            "/style.css",
            get(|| async { ([(header::CONTENT_TYPE, "text/css")], include_str!("style.css")) }),
        )
        .route("/{project}/{database}", get(root))
        .route("/{project}/{database}/{*path}", get(below))
        .with_state(storage)
}

/// Where a list goes on.
#[derive(Debug, Default, serde::Deserialize)]
struct After {
    #[serde(default)]
    after: String,
}

async fn databases(State(storage): State<Arc<Storage>>) -> Response {
    let snapshot = storage.snapshot();
    answer(view::databases(&snapshot).map(|databases| {
        if databases.is_empty() {
            return layout("Firestore", "", "<p class=\"empty\">Nothing is stored yet.</p>");
        }
        let mut body = String::from("<ul class=\"list\">");
        for database in databases {
            let address = [database.project.as_str(), database.database.as_str()];
            let label = format!(
                "{}<small>{}</small>",
                escape(&database.project),
                escape(&database.database)
            );
            // Writing to a string cannot fail.
            let _ = write!(body, "<li>{}</li>", link(&address, &label));
        }
        body.push_str("</ul>");
        layout("Firestore", "", &body)
    }))
}

async fn root(
    State(storage): State<Arc<Storage>>,
    Path((project, database)): Path<(String, String)>,
) -> Response {
    answer(show(&storage, &project, &database, "", &After::default()))
}

async fn below(
    State(storage): State<Arc<Storage>>,
    Path((project, database, path)): Path<(String, String, String)>,
    Parameters(after): Parameters<After>,
) -> Response {
    answer(show(&storage, &project, &database, &path, &after))
}

fn show(storage: &Storage, project: &str, database: &str, path: &str, after: &After) -> Result<String> {
    let root = DatabaseName::parse(&format!("projects/{project}/databases/{database}"))?;
    let segments: Vec<&str> = path.split('/').filter(|segment| !segment.is_empty()).collect();
    let snapshot = storage.snapshot();
    let body = if segments.len().is_multiple_of(2) {
        let name = [format!("{root}/documents"), segments.join("/")].join("/");
        let parent = ParentName::parse(name.trim_end_matches('/'))?;
        view::parent(&snapshot, &parent)?
    } else {
        view::collection(&snapshot, &root, &segments, &after.after)?
    };
    let title = segments.last().copied().unwrap_or(database);
    Ok(layout(title, &breadcrumbs(project, database, &segments), &body))
}

fn answer(page: Result<String>) -> Response {
    let (status, page) = match page {
        Ok(page) => (StatusCode::OK, page),
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
            };
            let body = format!("<p class=\"empty\">{}</p>", escape(&error.to_string()));
            (status, layout("Firestore", "", &body))
        }
    };
    let headers = [
        (header::CONTENT_TYPE, "text/html; charset=utf-8"),
        (header::CACHE_CONTROL, "no-store"),
        (header::CONTENT_SECURITY_POLICY, POLICY),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::REFERRER_POLICY, "no-referrer"),
        (
            HeaderName::from_static("cross-origin-resource-policy"),
            "same-origin",
        ),
    ];
    (status, headers, page).into_response()
}
