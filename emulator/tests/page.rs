//! The page: it shows what is stored, and nothing in the data can become more than text.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test fails by panicking"
)]

mod support;

use gcloud_sdk::google::firestore::v1::CommitRequest;
use support::{DATABASE, array, connect, int, map, set, text};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};

async fn get(address: &str, path: &str) -> String {
    let mut stream = TcpStream::connect(address).await.unwrap();
    let request = format!("GET {path} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\r\n");
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.unwrap();
    answer
}

#[tokio::test]
async fn the_page_leads_from_databases_to_values() {
    let any = ([127, 0, 0, 1], 0).into();
    let config = emulator::Config {
        data: None,
        grpc: any,
        page: Some(any),
    };
    let server = emulator::Emulator::start(config).await.unwrap();
    let page = server.page_addr().unwrap().to_string();
    assert!(get(&page, "/").await.contains("Nothing is stored yet"));

    let evil = "<script>alert('x')</script>";
    let mut writes = vec![
        set(
            "posts/a b",
            [
                ("title", text(evil)),
                (evil, int(1)),
                ("m", map([("deep", array([int(42)]))])),
            ],
        ),
        set("posts/a b/comments/c", [("n", int(1))]),
        set("ghosts/x/bones/y", [("n", int(1))]),
    ];
    writes.extend((0..60).map(|number| set(&format!("many/{number:02}"), [("n", int(number))])));
    let mut client = connect(&server.grpc_addr().to_string()).await;
    let request = CommitRequest {
        database: DATABASE.to_owned(),
        writes,
        ..Default::default()
    };
    client.commit(request).await.unwrap();

    let root = get(&page, "/").await;
    assert!(root.contains("href=\"/test/%28default%29\""), "{root}");
    let collections = get(&page, "/test/%28default%29").await;
    for id in ["posts", "ghosts", "many"] {
        assert!(
            collections.contains(&format!("/test/%28default%29/{id}")),
            "{collections}"
        );
    }
    let posts = get(&page, "/test/%28default%29/posts").await;
    assert!(
        posts.contains("href=\"/test/%28default%29/posts/a%20b\""),
        "{posts}"
    );
    let post = get(&page, "/test/%28default%29/posts/a%20b").await;
    assert!(
        post.contains("<code>42</code>") && post.contains("posts/a%20b/comments"),
        "{post}"
    );
    assert!(
        post.contains("content-security-policy: default-src 'none'"),
        "{post}"
    );
    for shown in [&posts, &post] {
        assert!(
            !shown.contains("<script") && shown.contains("&lt;script&gt;"),
            "{shown}"
        );
    }
    let ghost = get(&page, "/test/%28default%29/ghosts/x").await;
    assert!(
        ghost.contains("no such document") && ghost.contains("/ghosts/x/bones"),
        "{ghost}"
    );
    let many = get(&page, "/test/%28default%29/many").await;
    assert!(
        many.contains("/many/49") && !many.contains("/many/50\"") && many.contains("?after=49"),
        "{many}"
    );
    assert!(
        get(&page, "/test/%28default%29/many?after=49")
            .await
            .contains("/many/59")
    );
    assert!(
        get(&page, "/test/%28default%29/__x__")
            .await
            .starts_with("HTTP/1.1 404")
    );
    drop(client);
    server.shutdown().await;
}
