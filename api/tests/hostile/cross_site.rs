//! Pages of elsewhere in a visitor's browser: forms that write, questions before others, and what their scripts may read.

use crate::{
    http::{self, Answer},
    raw,
    stage::Stage,
    world::World,
};
use anyhow::ensure;
use serde_json::json;

const EVIL: &str = "Origin: https://evil.example\r\nReferer: https://evil.example/\r\nSec-Fetch-Site: cross-site\r\nCookie: a=b\r\n";

/// What a form may send without a question before it, and things that try to pass for one.
const FORMS: &[(&str, &str)] = &[
    ("application/x-www-form-urlencoded", "title=a&description=b"),
    (
        "application/x-www-form-urlencoded; charset=utf-8",
        "{\"title\":\"a\"}",
    ),
    ("text/plain", "{\"title\":\"a\",\"x\":\"=\"}"),
    ("text/plain; application/json", "{\"title\":\"a\"}"),
    ("text/plain, application/json", "{\"title\":\"a\"}"),
    (
        "multipart/form-data; boundary=a",
        "--a\r\nContent-Disposition: form-data; name=\"title\"\r\n\r\na\r\n--a--\r\n",
    ),
    (
        "multipart/form-data; boundary=application/json",
        "{\"title\":\"a\"}",
    ),
    ("application/csp-report", "{\"title\":\"a\"}"),
    ("", "{\"title\":\"a\"}"),
];

/// Paths of the app's port that a page of elsewhere may ask about.
const PATHS: &[&str] = &[
    "/api/posts",
    "/api/posts/SEED",
    "/api/rooms/bystanders",
    "/api/rooms/bystanders/messages",
    "/api/openapi.json",
    "/api/helloWorld",
    "/api/nothing",
    "/",
    "/healthz",
    "/readyz",
    "/ws",
    "/Prod",
];

#[tokio::test(flavor = "multi_thread")]
async fn pages_of_elsewhere_do_nothing_in_a_visitors_name() {
    let (world, _directory) = raw::world().await;
    let mut stage = Stage::set("cross-site", &world).await;
    let body = json!({"title": "kept"}).to_string();
    let seed = world
        .request(&request("POST", "/api/posts", "application/json", "", &body))
        .await
        .json();
    let id = seed["id"].as_str().expect("an id").to_owned();
    for (kind, body) in FORMS {
        stage
            .row(format!("a form of {kind:?}"), form(&world, &id, kind, body))
            .await;
    }
    for trick in [
        "X-HTTP-Method-Override: DELETE",
        "X-HTTP-Method: DELETE",
        "X-Method-Override: PUT",
        "_method: DELETE",
    ] {
        stage
            .row(trick, overridden(&world, &id, &format!("/api/posts/{id}"), trick))
            .await;
    }
    for query in ["?_method=DELETE", "?method=delete", "?_HttpMethod=DELETE"] {
        let path = format!("/api/posts/{id}{query}");
        stage.row(query, overridden(&world, &id, &path, "X-A: b")).await;
    }
    for path in PATHS {
        let path = path.replace("SEED", &id);
        stage
            .row(format!("a question before {path}"), preflight(&world, &path))
            .await;
        stage
            .row(format!("what may be read of {path}"), read(&world, &path))
            .await;
    }
    stage.row("a page as a script", script(&world)).await;
    stage
        .row("the page of the store, by another name", store_page(&world))
        .await;
    stage
        .row("nothing has changed", async {
            let posts = world.get("/api/posts", "").await.json();
            ensure!(posts == json!([seed]), "{posts}");
            Ok(())
        })
        .await;
    stage.end(world).await;
}

fn request(method: &str, path: &str, kind: &str, headers: &str, body: &str) -> String {
    let length = body.len();
    let kind = if kind.is_empty() {
        String::new()
    } else {
        format!("Content-Type: {kind}\r\n")
    };
    format!("{method} {path} HTTP/1.1\r\n{kind}Content-Length: {length}\r\n{headers}\r\n{body}")
}

/// No credentials are ever asked for, and no origin is named as if it were a friend.
fn is_careful(answer: &Answer) -> anyhow::Result<()> {
    for never in [
        "access-control-allow-credentials",
        "access-control-allow-private-network",
        "access-control-expose-headers",
        "set-cookie",
    ] {
        ensure!(answer.header(never).is_empty(), "{never}: {answer:?}");
    }
    let origin = answer.header("access-control-allow-origin");
    ensure!(["", "*"].contains(&origin), "{origin} is let in");
    Ok(())
}

/// On every route that writes, below both mounts.
async fn form(world: &World, id: &str, kind: &str, body: &str) -> anyhow::Result<()> {
    let functions = world.server.addresses().functions;
    for (address, mount) in [(world.address(), "/api"), (functions, "/project/region/api")] {
        for (method, path) in [("POST", "posts".to_owned()), ("PUT", format!("posts/{id}"))] {
            let request = request(method, &format!("{mount}/{path}"), kind, EVIL, body);
            let answer = http::exchange(address, request.as_bytes()).await;
            ensure!(answer.status == 415, "{method} {mount}/{path}: {answer:?}");
            is_careful(&answer)?;
        }
    }
    Ok(())
}

/// A form posts; what it says besides of the method is not heeded.
async fn overridden(world: &World, id: &str, path: &str, header: &str) -> anyhow::Result<()> {
    let headers = format!("{EVIL}{header}\r\n");
    for body in ["", "_method=DELETE"] {
        let kind = "application/x-www-form-urlencoded";
        let answer = world.request(&request("POST", path, kind, &headers, body)).await;
        ensure!(answer.status == 405, "{answer:?}");
    }
    let read = world.get(path, &headers).await;
    ensure!(read.status == 200 && read.json()["id"] == *id, "{read:?}");
    Ok(())
}

async fn preflight(world: &World, path: &str) -> anyhow::Result<()> {
    let headers = format!(
        "{EVIL}Access-Control-Request-Method: DELETE\r\nAccess-Control-Request-Headers: authorization, x-evil\r\n\
         Access-Control-Request-Private-Network: true\r\n"
    );
    let answer = world
        .request(&format!("OPTIONS {path} HTTP/1.1\r\n{headers}\r\n"))
        .await;
    is_careful(&answer)?;
    let allowed = answer.header("access-control-allow-headers");
    ensure!(!allowed.contains("x-evil") && !allowed.contains('*'), "{allowed}");
    if !path.starts_with("/api") {
        ensure!(
            answer.header("access-control-allow-origin").is_empty(),
            "{answer:?}"
        );
        ensure!(
            answer.header("access-control-allow-methods").is_empty(),
            "{answer:?}"
        );
    }
    Ok(())
}

async fn read(world: &World, path: &str) -> anyhow::Result<()> {
    for origin in ["https://evil.example", "null", "http://localhost"] {
        let answer = world
            .get(path, &format!("Origin: {origin}\r\nCookie: a=b\r\n"))
            .await;
        is_careful(&answer)?;
        ensure!(answer.header("x-frame-options") == "DENY", "{answer:?}");
        if !path.starts_with("/api") {
            ensure!(
                answer.header("access-control-allow-origin").is_empty(),
                "{answer:?}"
            );
        }
    }
    Ok(())
}

/// What is JSON is no script, whatever a page calls it.
async fn script(world: &World) -> anyhow::Result<()> {
    for query in ["?callback=evil", "?jsonp=evil", "?cb=evil"] {
        let answer = world
            .get(&format!("/api/posts{query}"), "Accept: text/javascript\r\n")
            .await;
        ensure!(answer.header("content-type") == "application/json", "{answer:?}");
        ensure!(answer.header("x-content-type-options") == "nosniff", "{answer:?}");
        ensure!(
            !String::from_utf8_lossy(&answer.body).contains("evil"),
            "{answer:?}"
        );
    }
    Ok(())
}

/// A name that points to this machine could be a page's own (DNS rebinding); and no page of elsewhere writes there.
async fn store_page(world: &World) -> anyhow::Result<()> {
    let Some(page) = world.server.addresses().page else {
        anyhow::bail!("there is no page")
    };
    let rebound = b"GET /test/(default)/posts HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\n\r\n";
    let heard = raw::exchange(page, rebound).await?;
    ensure!(
        raw::statuses(&heard) == [403],
        "{}",
        String::from_utf8_lossy(&heard)
    );
    let path = "/v1/projects/test/databases/(default)/documents/posts";
    let forged = request("POST", path, "text/plain", EVIL, "{\"fields\":{}}");
    let answer = http::exchange(page, forged.as_bytes()).await;
    ensure!(answer.status == 403, "{answer:?}");
    Ok(())
}
