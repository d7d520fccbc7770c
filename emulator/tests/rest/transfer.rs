//! Emptying, exporting and importing a database.

use std::path::Path;

use serde_json::{Value, json};

use super::{
    http::{Answer, ask},
    start_google,
    support::{Listening, from, in_memory, query_target},
};

const ROOT: &str = "/v1/projects/test/databases/(default)/documents";

async fn post(address: &str, target: &str, body: &Value) -> Answer {
    ask(
        address,
        "POST",
        target,
        &[("Content-Type", "application/json")],
        &body.to_string(),
    )
    .await
}

async fn transfer(address: &str, verb: &str, directory: &Path, name: &str) -> Answer {
    let mut body = json!({"database": "projects/test/databases/(default)", "export_directory": directory});
    if !name.is_empty() {
        body["export_name"] = name.into();
    }
    post(address, &format!("/emulator/v1/projects/test:{verb}"), &body).await
}

/// All documents with their fields, in order.
async fn everything(address: &str) -> Vec<Value> {
    let query = json!({"structuredQuery": {"from": [{"allDescendants": true}]}});
    let found = post(address, &format!("{ROOT}:runQuery"), &query).await.json();
    let documents = found
        .as_array()
        .unwrap()
        .iter()
        .filter_map(|found| found.get("document"));
    documents
        .map(|document| json!([document["name"], document["fields"]]))
        .collect()
}

async fn fill(address: &str) {
    let every = json!({"fields": {
        "null": {"nullValue": null}, "true": {"booleanValue": true}, "int": {"integerValue": "-9223372036854775808"},
        "double": {"doubleValue": 1.5}, "nan": {"doubleValue": "NaN"}, "time": {"timestampValue": "1960-01-01T00:00:00.123456Z"},
        "text": {"stringValue": "月\n\"<&>"}, "long": {"stringValue": "x".repeat(60_000)}, "bytes": {"bytesValue": "AP8="},
        "reference": {"referenceValue": "projects/test/databases/(default)/documents/c/all/sub/s"},
        "point": {"geoPointValue": {"latitude": 1, "longitude": -2.5}},
        "array": {"arrayValue": {"values": [{"integerValue": "1"}, {"mapValue": {"fields": {"a": {"nullValue": null}}}}]}},
        "one": {"arrayValue": {"values": [{"stringValue": "x"}]}}, "empty array": {"arrayValue": {}},
        "map": {"mapValue": {"fields": {"inner": {"mapValue": {"fields": {"list": {"arrayValue": {"values": [{"booleanValue": false}]}}}}}}}},
        "empty map": {"mapValue": {}},
    }});
    for (target, body) in [
        ("/c?documentId=all", every),
        ("/c/all/sub?documentId=s", json!({})),
        ("/c?documentId=%E6%9C%88", json!({})),
    ] {
        let answer = post(address, &format!("{ROOT}{target}"), &body).await;
        assert_eq!(answer.status, 200, "{answer:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_database_comes_back_from_its_export() {
    let (server, _) = in_memory().await;
    let address = server.grpc_addr().to_string();
    let directory = tempfile::tempdir().unwrap();
    fill(&address).await;
    let before = everything(&address).await;
    let answer = transfer(&address, "export", directory.path(), "saved").await;
    assert_eq!(answer.status, 200, "{answer:?}");
    let file = directory.path().join("saved/documents.jsonl");
    let lines: Vec<Value> = std::fs::read_to_string(&file)
        .unwrap()
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    assert_eq!(lines.len(), 5);
    assert_eq!(lines[4], json!({"documents": 3}));

    // What came later goes with the import, and another database stays.
    post(&address, &format!("{ROOT}/later"), &json!({})).await;
    let other = "/v1/projects/test/databases/other/documents/c";
    post(&address, &format!("{other}?documentId=x"), &json!({})).await;
    for path in [file.clone(), directory.path().join("saved")] {
        let answer = transfer(&address, "import", &path, "").await;
        assert_eq!(answer.status, 200, "{answer:?}");
        assert_eq!(everything(&address).await, before);
    }
    assert_eq!(
        ask(&address, "GET", &format!("{other}/x"), &[], "").await.status,
        200
    );
    // Queries find by the index what was imported.
    let filter = json!({"fieldFilter": {"field": {"fieldPath": "double"}, "op": "EQUAL", "value": {"doubleValue": 1.5}}});
    let query = json!({"structuredQuery": {"from": [{"collectionId": "c"}], "where": filter}});
    let found = post(&address, &format!("{ROOT}:runQuery"), &query).await.json();
    assert!(found[0]["document"]["name"].as_str().unwrap().ends_with("/c/all"));

    let cleared = ask(
        &address,
        "DELETE",
        "/emulator/v1/projects/test/databases/(default)/documents",
        &[],
        "",
    )
    .await;
    assert_eq!((cleared.status, everything(&address).await.len()), (200, 0));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_import_that_fails_changes_nothing() {
    let (server, _) = in_memory().await;
    let address = server.grpc_addr().to_string();
    let directory = tempfile::tempdir().unwrap();
    fill(&address).await;
    transfer(&address, "export", directory.path(), "").await;
    let before = everything(&address).await;
    let file = directory.path().join("documents.jsonl");
    let whole = std::fs::read_to_string(&file).unwrap();
    let lines: Vec<&str> = whole.lines().collect();
    let broken = [
        String::new(),
        whole[..whole.len() - 3].to_owned(),
        lines[..lines.len() - 1].join("\n") + "\n",
        whole.replace("{\"documents\":3}", "{\"documents\":4}"),
        whole.replace("\"version\":1", "\"version\":2"),
        whole.replace("nullValue", "nulValue"),
        whole.replace("/documents/c/all\"", "/documents/c\""),
    ];
    for text in broken {
        std::fs::write(&file, &text).unwrap();
        let answer = transfer(&address, "import", directory.path(), "").await;
        assert_eq!(answer.status, 400, "{answer:?}");
        assert!(
            answer.json()["error"]["message"]
                .as_str()
                .unwrap()
                .contains("documents.jsonl, line"),
            "{answer:?}"
        );
        assert_eq!(everything(&address).await, before);
    }
    let nowhere = transfer(&address, "import", &directory.path().join("nowhere"), "").await;
    assert_eq!(nowhere.json()["error"]["status"], "FAILED_PRECONDITION");
    let path = json!({"export_directory": directory.path(), "export_name": "../x"});
    assert_eq!(
        post(&address, "/emulator/v1/projects/test:export", &path)
            .await
            .status,
        400
    );
    let other = json!({"database": "projects/other/databases/d", "export_directory": directory.path()});
    assert_eq!(
        post(&address, "/emulator/v1/projects/test:export", &other)
            .await
            .status,
        400
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn an_export_of_google_s_emulator_is_read() {
    let Some(google) = start_google().await else {
        println!(
            "\n*** SKIPPED: Google's Firestore emulator is not installed, so that it can export nothing ***\n"
        );
        return;
    };
    let directory = tempfile::tempdir().unwrap();
    fill(&google.address).await;
    let answer = transfer(&google.address, "export", directory.path(), "theirs").await;
    assert_eq!(answer.status, 200, "{answer:?}");

    let (server, _) = in_memory().await;
    let address = server.grpc_addr().to_string();
    let theirs = directory.path().join("theirs");
    for path in [theirs.clone(), theirs.join("theirs.overall_export_metadata")] {
        let answer = transfer(&address, "import", &path, "").await;
        assert_eq!(answer.status, 200, "{answer:?}");
        assert_eq!(everything(&address).await, everything(&google.address).await);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn listeners_and_queries_of_groups_see_what_an_import_made() {
    let (server, client) = in_memory().await;
    let address = server.grpc_addr().to_string();
    let directory = tempfile::tempdir().unwrap();
    fill(&address).await;
    assert_eq!(
        transfer(&address, "export", directory.path(), "").await.status,
        200
    );
    let added = post(&address, &format!("{ROOT}/c?documentId=later"), &json!({})).await;
    let mut listening = Listening::start(&client, [query_target(1, from("c"))]).await;
    listening
        .until(|seen| seen.paths(1) == ["c/all", "c/later", "c/月"])
        .await;
    assert_eq!(
        transfer(&address, "import", directory.path(), "").await.status,
        200
    );
    listening.until(|seen| seen.paths(1) == ["c/all", "c/月"]).await;

    let group = json!({"structuredQuery": {"from": [{"collectionId": "sub", "allDescendants": true}]}});
    let found = post(&address, &format!("{ROOT}:runQuery"), &group).await.json();
    assert_eq!(found.as_array().unwrap().len(), 1);
    assert!(
        found[0]["document"]["name"]
            .as_str()
            .unwrap()
            .ends_with("/c/all/sub/s")
    );

    // It cannot be undone, so that nobody is told of a past that is not kept.
    let time = added.json()["updateTime"].as_str().unwrap().to_owned();
    let target = format!("{ROOT}/c/later?readTime={time}");
    let past = ask(&address, "GET", &target, &[], "").await.json();
    assert_eq!(past["error"]["status"], "FAILED_PRECONDITION", "{past}");
}
