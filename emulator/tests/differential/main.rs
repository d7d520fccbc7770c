//! Random operations and queries, against a model that one sees to be right, and against Google's emulator where that is
//! installed. A failure prints its seed; `TSUKIYO_SEED=…` runs it again.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test fails by panicking"
)]

mod model;
#[path = "../support/mod.rs"]
mod support;

use gcloud_sdk::google::firestore::v1::{
    ArrayValue, Cursor, Document, DocumentMask, DocumentTransform, StructuredQuery, Value, Write,
    document_transform::{FieldTransform, field_transform::TransformType},
    structured_query::{composite_filter, field_filter::Operator},
    write::Operation,
};
use model::{Compare, Fields, Model, Op, Query, Val};
use proptest::{
    prelude::*,
    test_runner::{Config, RngAlgorithm, TestRng, TestRunner},
};
use support::{
    Client, ROOT, array, clear, composite, delete, filter, from, google::Google, in_memory, int, order,
    query_request, write,
};

const FIELDS: [&str; 3] = ["a", "b", "c"];

fn val() -> impl Strategy<Value = Val> {
    prop_oneof![
        1 => Just(Val::Null),
        1 => any::<bool>().prop_map(Val::Bool),
        4 => (-2..4_i64).prop_map(Val::Int),
        2 => (-3..7_i64).prop_map(Val::Half),
        2 => "[ab]{0,2}".prop_map(Val::Text),
        1 => prop::collection::vec(0..3_i64, 0..3).prop_map(Val::List),
    ]
}

fn field() -> impl Strategy<Value = &'static str> {
    prop::sample::select(FIELDS.to_vec())
}

fn op() -> impl Strategy<Value = Op> {
    let id = || 0..8_usize;
    let fields = || prop::collection::btree_map(field(), val(), 0..4);
    prop_oneof![
        4 => (id(), fields()).prop_map(|(id, fields)| Op::Set(id, fields)),
        2 => (id(), fields()).prop_map(|(id, fields)| Op::Merge(id, fields)),
        1 => id().prop_map(Op::Delete),
        2 => (id(), field(), -2..3_i64).prop_map(|(id, field, by)| Op::Increment(id, field, by)),
        1 => (id(), field(), prop::collection::vec(0..3_i64, 1..3)).prop_map(|(id, field, list)| Op::Union(id, field, list)),
    ]
}

fn query() -> impl Strategy<Value = Query> {
    let operand = || val().prop_filter("null is asked for otherwise", |val| *val != Val::Null);
    let one = |compares: Vec<Compare>| {
        (field(), prop::sample::select(compares), operand())
            .prop_map(|(field, compare, operand)| (field, compare, vec![operand]))
    };
    let several = (
        field(),
        prop::sample::select(vec![Compare::In, Compare::NotIn]),
        prop::collection::vec(operand(), 1..4),
    );
    let contains = (field(), 0..3_i64).prop_map(|(field, it)| (field, Compare::Contains, vec![Val::Int(it)]));
    let simple = vec![
        Compare::Less,
        Compare::LessOrEqual,
        Compare::Greater,
        Compare::GreaterOrEqual,
        Compare::Equal,
    ];
    let first =
        prop_oneof![4 => one(simple.clone()), 1 => one(vec![Compare::NotEqual]), 1 => several, 1 => contains];
    let filters = (prop::option::of(first), prop::option::weighted(0.4, one(simple)));
    let orders = prop::collection::vec((field(), any::<bool>()), 0..3);
    let start = prop::option::weighted(0.3, (val(), any::<bool>()));
    (filters, orders, start, 0..3_usize, prop::option::of(1..5_usize)).prop_map(
        |((first, second), mut orders, start, offset, limit)| {
            orders.dedup_by_key(|(field, _)| *field);
            if orders.len() == 2 && orders[0].0 == orders[1].0 {
                orders.pop();
            }
            Query {
                filters: first.into_iter().chain(second).collect(),
                // A cursor is a position in orders that are named.
                start: start.filter(|_| !orders.is_empty()),
                orders,
                offset,
                limit,
            }
        },
    )
}

fn path(id: usize) -> String {
    format!("c/{id}")
}

fn fields_of(fields: &Fields) -> std::collections::HashMap<String, Value> {
    fields
        .iter()
        .map(|(field, val)| ((*field).to_owned(), val.to_value()))
        .collect()
}

fn to_write(op: &Op) -> Write {
    let update = |id: usize, fields: &Fields| {
        Operation::Update(Document {
            name: format!("{ROOT}/{}", path(id)),
            fields: fields_of(fields),
            ..Default::default()
        })
    };
    let transform = |id: usize, field: &str, what| Write {
        operation: Some(Operation::Transform(DocumentTransform {
            document: format!("{ROOT}/{}", path(id)),
            field_transforms: vec![FieldTransform {
                field_path: field.to_owned(),
                transform_type: Some(what),
            }],
        })),
        ..Default::default()
    };
    match op {
        Op::Set(id, fields) => Write {
            operation: Some(update(*id, fields)),
            ..Default::default()
        },
        Op::Merge(id, fields) => Write {
            operation: Some(update(*id, fields)),
            update_mask: Some(DocumentMask {
                field_paths: fields.keys().map(|field| (*field).to_owned()).collect(),
            }),
            ..Default::default()
        },
        Op::Delete(id) => delete(&path(*id)),
        Op::Increment(id, field, by) => transform(*id, field, TransformType::Increment(int(*by))),
        Op::Union(id, field, list) => {
            let values = list.iter().map(|it| int(*it)).collect();
            transform(
                *id,
                field,
                TransformType::AppendMissingElements(ArrayValue { values }),
            )
        }
    }
}

fn to_query(query: &Query) -> StructuredQuery {
    let filters = query.filters.iter().map(|(field, compare, operands)| {
        let one = || operands[0].to_value();
        let all = || array(operands.iter().map(Val::to_value).collect::<Vec<_>>());
        let (operator, operand) = match compare {
            Compare::Less => (Operator::LessThan, one()),
            Compare::LessOrEqual => (Operator::LessThanOrEqual, one()),
            Compare::Greater => (Operator::GreaterThan, one()),
            Compare::GreaterOrEqual => (Operator::GreaterThanOrEqual, one()),
            Compare::Equal => (Operator::Equal, one()),
            Compare::NotEqual => (Operator::NotEqual, one()),
            Compare::Contains => (Operator::ArrayContains, one()),
            Compare::In => (Operator::In, all()),
            Compare::NotIn => (Operator::NotIn, all()),
        };
        filter(field, operator, operand)
    });
    let filters: Vec<_> = filters.collect();
    StructuredQuery {
        r#where: (!filters.is_empty()).then_some(composite(composite_filter::Operator::And, filters)),
        order_by: query
            .orders
            .iter()
            .map(|(field, descends)| order(&format!("{field}{}", if *descends { " desc" } else { "" })))
            .collect(),
        start_at: query.start.as_ref().map(|(val, before)| Cursor {
            values: vec![val.to_value()],
            before: *before,
        }),
        offset: i32::try_from(query.offset).unwrap(),
        limit: query.limit.map(|limit| i32::try_from(limit).unwrap()),
        ..from("c")
    }
}

async fn found(client: &Client, query: &Query) -> Vec<usize> {
    let request = query_request(ROOT, to_query(query));
    let mut answers = client.clone().run_query(request).await.unwrap().into_inner();
    let mut ids = Vec::new();
    while let Some(answer) = answers.message().await.unwrap() {
        ids.extend(answer.document.map(|document| {
            document
                .name
                .rsplit('/')
                .next()
                .unwrap()
                .parse::<usize>()
                .unwrap()
        }));
    }
    ids
}

async fn check(client: &Client, ops: &[Op], queries: &[Query]) {
    let mut model = Model::default();
    for op in ops {
        write(client, [to_write(op)]).await;
        model.apply(op);
    }
    let everything = Query {
        filters: Vec::new(),
        orders: Vec::new(),
        start: None,
        offset: 0,
        limit: None,
    };
    for query in queries.iter().chain([&everything]) {
        assert_eq!(
            found(client, query).await,
            model.run(query),
            "{query:?} of {:?}",
            model.0
        );
    }
}

/// Runs random cases; all of them come from one seed.
fn compare(runtime: &tokio::runtime::Runtime, client: &Client, address: &str, cases: u32) {
    let seed = std::env::var("TSUKIYO_SEED").map_or_else(|_| rand_seed(), |seed| seed.parse().unwrap());
    println!("TSUKIYO_SEED={seed}");
    let mut bytes = [0; 32];
    bytes[..8].copy_from_slice(&seed.to_be_bytes());
    let config = Config {
        cases,
        failure_persistence: None,
        ..Config::default()
    };
    let mut runner = TestRunner::new_with_rng(config, TestRng::from_seed(RngAlgorithm::ChaCha, &bytes));
    let case = (
        prop::collection::vec(op(), 1..25),
        prop::collection::vec(query(), 1..8),
    );
    let outcome = runner.run(&case, |(ops, queries)| {
        runtime.block_on(async {
            clear(address).await;
            check(client, &ops, &queries).await;
        });
        Ok(())
    });
    if let Err(error) = outcome {
        panic!("TSUKIYO_SEED={seed}: {error}");
    }
}

fn rand_seed() -> u64 {
    use std::hash::{BuildHasher, RandomState};
    RandomState::new().hash_one(())
}

fn runtime() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .unwrap()
}

#[test]
fn ours_does_what_the_model_does() {
    let runtime = runtime();
    let (server, client) = runtime.block_on(in_memory());
    compare(&runtime, &client, &server.grpc_addr().to_string(), 150);
}

#[test]
fn google_s_does_what_the_model_does() {
    let Some(google) = Google::start() else {
        println!(
            "\n*** SKIPPED: Google's Firestore emulator is not installed: the model was not compared with it ***\n"
        );
        return;
    };
    let runtime = runtime();
    let client = runtime.block_on(support::connect(&google.address));
    compare(&runtime, &client, &google.address, 25);
}
