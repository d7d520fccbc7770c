//! Commits: transforms, several writes of one document, limits of values, and batches.

use gcloud_sdk::google::firestore::v1::{
    ArrayValue, BatchWriteRequest, CommitRequest, DocumentMask, DocumentTransform, GetDocumentRequest,
    Precondition, Value, Write,
    document_transform::{FieldTransform, field_transform::TransformType as Kind},
    precondition::ConditionType,
    value::ValueType,
    write::Operation,
};

use super::{
    Transcript, show,
    support::{
        self, Client, DATABASE, ROOT, array, delete, double, exists, int, map, null, set, text, value,
    },
};

async fn commit(client: &mut Client, writes: Vec<Write>) -> String {
    let request = CommitRequest {
        database: DATABASE.to_owned(),
        writes,
        ..Default::default()
    };
    show::outcome(client.commit(request).await, |committed| {
        let results = committed.into_inner().write_results;
        let results: Vec<String> = results
            .iter()
            .map(|result| {
                result
                    .transform_results
                    .iter()
                    .map(show::value)
                    .collect::<Vec<_>>()
                    .join(", ")
            })
            .collect();
        format!("[{}]", results.join("; "))
    })
}

async fn stored(client: &mut Client, path: &str) -> String {
    let request = GetDocumentRequest {
        name: format!("{ROOT}/{path}"),
        ..Default::default()
    };
    show::outcome(client.get_document(request).await, |found| {
        show::document(found.get_ref())
    })
}

fn transform(path: &str, kind: Kind) -> FieldTransform {
    FieldTransform {
        field_path: path.to_owned(),
        transform_type: Some(kind),
    }
}

fn elements(values: &[Value]) -> ArrayValue {
    ArrayValue {
        values: values.to_vec(),
    }
}

pub async fn run(mut client: Client, transcript: &mut Transcript) {
    transforms(&mut client, transcript).await;
    times(&mut client, transcript).await;
    several(&mut client, transcript).await;
    limits(&mut client, transcript).await;
}

async fn transforms(client: &mut Client, transcript: &mut Transcript) {
    let start = || {
        set(
            "t/a",
            [
                ("int", int(3)),
                ("double", double(1.5)),
                ("max", int(i64::MAX)),
                ("min", int(i64::MIN)),
                ("nan", double(f64::NAN)),
                ("text", text("x")),
                ("array", array([int(1), int(2), int(1), null(), double(f64::NAN)])),
                ("map", map([("n", int(1))])),
            ],
        )
    };
    let numbers = [
        ("1", int(1)),
        ("-1", int(-1)),
        ("3.0", double(3.0)),
        ("4", int(4)),
        ("0.5", double(0.5)),
        ("nan", double(f64::NAN)),
        ("text", text("x")),
        ("null", null()),
    ];
    let mut cases: Vec<(String, Vec<FieldTransform>)> = Vec::new();
    for field in [
        "int", "double", "max", "min", "nan", "text", "none", "map.n", "map.m.l",
    ] {
        for (name, operand) in &numbers {
            cases.push((
                format!("{field} + {name}"),
                vec![transform(field, Kind::Increment(operand.clone()))],
            ));
            cases.push((
                format!("{field} max {name}"),
                vec![transform(field, Kind::Maximum(operand.clone()))],
            ));
            cases.push((
                format!("{field} min {name}"),
                vec![transform(field, Kind::Minimum(operand.clone()))],
            ));
        }
    }
    for field in ["array", "text", "none"] {
        for (name, values) in [
            ("new", vec![int(3), int(3), text("x")]),
            ("equal", vec![double(1.0), null(), double(f64::NAN)]),
            ("nested", vec![array([int(1)])]),
            ("none", vec![]),
        ] {
            let list = elements(&values);
            cases.push((
                format!("{field} append {name}"),
                vec![transform(field, Kind::AppendMissingElements(list.clone()))],
            ));
            cases.push((
                format!("{field} remove {name}"),
                vec![transform(field, Kind::RemoveAllFromArray(list))],
            ));
        }
    }
    cases.push((
        "server time".to_owned(),
        vec![transform("time", Kind::SetToServerValue(1))],
    ));
    cases.push((
        "no server value".to_owned(),
        vec![transform("time", Kind::SetToServerValue(0))],
    ));
    cases.push((
        "one field twice".to_owned(),
        vec![
            transform("int", Kind::Increment(int(1))),
            transform("int", Kind::Increment(int(1))),
        ],
    ));
    cases.push((
        "field and its parent".to_owned(),
        vec![
            transform("map", Kind::Increment(int(1))),
            transform("map.n", Kind::Increment(int(1))),
        ],
    ));
    cases.push((
        "the name".to_owned(),
        vec![transform("__name__", Kind::Increment(int(1)))],
    ));
    cases.push(("nothing".to_owned(), vec![]));
    for (name, field_transforms) in cases {
        commit(client, vec![start()]).await;
        let write = DocumentTransform {
            document: format!("{ROOT}/t/a"),
            field_transforms,
        };
        let write = Write {
            operation: Some(Operation::Transform(write)),
            ..Default::default()
        };
        let answer = commit(client, vec![write]).await;
        let after = if answer.starts_with('[') {
            stored(client, "t/a").await
        } else {
            String::new()
        };
        transcript.insert(format!("transform {name}"), format!("{answer} {after}"));
    }
    let update = |path: &str, mask: Option<&[&str]>, condition| Write {
        update_mask: mask.map(|paths| DocumentMask {
            field_paths: paths.iter().map(|&p| p.to_owned()).collect(),
        }),
        update_transforms: vec![
            transform("count", Kind::Increment(int(2))),
            transform("tags", Kind::AppendMissingElements(elements(&[text("x")]))),
        ],
        current_document: condition,
        ..set(path, [("a", int(1)), ("count", int(10))])
    };
    let cases = [
        ("plain", update("t/b", None, None)),
        ("again", update("t/b", None, None)),
        ("masked", update("t/b", Some(&["a"]), None)),
        ("masked empty", update("t/b", Some(&[]), None)),
        ("masked missing", update("t/c", Some(&["a"]), None)),
        ("masked the transformed", update("t/b", Some(&["count"]), None)),
        ("must exist", update("t/d", None, exists(true))),
        ("must not exist", update("t/b", None, exists(false))),
    ];
    for (name, write) in cases {
        let path = if name.ends_with("missing") { "t/c" } else { "t/b" };
        let answer = commit(client, vec![write]).await;
        let after = stored(client, path).await;
        transcript.insert(
            format!("update and transform {name}"),
            format!("{answer} {after}"),
        );
    }
}

/// Preconditions on the time of the last write.
async fn times(client: &mut Client, transcript: &mut Transcript) {
    for (name, path, seconds) in [
        ("of the document", "u/a", 0),
        ("of a second before", "u/a", -1),
        ("of a second later", "u/a", 1),
        ("of a year later", "u/a", 31_536_000),
        ("of what is missing", "u/none", 0),
        ("of what is missing, later", "u/none", 31_536_000),
    ] {
        for deletes in [true, false] {
            let stored_at = support::write(client, [set("u/a", [("n", int(1))])]).await;
            let time = prost_types::Timestamp {
                seconds: stored_at.seconds + seconds,
                ..stored_at
            };
            let write = if deletes {
                delete(path)
            } else {
                set(path, [("n", int(2))])
            };
            let write = Write {
                current_document: Some(Precondition {
                    condition_type: Some(ConditionType::UpdateTime(time)),
                }),
                ..write
            };
            let answer = commit(client, vec![write]).await;
            let after = stored(client, path).await;
            let what = if deletes { "delete" } else { "set" };
            transcript.insert(format!("{what} by the time {name}"), format!("{answer} {after}"));
        }
    }
}

async fn several(client: &mut Client, transcript: &mut Transcript) {
    let create = |path: &str| Write {
        current_document: exists(false),
        ..set(path, [("n", int(1))])
    };
    let cases = [
        (
            "same document twice",
            vec![set("s/a", [("n", int(1))]), set("s/a", [("n", int(2))])],
        ),
        ("set and delete", vec![set("s/b", [("n", int(1))]), delete("s/b")]),
        ("delete and set", vec![delete("s/a"), set("s/a", [("n", int(3))])]),
        ("create twice", vec![create("s/c"), create("s/c")]),
        ("all or nothing", vec![set("s/d", [("n", int(1))]), create("s/a")]),
        ("nothing", vec![]),
        ("no operation", vec![Write::default()]),
        (
            "elsewhere",
            vec![Write {
                operation: Some(Operation::Delete(
                    "projects/test/databases/other/documents/a/b".to_owned(),
                )),
                ..Default::default()
            }],
        ),
    ];
    for (name, writes) in cases {
        let answer = commit(client, writes).await;
        let mut after = Vec::new();
        for path in ["s/a", "s/b", "s/c", "s/d"] {
            after.push(stored(client, path).await);
        }
        transcript.insert(format!("commit {name}"), format!("{answer} {}", after.join("; ")));
    }
    let writes = vec![
        set("s/e", [("n", int(1))]),
        create("s/a"),
        delete("s/none"),
        set("s/__f__", []),
    ];
    let request = BatchWriteRequest {
        database: DATABASE.to_owned(),
        writes,
        ..Default::default()
    };
    let answer = show::outcome(client.batch_write(request).await, |answer| {
        format!(
            "{:?}",
            answer
                .get_ref()
                .status
                .iter()
                .map(|status| status.code)
                .collect::<Vec<_>>()
        )
    });
    transcript.insert(
        "batch".to_owned(),
        format!("{answer} {}", stored(client, "s/e").await),
    );
    let writes = vec![set("s/g", []), set("s/g", [])];
    let request = BatchWriteRequest {
        database: DATABASE.to_owned(),
        writes,
        ..Default::default()
    };
    let answer = show::outcome(client.batch_write(request).await, |_| "ok".to_owned());
    transcript.insert("batch twice".to_owned(), answer);
}

async fn limits(client: &mut Client, transcript: &mut Transcript) {
    let maps = |depth: usize| (0..depth).fold(int(1), |inner, _| map([("m", inner)]));
    let mixed = |depth: usize| {
        (0..depth).fold(int(1), |inner, level| {
            if level % 2 == 0 {
                map([("m", inner)])
            } else {
                array([inner])
            }
        })
    };
    let time = |seconds, nanos| {
        value(ValueType::TimestampValue(prost_types::Timestamp {
            seconds,
            nanos,
        }))
    };
    let point = |latitude, longitude| {
        value(ValueType::GeoPointValue(gcloud_sdk::google::r#type::LatLng {
            latitude,
            longitude,
        }))
    };
    let vector = |numbers: Value| map([("__type__", text("__vector__")), ("value", numbers)]);
    let cases = [
        ("property of 1048487", text(&"x".repeat(1_048_487))),
        ("property of 1048488", text(&"x".repeat(1_048_488))),
        (
            "bytes of 1048487",
            value(ValueType::BytesValue(vec![1; 1_048_487])),
        ),
        (
            "bytes of 1048488",
            value(ValueType::BytesValue(vec![1; 1_048_488])),
        ),
        (
            "two halves too large",
            array([text(&"x".repeat(600_000)), text(&"x".repeat(600_000))]),
        ),
        ("depth 19", maps(19)),
        ("depth 20", maps(20)),
        ("depth 21", maps(21)),
        ("mixed depth 20", mixed(20)),
        ("mixed depth 21", mixed(21)),
        ("array in array", array([array([])])),
        ("array in map in array", array([map([("a", array([]))])])),
        ("reserved field", map([("__x__", int(1))])),
        ("empty field", map([("", int(1))])),
        ("field of 1500", map([(&"x".repeat(1_500), int(1))])),
        ("field of 1501", map([(&"x".repeat(1_501), int(1))])),
        ("nothing", Value { value_type: None }),
        (
            "reference elsewhere",
            value(ValueType::ReferenceValue(
                "projects/other/databases/d/documents/a/b".to_owned(),
            )),
        ),
        (
            "reference broken",
            value(ValueType::ReferenceValue("nowhere".to_owned())),
        ),
        (
            "reference to a collection",
            value(ValueType::ReferenceValue(format!("{ROOT}/a"))),
        ),
        ("time too early", time(-62_135_596_801, 0)),
        ("time too late", time(253_402_300_800, 0)),
        ("time negative nanos", time(1, -1)),
        ("time too many nanos", time(1, 1_000_000_000)),
        ("time is cut", time(1, 123_456_789)),
        ("latitude", point(90.5, 0.0)),
        ("longitude", point(0.0, 180.5)),
        ("latitude nan", point(f64::NAN, 0.0)),
        ("vector", vector(array([double(1.0)]))),
        ("vector of integers", vector(array([int(1)]))),
        ("vector empty", vector(array([]))),
        ("vector of text", vector(text("x"))),
        ("other type", map([("__type__", text("other"))])),
    ];
    for (name, value) in cases {
        let answer = commit(client, vec![set("limits/a", [("f", value)])]).await;
        let after = if answer.starts_with('[') && name.contains("time") {
            stored(client, "limits/a").await
        } else {
            String::new()
        };
        transcript.insert(format!("store {name}"), format!("{answer} {after}"));
    }
}
