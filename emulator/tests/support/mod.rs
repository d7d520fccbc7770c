//! What the tests of the server share: servers, clients, and short words for long messages.
#![allow(dead_code, reason = "each test binary uses its own part")]

use std::{
    io::{BufRead, BufReader},
    path::Path,
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

use gcloud_sdk::google::firestore::v1::{
    ArrayValue, Document, MapValue, Precondition, RunQueryRequest, StructuredQuery, Value, Write,
    firestore_client::FirestoreClient, precondition::ConditionType, run_query_request::QueryType,
    structured_query as query, value::ValueType, write::Operation,
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
    let config = emulator::Config {
        data: None,
        grpc: ([127, 0, 0, 1], 0).into(),
        page: None,
    };
    let server = emulator::Emulator::start(config).await.unwrap();
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
