//! Connections to Firestore, and calls on them.

use super::StoreError;
use crate::telemetry::StoreCall;
use firestore::{FirestoreDb, FirestoreDbOptions};
use futures::TryStreamExt;
use gcloud_sdk::{
    GoogleAuthMiddleware, RequestTimeouts,
    google::firestore::v1::{
        BatchGetDocumentsRequest, CommitRequest, Document, GetDocumentRequest, RunQueryRequest,
        StructuredQuery, Write, WriteResult, batch_get_documents_response, firestore_client::FirestoreClient,
        run_query_request,
    },
    google_cloud_auth::{
        credentials::{CacheableResource, Credentials, CredentialsProvider, EntityTag},
        errors::CredentialsError,
    },
    tonic::{Request, Response, Status},
};
use http::{HeaderMap, HeaderValue, header::AUTHORIZATION};
use std::{
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

/// Which database to talk to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoreConfig {
    /// The Google Cloud project that the database belongs to; an emulator takes any name.
    pub project: String,
    /// Where it is.
    pub endpoint: Endpoint,
}

/// Where Firestore is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Endpoint {
    /// An emulator, ours or Google's, at `host:port`: no encryption and no credentials.
    Emulator(String),
    /// The real one, with the application's default credentials.
    GoogleCloud,
}

/// One HTTP/2 connection is one task on each side; a few let both use more than one core.
const CONNECTIONS: usize = 2;
/// Longer than an emulator makes a writer wait for a lock (2 s), shorter than people wait.
const TIMEOUT: Duration = Duration::from_secs(10);
/// Pauses before a call is repeated.
const RETRIES: [Duration; 3] = [
    Duration::from_millis(30),
    Duration::from_millis(150),
    Duration::from_millis(600),
];
const GOOGLE_CLOUD: &str = "https://firestore.googleapis.com";

type Rpc = FirestoreClient<GoogleAuthMiddleware>;

#[derive(Clone)]
pub(super) struct Client {
    connections: Arc<[FirestoreDb]>,
    next: Arc<AtomicUsize>,
}

impl Client {
    pub(super) async fn connect(config: StoreConfig) -> Result<Self, StoreError> {
        let mut connections = Vec::with_capacity(CONNECTIONS);
        for _ in 0..CONNECTIONS {
            connections.push(open(&config).await?);
        }
        Ok(Self {
            connections: connections.into(),
            next: Arc::default(),
        })
    }

    /// Returns the name of the database: `projects/{project}/databases/(default)`.
    pub(super) fn database(&self) -> &str {
        self.any().get_database_path()
    }

    /// Returns the resource name of a document or collection; without segments, of the root.
    pub(super) fn path(&self, segments: &[&str]) -> String {
        let mut path = self.any().get_documents_path().clone();
        for segment in segments {
            path.push('/');
            path.push_str(segment);
        }
        path
    }

    pub(super) async fn get(&self, name: String) -> Result<Document, StoreError> {
        let request = GetDocumentRequest {
            name,
            ..GetDocumentRequest::default()
        };
        self.retry("get", request, async |mut rpc, request| {
            rpc.get_document(request).await.map(Response::into_inner)
        })
        .await
    }

    /// Reads several documents at once. Those that are not there are left out, and there is no order.
    pub(super) async fn get_all(&self, documents: Vec<String>) -> Result<Vec<Document>, StoreError> {
        let request = BatchGetDocumentsRequest {
            database: self.database().to_owned(),
            documents,
            ..BatchGetDocumentsRequest::default()
        };
        self.retry("getAll", request, async |mut rpc, request| {
            let answers = rpc.batch_get_documents(request).await?.into_inner();
            let found = answers.try_filter_map(async |answer| {
                Ok(match answer.result {
                    Some(batch_get_documents_response::Result::Found(document)) => Some(document),
                    Some(batch_get_documents_response::Result::Missing(_)) | None => None,
                })
            });
            found.try_collect().await
        })
        .await
    }

    pub(super) async fn query(
        &self,
        parent: String,
        query: StructuredQuery,
    ) -> Result<Vec<Document>, StoreError> {
        let request = RunQueryRequest {
            parent,
            query_type: Some(run_query_request::QueryType::StructuredQuery(query)),
            ..RunQueryRequest::default()
        };
        self.retry("query", request, async |mut rpc, request| {
            let answers = rpc.run_query(request).await?.into_inner();
            answers
                .try_filter_map(async |answer| Ok(answer.document))
                .try_collect()
                .await
        })
        .await
    }

    /// Writes all or nothing. Repeats what fails for the moment, so the writes must bear being done twice.
    pub(super) async fn commit(&self, writes: Vec<Write>) -> Result<Vec<WriteResult>, StoreError> {
        let request = CommitRequest {
            database: self.database().to_owned(),
            writes,
            ..CommitRequest::default()
        };
        self.retry("commit", request, async |mut rpc, request| {
            rpc.commit(request)
                .await
                .map(|response| response.into_inner().write_results)
        })
        .await
    }

    /// Writes all or nothing, and does not try again.
    pub(super) async fn commit_once(&self, writes: Vec<Write>) -> Result<Vec<WriteResult>, StoreError> {
        let request = CommitRequest {
            database: self.database().to_owned(),
            writes,
            ..CommitRequest::default()
        };
        let call = StoreCall::start("commit");
        let mut rpc = self.rpc();
        let response = call.wait(rpc.commit(limited(request))).await;
        call.end(response.is_ok());
        Ok(response?.into_inner().write_results)
    }

    async fn retry<M: Clone, T>(
        &self,
        operation: &'static str,
        message: M,
        send: impl AsyncFn(Rpc, Request<M>) -> Result<T, Status>,
    ) -> Result<T, StoreError> {
        let call = StoreCall::start(operation);
        let outcome = call.wait(self.repeat(message, send)).await;
        call.end(outcome.is_ok());
        outcome
    }

    async fn repeat<M: Clone, T>(
        &self,
        message: M,
        send: impl AsyncFn(Rpc, Request<M>) -> Result<T, Status>,
    ) -> Result<T, StoreError> {
        for pause in RETRIES {
            match send(self.rpc(), limited(message.clone()))
                .await
                .map_err(StoreError::from)
            {
                Err(error) if error.is_transient() => {
                    tracing::warn!(%error, ?pause, "the database did not do it; trying again");
                    tokio::time::sleep(pause).await;
                }
                outcome => return outcome,
            }
        }
        Ok(send(self.rpc(), limited(message)).await?)
    }

    fn rpc(&self) -> Rpc {
        self.any().client().get()
    }

    fn any(&self) -> &FirestoreDb {
        let next = self.next.fetch_add(1, Ordering::Relaxed);
        &self.connections[next % self.connections.len()]
    }
}

fn limited<M>(message: M) -> Request<M> {
    let mut request = Request::new(message);
    request
        .extensions_mut()
        .insert(RequestTimeouts::new().with_total(TIMEOUT));
    request
}

async fn open(config: &StoreConfig) -> Result<FirestoreDb, StoreError> {
    let mut options = FirestoreDbOptions::new(config.project.clone());
    let db = match &config.endpoint {
        Endpoint::Emulator(address) => {
            options.firebase_api_url = Some(format!("http://{address}"));
            FirestoreDb::with_options_auth(options, Credentials::from(Owner(EntityTag::new()))).await?
        }
        Endpoint::GoogleCloud => {
            options.firebase_api_url = Some(GOOGLE_CLOUD.to_owned());
            FirestoreDb::with_options(options).await?
        }
    };
    Ok(db)
}

/// What Firebase's tools send to emulators, which let it pass every rule.
#[derive(Debug)]
struct Owner(EntityTag);

impl CredentialsProvider for Owner {
    async fn headers(
        &self,
        extensions: http::Extensions,
    ) -> Result<CacheableResource<HeaderMap>, CredentialsError> {
        if extensions.get::<EntityTag>() == Some(&self.0) {
            return Ok(CacheableResource::NotModified);
        }
        let data = HeaderMap::from_iter([(AUTHORIZATION, HeaderValue::from_static("Bearer owner"))]);
        Ok(CacheableResource::New {
            entity_tag: self.0.clone(),
            data,
        })
    }

    async fn universe_domain(&self) -> Option<String> {
        None
    }
}
