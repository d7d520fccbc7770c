//! Queries over documents of every type.

use gcloud_sdk::google::{
    firestore::v1::{
        CommitRequest, Cursor, RunAggregationQueryRequest, StructuredAggregationQuery, StructuredQuery,
        Value, run_aggregation_query_request,
        structured_aggregation_query::{self as aggregation, aggregation as kind},
        structured_query::{
            CollectionSelector, Filter, Projection, composite_filter::Operator as Composite,
            field_filter::Operator as Field, unary_filter::Operator as Unary,
        },
        value::ValueType,
    },
    r#type::LatLng,
};
use prost_types::Timestamp;

use super::{
    Transcript, show,
    support::{
        self, Client, DATABASE, ROOT, array, boolean, composite, double, field, filter, from, int, map, null,
        order, query_request, reference, set, text, unary, value,
    },
};

fn time(seconds: i64, nanos: i32) -> Value {
    value(ValueType::TimestampValue(Timestamp { seconds, nanos }))
}

fn bytes(bytes: &[u8]) -> Value {
    value(ValueType::BytesValue(bytes.to_vec()))
}

fn point(latitude: f64, longitude: f64) -> Value {
    value(ValueType::GeoPointValue(LatLng { latitude, longitude }))
}

fn vector(numbers: &[f64]) -> Value {
    let numbers: Vec<Value> = numbers.iter().map(|&number| double(number)).collect();
    map([("__type__", text("__vector__")), ("value", array(numbers))])
}

fn samples() -> Vec<(&'static str, Value)> {
    vec![
        ("null", null()),
        ("false", boolean(false)),
        ("true", boolean(true)),
        ("nan", double(f64::NAN)),
        ("minus-infinity", double(f64::NEG_INFINITY)),
        ("minus-one", int(-1)),
        ("minus-zero", double(-0.0)),
        ("zero", int(0)),
        ("one", int(1)),
        ("one-double", double(1.0)),
        ("one-half", double(1.5)),
        ("two53", int(1 << 53)),
        ("two53-plus-one", int((1 << 53) + 1)),
        ("two53-double", double(9_007_199_254_740_992.0)),
        ("max", int(i64::MAX)),
        ("two63", double(9_223_372_036_854_775_808.0)),
        ("time-early", time(-1, 0)),
        ("time-late", time(1, 5_000)),
        ("text-empty", text("")),
        ("text-a", text("a")),
        ("text-ab", text("ab")),
        ("text-zero", text("a\u{0}b")),
        ("text-accent", text("é")),
        ("text-emoji", text("😀")),
        ("text-private", text("\u{e000}")),
        ("text-long", text(&"x".repeat(2_000))),
        ("bytes-empty", bytes(&[])),
        ("bytes", bytes(&[0, 255])),
        ("reference-a", reference("a/b")),
        ("reference-deep", reference("a/b/c/d")),
        ("reference-z", reference("z/b")),
        ("point", point(1.0, 2.0)),
        ("point-south", point(-1.0, 2.0)),
        ("array-empty", array([])),
        ("array-one", array([int(1)])),
        ("array-one-null", array([int(1), null()])),
        ("array-nan", array([double(f64::NAN)])),
        ("array-text", array([text("a")])),
        ("vector", vector(&[1.0, 2.0])),
        ("vector-short", vector(&[9.0])),
        ("map-empty", map([])),
        ("map-a", map([("a", int(1))])),
        ("map-ab", map([("a", int(1)), ("b", int(0))])),
        ("map-b", map([("b", int(0))])),
    ]
}

async fn ids(client: &mut Client, parent: &str, query: StructuredQuery) -> String {
    let mut stream = match client.run_query(query_request(parent, query)).await {
        Ok(stream) => stream.into_inner(),
        Err(status) => return show::error(&status),
    };
    let mut found = Vec::new();
    loop {
        match stream.message().await {
            Ok(Some(answer)) => found.extend(answer.document.map(|d| show::name(&d.name).to_owned())),
            Ok(None) => return found.join(" "),
            Err(status) => return show::error(&status),
        }
    }
}

struct Asker<'a> {
    client: Client,
    transcript: &'a mut Transcript,
}

impl Asker<'_> {
    async fn ask(&mut self, question: impl Into<String>, query: StructuredQuery) {
        self.ask_below(question, ROOT, query).await;
    }

    async fn ask_below(&mut self, question: impl Into<String>, parent: &str, query: StructuredQuery) {
        let answer = ids(&mut self.client, parent, query).await;
        self.transcript
            .insert(format!("query {}", question.into()), answer);
    }

    async fn filter(&mut self, question: impl Into<String>, filter: Filter) {
        self.ask(
            question,
            StructuredQuery {
                r#where: Some(filter),
                ..from("v")
            },
        )
        .await;
    }
}

pub async fn run(mut client: Client, transcript: &mut Transcript) {
    let mut writes: Vec<_> = samples()
        .into_iter()
        .map(|(id, v)| set(&format!("v/{id}"), [("v", v)]))
        .collect();
    writes.push(set("v/missing", [("w", int(1))]));
    for (id, user, at) in [
        ("a", "x", 3),
        ("b", "y", 1),
        ("c", "x", 1),
        ("d", "x", 2),
        ("e", "y", 3),
        ("f", "x", 3),
        ("g", "z", 0),
    ] {
        writes.push(set(
            &format!("p/{id}"),
            [
                ("user", text(user)),
                ("at", int(at)),
                ("m", map([("n", int(at))])),
            ],
        ));
    }
    writes.push(set("p/h", [("user", text("x"))]));
    for path in ["p/a/s/1", "p/b/s/2", "p/a/s/1/s/3", "q/a/s/4", "s/5"] {
        writes.push(set(path, [("n", int(1))]));
    }
    let request = CommitRequest {
        database: DATABASE.to_owned(),
        writes,
        ..Default::default()
    };
    client.commit(request).await.unwrap();
    let mut asker = Asker { client, transcript };
    operators(&mut asker).await;
    orders_and_cursors(&mut asker).await;
    composites(&mut asker).await;
    scopes(&mut asker).await;
    aggregations(&mut asker).await;
}

async fn operators(asker: &mut Asker<'_>) {
    use Field::{ArrayContains, Equal, GreaterThan, GreaterThanOrEqual, LessThan, LessThanOrEqual, NotEqual};
    for op in [
        Equal,
        NotEqual,
        LessThan,
        LessThanOrEqual,
        GreaterThan,
        GreaterThanOrEqual,
        ArrayContains,
    ] {
        for (id, operand) in samples() {
            asker
                .filter(format!("{} {id}", op.as_str_name()), filter("v", op, operand))
                .await;
        }
    }
    let lists = [
        ("one and text", array([int(1), text("a")])),
        ("null and one", array([null(), int(1)])),
        ("nan", array([double(f64::NAN)])),
        ("array", array([array([int(1)])])),
        ("duplicates", array([int(1), double(1.0), int(1)])),
        ("empty", array([])),
        ("ten", array((0..10).map(int).collect::<Vec<_>>())),
        ("eleven", array((0..11).map(int).collect::<Vec<_>>())),
        ("thirty", array((0..30).map(int).collect::<Vec<_>>())),
        ("thirty-one", array((0..31).map(int).collect::<Vec<_>>())),
        ("no list", int(1)),
    ];
    for op in [Field::In, Field::NotIn, Field::ArrayContainsAny] {
        for (name, list) in &lists {
            asker
                .filter(
                    format!("{} {name}", op.as_str_name()),
                    filter("v", op, list.clone()),
                )
                .await;
        }
    }
    for op in [
        Unary::IsNull,
        Unary::IsNotNull,
        Unary::IsNan,
        Unary::IsNotNan,
        Unary::Unspecified,
    ] {
        asker.filter(op.as_str_name(), unary("v", op)).await;
        asker
            .filter(format!("name {}", op.as_str_name()), unary("__name__", op))
            .await;
    }
    asker.filter("map field", filter("v.a", Equal, int(1))).await;
    asker
        .filter("map field range", filter("v.b", LessThan, int(1)))
        .await;
    for op in [Equal, NotEqual, LessThan, GreaterThanOrEqual] {
        asker
            .filter(
                format!("name {}", op.as_str_name()),
                filter("__name__", op, reference("v/one")),
            )
            .await;
    }
    asker
        .filter(
            "name in",
            filter(
                "__name__",
                Field::In,
                array([reference("v/one"), reference("v/none")]),
            ),
        )
        .await;
    asker
        .filter(
            "name not in",
            filter("__name__", Field::NotIn, array([reference("v/one")])),
        )
        .await;
    asker
        .filter("name text", filter("__name__", Equal, text("v/one")))
        .await;
    asker
        .filter(
            "name elsewhere",
            filter("__name__", Equal, reference("other/one")),
        )
        .await;
    asker.filter("path empty", filter("", Equal, int(1))).await;
    asker.filter("path broken", filter("a..b", Equal, int(1))).await;
    asker
        .filter("no operator", filter("v", Field::Unspecified, int(1)))
        .await;
}

async fn orders_and_cursors(asker: &mut Asker<'_>) {
    let by = |collection: &str, orders: &[&str]| StructuredQuery {
        order_by: orders.iter().map(|text| order(text)).collect(),
        ..from(collection)
    };
    for orders in [
        &["v"][..],
        &["v desc"],
        &["v", "__name__ desc"],
        &["__name__"],
        &["__name__ desc"],
    ] {
        asker
            .ask(format!("order {}", orders.join(", ")), by("v", orders))
            .await;
    }
    let orders = [
        &["at"][..],
        &["at desc"],
        &["user", "at desc"],
        &["at desc", "user"],
        &["m.n", "__name__"],
        &["at", "__name__ desc"],
        &["m"],
    ];
    for orders in orders {
        let name = orders.join(", ");
        asker.ask(format!("order p {name}"), by("p", orders)).await;
        for limit in [0, 1, 3, 100] {
            let query = StructuredQuery {
                limit: Some(limit),
                ..by("p", orders)
            };
            asker.ask(format!("order p {name} limit {limit}"), query).await;
        }
        let query = StructuredQuery {
            offset: 2,
            limit: Some(3),
            ..by("p", orders)
        };
        asker.ask(format!("order p {name} offset"), query).await;
    }
    asker
        .ask(
            "limit negative",
            StructuredQuery {
                limit: Some(-1),
                ..from("p")
            },
        )
        .await;
    asker
        .ask(
            "offset negative",
            StructuredQuery {
                offset: -1,
                ..from("p")
            },
        )
        .await;
    asker
        .ask(
            "offset beyond",
            StructuredQuery {
                offset: 100,
                ..from("p")
            },
        )
        .await;
    asker.ask("order twice", by("p", &["at", "at desc"])).await;
    asker.ask("order name first", by("p", &["__name__", "at"])).await;
    let cursors: [(&str, &[&str], Vec<Value>); 9] = [
        ("at", &["at"], vec![int(1)]),
        ("at desc", &["at desc"], vec![int(1)]),
        ("at and name", &["at"], vec![int(3), reference("p/e")]),
        ("at desc and name", &["at desc"], vec![int(3), reference("p/e")]),
        ("name", &["__name__"], vec![reference("p/d")]),
        ("name elsewhere", &["__name__"], vec![reference("q/d")]),
        ("two", &["user", "at desc"], vec![text("x"), int(2)]),
        ("other type", &["at"], vec![text("x")]),
        ("double", &["at"], vec![double(1.5)]),
    ];
    for (name, orders, values) in cursors {
        for before in [true, false] {
            let cursor = Some(Cursor {
                values: values.clone(),
                before,
            });
            let query = StructuredQuery {
                start_at: cursor.clone(),
                ..by("p", orders)
            };
            asker.ask(format!("start {name} {before}"), query.clone()).await;
            asker
                .ask(
                    format!("start {name} {before} limit"),
                    StructuredQuery {
                        limit: Some(2),
                        ..query
                    },
                )
                .await;
            let query = StructuredQuery {
                end_at: cursor,
                ..by("p", orders)
            };
            asker.ask(format!("end {name} {before}"), query.clone()).await;
            asker
                .ask(
                    format!("end {name} {before} limit"),
                    StructuredQuery {
                        limit: Some(2),
                        ..query
                    },
                )
                .await;
        }
    }
    for (name, values) in [
        ("too many", vec![int(1), reference("p/a"), int(2)]),
        ("none", vec![]),
        ("name as text", vec![int(1), text("a")]),
    ] {
        let query = StructuredQuery {
            start_at: Some(Cursor { values, before: true }),
            ..by("p", &["at"])
        };
        asker.ask(format!("cursor {name}"), query).await;
    }
    let both = |from: i64, to: i64| StructuredQuery {
        start_at: Some(Cursor {
            values: vec![int(from)],
            before: true,
        }),
        end_at: Some(Cursor {
            values: vec![int(to)],
            before: false,
        }),
        ..by("p", &["at"])
    };
    asker.ask("between", both(1, 2)).await;
    asker.ask("between nothing", both(2, 1)).await;
}

async fn composites(asker: &mut Asker<'_>) {
    let user = || filter("user", Field::Equal, text("x"));
    let at = |op, number| filter("at", op, int(number));
    let and = |filters| composite(Composite::And, filters);
    let or = |filters| composite(Composite::Or, filters);
    let filters = [
        ("and", and(vec![user(), at(Field::GreaterThan, 1)])),
        ("and equalities", and(vec![user(), at(Field::Equal, 3)])),
        (
            "range",
            and(vec![at(Field::GreaterThan, 0), at(Field::LessThanOrEqual, 2)]),
        ),
        (
            "two ranges",
            and(vec![
                at(Field::GreaterThan, 1),
                filter("user", Field::LessThan, text("y")),
            ]),
        ),
        ("or", or(vec![user(), at(Field::Equal, 1)])),
        (
            "or with range",
            or(vec![
                filter("user", Field::Equal, text("z")),
                at(Field::GreaterThan, 2),
            ]),
        ),
        (
            "or of ranges",
            or(vec![
                filter("user", Field::GreaterThan, text("x")),
                at(Field::GreaterThan, 2),
            ]),
        ),
        ("or without field", or(vec![user(), at(Field::NotEqual, 3)])),
        (
            "nested",
            and(vec![user(), or(vec![at(Field::Equal, 1), at(Field::Equal, 2)])]),
        ),
        ("single", and(vec![or(vec![user()])])),
        ("empty", and(vec![])),
        ("no operator", composite(Composite::Unspecified, vec![user()])),
        (
            "equal and in",
            and(vec![user(), filter("at", Field::In, array([int(1), int(2)]))]),
        ),
        (
            "not in and not equal",
            and(vec![
                filter("at", Field::NotIn, array([int(1)])),
                at(Field::NotEqual, 2),
            ]),
        ),
        (
            "not in and in",
            and(vec![
                filter("at", Field::NotIn, array([int(1)])),
                filter("user", Field::In, array([text("x")])),
            ]),
        ),
        (
            "two not in",
            and(vec![
                filter("at", Field::NotIn, array([int(1)])),
                filter("user", Field::NotIn, array([text("x")])),
            ]),
        ),
        (
            "two not equal",
            and(vec![
                at(Field::NotEqual, 2),
                filter("user", Field::NotEqual, text("x")),
            ]),
        ),
        (
            "two array contains",
            and(vec![
                filter("a", Field::ArrayContains, int(1)),
                filter("a", Field::ArrayContains, int(2)),
            ]),
        ),
        (
            "never",
            and(vec![at(Field::GreaterThan, 2), at(Field::LessThan, 1)]),
        ),
    ];
    for (name, filter) in filters {
        for (order_name, orders) in [
            ("", vec![]),
            (" by at desc", vec![order("at desc")]),
            (" by name desc", vec![order("__name__ desc")]),
        ] {
            let query = StructuredQuery {
                r#where: Some(filter.clone()),
                order_by: orders,
                ..from("p")
            };
            asker.ask(format!("{name}{order_name}"), query.clone()).await;
            asker
                .ask(
                    format!("{name}{order_name} limit"),
                    StructuredQuery {
                        limit: Some(2),
                        ..query
                    },
                )
                .await;
        }
    }
}

async fn scopes(asker: &mut Asker<'_>) {
    let group = |id: &str| StructuredQuery {
        from: vec![CollectionSelector {
            collection_id: id.to_owned(),
            all_descendants: true,
        }],
        ..Default::default()
    };
    let below = format!("{ROOT}/p/a");
    asker.ask("group", group("s")).await;
    asker
        .ask(
            "group descending",
            StructuredQuery {
                order_by: vec![order("__name__ desc")],
                ..group("s")
            },
        )
        .await;
    asker
        .ask(
            "group limit",
            StructuredQuery {
                limit: Some(2),
                offset: 1,
                ..group("s")
            },
        )
        .await;
    let cursor = Cursor {
        values: vec![reference("p/b/s/2")],
        before: false,
    };
    asker
        .ask(
            "group cursor",
            StructuredQuery {
                start_at: Some(cursor),
                ..group("s")
            },
        )
        .await;
    asker.ask_below("group below", &below, group("s")).await;
    asker.ask_below("collection below", &below, from("s")).await;
    asker.ask_below("everything below", &below, group("")).await;
    asker.ask("group of none", group("none")).await;
    asker.ask("collection of none", from("none")).await;
    asker.ask("reserved collection", from("__x__")).await;
    asker
        .ask_below("parent is a collection", &format!("{ROOT}/p"), from("s"))
        .await;
    let select = |paths: &[&str]| StructuredQuery {
        select: Some(Projection {
            fields: paths.iter().filter_map(|path| field(path)).collect(),
        }),
        limit: Some(1),
        ..from("p")
    };
    for paths in [
        &["at"][..],
        &["m.n", "user"],
        &["__name__"],
        &["none"],
        &[],
        &["at", "__name__"],
    ] {
        let request = query_request(ROOT, select(paths));
        let mut answers = asker.client.run_query(request).await.unwrap().into_inner();
        let answer = answers.message().await.unwrap().unwrap();
        asker.transcript.insert(
            format!("select {paths:?}"),
            show::document(&answer.document.unwrap()),
        );
    }
    let select = StructuredQuery {
        select: Some(Projection { fields: vec![] }),
        ..from("none")
    };
    asker.ask("select nothing of none", select).await;
}

async fn aggregations(asker: &mut Asker<'_>) {
    let aggregate = |operator| aggregation::Aggregation {
        alias: "x".to_owned(),
        operator: Some(operator),
    };
    let count = |up_to| aggregate(kind::Operator::Count(kind::Count { up_to }));
    let sum = |path| aggregate(kind::Operator::Sum(kind::Sum { field: field(path) }));
    let avg = |path| aggregate(kind::Operator::Avg(kind::Avg { field: field(path) }));
    let of = |op, operand| StructuredQuery {
        r#where: Some(filter("v", op, operand)),
        ..from("v")
    };
    let cases = [
        ("count", vec![count(None)], from("p")),
        ("count up to", vec![count(Some(2))], from("p")),
        ("count up to zero", vec![count(Some(0))], from("p")),
        (
            "count limit",
            vec![count(None)],
            StructuredQuery {
                limit: Some(3),
                offset: 1,
                ..from("p")
            },
        ),
        ("count none", vec![count(None)], from("none")),
        ("sum", vec![sum("at")], from("p")),
        ("avg", vec![avg("at")], from("p")),
        ("sum of text", vec![sum("user")], from("p")),
        ("avg of text", vec![avg("user")], from("p")),
        ("sum none", vec![sum("at")], from("none")),
        ("sum overflow", vec![sum("v")], of(Field::GreaterThan, int(2))),
        (
            "sum with double",
            vec![sum("v")],
            of(Field::In, array([int(1), double(1.5)])),
        ),
        ("sum with nan", vec![sum("v")], from("v")),
        ("avg big", vec![avg("v")], of(Field::GreaterThan, int(2))),
        ("same alias", vec![count(None), sum("at")], from("p")),
        ("nothing", vec![], from("p")),
    ];
    for (name, aggregations, query) in cases {
        asker.aggregate(name, aggregations, query).await;
    }
    aggregations_of_several_fields(asker).await;
}

/// Which documents count, in which order they are taken, and how the results are called.
async fn aggregations_of_several_fields(asker: &mut Asker<'_>) {
    let writes = [
        set("ag/a", [("g", int(1)), ("x", int(5)), ("y", int(1))]),
        set("ag/b", [("g", int(1)), ("x", int(1)), ("y", int(2))]),
        set("ag/c", [("g", int(1)), ("x", int(3)), ("y", int(9))]),
        set(
            "ag/d",
            [
                ("g", int(1)),
                ("x", int(2)),
                ("y", int(4)),
                ("m", map([("n", int(7))])),
            ],
        ),
        set("ag/e", [("g", int(0)), ("x", int(9)), ("y", text("s"))]),
        set("ag/f", [("g", int(2)), ("y", int(3)), ("m", int(0))]),
        set("ag/g", [("g", int(2)), ("x", null()), ("z", double(f64::NAN))]),
    ];
    support::write(&asker.client, writes).await;
    let called = |alias: &str, operator| aggregation::Aggregation {
        alias: alias.to_owned(),
        operator: Some(operator),
    };
    let count = |up_to| kind::Operator::Count(kind::Count { up_to });
    let sum = |path: &str| called(path, kind::Operator::Sum(kind::Sum { field: field(path) }));
    let avg = |path| kind::Operator::Avg(kind::Avg { field: field(path) });
    let some = || {
        vec![
            sum("y"),
            sum("x"),
            called("n", count(None)),
            called("a", avg("x")),
        ]
    };
    for aggregations in [
        vec![sum("x"), called("n", count(None))],
        vec![sum("y"), called("n", count(None))],
        vec![sum("m.n"), called("n", count(None))],
        vec![sum("m"), sum("g")],
        some(),
    ] {
        let names: Vec<&str> = aggregations.iter().map(|one| one.alias.as_str()).collect();
        let names = names.join("+");
        let above = |path, op, number| StructuredQuery {
            r#where: Some(filter(path, op, int(number))),
            ..from("ag")
        };
        let ordered = |texts: &[&str]| StructuredQuery {
            order_by: texts.iter().map(|text| order(text)).collect(),
            ..from("ag")
        };
        for (of, query) in [
            ("all", from("ag")),
            ("by g", ordered(&["g"])),
            ("by g desc", ordered(&["g desc"])),
            ("by x desc", ordered(&["x desc"])),
            ("by name", ordered(&["__name__"])),
            ("by x and name", ordered(&["x", "__name__"])),
            ("g is 1", above("g", Field::Equal, 1)),
            ("y over 3", above("y", Field::GreaterThanOrEqual, 4)),
        ] {
            for (offset, limit) in [(0, None), (0, Some(2)), (1, None), (1, Some(2)), (0, Some(0))] {
                let query = StructuredQuery {
                    limit,
                    offset,
                    ..query.clone()
                };
                let name = format!("{names} of {of} offset {offset} limit {limit:?}");
                asker.aggregate(&name, aggregations.clone(), query).await;
            }
        }
    }
    let sum = |alias| called(alias, kind::Operator::Sum(kind::Sum { field: field("x") }));
    let names = [
        ("nameless", vec![sum(""), sum("q"), called("", count(None))]),
        (
            "name of a nameless",
            vec![sum("field_1"), called("", count(None))],
        ),
        ("another name", vec![sum("field_2"), called("", count(None))]),
        ("dotted", vec![sum("a.b")]),
        ("reserved", vec![sum("__x__")]),
        ("too long", vec![called(&"x".repeat(1_501), count(None))]),
        ("long", vec![called(&"x".repeat(1_500), count(None))]),
        (
            "several limits",
            vec![called("a", count(Some(2))), called("b", count(Some(3))), sum("c")],
        ),
        ("a limit below zero", vec![called("a", count(Some(-1)))]),
        ("of the name", vec![called("a", avg("__name__"))]),
        (
            "of no field",
            vec![called("a", kind::Operator::Sum(kind::Sum { field: None }))],
        ),
        ("without an operator", vec![aggregation::Aggregation::default()]),
        ("several", some()),
    ];
    for (name, aggregations) in names {
        asker.aggregate(name, aggregations, from("ag")).await;
    }
}

impl Asker<'_> {
    async fn aggregate(
        &mut self,
        name: &str,
        aggregations: Vec<aggregation::Aggregation>,
        query: StructuredQuery,
    ) {
        let aggregation = StructuredAggregationQuery {
            aggregations,
            query_type: Some(aggregation::QueryType::StructuredQuery(query)),
        };
        let request = RunAggregationQueryRequest {
            parent: ROOT.to_owned(),
            query_type: Some(
                run_aggregation_query_request::QueryType::StructuredAggregationQuery(aggregation),
            ),
            ..Default::default()
        };
        let answer = match self.client.run_aggregation_query(request).await {
            Ok(stream) => stream.into_inner().message().await,
            Err(status) => Err(status),
        };
        let answer = show::outcome(answer, |answer| {
            show::fields(
                &answer
                    .unwrap_or_default()
                    .result
                    .unwrap_or_default()
                    .aggregate_fields,
            )
        });
        self.transcript.insert(format!("aggregate {name}"), answer);
    }
}
