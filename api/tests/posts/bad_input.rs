//! What a client may do wrong: each is told what, and nothing is lost or stored.

use crate::server::Server;
use serde_json::json;

/// Method, path, body (with the type of JSON), the status it gets and a part of what it is told.
type Case<'a> = (&'a str, &'a str, &'a str, u16, &'a str);

const BODIES: &[(&str, u16, &str)] = &[
    ("", 400, "empty"),
    (" \r\n\t", 400, "empty"),
    ("{", 400, "line 1 column 1"),
    ("}", 400, "line 1 column 1"),
    ("{\"a\"}", 400, "line 1 column 5"),
    ("{\"a\":}", 400, "line 1 column 6"),
    ("{\"a\": 1,}", 400, "line 1 column 9"),
    ("{\"a\": 1}\n{\"b\": 2}", 400, "line 2 column 1"),
    ("{'a': 1}", 400, "line 1 column 2"),
    ("{a: 1}", 400, "line 1 column 2"),
    ("{\"a\": 01}", 400, "line 1 column"),
    ("{\"a\": +1}", 400, "line 1 column"),
    ("{\"a\": .5}", 400, "line 1 column"),
    ("{\"a\": 1e999}", 400, "line 1 column"),
    ("{\"a\": NaN}", 400, "line 1 column"),
    ("{\"a\": undefined}", 400, "line 1 column"),
    ("{\"a\": True}", 400, "line 1 column"),
    ("{\"a\": \"\\x\"}", 400, "line 1 column"),
    ("{\"a\": \"\\ud800\"}", 400, "line 1 column"),
    ("{\"a\": \"\n\"}", 400, "line 2 column"),
    ("{\"a\": \"", 400, "line 1 column"),
    ("/* no */ {}", 400, "line 1 column 1"),
    ("\u{feff}{}", 400, "line 1 column"),
    ("title=a", 400, "line 1 column"),
    ("[]", 400, "JSON object"),
    ("[{\"title\": \"a\"}]", 400, "JSON object"),
    ("\"text\"", 400, "JSON object"),
    ("1", 400, "JSON object"),
    ("true", 400, "JSON object"),
    ("null", 400, "JSON object"),
    ("{\"title\": 1}", 400, "\"title\" must be a string"),
    ("{\"title\": [\"a\"]}", 400, "\"title\" must be a string"),
    ("{\"description\": {}}", 400, "\"description\" must be a string"),
    ("{\"user_id\": true}", 400, "\"user_id\" must be a string"),
    ("{\"photo\": 1}", 400, "\"photo\" must be a string"),
    ("{\"photo\": \"a.png\"}", 400, "data URL"),
    ("{\"photo\": \"https://example.com/a.png\"}", 400, "data URL"),
    ("{\"photo\": \"data:image/svg+xml;base64,AAAA\"}", 400, "data URL"),
    ("{\"photo\": \"data:text/html;base64,AAAA\"}", 400, "data URL"),
    ("{\"photo\": \"data:image/png;base64,A\"}", 400, "data URL"),
    ("{\"photo\": \"data:image/png;base64,<b>=\"}", 400, "data URL"),
    ("{\"a\": [[1]]}", 400, "array"),
    ("{\"a\": [1, {\"b\": [[]]}]}", 400, "array"),
    ("{\"\": 1}", 400, "must not be empty"),
    ("{\"__a__\": 1}", 400, "reserved"),
    ("{\"a\": {\"__b__\": 1}}", 400, "reserved"),
];

const REQUESTS: &[Case<'_>] = &[
    ("GET", "", "", 404, "openapi.json"),
    ("GET", "nothing", "", 404, "openapi.json"),
    ("GET", "posts/a/b", "", 404, "openapi.json"),
    ("GET", "posts/../secret", "", 404, "openapi.json"),
    ("POST", "rooms/a/b", "{}", 404, "openapi.json"),
    ("OPTIONS", "nothing", "", 404, "openapi.json"),
    ("GET", "posts/nobody", "", 404, "no such"),
    ("PUT", "posts/nobody", "{}", 404, "no such"),
    ("DELETE", "posts/nobody", "", 404, "no such"),
    ("GET", "posts/%F0%9F%8C%95", "", 404, "no such"),
    ("GET", "posts/..", "", 400, "id"),
    ("GET", "posts/.", "", 400, "id"),
    ("GET", "posts/%2e%2e", "", 400, "id"),
    ("GET", "posts/a%2Fb", "", 400, "id"),
    ("GET", "posts/__a__", "", 400, "id"),
    ("GET", "posts/%ff", "", 400, "UTF-8"),
    ("PUT", "posts/__a__", "{}", 400, "id"),
    ("DELETE", "posts/..", "", 400, "id"),
    ("PATCH", "posts", "{}", 405, "GET, HEAD, POST"),
    ("PUT", "posts", "{}", 405, "GET, HEAD, POST"),
    ("DELETE", "posts", "", 405, "GET, HEAD, POST"),
    ("POST", "posts/nobody", "{}", 405, "PUT, DELETE"),
    ("BREW", "posts/nobody", "", 405, "PUT, DELETE"),
    ("POST", "helloWorld", "{}", 405, "GET"),
    ("DELETE", "rooms/a", "", 405, "GET"),
    ("POST", "rooms/a/messages", "{}", 405, "GET"),
    ("PUT", "openapi.json", "{}", 405, "GET"),
    ("GET", "posts?limit=0", "", 400, "from 1 to 100"),
    ("GET", "posts?limit=101", "", 400, "from 1 to 100"),
    ("GET", "posts?limit=-1", "", 400, "from 1 to 100"),
    ("GET", "posts?limit=+1", "", 400, "from 1 to 100"),
    ("GET", "posts?limit=1.5", "", 400, "from 1 to 100"),
    ("GET", "posts?limit=ten", "", 400, "from 1 to 100"),
    ("GET", "posts?limit=", "", 400, "from 1 to 100"),
    (
        "GET",
        "posts?limit=99999999999999999999",
        "",
        400,
        "from 1 to 100",
    ),
    ("GET", "posts?last=nobody", "", 400, "\"last\""),
    ("GET", "posts?last=..", "", 400, "\"last\""),
    ("GET", "posts?last=a/b", "", 400, "\"last\""),
    ("GET", "posts?last=__a__", "", 400, "\"last\""),
    ("GET", "posts?last=2026-13-01T00:00:00Z", "", 400, "\"last\""),
    ("GET", "rooms/a%20b", "", 400, "room"),
    ("GET", "rooms/%2e%2e", "", 400, "room"),
    ("GET", "rooms/%3Cscript%3E/messages", "", 400, "room"),
    ("GET", "rooms/__a__/messages", "", 400, "room"),
    ("GET", "rooms/a/messages?limit=201", "", 400, "from 1 to 200"),
    (
        "GET",
        "rooms/a/messages?before=yesterday",
        "",
        400,
        "milliseconds",
    ),
    ("GET", "rooms/a/messages?before=-1", "", 400, "milliseconds"),
];

#[tokio::test]
async fn every_bad_request_is_told_what_is_wrong() {
    let server = Server::start().await;
    let kept = server.post(&json!({"title": "kept"})).await;
    let path = format!("posts/{}", kept["id"].as_str().expect("it has an id"));
    let long = format!("posts/{}", "x".repeat(1_501));
    let long_room = format!("rooms/{}", "x".repeat(65));
    let long_name = format!("{{\"{}\": 1}}", "x".repeat(1_501));
    let deep = format!("{}{}", "{\"a\":".repeat(500_000 / 6), "}".repeat(500_000 / 6));
    let brackets = format!("{{\"a\": {}", "[".repeat(100_000));
    let longest: &[Case<'_>] = &[
        ("GET", &long, "", 400, "1500"),
        ("GET", &long_room, "", 400, "64"),
        ("POST", "posts", &long_name, 400, "1,500"),
        ("POST", "posts", &deep, 400, "at most 20"),
        ("POST", "posts", &brackets, 400, "array"),
    ];
    let bodies = BODIES.iter().flat_map(|&(body, status, told)| {
        [
            ("POST", "posts", body, status, told),
            ("PUT", path.as_str(), body, status, told),
        ]
    });
    let mut tried = 0;
    for (method, path, body, status, told) in REQUESTS.iter().chain(longest).copied().chain(bodies) {
        let answer = server.send_json(method, path, body).await;
        let shown: String = body.chars().take(60).collect();
        assert_eq!(answer.status, status, "{method} {path} {shown}: {answer:?}");
        assert_eq!(
            answer.header("content-type"),
            "application/json",
            "{method} {path}"
        );
        assert_eq!(
            answer.header("access-control-allow-origin"),
            "*",
            "{method} {path}"
        );
        let error = answer.json();
        let text = error["error"].as_str().unwrap_or_default();
        assert!(
            text.contains(told),
            "{method} {path} {shown}: {text:?} does not say {told:?}"
        );
        assert_eq!(error.as_object().map(serde_json::Map::len), Some(1), "{error}");
        assert_eq!(
            status == 405,
            !answer.header("allow").is_empty(),
            "{method} {path}"
        );
        tried += 1;
    }
    assert!(tried > 100, "only {tried} cases");
    assert_eq!(
        server.send("GET", "posts").await.json(),
        json!([kept]),
        "nothing is lost or stored"
    );
    server.stop().await;
}

#[tokio::test]
async fn only_json_is_taken_as_a_body() {
    let server = Server::start().await;
    for header in [
        "X-No-Type: at all",
        "Content-Type: application/x-www-form-urlencoded",
        "Content-Type: text/plain",
        "Content-Type: multipart/form-data; boundary=a",
        "Content-Type: application/json; charset=shift_jis",
        "Content-Type: ",
    ] {
        let answer = server.send_body("POST", "posts", &[header], "{}").await;
        assert_eq!(answer.status, 415, "{header}: {answer:?}");
        let told = answer.json()["error"].as_str().expect("it says why").to_owned();
        assert!(told.contains("Content-Type: application/json"), "{told}");
    }
    for header in [
        "Content-Type: application/json",
        "content-type: APPLICATION/JSON;charset=utf-8",
    ] {
        let answer = server.send_body("POST", "posts", &[header], "{}").await;
        assert_eq!(answer.status, 200, "{header}: {answer:?}");
    }
    server.stop().await;
}

#[tokio::test]
async fn bytes_that_are_no_utf_8_are_refused() {
    let server = Server::start().await;
    let answer = server.send_json("POST", "posts", b"{\"title\": \"\xff\"}").await;
    assert_eq!(answer.status, 400, "{answer:?}");
    assert!(
        answer.json()["error"]
            .as_str()
            .expect("it says why")
            .contains("line 1 column")
    );
    server.stop().await;
}

#[tokio::test]
async fn a_body_that_breaks_off_stores_nothing() {
    let server = Server::start().await;
    let broken = "POST /api/posts HTTP/1.1\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n\
                  5\r\n{\"a\":\r\nzzz\r\n";
    let answer = server.raw(broken.as_bytes()).await;
    assert_eq!(answer.status, 400, "{answer:?}");
    assert_eq!(server.send("GET", "posts").await.json(), json!([]));
    server.stop().await;
}
