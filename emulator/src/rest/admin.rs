//! What only emulators have, at the addresses of Google's: health, emptying a database, export and import.

use std::{path::PathBuf, sync::Arc};

use axum::{
    Router,
    body::Bytes,
    extract::{Path, State},
    response::Response,
    routing,
};
use serde::Deserialize;
use tonic::Status;

use super::{
    answer::{one, refuse},
    export::export,
    import::Source,
    json,
};
use crate::{
    error::{Error, Result},
    path::DatabaseName,
    rpc::Service,
};

/// Returns the routes.
pub(super) fn router() -> Router<Service> {
    Router::new()
        .route("/", routing::get(|| async { "Ok\n" }))
        .route(
            "/emulator/v1/projects/{project}/databases/{database}/documents",
            routing::delete(clear),
        )
        .route(
            "/emulator/v1/projects/{call}",
            routing::post(transfer).put(|| async { refuse(&Error::unimplemented("Security rules").into()) }),
        )
}

async fn clear(
    State(service): State<Service>,
    Path((project, database)): Path<(String, String)>,
) -> Response {
    let cleared = match DatabaseName::parse(&format!("projects/{project}/databases/{database}")) {
        Ok(name) => service.storage.clear(name).await,
        Err(error) => Err(error),
    };
    answer(cleared)
}

/// The body of an export or an import. The names are those of Google's emulator; `firebase emulators:export` sends them.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Transfer {
    /// `projects/{project}/databases/{database}`; the default database of the path's project if it is missing.
    database: Option<String>,
    /// A directory of this machine.
    #[serde(alias = "exportDirectory")]
    export_directory: PathBuf,
    /// The name of the export within the directory.
    #[serde(default, alias = "exportName")]
    export_name: String,
}

async fn transfer(State(service): State<Service>, Path(call): Path<String>, body: Bytes) -> Response {
    let Some((project, verb)) = call.rsplit_once(':') else {
        return refuse(&Status::not_found(format!("There is nothing at {call}.")));
    };
    let transfer = match Transfer::parse(project, &body) {
        Ok(transfer) => transfer,
        Err(error) => return refuse(&error.into()),
    };
    match verb {
        "export" => answer(export_to(&service, transfer).await),
        "import" => answer(import_from(&service, transfer).await),
        _ => refuse(&Status::not_found(format!("There is no method {verb}."))),
    }
}

impl Transfer {
    fn parse(project: &str, body: &[u8]) -> Result<(DatabaseName, PathBuf)> {
        let this: Self = serde_json::from_slice(body)
            .map_err(|error| Error::invalid(format!("Invalid JSON payload received. {error}")))?;
        let name = this
            .database
            .unwrap_or_else(|| format!("projects/{project}/databases/(default)"));
        let database = DatabaseName::parse(&name)?;
        if database.project != project {
            return Err(Error::invalid(format!(
                "The database \"{name}\" is not of the project \"{project}\"."
            )));
        }
        if this.export_directory.as_os_str().is_empty() {
            return Err(Error::invalid("The directory must be named."));
        }
        // A name leads nowhere else than into the directory.
        if this.export_name.contains(['/', '\\']) || this.export_name == ".." {
            return Err(Error::invalid(format!(
                "The name \"{}\" is a path.",
                this.export_name
            )));
        }
        // Joining nothing would add a slash, which a file cannot have.
        let path = match this.export_name.as_str() {
            "" => this.export_directory,
            name => this.export_directory.join(name),
        };
        Ok((database, path))
    }
}

async fn export_to(service: &Service, (database, directory): (DatabaseName, PathBuf)) -> Result<()> {
    let snapshot = service.storage.snapshot();
    let count = blocking(move || export(&snapshot, &database, &directory)).await?;
    tracing::info!(count, "documents were exported");
    Ok(())
}

/// Replaces the database with what was exported. All of it is read and checked before anything changes, and read again as it is
/// written: neither step holds more than one document in memory.
async fn import_from(service: &Service, (database, path): (DatabaseName, PathBuf)) -> Result<()> {
    let source = Arc::new(Source::find(&path)?);
    let checked = (Arc::clone(&source), database.clone());
    let count = blocking(move || {
        let (source, database) = checked;
        source
            .writes(&database)?
            .try_fold(0_usize, |count, write| write.map(|_| count + 1))
    })
    .await?;
    let writes = source.writes(&database)?;
    service.storage.replace(database, writes).await?;
    tracing::info!(count, "documents were imported");
    Ok(())
}

async fn blocking<T: Send + 'static>(work: impl FnOnce() -> Result<T> + Send + 'static) -> Result<T> {
    tokio::task::spawn_blocking(work)
        .await
        .unwrap_or_else(|error| Err(Error::Storage(format!("the transfer broke off: {error}"))))
}

fn answer(outcome: Result<()>) -> Response {
    match outcome {
        Ok(()) => one(&json::EMPTY, &(), true),
        Err(error) => refuse(&error.into()),
    }
}
