//! Which method of Firestore a request asks for, by its HTTP method and path.
//!
//! Source: the `google.api.http` options in google/firestore/v1/firestore.proto.

use axum::http::Method as Http;
use percent_encoding::percent_decode_str;

use crate::error::{Error, Result};

/// A method with what the path says of its request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Route {
    pub(super) method: Method,
    /// The document, its parent, or the database, as the method needs it.
    pub(super) resource: String,
    /// The collection, for `List` and `Create`.
    pub(super) collection: String,
}

/// The methods of REST v1.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Method {
    Get,
    List,
    Create,
    Patch,
    Delete,
    BatchGet,
    BatchWrite,
    BeginTransaction,
    Commit,
    Rollback,
    RunQuery,
    RunAggregationQuery,
    PartitionQuery,
    ListCollectionIds,
    ExecutePipeline,
    Listen,
    Write,
}

/// What a custom method's path names.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Names {
    Database,
    Parent,
}

const VERBS: [(&str, Method, Names); 12] = [
    ("batchGet", Method::BatchGet, Names::Database),
    ("batchWrite", Method::BatchWrite, Names::Database),
    ("beginTransaction", Method::BeginTransaction, Names::Database),
    ("commit", Method::Commit, Names::Database),
    ("rollback", Method::Rollback, Names::Database),
    ("runQuery", Method::RunQuery, Names::Parent),
    ("runAggregationQuery", Method::RunAggregationQuery, Names::Parent),
    ("partitionQuery", Method::PartitionQuery, Names::Parent),
    ("listCollectionIds", Method::ListCollectionIds, Names::Parent),
    ("executePipeline", Method::ExecutePipeline, Names::Database),
    ("listen", Method::Listen, Names::Database),
    ("write", Method::Write, Names::Database),
];

impl Route {
    /// Finds the method of a request; `path` is what follows `/v1/`, as it was sent. There is none for `None`.
    ///
    /// # Errors
    /// If the path cannot be read.
    pub(super) fn find(http: &Http, path: &str) -> Result<Option<Self>> {
        let mut path = path;
        let mut verb = None;
        if http == Http::POST {
            // A colon of an id comes as %3A, or else is no known verb.
            if let Some((before, after)) = path.rsplit_once(':') {
                verb = VERBS.iter().find(|(name, ..)| *name == after);
                path = verb.map_or(path, |_| before);
            }
        }
        let segments: Vec<String> = path.split('/').map(decode).collect::<Result<_>>()?;
        let segments: Vec<&str> = segments.iter().map(String::as_str).collect();
        let ["projects", _, "databases", _, "documents", below @ ..] = segments.as_slice() else {
            return Ok(None);
        };
        let name = segments.join("/");
        let is_document = below.len().is_multiple_of(2);
        let whole = |method, resource: String| {
            Ok(Some(Self {
                method,
                resource,
                collection: String::new(),
            }))
        };
        if let Some((_, method, names)) = verb {
            return match names {
                Names::Database if below.is_empty() => whole(*method, segments[..4].join("/")),
                Names::Parent if is_document => whole(*method, name),
                Names::Database | Names::Parent => Ok(None),
            };
        }
        let collection = |method| {
            let (collection, parent) = segments.split_last().unwrap_or((&"", &[]));
            Ok(Some(Self {
                method,
                resource: parent.join("/"),
                collection: (*collection).to_owned(),
            }))
        };
        match *http {
            Http::GET if below.is_empty() => whole(Method::List, name),
            Http::GET if is_document => whole(Method::Get, name),
            Http::GET => collection(Method::List),
            Http::POST if !is_document => collection(Method::Create),
            Http::PATCH if is_document && !below.is_empty() => whole(Method::Patch, name),
            Http::DELETE if is_document && !below.is_empty() => whole(Method::Delete, name),
            _ => Ok(None),
        }
    }
}

/// Decodes one segment. An id holds no slash, so that one which was encoded is refused rather than taken for a divider.
fn decode(segment: &str) -> Result<String> {
    let text = percent_decode_str(segment)
        .decode_utf8()
        .map_err(|_| Error::invalid("The path is not UTF-8."))?;
    if text.contains('/') {
        return Err(Error::invalid("Ids must not contain \"/\"."));
    }
    Ok(text.into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    const ROOT: &str = "projects/p/databases/(default)/documents";

    fn find(http: Http, path: &str) -> Option<(Method, String, String)> {
        Route::find(&http, path)
            .unwrap()
            .map(|route| (route.method, route.resource, route.collection))
    }

    #[test]
    fn documents_collections_and_verbs_are_told_apart() {
        let own = String::from;
        let cases = [
            (Http::GET, "/c/d", Method::Get, "/c/d", ""),
            (Http::GET, "/c", Method::List, "", "c"),
            (Http::GET, "/c/d/e", Method::List, "/c/d", "e"),
            (Http::GET, "", Method::List, "", ""),
            (Http::POST, "/c", Method::Create, "", "c"),
            (Http::POST, "/c:x", Method::Create, "", "c:x"),
            (
                Http::PATCH,
                "/c/a%20%E6%9C%88%3AB",
                Method::Patch,
                "/c/a 月:B",
                "",
            ),
            (Http::DELETE, "/c/a:commit", Method::Delete, "/c/a:commit", ""),
            (Http::POST, ":runQuery", Method::RunQuery, "", ""),
            (Http::POST, "/c/d:runQuery", Method::RunQuery, "/c/d", ""),
        ];
        for (http, path, method, resource, collection) in cases {
            assert_eq!(
                find(http, &format!("{ROOT}{path}")),
                Some((method, format!("{ROOT}{resource}"), own(collection))),
                "{path}"
            );
        }
        let commit = find(Http::POST, &format!("{ROOT}:commit"));
        assert_eq!(
            commit,
            Some((Method::Commit, own("projects/p/databases/(default)"), own("")))
        );
    }

    #[test]
    fn what_has_no_method_is_not_found() {
        for (http, path) in [
            (Http::PUT, "/c/d"),
            (Http::PATCH, ""),
            (Http::PATCH, "/c"),
            (Http::DELETE, ""),
            (Http::POST, "/c/d"),
            (Http::POST, ":nonsense"),
            (Http::POST, "/c/d:commit"),
            (Http::POST, "/c:runQuery"),
        ] {
            assert_eq!(find(http, &format!("{ROOT}{path}")), None, "{path}");
        }
        assert_eq!(find(Http::GET, "projects/p/databases/d"), None);
        assert!(Route::find(&Http::GET, &format!("{ROOT}/c/a%2Fb")).is_err());
        assert!(Route::find(&Http::GET, &format!("{ROOT}/c/%FF")).is_err());
    }
}
