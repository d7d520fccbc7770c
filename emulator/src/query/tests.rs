//! Every way to run a query finds the same as looking at everything and sorting.

use proptest::prelude::*;

use super::{Query, access};
use crate::{
    engine::Write,
    path::{DocumentName, ParentName},
    precondition::Precondition,
    proto::{Cursor, StructuredQuery, Value, structured_query as query, value::ValueType},
    storage::{Commit, State, Storage},
    value::{Fields, null, value},
};

const ROOT: &str = "projects/p/databases/d/documents";
const FIELDS: [&str; 3] = ["a", "b", "c"];

fn operand() -> impl Strategy<Value = Value> {
    prop_oneof![
        6 => (0..3_i64).prop_map(|n| value(ValueType::IntegerValue(n))),
        2 => "[xy]{0,2}".prop_map(|text| value(ValueType::StringValue(text))),
        1 => Just(null()),
        1 => Just(value(ValueType::DoubleValue(f64::NAN))),
        1 => Just(value(ValueType::StringValue("x".repeat(2_000)))),
    ]
}

fn document() -> impl Strategy<Value = Fields> {
    prop::collection::hash_map(
        prop::sample::select(FIELDS.map(str::to_owned).to_vec()),
        operand(),
        0..4,
    )
}

fn field(index: usize) -> query::FieldReference {
    query::FieldReference {
        field_path: FIELDS[index].to_owned(),
    }
}

fn filter() -> impl Strategy<Value = query::Filter> {
    // Equality is the most frequent: it is what indexes are made for.
    let operator = prop_oneof![6 => Just(5), 1 => 1..=4_i32];
    (0..FIELDS.len(), operator, operand()).prop_map(|(index, op, value)| query::Filter {
        filter_type: Some(query::filter::FilterType::FieldFilter(query::FieldFilter {
            field: Some(field(index)),
            op,
            value: Some(value),
        })),
    })
}

fn any_query() -> impl Strategy<Value = StructuredQuery> {
    let orders = prop::collection::vec((0..FIELDS.len(), 1..=2_i32), 0..3);
    let cursor = || prop::option::weighted(0.3, (operand(), any::<bool>()));
    (
        prop::collection::vec(filter(), 0..3),
        orders,
        (cursor(), cursor()),
        prop::option::of(0..6_i32),
        0..3_i32,
    )
        .prop_map(|(filters, orders, (start, end), limit, offset)| {
            let cursor = |cursor: Option<(Value, bool)>| {
                cursor
                    .filter(|_| !orders.is_empty())
                    .map(|(value, before)| Cursor {
                        values: vec![value],
                        before,
                    })
            };
            StructuredQuery {
                from: vec![query::CollectionSelector {
                    collection_id: "c".to_owned(),
                    all_descendants: false,
                }],
                r#where: (!filters.is_empty()).then_some(query::Filter {
                    filter_type: Some(query::filter::FilterType::CompositeFilter(
                        query::CompositeFilter { op: 1, filters },
                    )),
                }),
                start_at: cursor(start),
                end_at: cursor(end),
                order_by: orders
                    .into_iter()
                    .map(|(index, direction)| query::Order {
                        field: Some(field(index)),
                        direction,
                    })
                    .collect(),
                limit,
                offset,
                ..Default::default()
            }
        })
}

fn put(storage: &Storage, runtime: &tokio::runtime::Runtime, id: usize, fields: Option<Fields>) {
    let name = DocumentName::parse(&format!("{ROOT}/c/{id}")).unwrap();
    let write = match fields {
        Some(fields) => Write::update(name, fields, None, Precondition::None).unwrap(),
        None => Write::delete(name, Precondition::None),
    };
    let commit = Commit {
        writes: vec![write],
        reads: None,
    };
    runtime.block_on(storage.commit(commit)).unwrap();
}

fn ids(query: &Query, state: &impl State) -> Vec<Vec<u8>> {
    query
        .run(state)
        .unwrap()
        .found
        .into_iter()
        .map(|found| found.key)
        .collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]

    #[test]
    fn an_index_of_several_fields_finds_what_sorting_finds(
        before in prop::collection::vec(document(), 0..12),
        after in prop::collection::vec((0..12_usize, prop::option::weighted(0.7, document())), 0..8),
        queries in prop::collection::vec(any_query(), 1..6),
    ) {
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        let storage = Storage::open(None, 0).unwrap();
        let parent = ParentName::parse(ROOT).unwrap();
        let queries: Vec<Query> = queries.iter().filter_map(|query| Query::parse(&parent, query).ok()).collect();
        for (id, fields) in before.into_iter().enumerate() {
            put(&storage, &runtime, id, Some(fields));
        }
        for (shape, _) in queries.iter().filter_map(Query::shape) {
            storage.suggest(shape);
        }
        // Written while the indexes are being built, and after.
        for (id, fields) in after {
            put(&storage, &runtime, id, fields);
        }
        put(&storage, &runtime, 99, None);
        let snapshot = storage.snapshot();
        let then = snapshot.since;
        for query in &queries {
            let expected: Vec<_> = query.sort(&snapshot, &access::scan(query)).unwrap().found.into_iter().map(|found| found.key).collect();
            prop_assert_eq!(ids(query, &snapshot), expected, "{:?}", query);
            let past = snapshot.at(then, &parent.database).unwrap();
            prop_assert!(ids(query, &past).is_empty());
        }
    }
}

#[test]
fn a_query_that_looks_at_many_to_find_few_gets_an_index() {
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    let storage = Storage::open(None, 0).unwrap();
    for id in 0..1_200 {
        let number = |n: usize| value(ValueType::IntegerValue(i64::try_from(n).unwrap()));
        let fields: Fields = [("a".to_owned(), number(id % 2)), ("b".to_owned(), number(id))].into();
        put(&storage, &runtime, id, Some(fields));
    }
    let structured = StructuredQuery {
        from: vec![query::CollectionSelector {
            collection_id: "c".to_owned(),
            all_descendants: false,
        }],
        r#where: Some(query::Filter {
            filter_type: Some(query::filter::FilterType::FieldFilter(query::FieldFilter {
                field: Some(field(0)),
                op: 5,
                value: Some(value(ValueType::IntegerValue(1))),
            })),
        }),
        order_by: vec![query::Order {
            field: Some(field(1)),
            direction: 2,
        }],
        limit: Some(3),
        ..Default::default()
    };
    let query = Query::parse(&ParentName::parse(ROOT).unwrap(), &structured).unwrap();
    let first = query.run(&storage.snapshot()).unwrap();
    assert_eq!((first.found.len(), first.visited), (3, 600));
    storage.suggest(query.shape().unwrap().0);
    // Each commit lets the writer do a step of its building.
    for id in 2_000..2_005 {
        put(&storage, &runtime, id, None);
    }
    let second = query.run(&storage.snapshot()).unwrap();
    assert_eq!(second.visited, 3);
    let keys = |outcome: &super::Outcome| {
        outcome
            .found
            .iter()
            .map(|found| found.key.clone())
            .collect::<Vec<_>>()
    };
    assert_eq!(keys(&first), keys(&second));
}
