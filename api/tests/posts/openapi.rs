//! `openapi.json` says what the server does: real answers are held against it.

use crate::{http::Answer, server::Server};
use serde_json::{Value, json};

/// Checks a value against a schema, as far as our document uses JSON Schema; a keyword that is not known here fails,
/// so that nothing is promised that this does not check.
fn check(document: &Value, schema: &Value, value: &Value, place: &str) {
    for (keyword, rule) in schema.as_object().expect("a schema is an object") {
        match keyword.as_str() {
            "$ref" => {
                let path = rule
                    .as_str()
                    .and_then(|path| path.strip_prefix('#'))
                    .expect("a local reference");
                let schema = document.pointer(path).unwrap_or_else(|| panic!("no {path}"));
                check(document, schema, value, place);
            }
            "type" => assert!(is_of_type(rule, value), "{place} is {value}, not {rule}"),
            "required" => {
                for name in rule.as_array().expect("a list") {
                    let name = name.as_str().expect("a name");
                    assert!(value.get(name).is_some(), "{place} has no {name}");
                }
            }
            "properties" => {
                for (name, schema) in rule.as_object().expect("an object") {
                    if let Some(value) = value.get(name) {
                        check(document, schema, value, &format!("{place}.{name}"));
                    }
                }
            }
            "additionalProperties" => {
                let known = &schema["properties"];
                let odd = value
                    .as_object()
                    .expect("an object")
                    .keys()
                    .find(|name| known.get(name).is_none());
                assert!(rule == true || odd.is_none(), "{place} has {odd:?}");
            }
            "items" => {
                for (index, value) in value.as_array().expect("an array").iter().enumerate() {
                    check(document, rule, value, &format!("{place}[{index}]"));
                }
            }
            "format" => {
                assert_eq!(rule, "date-time");
                let time = value
                    .as_str()
                    .expect("a text")
                    .parse::<gcloud_sdk::prost_types::Timestamp>();
                assert!(time.is_ok(), "{place} is {value}");
            }
            "description" => {}
            unknown => panic!("{place}: this check does not know {unknown:?}"),
        }
    }
}

fn is_of_type(rule: &Value, value: &Value) -> bool {
    match rule {
        Value::Array(rules) => rules.iter().any(|rule| is_of_type(rule, value)),
        Value::String(name) => match name.as_str() {
            "string" => value.is_string(),
            "integer" => value.is_u64() || value.is_i64(),
            "boolean" => value.is_boolean(),
            "null" => value.is_null(),
            "array" => value.is_array(),
            "object" => value.is_object(),
            unknown => panic!("no type {unknown}"),
        },
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::Object(_) => panic!("no type {rule}"),
    }
}

/// Holds an answer against what the document says of its path, method and status.
fn hold(document: &Value, path: &str, method: &str, answer: &Answer) {
    let place = format!("{method} {path} {}", answer.status);
    let response = &document["paths"][path][method]["responses"][answer.status.to_string()];
    let content = response["content"]
        .as_object()
        .unwrap_or_else(|| panic!("{place} is not described"));
    let kind = answer
        .header("content-type")
        .split(';')
        .next()
        .unwrap_or_default();
    let schema = &content[kind]["schema"];
    if kind == "application/json" {
        check(document, schema, &answer.json(), &place);
    }
}

#[tokio::test]
async fn real_answers_are_as_described() {
    let server = Server::start().await;
    let document = server.send("GET", "openapi.json").await.json();
    assert_eq!(document["openapi"], "3.1.0");
    let body = json!({"title": "a", "description": null, "more": [1, {"b": null}]}).to_string();
    let made = server.send_json("POST", "posts", &body).await;
    hold(&document, "/posts", "post", &made);
    let id = made.json()["id"].as_str().expect("it has an id").to_owned();
    let post = format!("posts/{id}");
    let large = format!("{{\"a\": \"{}\"}}", "x".repeat(wire::limits::POST_BYTES));

    for (path, method, real, body) in [
        ("/helloWorld", "get", "helloWorld", ""),
        ("/openapi.json", "get", "openapi.json", ""),
        ("/posts", "get", "posts", ""),
        ("/posts", "get", "posts?limit=0", ""),
        ("/posts", "post", "posts", "{"),
        ("/posts", "post", "posts", &large),
        ("/posts/{id}", "get", &post, ""),
        ("/posts/{id}", "get", "posts/nobody", ""),
        ("/posts/{id}", "get", "posts/..", ""),
        ("/posts/{id}", "put", &post, "{\"title\": \"b\"}"),
        ("/posts/{id}", "put", "posts/nobody", "{}"),
        ("/posts/{id}", "put", &post, "[]"),
        ("/posts/{id}", "delete", &post, ""),
        ("/posts/{id}", "delete", &post, ""),
        ("/posts/{id}", "delete", "posts/..", ""),
        ("/rooms/{id}", "get", "rooms/a", ""),
        ("/rooms/{id}", "get", "rooms/a%20b", ""),
        ("/rooms/{id}/messages", "get", "rooms/a/messages", ""),
        ("/rooms/{id}/messages", "get", "rooms/a/messages?limit=0", ""),
    ] {
        let answer = server.send_json(&method.to_uppercase(), real, body).await;
        hold(&document, path, method, &answer);
    }
    let untyped = server.send_body("POST", "posts", &[], "{}").await;
    assert_eq!(untyped.status, 415);
    hold(&document, "/posts", "post", &untyped);
    server.stop().await;
}
