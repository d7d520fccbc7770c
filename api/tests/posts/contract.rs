//! Routes, bodies and headers as the ancestor has them.

use crate::server::Server;
use serde_json::{Value, json};

#[tokio::test]
async fn a_post_lives_as_the_readme_says() {
    let server = Server::start().await;
    let example = include_str!("../../post.json");
    let made = server.send_json("POST", "posts", example).await;
    assert_eq!(
        (made.status, made.header("content-type")),
        (200, "application/json")
    );
    let made = made.json();
    let id = made["id"].as_str().expect("it has an id");
    let sent: Value = serde_json::from_str(example).expect("the example is JSON");
    for (name, value) in sent.as_object().expect("it is one") {
        assert_eq!(&made["data"][name], value, "{name}");
    }
    assert_eq!(server.send("GET", "posts").await.json(), json!([made]));
    assert_eq!(server.send("GET", &format!("posts/{id}")).await.json(), made);

    let changed = server
        .send_json("PUT", &format!("posts/{id}"), r#"{"title": "new"}"#)
        .await;
    assert_eq!(changed.status, 200, "{changed:?}");
    let changed = changed.json();
    assert_eq!(changed["data"]["title"], "new");
    for name in ["description", "photo", "user_id", "regist_datetime"] {
        assert_eq!(changed["data"][name], made["data"][name], "{name}");
    }
    assert!(changed["data"]["update_datetime"].as_str() > made["data"]["update_datetime"].as_str());

    let deleted = server.send("DELETE", &format!("posts/{id}")).await;
    assert_eq!((deleted.status, deleted.json()), (200, json!({"id": id})));
    assert_eq!(server.send("GET", "posts").await.json(), json!([]));
    server.stop().await;
}

#[tokio::test]
async fn a_client_cannot_set_what_is_the_server_s() {
    let server = Server::start().await;
    let forged = json!({"id": "mine", "regist_datetime": "1999", "update_datetime": 1, "title": "a"});
    let made = server.post(&forged).await;
    let id = made["id"].as_str().expect("it has an id").to_owned();
    assert_ne!(id, "mine");
    assert_eq!(made["data"].get("id"), None);
    let time = made["data"]["regist_datetime"].as_str().expect("it has a time");
    assert!(time.starts_with("20"), "{time}");

    // What was read may be sent back: the times in it change nothing.
    let sent_back = server
        .send_json("PUT", &format!("posts/{id}"), made["data"].to_string())
        .await
        .json();
    assert_eq!(
        sent_back["data"]["regist_datetime"],
        made["data"]["regist_datetime"]
    );
    let forged = server
        .send_json("PUT", &format!("posts/{id}"), forged.to_string())
        .await
        .json();
    assert_eq!(forged["data"]["regist_datetime"], made["data"]["regist_datetime"]);
    server.stop().await;
}

#[tokio::test]
async fn head_is_get_without_the_body() {
    let server = Server::start().await;
    server.post(&json!({"title": "a"})).await;
    for path in ["posts", "posts/nobody", "helloWorld", "rooms/a"] {
        let (get, head) = (server.send("GET", path).await, server.send("HEAD", path).await);
        assert_eq!(head.status, get.status, "{path}");
        assert_eq!(
            head.header("content-length"),
            get.body.len().to_string(),
            "{path}"
        );
        assert_eq!(head.header("content-type"), get.header("content-type"), "{path}");
        assert!(head.body.is_empty(), "{path}");
    }
    server.stop().await;
}

#[tokio::test]
async fn pages_of_other_origins_may_read_and_write() {
    let server = Server::start().await;
    for path in ["posts", "posts/nobody", "helloWorld", "no/such/path"] {
        let answer = server.send("GET", path).await;
        assert_eq!(answer.header("access-control-allow-origin"), "*", "{path}");
    }
    let asked = server
        .send_body(
            "OPTIONS",
            "posts/a",
            &["Origin: http://a", "Access-Control-Request-Method: PUT"],
            "",
        )
        .await;
    assert_eq!(asked.status, 204);
    assert_eq!(asked.header("access-control-allow-origin"), "*");
    for method in ["GET", "POST", "PUT", "DELETE"] {
        assert!(
            asked.header("access-control-allow-methods").contains(method),
            "{method}"
        );
    }
    assert_eq!(
        asked.header("access-control-allow-headers"),
        "authorization, content-type"
    );
    server.stop().await;
}

#[tokio::test]
async fn a_slash_at_the_end_makes_no_difference() {
    let server = Server::start().await;
    assert_eq!(server.send("GET", "posts/").await.json(), json!([]));
    let hello = server.send("GET", "helloWorld").await;
    assert_eq!(
        (hello.status, hello.body.as_slice()),
        (200, b"Hello from Tsukiyo!".as_slice())
    );
    server.stop().await;
}
