//! Requests that both servers answer alike.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::http::ask;

const ROOT: &str = "/v1/projects/test/databases/(default)/documents";
const NAME: &str = "projects/test/databases/(default)/documents";

/// Asks everything, in order, and returns the answers by question.
pub async fn run(address: &str) -> BTreeMap<String, String> {
    super::support::clear(address).await;
    let mut answers = BTreeMap::new();
    for (number, (method, target, body)) in cases().into_iter().enumerate() {
        let headers = [
            ("Content-Type", "application/json"),
            ("Authorization", "Bearer owner"),
        ];
        let text = if body.is_null() {
            String::new()
        } else {
            body.to_string()
        };
        let answer = ask(address, method, &format!("{ROOT}{target}"), &headers, &text).await;
        let shown = match serde_json::from_str(&answer.body) {
            Ok(json) => normal(json).to_string(),
            Err(_) => "no JSON".to_owned(),
        };
        let question: String = format!("{number:03} {method} {target} {text}")
            .chars()
            .take(160)
            .collect();
        answers.insert(question, format!("{} {shown}", answer.status));
    }
    answers
}

/// Leaves out what differs from run to run, and what people read: times, tokens, messages.
fn normal(json: Value) -> Value {
    match json {
        Value::Object(object) => Value::Object(
            object
                .into_iter()
                // "done" is a hint that gRPC clients do not wait for.
                .filter(|(name, _)| name != "done")
                .map(|(name, value)| {
                    let value = match name.as_str() {
                        "createTime" | "updateTime" | "readTime" | "commitTime" => "a time".into(),
                        "nextPageToken" | "transaction" => "a token".into(),
                        "message" => "words".into(),
                        "timestampValue" if is_now(&value) => "now".into(),
                        _ => normal(value),
                    };
                    (name, value)
                })
                .collect(),
        ),
        Value::Array(elements) => Value::Array(elements.into_iter().map(normal).collect()),
        other @ (Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_)) => other,
    }
}

fn is_now(value: &Value) -> bool {
    value.as_str().is_some_and(|time| time >= "2021")
}

fn cases() -> Vec<(&'static str, &'static str, Value)> {
    let mut cases = writing();
    cases.extend(reading());
    cases.extend(refusals());
    cases.extend(commits());
    cases.extend(queries());
    cases
}

fn writing() -> Vec<(&'static str, &'static str, Value)> {
    let all = json!({"fields": {
        "null": {"nullValue": null}, "true": {"booleanValue": true}, "false": {"booleanValue": false},
        "int": {"integerValue": "9223372036854775807"}, "int number": {"integerValue": -12}, "zero": {"integerValue": "0"},
        "double": {"doubleValue": 1.5}, "whole": {"doubleValue": 2}, "nan": {"doubleValue": "NaN"},
        "infinity": {"doubleValue": "Infinity"}, "-infinity": {"doubleValue": "-Infinity"}, "tiny": {"doubleValue": 5e-324},
        "time": {"timestampValue": "2020-01-01T00:00:00.123456789Z"}, "whole time": {"timestampValue": "2020-01-01T00:00:00Z"},
        "milli time": {"timestampValue": "2020-01-01T01:00:00.12+01:00"},
        "text": {"stringValue": "月 \"quoted\" \\ \u{0001} <&>"}, "empty": {"stringValue": ""},
        "bytes": {"bytesValue": "AAEC/w=="}, "bytes unpadded": {"bytesValue": "AAEC_w"}, "no bytes": {"bytesValue": ""},
        "reference": {"referenceValue": format!("{NAME}/c/all")}, "point": {"geoPointValue": {"latitude": 0, "longitude": -1.25}},
        "array": {"arrayValue": {"values": [{"integerValue": 1}, {"mapValue": {"fields": {"a": {"nullValue": null}}}}]}},
        "empty array": {"arrayValue": {}}, "empty map": {"mapValue": {}},
        "map": {"mapValue": {"fields": {"inner": {"mapValue": {"fields": {"deep": {"stringValue": "x"}}}}}}},
    }});
    let n = |number: i64| json!({"fields": {"n": {"integerValue": number}, "m": {"mapValue": {"fields": {"x": {"integerValue": 1}, "y": {"integerValue": 2}}}}}});
    vec![
        ("POST", "/c?documentId=all", all),
        ("GET", "/c/all", Value::Null),
        ("POST", "/c?documentId=all", n(1)),
        ("POST", "/c?documentId=a", n(1)),
        ("POST", "/c?documentId=b&mask.fieldPaths=n", n(2)),
        ("POST", "/c?documentId=%E6%9C%88%20x", n(3)),
        ("GET", "/c/%E6%9C%88%20x", Value::Null),
        ("POST", "/c/a/sub?documentId=s", n(4)),
        ("POST", "/c?documentId=__x__", n(4)),
        ("PATCH", "/c/new", n(5)),
        (
            "PATCH",
            "/c/new?updateMask.fieldPaths=m.x",
            json!({"fields": {"m": {"mapValue": {"fields": {"x": {"integerValue": 7}}}}}}),
        ),
        (
            "PATCH",
            "/c/new?updateMask.fieldPaths=m.y&updateMask.fieldPaths=gone&mask.fieldPaths=m",
            json!({"fields": {}}),
        ),
        ("PATCH", "/c/new?currentDocument.exists=false", n(6)),
        ("PATCH", "/c/nobody?currentDocument.exists=true", n(6)),
        (
            "PATCH",
            "/c/new?currentDocument.updateTime=2020-01-01T00:00:00Z",
            n(6),
        ),
        (
            "PATCH",
            "/c/new?currentDocument.exists=true&updateMask.fieldPaths=%60odd.name%60",
            json!({"fields": {"odd.name": {"integerValue": 1}}}),
        ),
        ("DELETE", "/c/new?currentDocument.exists=true", Value::Null),
        ("DELETE", "/c/new?currentDocument.exists=true", Value::Null),
        ("DELETE", "/c/new", Value::Null),
        ("GET", "/c/new", Value::Null),
    ]
}

fn reading() -> Vec<(&'static str, &'static str, Value)> {
    vec![
        ("GET", "/c/a?mask.fieldPaths=m.x", Value::Null),
        ("GET", "/c/a?mask.fieldPaths=m.x&mask.fieldPaths=n", Value::Null),
        ("GET", "/c?pageSize=2", Value::Null),
        ("GET", "/c?mask.fieldPaths=n", Value::Null),
        ("GET", "/c/a/sub", Value::Null),
        ("GET", "/nothing", Value::Null),
        ("GET", "/c?orderBy=n%20desc&mask.fieldPaths=n", Value::Null),
        ("GET", "/c/a?mask.fieldPaths=a..b", Value::Null),
        (
            "POST",
            ":batchGet",
            json!({"documents": [format!("{NAME}/c/a"), format!("{NAME}/c/none")], "mask": {"fieldPaths": ["n"]}}),
        ),
        (
            "POST",
            ":batchGet",
            json!({"documents": [format!("{NAME}/c/a")], "newTransaction": {"readOnly": {}}, "mask": {"fieldPaths": ["n"]}}),
        ),
        ("POST", ":batchGet", json!({"documents": ["nonsense"]})),
        ("POST", ":listCollectionIds", json!({})),
        ("POST", "/c/a:listCollectionIds", json!({"pageSize": 5})),
    ]
}

fn refusals() -> Vec<(&'static str, &'static str, Value)> {
    let field = |value: Value| json!({"fields": {"f": value}});
    vec![
        ("POST", "/r?documentId=a", field(json!({"integerVal": "1"}))),
        ("POST", "/r?documentId=a", field(json!({"integerValue": "x"}))),
        (
            "POST",
            "/r?documentId=a",
            field(json!({"integerValue": "1", "stringValue": "x"})),
        ),
        ("POST", "/r?documentId=a", field(json!({"bytesValue": "***"}))),
        (
            "POST",
            "/r?documentId=a",
            field(json!({"timestampValue": "yesterday"})),
        ),
        ("POST", "/r?documentId=a", field(json!({}))),
        (
            "POST",
            "/r?documentId=a",
            field(json!({"arrayValue": {"values": [{"arrayValue": {}}]}})),
        ),
        (
            "POST",
            "/r?documentId=a",
            field(json!({"geoPointValue": {"latitude": 91}})),
        ),
        ("POST", "/r?documentId=a", json!({"field": {}})),
        ("GET", "/r/a", Value::Null),
        ("POST", ":nonsense", json!({})),
        ("POST", "/r/a", json!({})),
    ]
}

fn commits() -> Vec<(&'static str, &'static str, Value)> {
    let update = |id: &str, number: i64| json!({"update": {"name": format!("{NAME}/w/{id}"), "fields": {"n": {"integerValue": number}}}});
    let transforms = json!([
        {"fieldPath": "time", "setToServerValue": "REQUEST_TIME"}, {"fieldPath": "n", "increment": {"integerValue": "2"}},
        {"fieldPath": "max", "maximum": {"doubleValue": 1.5}}, {"fieldPath": "min", "minimum": {"integerValue": 1}},
        {"fieldPath": "list", "appendMissingElements": {"values": [{"integerValue": 1}]}},
        {"fieldPath": "none", "removeAllFromArray": {"values": [{"integerValue": 1}]}},
    ]);
    vec![
        (
            "POST",
            ":commit",
            json!({"writes": [update("a", 1), update("b", 2)]}),
        ),
        (
            "POST",
            ":commit",
            json!({"writes": [{"update": {"name": format!("{NAME}/w/a"), "fields": {"n": {"integerValue": 3}}}, "updateMask": {"fieldPaths": ["n"]}, "updateTransforms": transforms, "currentDocument": {"exists": true}}]}),
        ),
        ("GET", "/w/a", Value::Null),
        (
            "POST",
            ":commit",
            json!({"writes": [{"delete": format!("{NAME}/w/b")}, {"transform": {"document": format!("{NAME}/w/c"), "fieldTransforms": [{"fieldPath": "n", "increment": {"integerValue": 1}}]}}]}),
        ),
        ("GET", "/w?mask.fieldPaths=n", Value::Null),
        (
            "POST",
            ":commit",
            json!({"writes": [{"delete": format!("{NAME}/w/none"), "currentDocument": {"exists": true}}]}),
        ),
        ("POST", ":commit", json!({})),
        ("POST", ":commit", json!({"transaction": "AAAA", "writes": []})),
        ("POST", ":beginTransaction", json!({})),
        ("POST", ":beginTransaction", Value::Null),
        ("POST", ":beginTransaction", json!({"options": {"readOnly": {}}})),
        (
            "POST",
            ":beginTransaction",
            json!({"options": {"readWrite": {"retryTransaction": ""}}}),
        ),
        ("POST", ":rollback", json!({"transaction": "AAAA"})),
        (
            "POST",
            ":batchWrite",
            json!({"writes": [update("d", 1), {"delete": format!("{NAME}/w/none2"), "currentDocument": {"exists": true}}], "labels": {"a": "b"}}),
        ),
        ("GET", "/w/d", Value::Null),
    ]
}

fn queries() -> Vec<(&'static str, &'static str, Value)> {
    let query = |query: Value| json!({"structuredQuery": query});
    let from = json!([{"collectionId": "c"}]);
    let select = json!({"fields": [{"fieldPath": "n"}]});
    let filter = |op: &str, value: Value| json!({"fieldFilter": {"field": {"fieldPath": "n"}, "op": op, "value": value}});
    let one = json!({"integerValue": 1});
    let count = json!({"alias": "count", "count": {}});
    vec![
        (
            "POST",
            ":runQuery",
            query(json!({"from": from, "select": select})),
        ),
        (
            "POST",
            ":runQuery",
            query(json!({"from": from, "select": select, "where": filter("GREATER_THAN", one.clone())})),
        ),
        (
            "POST",
            ":runQuery",
            query(
                json!({"from": from, "select": select, "where": filter("IN", json!({"arrayValue": {"values": [one, {"integerValue": "3"}]}}))}),
            ),
        ),
        (
            "POST",
            ":runQuery",
            query(
                json!({"from": from, "select": select, "where": {"compositeFilter": {"op": "OR", "filters": [filter("EQUAL", json!({"integerValue": 1})), filter("EQUAL", json!({"integerValue": 2}))]}}}),
            ),
        ),
        (
            "POST",
            ":runQuery",
            query(
                json!({"from": from, "select": select, "where": {"unaryFilter": {"op": "IS_NULL", "field": {"fieldPath": "null"}}}}),
            ),
        ),
        (
            "POST",
            ":runQuery",
            query(
                json!({"from": from, "select": select, "orderBy": [{"field": {"fieldPath": "n"}, "direction": "DESCENDING"}], "limit": 2}),
            ),
        ),
        (
            "POST",
            ":runQuery",
            query(
                json!({"from": from, "select": select, "orderBy": [{"field": {"fieldPath": "n"}}], "startAt": {"values": [{"integerValue": 1}], "before": false}, "limit": 1}),
            ),
        ),
        (
            "POST",
            ":runQuery",
            query(
                json!({"from": from, "select": select, "orderBy": [{"field": {"fieldPath": "n"}}], "offset": 1, "limit": 1}),
            ),
        ),
        (
            "POST",
            ":runQuery",
            json!({"structured_query": {"from": [{"collection_id": "sub", "all_descendants": true}]}}),
        ),
        (
            "POST",
            "/c/a:runQuery",
            query(json!({"from": [{"collectionId": "sub"}]})),
        ),
        (
            "POST",
            ":runQuery",
            query(json!({"from": [{"collectionId": "nothing"}]})),
        ),
        ("POST", ":runQuery", query(json!({"from": from, "limit": -1}))),
        (
            "POST",
            ":runQuery",
            query(json!({"from": from, "where": filter("NOPE", json!({"integerValue": 1}))})),
        ),
        ("POST", ":runQuery", query(json!({"from": from, "nope": 1}))),
        ("POST", ":runQuery", json!({})),
        (
            "POST",
            ":runAggregationQuery",
            json!({"structuredAggregationQuery": {"structuredQuery": {"from": from}, "aggregations": [{"alias": "sum", "sum": {"field": {"fieldPath": "n"}}}, {"alias": "avg", "avg": {"field": {"fieldPath": "n"}}}]}}),
        ),
        (
            "POST",
            ":runAggregationQuery",
            json!({"structuredAggregationQuery": {"structuredQuery": {"from": from}, "aggregations": [{"alias": "up to two", "count": {"upTo": "2"}}]}}),
        ),
        (
            "POST",
            ":runAggregationQuery",
            json!({"structuredAggregationQuery": {"structuredQuery": {"from": [{"collectionId": "nothing"}]}, "aggregations": [count]}}),
        ),
    ]
}
