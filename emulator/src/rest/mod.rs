//! REST v1 of Firestore: the service's methods behind HTTP and JSON.
//!
//! Each request is turned into the message of the RPC, answered by the same code as over gRPC, and the answer is turned into
//! JSON. Source: <https://firebase.google.com/docs/firestore/reference/rest>.

mod admin;
mod answer;
mod export;
mod import;
mod json;
pub(crate) mod origin;
mod route;
mod wire;

use axum::{
    Router,
    body::{Bytes, to_bytes},
    extract::{Request, State},
    response::Response,
    routing,
};
use serde_json::{Map, Value};
use tonic::{Request as Rpc, Status};

use self::{
    json::{Message, from_json},
    route::{Method, Route},
};
use crate::{
    error::{Error, Result},
    rpc::{Firestore, Service},
};

/// Bytes that the body of a request may have: Firestore's 10 MiB, and room for what JSON adds.
const MAX_BODY_BYTES: usize = 24 * 1024 * 1024;

/// Parameters of every Google API which mean nothing here: who asks, and on whose account.
const IGNORED: [&str; 8] = [
    "access_token",
    "key",
    "oauth_token",
    "quotaUser",
    "uploadType",
    "upload_protocol",
    "prettyPrint",
    "alt",
];

/// Returns the routes of REST v1.
pub(crate) fn v1() -> Router<Service> {
    Router::new().route("/v1/{*path}", routing::any(serve))
}

/// Returns all routes: REST v1, the health check and the endpoints that only emulators have.
pub(crate) fn router(service: Service) -> Router {
    v1().merge(admin::router())
        .layer(axum::middleware::from_fn(origin::check))
        .with_state(service)
}

async fn serve(State(service): State<Service>, request: Request) -> Response {
    let (head, body) = request.into_parts();
    let path = head.uri.path().trim_start_matches("/v1/");
    let route = match Route::find(&head.method, path) {
        Ok(Some(route)) => route,
        Ok(None) => {
            let message = format!("There is no method for {} {}.", head.method, head.uri.path());
            return answer::refuse(&Status::not_found(message));
        }
        Err(error) => return answer::refuse(&error.into()),
    };
    let Ok(body) = to_bytes(body, MAX_BODY_BYTES).await else {
        let message = format!("The request is longer than {MAX_BODY_BYTES} bytes or broke off.");
        return answer::refuse(&Status::invalid_argument(message));
    };
    let asked = Asked::parse(head.uri.query().unwrap_or_default());
    match asked {
        Ok(asked) => perform(&service, route, asked, body)
            .await
            .unwrap_or_else(|status| answer::refuse(&status)),
        Err(error) => answer::refuse(&error.into()),
    }
}

/// The parameters of a request's address.
struct Asked {
    pretty: bool,
    /// Fields of the request.
    fields: Vec<(String, String)>,
}

impl Asked {
    fn parse(query: &str) -> Result<Self> {
        let mut asked = Self {
            pretty: true,
            fields: Vec::new(),
        };
        for (name, value) in form_urlencoded::parse(query.as_bytes()) {
            // `$.xgafv`, `$alt` and the like are names of such parameters, too.
            let system = name.strip_prefix('$').unwrap_or(&name);
            match (system, value.as_ref()) {
                ("prettyPrint", "false") => asked.pretty = false,
                // Google's own clients say how they want enums, of which no answer has any.
                ("alt", other) if other != "json" && other != "json;enum-encoding=int" => {
                    return Err(Error::unimplemented(format!("The parameter alt={other}")));
                }
                ("fields" | "callback", _) => {
                    return Err(Error::unimplemented(format!("The parameter {name}")));
                }
                _ if IGNORED.contains(&system) || name.starts_with('$') => {}
                _ => asked.fields.push((name.into_owned(), value.into_owned())),
            }
        }
        Ok(asked)
    }

    /// Makes the JSON of a request: from the body, the parameters, and what the path says.
    fn request(
        &self,
        schema: &'static Message,
        body: Option<(&Bytes, &str)>,
        path: &[(&str, &str)],
    ) -> Result<Value> {
        let mut json = match body {
            Some((body, "*")) => parse(body)?,
            Some((body, field)) => [(field.to_owned(), Value::Object(parse(body)?))]
                .into_iter()
                .collect(),
            None => Map::new(),
        };
        for (name, text) in &self.fields {
            json::parameter(schema, &mut json, name, text)?;
        }
        for (name, text) in path {
            let text = Value::String((*text).to_owned());
            match name.split_once('.') {
                None => drop(json.insert((*name).to_owned(), text)),
                Some((outer, inner)) => {
                    if let Some(Value::Object(outer)) = json.get_mut(outer) {
                        outer.insert(inner.to_owned(), text);
                    }
                }
            }
        }
        Ok(Value::Object(json))
    }
}

/// Parses a body, which may be empty. serde_json refuses what is nested deeper than 128 levels; the deepest value that may be
/// stored has 86 in a commit.
fn parse(body: &Bytes) -> Result<Map<String, Value>> {
    if body.iter().all(u8::is_ascii_whitespace) {
        return Ok(Map::new());
    }
    match serde_json::from_slice(body) {
        Ok(Value::Object(object)) => Ok(object),
        Ok(_) => Err(Error::invalid(
            "Invalid JSON payload received. The root must be an object.",
        )),
        Err(error) => Err(Error::invalid(format!("Invalid JSON payload received. {error}"))),
    }
}

async fn perform(service: &Service, route: Route, asked: Asked, body: Bytes) -> Result<Response, Status> {
    let pretty = asked.pretty;
    let Route {
        method,
        resource,
        collection,
    } = &route;
    let resource = resource.as_str();
    let body_is = |field: &'static str| Some((&body, field));
    let in_list = [("parent", resource), ("collectionId", collection.as_str())];
    /// Reads the request, calls the RPC, and writes the answer.
    macro_rules! call {
        ($rpc:ident, $request:ident, $body:expr, $path:expr, one $response:ident) => {{
            let json = asked.request(&json::$request, $body, $path)?;
            let request = Rpc::new(from_json(&json::$request, &json)?);
            let response = Firestore::$rpc(service, request).await?.into_inner();
            answer::one(&json::$response, &response, pretty)
        }};
        ($rpc:ident, $request:ident, $body:expr, $path:expr, many $response:ident) => {{
            let json = asked.request(&json::$request, $body, $path)?;
            let request = Rpc::new(from_json(&json::$request, &json)?);
            let responses = Firestore::$rpc(service, request).await?.into_inner();
            answer::many(&json::$response, responses, pretty).await
        }};
    }
    let name = &[("name", resource)][..];
    let parent = &[("parent", resource)][..];
    let database = &[("database", resource)][..];
    let document = &[("document.name", resource)][..];
    let all = body_is("*");
    Ok(match method {
        Method::Get => call!(get_document, GET_DOCUMENT_REQUEST, None, name, one DOCUMENT),
        Method::List => {
            call!(list_documents, LIST_DOCUMENTS_REQUEST, None, &in_list, one LIST_DOCUMENTS_RESPONSE)
        }
        Method::Create => {
            call!(create_document, CREATE_DOCUMENT_REQUEST, body_is("document"), &in_list, one DOCUMENT)
        }
        Method::Patch => {
            call!(update_document, UPDATE_DOCUMENT_REQUEST, body_is("document"), document, one DOCUMENT)
        }
        Method::Delete => call!(delete_document, DELETE_DOCUMENT_REQUEST, None, name, one EMPTY),
        Method::BatchGet => {
            call!(batch_get_documents, BATCH_GET_DOCUMENTS_REQUEST, all, database, many BATCH_GET_DOCUMENTS_RESPONSE)
        }
        Method::BatchWrite => {
            call!(batch_write, BATCH_WRITE_REQUEST, all, database, one BATCH_WRITE_RESPONSE)
        }
        Method::BeginTransaction => {
            call!(begin_transaction, BEGIN_TRANSACTION_REQUEST, all, database, one BEGIN_TRANSACTION_RESPONSE)
        }
        Method::Commit => call!(commit, COMMIT_REQUEST, all, database, one COMMIT_RESPONSE),
        Method::Rollback => call!(rollback, ROLLBACK_REQUEST, all, database, one EMPTY),
        Method::RunQuery => call!(run_query, RUN_QUERY_REQUEST, all, parent, many RUN_QUERY_RESPONSE),
        Method::RunAggregationQuery => {
            call!(run_aggregation_query, RUN_AGGREGATION_QUERY_REQUEST, all, parent, many RUN_AGGREGATION_QUERY_RESPONSE)
        }
        Method::PartitionQuery => {
            call!(partition_query, PARTITION_QUERY_REQUEST, all, parent, one PARTITION_QUERY_RESPONSE)
        }
        Method::ListCollectionIds => {
            call!(list_collection_ids, LIST_COLLECTION_IDS_REQUEST, all, parent, one LIST_COLLECTION_IDS_RESPONSE)
        }
        Method::ExecutePipeline => return Err(Error::unimplemented("ExecutePipeline").into()),
        // These are streams both ways: Google offers them over gRPC only, too.
        Method::Listen => return Err(Error::unimplemented("Listen over REST").into()),
        Method::Write => return Err(Error::unimplemented("Write over REST").into()),
    })
}
