//! Requests that no client sends: whatever comes, the server answers, and nothing in it panics.
//!
//! Sound requests of every RPC are broken at random, as protobuf over gRPC and as JSON over REST. A failure prints its
//! seed; `TSUKIYO_SEED` runs it again, `TSUKIYO_FUZZ_CASES` chooses how many are tried.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test fails by panicking"
)]

mod support;

use std::{
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use bytes::Bytes;
use gcloud_sdk::google::firestore::v1::{
    BatchGetDocumentsRequest, BatchWriteRequest, BeginTransactionRequest, CommitRequest,
    CreateDocumentRequest, Cursor, DeleteDocumentRequest, DocumentMask, DocumentTransform,
    GetDocumentRequest, ListCollectionIdsRequest, ListDocumentsRequest, PartitionQueryRequest,
    RollbackRequest, RunAggregationQueryRequest, StructuredAggregationQuery, StructuredQuery,
    UpdateDocumentRequest, Write, WriteRequest,
    document_transform::{FieldTransform, field_transform::TransformType},
    partition_query_request, run_aggregation_query_request,
    structured_aggregation_query::{self as aggregation, aggregation as kind},
    structured_query::{CompositeFilter, composite_filter, field_filter, filter::FilterType},
    write::Operation,
};
use prost::Message;
use support::{
    DATABASE, ROOT, array, delete, document, documents_target, double, exists, field, filter, from, http,
    int, map, order, query_request, query_target, reference, set, text,
};
use tonic::{
    Code, Status,
    client::Grpc,
    codec::{Codec, DecodeBuf, Decoder, EncodeBuf, Encoder},
    transport::Channel,
};

/// Bytes as they are: a message that need not be one.
#[derive(Clone, Copy, Default)]
struct Raw;

impl Codec for Raw {
    type Encode = Bytes;
    type Decode = Bytes;
    type Encoder = Self;
    type Decoder = Self;

    fn encoder(&mut self) -> Self {
        Self
    }

    fn decoder(&mut self) -> Self {
        Self
    }
}

impl Encoder for Raw {
    type Item = Bytes;
    type Error = Status;

    fn encode(&mut self, item: Bytes, buffer: &mut EncodeBuf<'_>) -> Result<(), Status> {
        bytes::BufMut::put(buffer, item);
        Ok(())
    }
}

impl Decoder for Raw {
    type Item = Bytes;
    type Error = Status;

    fn decode(&mut self, buffer: &mut DecodeBuf<'_>) -> Result<Option<Bytes>, Status> {
        let length = bytes::Buf::remaining(buffer);
        Ok(Some(bytes::Buf::copy_to_bytes(buffer, length)))
    }
}

/// A generator of numbers that are the same for the same seed (SplitMix64).
struct Random(u64);

impl Random {
    fn number(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    fn below(&mut self, end: usize) -> usize {
        usize::try_from(self.number() % u64::try_from(end.max(1)).unwrap()).unwrap()
    }

    fn pick<'a, T>(&mut self, of: &'a [T]) -> &'a T {
        &of[self.below(of.len())]
    }
}

/// Breaks a message in some places.
fn broken(random: &mut Random, whole: &[u8], pieces: &[&[u8]]) -> Vec<u8> {
    let mut bytes = whole.to_vec();
    for _ in 0..=random.below(4) {
        let at = random.below(bytes.len() + 1);
        let to = (at + random.below(12)).min(bytes.len());
        match random.below(7) {
            0 if at < bytes.len() => bytes[at] ^= 1 << random.below(8),
            1 if at < bytes.len() => bytes[at] = random.number().to_le_bytes()[0],
            2 => drop(bytes.drain(at..to)),
            3 => {
                let again = bytes[at..to].to_vec();
                bytes.splice(at..at, again);
            }
            4 => bytes.truncate(at.max(1)),
            5 => drop(bytes.splice(at..to, random.pick(pieces).iter().copied())),
            _ => {
                let other = random.pick(pieces);
                let cut = random.below(other.len() + 1);
                bytes.splice(at..to, other[cut..].iter().copied());
            }
        }
    }
    bytes
}

/// What is put in at random: the ends of numbers' ranges, pieces of names, deep nesting.
const PIECES: [&[u8]; 16] = [
    b"\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01",
    b"\x80\x80\x80\x80\x80\x80\x80\x80\x80\x01",
    b"\xff\xff\xff\xff\x0f",
    b"\x00",
    b"/",
    b"..",
    b"__name__",
    b"`",
    b"projects/test/databases/(default)/documents",
    b"(default)",
    b"\xc3\x28",
    b"\xf0\x9f\x98\x80",
    b"[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[",
    b"{\"mapValue\":{\"fields\":{\"a\":",
    b"1e999",
    b"\\ud800",
];

fn complex_query() -> StructuredQuery {
    let filters = vec![
        filter("a", field_filter::Operator::GreaterThan, int(3)),
        filter("b.c", field_filter::Operator::In, array([text("x"), double(1.5)])),
        filter("__name__", field_filter::Operator::LessThan, reference("c/z")),
    ];
    let composite = CompositeFilter {
        op: composite_filter::Operator::Or.into(),
        filters,
    };
    StructuredQuery {
        r#where: Some(gcloud_sdk::google::firestore::v1::structured_query::Filter {
            filter_type: Some(FilterType::CompositeFilter(composite)),
        }),
        order_by: vec![order("a"), order("b desc")],
        start_at: Some(Cursor {
            values: vec![int(1)],
            before: true,
        }),
        limit: Some(5),
        offset: 1,
        ..from("c")
    }
}

fn complex_write() -> Write {
    let transform = |path: &str, transform_type| FieldTransform {
        field_path: path.to_owned(),
        transform_type: Some(transform_type),
    };
    Write {
        update_mask: Some(DocumentMask {
            field_paths: vec!["a".to_owned(), "`b.c`.d".to_owned()],
        }),
        update_transforms: vec![
            transform("n", TransformType::Increment(int(i64::MAX))),
            transform("t", TransformType::SetToServerValue(1)),
        ],
        current_document: exists(true),
        ..set(
            "c/a",
            [
                ("a", map([("x", array([int(1), text("y")]))])),
                ("v", double(0.5)),
            ],
        )
    }
}

/// Sound requests by the RPC that takes them.
fn sound() -> Vec<(&'static str, Vec<u8>)> {
    let name = || format!("{ROOT}/c/a");
    let database = || DATABASE.to_owned();
    let transform = DocumentTransform {
        document: name(),
        field_transforms: complex_write().update_transforms,
    };
    let transform = Write {
        operation: Some(Operation::Transform(transform)),
        ..Default::default()
    };
    let sum = aggregation::Aggregation {
        alias: "x".to_owned(),
        operator: Some(kind::Operator::Sum(kind::Sum { field: field("a") })),
    };
    let aggregation = StructuredAggregationQuery {
        aggregations: vec![sum],
        query_type: Some(aggregation::QueryType::StructuredQuery(complex_query())),
    };
    let get = GetDocumentRequest {
        name: name(),
        ..Default::default()
    };
    let list = ListDocumentsRequest {
        parent: ROOT.to_owned(),
        collection_id: "c".to_owned(),
        page_size: 2,
        order_by: "a desc, __name__".to_owned(),
        show_missing: false,
        ..Default::default()
    };
    let create = CreateDocumentRequest {
        parent: ROOT.to_owned(),
        collection_id: "c".to_owned(),
        document_id: "new".to_owned(),
        document: Some(document("", [("a", int(1))])),
        ..Default::default()
    };
    let update = UpdateDocumentRequest {
        document: Some(document("c/a", [("a", int(1)), ("b", map([("c", text("x"))]))])),
        update_mask: complex_write().update_mask,
        ..Default::default()
    };
    let partition = PartitionQueryRequest {
        parent: ROOT.to_owned(),
        partition_count: 3,
        query_type: Some(partition_query_request::QueryType::StructuredQuery(
            StructuredQuery {
                order_by: vec![order("__name__")],
                ..from("c")
            },
        )),
        ..Default::default()
    };
    let aggregation = RunAggregationQueryRequest {
        parent: ROOT.to_owned(),
        query_type: Some(run_aggregation_query_request::QueryType::StructuredAggregationQuery(aggregation)),
        ..Default::default()
    };
    let delete_one = DeleteDocumentRequest {
        name: name(),
        current_document: exists(true),
        ..Default::default()
    };
    let commit = CommitRequest {
        database: database(),
        writes: vec![complex_write(), transform.clone(), delete("c/b")],
        ..Default::default()
    };
    let batch_write = BatchWriteRequest {
        database: database(),
        writes: vec![complex_write(), transform],
        ..Default::default()
    };
    let batch_get = BatchGetDocumentsRequest {
        database: database(),
        documents: vec![name(), format!("{ROOT}/c/none")],
        mask: complex_write().update_mask,
        ..Default::default()
    };
    let begin = BeginTransactionRequest {
        database: database(),
        ..Default::default()
    };
    let rollback = RollbackRequest {
        database: database(),
        transaction: vec![1, 2, 3, 4, 5, 6, 7, 8],
        ..Default::default()
    };
    let ids = ListCollectionIdsRequest {
        parent: ROOT.to_owned(),
        page_size: 1,
        ..Default::default()
    };
    let stream = WriteRequest {
        database: database(),
        ..Default::default()
    };
    let listen = support::add_target(query_target(1, complex_query()));
    let watch = support::add_target(documents_target(2, &["c/a", "c/none"]));
    vec![
        ("GetDocument", get.encode_to_vec()),
        ("ListDocuments", list.encode_to_vec()),
        ("CreateDocument", create.encode_to_vec()),
        ("UpdateDocument", update.encode_to_vec()),
        ("DeleteDocument", delete_one.encode_to_vec()),
        ("BatchGetDocuments", batch_get.encode_to_vec()),
        ("BeginTransaction", begin.encode_to_vec()),
        ("Commit", commit.encode_to_vec()),
        ("Rollback", rollback.encode_to_vec()),
        ("RunQuery", query_request(ROOT, complex_query()).encode_to_vec()),
        ("RunAggregationQuery", aggregation.encode_to_vec()),
        ("PartitionQuery", partition.encode_to_vec()),
        ("ListCollectionIds", ids.encode_to_vec()),
        ("BatchWrite", batch_write.encode_to_vec()),
        ("Write", stream.encode_to_vec()),
        ("Listen", listen.encode_to_vec()),
        ("Listen", watch.encode_to_vec()),
        ("ExecutePipeline", begin.encode_to_vec()),
    ]
}

/// Sends messages and hears the answers, for a moment where they have no end. Answers the status.
async fn ask(channel: &Channel, rpc: &str, messages: Vec<Vec<u8>>) -> Result<(), Status> {
    let mut grpc = Grpc::new(channel.clone());
    grpc.ready().await.unwrap();
    let path = format!("/google.firestore.v1.Firestore/{rpc}").parse().unwrap();
    let messages = tokio_stream::iter(messages.into_iter().map(Bytes::from));
    let asked = async {
        let answer = grpc.streaming(tonic::Request::new(messages), path, Raw).await?;
        let mut answers = answer.into_inner();
        while answers.message().await?.is_some() {}
        Ok(())
    };
    tokio::time::timeout(Duration::from_secs(20), asked)
        .await
        .unwrap_or_else(|_| Err(Status::deadline_exceeded("no end")))
}

/// Counts panics of any thread of this process, and so of the server's.
fn count_panics() -> Arc<AtomicUsize> {
    let count = Arc::new(AtomicUsize::new(0));
    let before = std::panic::take_hook();
    std::panic::set_hook({
        let count = Arc::clone(&count);
        Box::new(move |panic| {
            count.fetch_add(1, Ordering::SeqCst);
            before(panic);
        })
    });
    count
}

fn setting(name: &str) -> Option<u64> {
    std::env::var(name).ok().map(|text| text.parse().unwrap())
}

#[tokio::test(flavor = "multi_thread")]
async fn whatever_is_sent_is_answered_and_nothing_panics() {
    let cases = setting("TSUKIYO_FUZZ_CASES").unwrap_or(4_000);
    let first = setting("TSUKIYO_SEED");
    let panics = count_panics();
    let (server, client) = support::in_memory().await;
    let address = server.grpc_addr().to_string();
    let channel = Channel::from_shared(format!("http://{address}"))
        .unwrap()
        .connect()
        .await
        .unwrap();
    let documents: Vec<Write> = (0..8)
        .map(|n| set(&format!("c/{n}"), [("a", int(n)), ("b", map([("c", text("x"))]))]))
        .collect();
    support::write(&client, documents).await;
    let (sound, bodies) = (sound(), bodies());
    for seed in first.map_or(0..cases, |seed| seed..seed + 1) {
        let random = &mut Random(seed);
        if seed % 4 == 3 {
            let (method, target, body) = random.pick(&bodies);
            let body = broken(random, body.as_bytes(), &PIECES);
            let target = if random.below(3) == 0 {
                let target = broken(random, target.as_bytes(), &PIECES);
                // What is no line of HTTP is not ours to refuse.
                String::from_utf8_lossy(&target).replace(|c: char| c.is_ascii_control() || c == ' ', "%")
            } else {
                target.clone()
            };
            let body = String::from_utf8_lossy(&body);
            let answer = http::ask(&address, method, &target, &[], &body).await;
            assert!((200..600).contains(&answer.status), "seed {seed}: {answer:?}");
        } else {
            let (rpc, message) = random.pick(&sound);
            let pieces: Vec<&[u8]> = PIECES
                .into_iter()
                .chain(sound.iter().map(|(_, other)| other.as_slice()))
                .collect();
            let mut messages = vec![broken(random, message, &pieces)];
            if matches!(*rpc, "Write" | "Listen") {
                // The first opens the stream.
                messages.insert(0, message.clone());
            }
            if let Err(status) = ask(&channel, rpc, messages).await {
                let told = !matches!(
                    status.code(),
                    Code::Unknown | Code::DeadlineExceeded | Code::Cancelled
                );
                assert!(told, "seed {seed}, {rpc}: {status}");
            }
        }
        assert_eq!(panics.load(Ordering::SeqCst), 0, "seed {seed} panics");
    }
    // It is as good as it was.
    let name = format!("{ROOT}/c/fine");
    support::write(&client, [set("c/fine", [("a", int(1))])]).await;
    client
        .clone()
        .get_document(GetDocumentRequest {
            name,
            ..Default::default()
        })
        .await
        .unwrap();
}

/// Sound requests over REST.
fn bodies() -> Vec<(&'static str, String, String)> {
    let root = format!("/v1/{ROOT}");
    let fields = r#"{"fields":{"a":{"integerValue":"1"},"b":{"mapValue":{"fields":{"c":{"arrayValue":{"values":[{"doubleValue":1.5},{"nullValue":null},{"timestampValue":"2026-01-01T00:00:00.5Z"}]}}}}},"g":{"geoPointValue":{"latitude":1,"longitude":-2}},"x":{"bytesValue":"AAA="}}}"#;
    let query = r#"{"structuredQuery":{"from":[{"collectionId":"c"}],"where":{"compositeFilter":{"op":"AND","filters":[{"fieldFilter":{"field":{"fieldPath":"a"},"op":"GREATER_THAN","value":{"integerValue":"1"}}},{"unaryFilter":{"op":"IS_NOT_NULL","field":{"fieldPath":"b"}}}]}},"orderBy":[{"field":{"fieldPath":"a"},"direction":"DESCENDING"}],"startAt":{"values":[{"integerValue":"5"}],"before":true},"limit":3}}"#;
    let aggregation = query.replacen("{\"structuredQuery\"", "{\"structuredAggregationQuery\":{\"aggregations\":[{\"alias\":\"n\",\"count\":{\"upTo\":\"3\"}}],\"structuredQuery\"", 1) + "}";
    let commit = format!(
        r#"{{"writes":[{{"update":{{"name":"{ROOT}/c/r","fields":{{"a":{{"stringValue":"\u00e9"}}}}}},"updateMask":{{"fieldPaths":["a"]}},"currentDocument":{{"exists":true}}}},{{"delete":"{ROOT}/c/none"}}]}}"#
    );
    vec![
        ("GET", format!("{root}/c/1?mask.fieldPaths=a"), String::new()),
        (
            "GET",
            format!("{root}/c?pageSize=2&orderBy=a%20desc"),
            String::new(),
        ),
        ("POST", format!("{root}/c?documentId=r"), fields.to_owned()),
        (
            "PATCH",
            format!("{root}/c/1?updateMask.fieldPaths=a&currentDocument.exists=true"),
            fields.to_owned(),
        ),
        ("DELETE", format!("{root}/c/none"), String::new()),
        ("POST", format!("{root}:runQuery"), query.to_owned()),
        ("POST", format!("{root}:runAggregationQuery"), aggregation),
        ("POST", format!("{root}:commit"), commit.clone()),
        ("POST", format!("{root}:batchWrite"), commit),
        (
            "POST",
            format!("{root}:batchGet"),
            format!(r#"{{"documents":["{ROOT}/c/1"],"mask":{{"fieldPaths":["a"]}}}}"#),
        ),
        (
            "POST",
            format!("{root}:listCollectionIds"),
            r#"{"pageSize":2}"#.to_owned(),
        ),
        (
            "POST",
            format!("{root}:beginTransaction"),
            r#"{"options":{"readOnly":{}}}"#.to_owned(),
        ),
    ]
}
