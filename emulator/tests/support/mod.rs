//! What the tests of the server share: servers, clients, and short words for long messages.
#![allow(dead_code, reason = "each test binary uses its own part")]

pub mod google;
pub mod http;

use std::{
    collections::BTreeMap,
    io::{BufRead, BufReader},
    path::Path,
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

use gcloud_sdk::google::firestore::v1::{
    ArrayValue, CommitRequest, Document, ListenRequest, ListenResponse, MapValue, Precondition,
    RunQueryRequest, StructuredQuery, Target, Value, Write, firestore_client::FirestoreClient,
    listen_request, listen_response::ResponseType, precondition::ConditionType, run_query_request::QueryType,
    structured_query as query, target, target_change::TargetChangeType, value::ValueType, write::Operation,
};
use tonic::transport::Channel;

pub type Client = FirestoreClient<Channel>;

pub const DATABASE: &str = "projects/test/databases/(default)";
pub const ROOT: &str = "projects/test/databases/(default)/documents";

/// Connects, waiting for the server to listen.
pub async fn connect(address: &str) -> Client {
    let deadline = Instant::now() + Duration::from_secs(30);
    loop {
        match Channel::from_shared(format!("http://{address}"))
            .unwrap()
            .connect()
            .await
        {
            Ok(channel) => return FirestoreClient::new(channel).max_decoding_message_size(64 << 20),
            Err(error) if Instant::now() > deadline => panic!("{address} does not answer: {error}"),
            Err(_) => tokio::time::sleep(Duration::from_millis(20)).await,
        }
    }
}

/// A server in this process, in memory.
pub async fn in_memory() -> (emulator::Emulator, Client) {
    let server = emulator::Emulator::start(emulator::Config::default())
        .await
        .unwrap();
    let client = connect(&server.grpc_addr().to_string()).await;
    (server, client)
}

/// The real program, killed without warning when it goes out of scope.
pub struct Program {
    pub address: String,
    child: Child,
}

impl Program {
    pub fn start(data: &Path) -> Self {
        let mut child = Self::command(data)
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap())
            .read_line(&mut line)
            .unwrap();
        let address = line
            .trim()
            .strip_prefix("FIRESTORE_EMULATOR_HOST=")
            .expect("the program did not start");
        Self {
            address: address.to_owned(),
            child,
        }
    }

    pub fn command(data: &Path) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_tsukiyo-emulator"));
        command.args(["--port", "0", "--no-page", "--data"]).arg(data);
        command
    }

    /// Returns how many bytes of memory the program had at most so far, where the system tells.
    pub fn peak_memory(&self) -> Option<usize> {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id())).ok()?;
        let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
        let kilobytes: usize = line.trim().strip_suffix("kB")?.trim().parse().ok()?;
        Some(kilobytes * 1024)
    }

    /// Sends SIGKILL and waits for the end.
    pub fn kill(mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

pub fn value(value_type: ValueType) -> Value {
    Value {
        value_type: Some(value_type),
    }
}

pub fn int(number: i64) -> Value {
    value(ValueType::IntegerValue(number))
}

pub fn double(number: f64) -> Value {
    value(ValueType::DoubleValue(number))
}

pub fn text(text: &str) -> Value {
    value(ValueType::StringValue(text.to_owned()))
}

pub fn null() -> Value {
    value(ValueType::NullValue(0))
}

pub fn boolean(boolean: bool) -> Value {
    value(ValueType::BooleanValue(boolean))
}

pub fn reference(path: &str) -> Value {
    value(ValueType::ReferenceValue(format!("{ROOT}/{path}")))
}

pub fn array(values: impl Into<Vec<Value>>) -> Value {
    value(ValueType::ArrayValue(ArrayValue {
        values: values.into(),
    }))
}

pub fn map<const N: usize>(fields: [(&str, Value); N]) -> Value {
    value(ValueType::MapValue(MapValue {
        fields: fields.map(|(k, v)| (k.to_owned(), v)).into(),
    }))
}

pub fn document<const N: usize>(path: &str, fields: [(&str, Value); N]) -> Document {
    Document {
        name: format!("{ROOT}/{path}"),
        fields: fields.map(|(k, v)| (k.to_owned(), v)).into(),
        ..Default::default()
    }
}

pub fn set<const N: usize>(path: &str, fields: [(&str, Value); N]) -> Write {
    Write {
        operation: Some(Operation::Update(document(path, fields))),
        ..Default::default()
    }
}

pub fn delete(path: &str) -> Write {
    Write {
        operation: Some(Operation::Delete(format!("{ROOT}/{path}"))),
        ..Default::default()
    }
}

pub fn exists(exists: bool) -> Option<Precondition> {
    Some(Precondition {
        condition_type: Some(ConditionType::Exists(exists)),
    })
}

pub fn field(path: &str) -> Option<query::FieldReference> {
    Some(query::FieldReference {
        field_path: path.to_owned(),
    })
}

pub fn filter(path: &str, op: query::field_filter::Operator, operand: Value) -> query::Filter {
    let filter = query::FieldFilter {
        field: field(path),
        op: op.into(),
        value: Some(operand),
    };
    query::Filter {
        filter_type: Some(query::filter::FilterType::FieldFilter(filter)),
    }
}

pub fn unary(path: &str, op: query::unary_filter::Operator) -> query::Filter {
    let operand = field(path).map(query::unary_filter::OperandType::Field);
    let filter = query::UnaryFilter {
        op: op.into(),
        operand_type: operand,
    };
    query::Filter {
        filter_type: Some(query::filter::FilterType::UnaryFilter(filter)),
    }
}

pub fn composite(op: query::composite_filter::Operator, filters: Vec<query::Filter>) -> query::Filter {
    let filter = query::CompositeFilter {
        op: op.into(),
        filters,
    };
    query::Filter {
        filter_type: Some(query::filter::FilterType::CompositeFilter(filter)),
    }
}

/// An order such as `a` or `a desc`.
pub fn order(text: &str) -> query::Order {
    let (path, direction) = match text.strip_suffix(" desc") {
        Some(path) => (path, query::Direction::Descending),
        None => (text, query::Direction::Ascending),
    };
    query::Order {
        field: field(path),
        direction: direction.into(),
    }
}

pub fn from(collection: &str) -> StructuredQuery {
    let selector = query::CollectionSelector {
        collection_id: collection.to_owned(),
        all_descendants: false,
    };
    StructuredQuery {
        from: vec![selector],
        ..Default::default()
    }
}

pub fn query_request(parent: &str, query: StructuredQuery) -> RunQueryRequest {
    RunQueryRequest {
        parent: parent.to_owned(),
        query_type: Some(QueryType::StructuredQuery(query)),
        ..Default::default()
    }
}

/// A stream of Listen with its targets' documents, as a client keeps them.
pub struct Listening {
    requests: tokio::sync::mpsc::Sender<ListenRequest>,
    answers: tonic::Streaming<ListenResponse>,
    /// What each target shows, by path.
    pub shown: BTreeMap<i32, BTreeMap<String, Document>>,
    /// The last token.
    pub token: Vec<u8>,
    /// The kinds of all messages since the last look.
    pub kinds: Vec<String>,
}

impl Listening {
    pub async fn start(client: &Client, targets: impl IntoIterator<Item = Target>) -> Self {
        let (requests, outgoing) = tokio::sync::mpsc::channel(64);
        let mut shown = BTreeMap::new();
        for target in targets {
            shown.insert(target.target_id, BTreeMap::new());
            requests.send(add_target(target)).await.unwrap();
        }
        let outgoing = tokio_stream::wrappers::ReceiverStream::new(outgoing);
        let answers = client.clone().listen(outgoing).await.unwrap().into_inner();
        Self {
            requests,
            answers,
            shown,
            token: Vec::new(),
            kinds: Vec::new(),
        }
    }

    pub async fn send(&self, request: ListenRequest) {
        self.requests.send(request).await.unwrap();
    }

    /// Hears messages until the condition holds at a consistent snapshot.
    pub async fn until(&mut self, condition: impl Fn(&Self) -> bool) {
        let heard = tokio::time::timeout(Duration::from_secs(20), async {
            loop {
                if self.hear().await && condition(self) {
                    return;
                }
            }
        });
        assert!(heard.await.is_ok(), "never heard; shown: {:?}", self.shown);
    }

    /// Hears one message and tells whether everything is consistent after it.
    pub async fn hear(&mut self) -> bool {
        let message = self.answers.message().await.unwrap().expect("the stream ended");
        self.take(message.response_type.unwrap())
    }

    /// Tells whether with a message a target has shown all that there is.
    pub fn is_current(message: &ListenResponse) -> bool {
        matches!(&message.response_type, Some(ResponseType::TargetChange(change))
            if change.target_change_type() == TargetChangeType::Current)
    }

    /// Returns how the stream ended, or what it said instead.
    pub async fn end(&mut self) -> Result<Option<ListenResponse>, tonic::Status> {
        self.answers.message().await
    }

    fn take(&mut self, message: ResponseType) -> bool {
        let path = |name: &str| {
            name.strip_prefix(ROOT)
                .unwrap_or(name)
                .trim_start_matches('/')
                .to_owned()
        };
        match message {
            ResponseType::TargetChange(change) => {
                self.kinds
                    .push(change.target_change_type().as_str_name().to_owned());
                if change.target_change_type() == TargetChangeType::Reset {
                    for id in &change.target_ids {
                        self.shown.entry(*id).or_default().clear();
                    }
                }
                if !change.resume_token.is_empty() {
                    self.token = change.resume_token;
                }
                return change.target_ids.is_empty();
            }
            ResponseType::DocumentChange(change) => {
                self.kinds.push("change".to_owned());
                let document = change.document.unwrap();
                for id in change.target_ids {
                    let shown = self.shown.entry(id).or_default();
                    shown.insert(path(&document.name), document.clone());
                }
                self.lose(&path(&document.name), &change.removed_target_ids);
            }
            ResponseType::DocumentDelete(gone) => {
                self.kinds.push("delete".to_owned());
                self.lose(&path(&gone.document), &gone.removed_target_ids);
            }
            ResponseType::DocumentRemove(gone) => {
                self.kinds.push("remove".to_owned());
                self.lose(&path(&gone.document), &gone.removed_target_ids);
            }
            ResponseType::Filter(filter) => {
                self.kinds.push("filter".to_owned());
                let shown = self.shown.entry(filter.target_id).or_default();
                assert_eq!(shown.len(), usize::try_from(filter.count).unwrap());
            }
        }
        false
    }

    fn lose(&mut self, path: &str, targets: &[i32]) {
        for id in targets {
            self.shown.entry(*id).or_default().remove(path);
        }
    }

    /// The paths that a target shows.
    pub fn paths(&self, target: i32) -> Vec<&str> {
        self.shown[&target].keys().map(String::as_str).collect()
    }
}

pub fn add_target(target: Target) -> ListenRequest {
    ListenRequest {
        database: DATABASE.to_owned(),
        target_change: Some(listen_request::TargetChange::AddTarget(target)),
        ..Default::default()
    }
}

pub fn query_target(id: i32, query: StructuredQuery) -> Target {
    let query = target::QueryTarget {
        parent: ROOT.to_owned(),
        query_type: Some(target::query_target::QueryType::StructuredQuery(query)),
    };
    Target {
        target_id: id,
        target_type: Some(target::TargetType::Query(query)),
        ..Default::default()
    }
}

pub fn documents_target(id: i32, paths: &[&str]) -> Target {
    let documents = paths.iter().map(|path| format!("{ROOT}/{path}")).collect();
    Target {
        target_id: id,
        target_type: Some(target::TargetType::Documents(target::DocumentsTarget {
            documents,
        })),
        ..Default::default()
    }
}

/// Commits writes and returns when that happened.
pub async fn write(client: &Client, writes: impl Into<Vec<Write>>) -> prost_types::Timestamp {
    let request = CommitRequest {
        database: DATABASE.to_owned(),
        writes: writes.into(),
        ..Default::default()
    };
    let committed = client.clone().commit(request).await.unwrap().into_inner();
    committed.commit_time.unwrap()
}

/// Empties the database by the endpoint that both servers have.
pub async fn clear(address: &str) {
    let target = format!("/emulator/v1/{DATABASE}/documents");
    assert_eq!(http::ask(address, "DELETE", &target, &[], "").await.status, 200);
}
