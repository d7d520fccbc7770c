//! The page: it shows what is stored, nothing in the data can become more than text, and only the page itself may change
//! something.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test fails by panicking"
)]

mod support;

use std::time::Duration;

use gcloud_sdk::google::firestore::v1::{CommitRequest, GetDocumentRequest, Write};
use support::{Client, DATABASE, ROOT, array, connect, http::ask, int, map, set, text};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    time::timeout,
};

const DATA: &str = "/test/%28default%29";

async fn serve() -> (emulator::Emulator, Client, String) {
    let any = ([127, 0, 0, 1], 0).into();
    let config = emulator::Config {
        page: Some(any),
        ..Default::default()
    };
    let server = emulator::Emulator::start(config).await.unwrap();
    let client = connect(&server.grpc_addr().to_string()).await;
    let page = server.page_addr().unwrap().to_string();
    (server, client, page)
}

async fn get(page: &str, path: &str) -> String {
    let answer = ask(page, "GET", path, &[], "").await;
    assert_eq!(answer.status, 200, "{path}: {answer:?}");
    answer.body
}

async fn commit(client: &mut Client, writes: Vec<Write>) {
    let request = CommitRequest {
        database: DATABASE.to_owned(),
        writes,
        ..Default::default()
    };
    client.commit(request).await.unwrap();
}

#[tokio::test]
async fn the_page_leads_from_databases_to_values() {
    let (_server, mut client, page) = serve().await;
    assert!(get(&page, "/").await.contains("Nothing is stored yet"));
    let post = [("title", text("moon")), ("m", map([("deep", array([int(42)]))]))];
    let mut writes = vec![
        set("posts/a b", post),
        set("posts/a b/comments/c", [("n", int(1))]),
        set("ghosts/x/bones/y", [("n", int(1))]),
    ];
    writes.extend((0..60).map(|number| set(&format!("many/{number:02}"), [("n", int(number))])));
    commit(&mut client, writes).await;

    assert!(get(&page, "/").await.contains(&format!("href=\"{DATA}\"")));
    let collections = get(&page, DATA).await;
    for id in ["posts", "ghosts", "many"] {
        assert!(
            collections.contains(&format!("href=\"{DATA}/{id}\"")),
            "{collections}"
        );
    }
    let posts = get(&page, &format!("{DATA}/posts")).await;
    assert!(posts.contains(&format!("href=\"{DATA}/posts/a%20b\"")), "{posts}");
    let post = get(&page, &format!("{DATA}/posts/a%20b")).await;
    assert!(
        post.contains(">42</span>") && post.contains("posts/a%20b/comments"),
        "{post}"
    );
    let ghost = get(&page, &format!("{DATA}/ghosts/x")).await;
    assert!(
        ghost.contains("no such document") && ghost.contains("/ghosts/x/bones"),
        "{ghost}"
    );

    let many = get(&page, &format!("{DATA}/many")).await;
    assert!(
        many.contains("60 documents") && many.contains("data-key=\"49\""),
        "{many}"
    );
    assert!(
        !many.contains("data-key=\"50\"") && many.contains("?after=49"),
        "{many}"
    );
    let next = get(&page, &format!("{DATA}/many?after=49")).await;
    assert!(
        next.contains("data-key=\"59\"") && !next.contains("data-key=\"49\""),
        "{next}"
    );
    assert_eq!(
        ask(&page, "GET", &format!("{DATA}/__x__"), &[], "").await.status,
        404
    );
}

#[tokio::test]
async fn the_form_asks_queries_and_says_what_is_wrong_with_them() {
    let (_server, mut client, page) = serve().await;
    let writes = (0..20).map(|number| set(&format!("c/{number:02}"), [("n", int(number))]));
    commit(&mut client, writes.collect()).await;
    let found = get(
        &page,
        &format!("{DATA}/c?field=n&op=ge&value=15&type=auto&order=n&dir=desc&limit=3"),
    )
    .await;
    let rows: Vec<&str> = found
        .split("<tr data-key=\"")
        .skip(1)
        .map(|row| &row[..2])
        .collect();
    assert_eq!(rows, ["19", "18", "17"]);
    assert!(found.contains("There are more"), "{found}");
    assert!(
        get(&page, &format!("{DATA}/c?field=n&op=in&value=1,2,77"))
            .await
            .contains("data-key=\"02\"")
    );
    assert!(
        get(&page, &format!("{DATA}/c?field=n&op=eq&value=77"))
            .await
            .contains("Nothing matches")
    );
    let wrong = get(&page, &format!("{DATA}/c?field=a..b&op=eq&value=%3Cb%3E")).await;
    assert!(
        wrong.contains("role=\"alert\"") && wrong.contains("value=\"&lt;b&gt;\""),
        "{wrong}"
    );
}

#[tokio::test]
async fn nothing_that_is_stored_or_asked_becomes_a_tag() {
    let (_server, mut client, page) = serve().await;
    let evil = "\"'><script>alert('x')</script>";
    let id = "<img src=x onerror=alert(1)>";
    commit(
        &mut client,
        vec![set(&format!("c/{id}"), [("t", text(evil)), (evil, int(1))])],
    )
    .await;
    drop(
        client
            .get_document(GetDocumentRequest {
                name: format!("{ROOT}/c/{id}x"),
                ..Default::default()
            })
            .await,
    );
    let encoded = "%3Cimg%20src%3Dx%20onerror%3Dalert%281%29%3E";
    for path in [
        format!("{DATA}/c"),
        format!("{DATA}/c/{encoded}"),
        format!("{DATA}/{encoded}"),
        format!("{DATA}/c?field=%3Cscript%3E&value=%22%3E%3Cscript%3E&order=%22%3E%3Cscript%3E"),
        "/requests".to_owned(),
    ] {
        let answer = ask(&page, "GET", &path, &[], "").await;
        assert!(
            !answer.body.contains("<img") && !answer.body.contains("<script>"),
            "{path}: {}",
            answer.body
        );
        assert!(
            answer
                .head
                .contains("content-security-policy: default-src 'none'"),
            "{}",
            answer.head
        );
        assert!(!answer.head.contains("unsafe"), "{}", answer.head);
    }
}

#[tokio::test]
async fn only_the_page_itself_may_change_something_and_only_by_its_address() {
    let (_server, _client, page) = serve().await;
    let target = format!("/v1/{ROOT}/c?documentId=a");
    let own = format!("http://{page}");
    let foreign = ["http://evil.example", "http://localhost:1", "null"];
    for origin in foreign {
        assert_eq!(
            ask(&page, "POST", &target, &[("Origin", origin)], "{}")
                .await
                .status,
            403,
            "{origin}"
        );
    }
    assert_eq!(ask(&page, "POST", &target, &[], "{}").await.status, 403);
    assert_eq!(
        ask(&page, "POST", &target, &[("Origin", &own)], "{}")
            .await
            .status,
        200
    );
    let rebound = [
        ("Host", "evil.example:4000"),
        ("Origin", "http://evil.example:4000"),
    ];
    assert_eq!(ask(&page, "POST", &target, &rebound, "{}").await.status, 403);
    assert_eq!(ask(&page, "GET", "/", &rebound[..1], "").await.status, 403);
}

#[tokio::test]
async fn requests_are_logged_with_their_status_and_time() {
    let (server, mut client, page) = serve().await;
    assert!(
        get(&page, "/requests")
            .await
            .contains("Nobody has asked anything yet")
    );
    commit(&mut client, vec![set("c/a", [("n", int(1))])]).await;
    drop(
        client
            .get_document(GetDocumentRequest {
                name: format!("{ROOT}/c/none"),
                ..Default::default()
            })
            .await,
    );
    let grpc = server.grpc_addr().to_string();
    ask(&grpc, "GET", &format!("/v1/{ROOT}/c/a"), &[], "").await;
    let log = get(&page, "/requests").await;
    for part in [
        "Commit",
        "GetDocument",
        "test · c/none",
        "NOT_FOUND",
        ">OK<",
        "REST",
        "test · c/a",
        ">200<",
    ] {
        assert!(log.contains(part), "{part}: {log}");
    }
    assert!(!log.contains(">open<"), "{log}");
}

#[tokio::test]
async fn open_pages_hear_of_changes_and_of_the_end() {
    let (server, mut client, page) = serve().await;
    let mut stream = TcpStream::connect(&page).await.unwrap();
    let request = format!("GET /events?of=data HTTP/1.1\r\nHost: {page}\r\n\r\n");
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut heard = String::new();
    let deadline = Duration::from_secs(20);
    for (number, wanted) in ["text/event-stream", "event: change", "event: change"]
        .into_iter()
        .enumerate()
    {
        if number > 0 {
            heard.clear();
            commit(
                &mut client,
                vec![set("c/a", [("n", int(i64::try_from(number).unwrap()))])],
            )
            .await;
        }
        while !heard.contains(wanted) {
            let mut bytes = [0; 1_024];
            let read = timeout(deadline, stream.read(&mut bytes))
                .await
                .expect("nothing was heard")
                .unwrap();
            assert!(read > 0, "the stream ended: {heard}");
            heard.push_str(&String::from_utf8_lossy(&bytes[..read]));
        }
    }
    drop(client);
    // An open page does not keep the server from stopping.
    timeout(Duration::from_secs(4), server.shutdown())
        .await
        .expect("the server waits for a page");
}
