//! What Google's emulator lacks or refuses: here the documentation decides.

use serde_json::json;

use super::{
    http::{Answer, ask},
    support::in_memory,
};

const ROOT: &str = "/v1/projects/test/databases/(default)/documents";

async fn post(address: &str, target: &str, body: &str) -> Answer {
    ask(address, "POST", &format!("{ROOT}{target}"), &[], body).await
}

fn error(answer: &Answer) -> (u16, String, String) {
    let error = &answer.json()["error"];
    assert_eq!(error["code"], answer.status);
    let text = |name: &str| error[name].as_str().unwrap().to_owned();
    (answer.status, text("status"), text("message"))
}

#[tokio::test]
async fn wrong_payloads_are_named_in_google_s_words() {
    let (server, _) = in_memory().await;
    let address = server.grpc_addr().to_string();
    let cases = [
        (
            r#"{"fields":{"a":{"x":1}}}"#,
            "Invalid JSON payload received. Unknown name \"x\" at 'document.fields[0].value': Cannot find field.",
        ),
        (
            r#"{"fields":{"a":{"integerValue":"x"}}}"#,
            "Invalid value at 'document.fields[0].value.integer_value' (TYPE_INT64), \"x\"",
        ),
        ("[]", "Invalid JSON payload received. The root must be an object."),
    ];
    for (body, message) in cases {
        assert_eq!(
            error(&post(&address, "/c", body).await),
            (400, "INVALID_ARGUMENT".to_owned(), message.to_owned())
        );
    }
    for target in ["/c?nope=1", "/c?mask=1", "/c?currentDocument.exists=true"] {
        let (status, _, message) = error(&post(&address, target, "{}").await);
        assert!(
            status == 400 && message.contains("Cannot bind query parameter"),
            "{message}"
        );
    }
    let (_, _, message) = error(&post(&address, "/c", "{").await);
    assert!(message.starts_with("Invalid JSON payload received."), "{message}");
}

#[tokio::test]
async fn bodies_have_an_end_in_length_and_in_depth() {
    let (server, _) = in_memory().await;
    let address = server.grpc_addr().to_string();
    let deep = "{\"a\":".repeat(10_000) + "1" + &"}".repeat(10_000);
    let (status, _, message) = error(&post(&address, "/c", &deep).await);
    assert!(status == 400 && message.contains("recursion"), "{message}");
    // As deep as a value may be is not too deep for JSON.
    let nested = (0..20).fold(
        json!({"nullValue": null}),
        |inner, _| json!({"mapValue": {"fields": {"m": inner}}}),
    );
    let name = "projects/test/databases/(default)/documents/c/deep";
    let commit = json!({"writes": [{"update": {"name": name, "fields": {"f": nested}}}]});
    assert_eq!(post(&address, ":commit", &commit.to_string()).await.status, 200);
    let long = format!(
        "{{\"fields\":{{\"a\":{{\"stringValue\":\"{}\"}}}}}}",
        "x".repeat(25 << 20)
    );
    let (status, _, message) = error(&post(&address, "/c", &long).await);
    assert!(status == 400 && message.contains("longer than"), "{message}");
}

#[tokio::test]
async fn ids_of_the_server_and_pages_of_lists_work() {
    let (server, _) = in_memory().await;
    let address = server.grpc_addr().to_string();
    let created = post(&address, "/auto", "{}").await.json();
    assert_eq!(
        created["name"]
            .as_str()
            .unwrap()
            .rsplit('/')
            .next()
            .unwrap()
            .len(),
        20
    );
    for number in 0..5 {
        assert_eq!(
            post(&address, &format!("/l?documentId={number}"), "{}")
                .await
                .status,
            200
        );
    }
    let (mut token, mut seen) = (String::new(), Vec::new());
    loop {
        let target = format!("{ROOT}/l?pageSize=2&pageToken={token}&prettyPrint=false");
        let page = ask(&address, "GET", &target, &[], "").await;
        assert_eq!(page.body.trim().lines().count(), 1);
        let page = page.json();
        seen.extend(
            page["documents"]
                .as_array()
                .unwrap()
                .iter()
                .map(|found| found["name"].as_str().unwrap().to_owned()),
        );
        match page["nextPageToken"].as_str() {
            Some(next) => next.clone_into(&mut token),
            None => break,
        }
    }
    assert_eq!(seen.len(), 5);
}

#[tokio::test]
async fn transactions_read_their_own_state_and_commit() {
    let (server, _) = in_memory().await;
    let address = server.grpc_addr().to_string();
    let name = "projects/test/databases/(default)/documents/t/a";
    post(
        &address,
        "/t?documentId=a",
        r#"{"fields":{"n":{"integerValue":1}}}"#,
    )
    .await;
    let began = post(&address, ":beginTransaction", "{}").await.json();
    let transaction = began["transaction"].as_str().unwrap();
    let target = format!(
        "{ROOT}/t/a?transaction={}",
        transaction.replace('+', "%2B").replace('=', "%3D")
    );
    assert_eq!(
        ask(&address, "GET", &target, &[], "").await.json()["fields"]["n"]["integerValue"],
        "1"
    );
    let commit = json!({"transaction": transaction, "writes": [{"update": {"name": name, "fields": {"n": {"integerValue": 2}}}}]});
    assert_eq!(post(&address, ":commit", &commit.to_string()).await.status, 200);
    // It has ended.
    assert_eq!(
        error(&post(&address, ":commit", &commit.to_string()).await).1,
        "INVALID_ARGUMENT"
    );
}

#[tokio::test]
async fn queries_explain_themselves() {
    let (server, _) = in_memory().await;
    let address = server.grpc_addr().to_string();
    post(&address, "/c", r#"{"fields":{"n":{"integerValue":1}}}"#).await;
    let query = json!({"from": [{"collectionId": "c"}]});
    let index = json!([{"query_scope": "Collection", "properties": "(__name__ ASC)"}]);
    for analyze in [false, true] {
        let options = json!({ "analyze": analyze });
        let run = json!({"structuredQuery": query, "explainOptions": options});
        let count = json!({
            "structuredAggregationQuery": {"structuredQuery": query, "aggregations": [{"count": {}}]},
            "explainOptions": options,
        });
        for (target, result, body) in [
            (":runQuery", "document", run),
            (":runAggregationQuery", "result", count),
        ] {
            let answers = post(&address, target, &body.to_string()).await.json();
            assert_eq!(answers.as_array().unwrap().len(), 1);
            assert_eq!(answers[0][result].is_object(), analyze);
            let metrics = &answers[0]["explainMetrics"];
            assert_eq!(metrics["planSummary"]["indexesUsed"], index);
            let stats = &metrics["executionStats"];
            assert_eq!(stats.is_object(), analyze);
            if analyze {
                assert_eq!(
                    (&stats["resultsReturned"], &stats["readOperations"]),
                    (&json!("1"), &json!("1"))
                );
                assert!(stats["executionDuration"].as_str().unwrap().ends_with('s'));
                assert_eq!(stats["debugStats"]["billing_details"]["min_query_cost"], "0");
            }
        }
    }
}

#[tokio::test]
async fn what_is_lacking_says_so_by_name() {
    let (server, _) = in_memory().await;
    let address = server.grpc_addr().to_string();
    for verb in ["listen", "write", "executePipeline"] {
        assert_eq!(
            error(&post(&address, &format!(":{verb}"), "{}").await).1,
            "UNIMPLEMENTED"
        );
    }
    for parameter in ["fields=name", "alt=sse", "callback=x"] {
        let answer = ask(&address, "GET", &format!("{ROOT}/c/a?{parameter}"), &[], "").await;
        assert_eq!(error(&answer).1, "UNIMPLEMENTED", "{parameter}");
    }
    let rules = "/emulator/v1/projects/test:securityRules";
    assert_eq!(
        error(&ask(&address, "PUT", rules, &[], "{}").await).1,
        "UNIMPLEMENTED"
    );
    // Parameters of every Google API change nothing.
    let answer = ask(
        &address,
        "GET",
        &format!("{ROOT}/c/a?key=x&$.xgafv=2&$alt=json;enum-encoding=int"),
        &[],
        "",
    )
    .await;
    assert_eq!(error(&answer).1, "NOT_FOUND");
}

#[tokio::test]
async fn grpc_and_rest_share_a_port_and_its_data() {
    let (server, mut client) = in_memory().await;
    let address = server.grpc_addr().to_string();
    assert_eq!(ask(&address, "GET", "/", &[], "").await.body, "Ok\n");
    post(
        &address,
        "/c?documentId=a",
        r#"{"fields":{"n":{"doubleValue":"NaN"}}}"#,
    )
    .await;
    let request = gcloud_sdk::google::firestore::v1::GetDocumentRequest {
        name: "projects/test/databases/(default)/documents/c/a".to_owned(),
        ..Default::default()
    };
    let found = client.get_document(request).await.unwrap().into_inner();
    assert!(format!("{found:?}").contains("NaN"));
}
