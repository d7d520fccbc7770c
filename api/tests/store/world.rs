//! The databases that the tests run on, and a way past the store to write what only others would.

#![allow(
    dead_code,
    reason = "two test programs share this module and each uses a part of it"
)]

use api::store::{Endpoint, Store, StoreConfig};
use emulator::Emulator;
use gcloud_sdk::{
    google::firestore::v1::{
        CommitRequest, Document, GetDocumentRequest, Value, Write, firestore_client::FirestoreClient,
        value::ValueType, write::Operation,
    },
    prost_types::Timestamp,
    tonic::{Request, transport::Channel},
};
use std::{
    collections::HashMap,
    net::SocketAddr,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

const GOOGLE_JAR: &str =
    "/usr/lib/google-cloud-sdk/platform/cloud-firestore-emulator/cloud-firestore-emulator.jar";

/// A store and a plain client of the same database.
pub struct World {
    pub store: Store,
    pub direct: Direct,
}

impl World {
    /// Starts an emulator in memory.
    pub async fn embedded() -> (Emulator, Self) {
        let emulator = start_embedded(None).await;
        let world = Self::at(emulator.grpc_addr(), "embedded").await;
        (emulator, world)
    }

    pub async fn at(address: SocketAddr, project: &str) -> Self {
        Self {
            store: connect(address, project).await,
            direct: Direct::connect(address, project).await,
        }
    }
}

/// Starts our emulator on a free port, with its data in a directory or in memory.
pub async fn start_embedded(data: Option<PathBuf>) -> Emulator {
    let config = emulator::Config {
        data,
        ..Default::default()
    };
    Emulator::start(config)
        .await
        .expect("the embedded emulator starts")
}

pub async fn connect(address: SocketAddr, project: &str) -> Store {
    let config = StoreConfig {
        project: project.to_owned(),
        endpoint: Endpoint::Emulator(address.to_string()),
    };
    Store::connect(config).await.expect("the store connects")
}

/// Google's emulator, ended when this is dropped.
pub struct Google {
    process: Child,
    address: SocketAddr,
}

impl Google {
    /// Starts it, or says loudly that it is not there.
    pub async fn start() -> Option<Self> {
        if !Path::new(GOOGLE_JAR).exists() {
            eprintln!("\n*** SKIPPED: Google's Firestore emulator is not installed at {GOOGLE_JAR} ***\n");
            return None;
        }
        let address = free_address();
        let process = Command::new("java")
            .args(["-Duser.language=en", "-Xmx1g", "-cp", GOOGLE_JAR])
            .arg("com.google.cloud.datastore.emulator.firestore.CloudFirestore")
            .arg("--host=127.0.0.1")
            .arg(format!("--port={}", address.port()))
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .expect("java runs");
        let google = Self { process, address };
        let deadline = Instant::now() + Duration::from_secs(60);
        while tokio::net::TcpStream::connect(address).await.is_err() {
            assert!(Instant::now() < deadline, "Google's emulator does not listen");
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        Some(google)
    }

    /// Opens an empty database.
    pub async fn world(&self, name: &str) -> World {
        World::at(self.address, &name.replace('_', "-")).await
    }
}

impl Drop for Google {
    fn drop(&mut self) {
        // It is a child of this test and holds nothing worth keeping.
        self.process.kill().ok();
        self.process.wait().ok();
    }
}

fn free_address() -> SocketAddr {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("there is a free port");
    listener.local_addr().expect("it has an address")
}

/// What somebody with a client of their own would do to the database.
pub struct Direct {
    client: FirestoreClient<Channel>,
    database: String,
}

impl Direct {
    async fn connect(address: SocketAddr, project: &str) -> Self {
        let channel = Channel::from_shared(format!("http://{address}"))
            .expect("an address makes a URL")
            .connect()
            .await
            .expect("the emulator listens");
        Self {
            client: FirestoreClient::new(channel),
            database: format!("projects/{project}/databases/(default)"),
        }
    }

    /// Writes documents, given by their paths below the root.
    pub async fn put(&self, documents: impl IntoIterator<Item = (String, Vec<(&str, ValueType)>)>) {
        let writes = documents
            .into_iter()
            .map(|(path, fields)| Write {
                operation: Some(Operation::Update(Document {
                    name: self.name(&path),
                    fields: fields
                        .into_iter()
                        .map(|(name, value)| {
                            (
                                name.to_owned(),
                                Value {
                                    value_type: Some(value),
                                },
                            )
                        })
                        .collect(),
                    ..Document::default()
                })),
                ..Write::default()
            })
            .collect();
        let request = CommitRequest {
            database: self.database.clone(),
            writes,
            ..CommitRequest::default()
        };
        self.client
            .clone()
            .commit(owner(request))
            .await
            .expect("it commits");
    }

    /// Reads the fields of a document that is there.
    pub async fn get(&self, path: &str) -> HashMap<String, Value> {
        let request = GetDocumentRequest {
            name: self.name(path),
            ..GetDocumentRequest::default()
        };
        let document = self.client.clone().get_document(owner(request)).await;
        document.expect("it is there").into_inner().fields
    }

    fn name(&self, path: &str) -> String {
        format!("{}/documents/{path}", self.database)
    }
}

fn owner<M>(message: M) -> Request<M> {
    let mut request = Request::new(message);
    request
        .metadata_mut()
        .insert("authorization", "Bearer owner".parse().expect("it is ASCII"));
    request
}

/// A time in whole seconds since 1970.
pub fn at(seconds: i64) -> ValueType {
    ValueType::TimestampValue(Timestamp { seconds, nanos: 0 })
}

pub fn text(text: &str) -> ValueType {
    ValueType::StringValue(text.to_owned())
}
