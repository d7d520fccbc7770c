//! Photos and bodies at their limits and just over.

use crate::server::Server;
use serde_json::json;
use wire::limits::{PHOTO_BYTES, POST_BYTES};

const PREFIX: &str = "data:image/jpeg;base64,";

/// A data URL of exactly that many bytes.
fn photo(bytes: usize) -> String {
    format!("{PREFIX}{}", "A".repeat(bytes - PREFIX.len()))
}

/// The largest that is a data URL at all: base64 comes in fours.
fn largest() -> usize {
    PREFIX.len() + (PHOTO_BYTES - PREFIX.len()) / 4 * 4
}

#[tokio::test]
async fn a_photo_may_be_as_large_as_the_limit_and_no_larger() {
    let server = Server::start().await;
    let made = server
        .post(&json!({"title": "a", "photo": photo(largest())}))
        .await;
    let id = made["id"].as_str().expect("it has an id");
    let read = server.send("GET", &format!("posts/{id}")).await;
    assert_eq!(read.json(), made, "the photo comes back whole");
    for (method, path) in [("POST", "posts".to_owned()), ("PUT", format!("posts/{id}"))] {
        let over = json!({"photo": photo(largest() + 4)});
        let answer = server.send_json(method, &path, over.to_string()).await;
        assert_eq!(answer.status, 413, "{answer:?}");
        let error = answer.json()["error"].as_str().expect("it says why").to_owned();
        assert!(error.contains(&PHOTO_BYTES.to_string()), "{error}");
    }
    assert_eq!(
        server.send("GET", &format!("posts/{id}")).await.json(),
        made,
        "the post is as it was"
    );
    server.stop().await;
}

/// A JSON body of exactly that many bytes.
fn body(bytes: usize) -> String {
    const FRAME: usize = r#"{"a":""}"#.len();
    format!(r#"{{"a":"{}"}}"#, "x".repeat(bytes - FRAME))
}

#[tokio::test]
async fn a_body_may_be_as_large_as_the_limit_and_no_larger() {
    let server = Server::start().await;
    let fits = server.send_json("POST", "posts", body(POST_BYTES)).await;
    assert_eq!(fits.status, 200, "{fits:?}");
    for over in [POST_BYTES + 1, 2 * POST_BYTES, 8 * POST_BYTES] {
        let answer = server.send_json("POST", "posts", body(over)).await;
        assert_eq!(answer.status, 413, "{answer:?}");
        assert!(
            answer.json()["error"]
                .as_str()
                .expect("it says why")
                .contains(&POST_BYTES.to_string())
        );
    }
    let waiting = ["Content-Type: application/json", "Expect: 100-continue"];
    let answer = server
        .send_body("POST", "posts", &waiting, body(POST_BYTES + 1))
        .await;
    assert_eq!(answer.status, 413, "{answer:?}");
    assert_eq!(
        server.send("GET", "posts").await.json().as_array().map(Vec::len),
        Some(1)
    );
    server.stop().await;
}

#[tokio::test]
async fn a_body_without_a_length_has_the_same_limit() {
    let server = Server::start().await;
    for (bytes, status) in [(POST_BYTES, 200), (POST_BYTES + 1, 413), (4 * POST_BYTES, 413)] {
        let mut request =
            b"POST /api/posts HTTP/1.1\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n".to_vec();
        for chunk in body(bytes).as_bytes().chunks(60_000) {
            request.extend(format!("{:x}\r\n", chunk.len()).bytes());
            request.extend_from_slice(chunk);
            request.extend_from_slice(b"\r\n");
        }
        request.extend_from_slice(b"0\r\n\r\n");
        let answer = server.raw(&request).await;
        assert_eq!(answer.status, status, "{bytes} bytes: {answer:?}");
    }
    server.stop().await;
}

#[tokio::test]
async fn a_document_over_a_mebibyte_is_refused_with_its_reason() {
    let server = Server::start().await;
    // Small in JSON, large in Firestore: eight bytes for every digit.
    let numbers = format!(r#"{{"numbers": [{}0]}}"#, "0,".repeat(140_000));
    let answer = server.send_json("POST", "posts", numbers).await;
    assert_eq!(answer.status, 413, "{answer:?}");
    assert!(
        answer.json()["error"]
            .as_str()
            .expect("it says why")
            .contains("1048576")
    );
    server.stop().await;
}
