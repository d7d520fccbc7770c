//! The web app's files as a browser gets them.

use crate::world::World;
use std::{fs, path::Path};

fn build(directory: &Path) {
    fs::create_dir(directory.join("assets")).expect("a directory");
    for (name, content) in [
        ("index.html", "<!doctype html>page"),
        ("index.html.br", "page in brotli"),
        ("favicon.svg", "<svg/>"),
        ("assets/app-0123456789abcdef.js", "script"),
        ("assets/app-0123456789abcdef.js.br", "script in brotli"),
        ("assets/app-0123456789abcdef.js.gz", "script in gzip"),
        ("assets/app-0123456789abcdef.wasm", "\0asm"),
    ] {
        fs::write(directory.join(name), content).expect("a file");
    }
}

async fn world() -> (World, tempfile::TempDir) {
    let site = tempfile::tempdir().expect("there is room on the disk");
    build(site.path());
    let world = World::with(|config| config.web_dir = site.path().to_owned()).await;
    (world, site)
}

#[tokio::test]
async fn a_file_comes_in_the_smallest_form_that_is_understood() {
    let (world, _site) = world().await;
    let path = "/assets/app-0123456789abcdef.js";
    for (accept, encoding, body) in [
        ("gzip, deflate, br, zstd", "br", "script in brotli"),
        ("gzip", "gzip", "script in gzip"),
        ("identity", "", "script"),
    ] {
        let answer = world.get(path, &format!("Accept-Encoding: {accept}\r\n")).await;
        assert_eq!(
            (answer.status, answer.header("content-encoding")),
            (200, encoding)
        );
        assert_eq!(answer.body, body.as_bytes());
        assert_eq!(answer.header("vary"), "accept-encoding");
        assert_eq!(answer.header("content-type"), "text/javascript; charset=utf-8");
        assert_eq!(answer.header("content-length"), body.len().to_string());
        assert_eq!(
            answer.header("cache-control"),
            "public, max-age=31536000, immutable"
        );
    }
    let wasm = world.get("/assets/app-0123456789abcdef.wasm", "").await;
    assert_eq!(wasm.header("content-type"), "application/wasm");
    world.server.shutdown().await;
}

#[tokio::test]
async fn the_page_is_asked_about_and_not_sent_twice() {
    let (world, _site) = world().await;
    let answer = world.get("/", "Accept-Encoding: br\r\n").await;
    assert_eq!(answer.body, b"page in brotli");
    assert_eq!(answer.header("cache-control"), "no-cache");
    assert_eq!(answer.header("content-type"), "text/html; charset=utf-8");
    let known = format!(
        "Accept-Encoding: br\r\nIf-None-Match: {}\r\n",
        answer.header("etag")
    );
    let again = world.get("/", &known).await;
    assert_eq!((again.status, again.body.len()), (304, 0));
    let other_form = known.replace("Encoding: br", "Encoding: identity");
    assert_eq!(world.get("/", &other_form).await.status, 200);
    world.server.shutdown().await;
}

#[tokio::test]
async fn the_apps_own_paths_are_the_page_and_missing_files_are_missing() {
    let (world, _site) = world().await;
    for path in [
        "/",
        "/room/tsukimi",
        "/room/%E6%9C%88%E8%A6%8B?x=1",
        "/posts",
        "/posts/",
        "/index.html",
    ] {
        let answer = world.get(path, "").await;
        assert_eq!(
            (answer.status, &answer.body[..]),
            (200, &b"<!doctype html>page"[..]),
            "{path}"
        );
    }
    for path in [
        "/missing.js",
        "/assets/none",
        "/favicon.ico",
        "/../Cargo.toml",
        "/%2e%2e/Cargo.toml",
        "/.env",
    ] {
        let answer = world.get(path, "").await;
        assert_eq!(answer.status, 404, "{path}");
        assert!(answer.json()["error"].is_string());
    }
    world.server.shutdown().await;
}

#[tokio::test]
async fn files_are_read_and_not_written() {
    let (world, _site) = world().await;
    let head = world.request("HEAD /favicon.svg HTTP/1.1\r\n\r\n").await;
    assert_eq!(
        (head.status, head.header("content-length"), head.body.len()),
        (200, "6", 0)
    );
    for method in ["POST", "PUT", "DELETE", "PATCH"] {
        let answer = world
            .request(&format!("{method} / HTTP/1.1\r\nContent-Length: 0\r\n\r\n"))
            .await;
        assert_eq!(
            (answer.status, answer.header("allow")),
            (405, "GET, HEAD"),
            "{method}"
        );
    }
    world.server.shutdown().await;
}

#[tokio::test]
async fn every_answer_on_the_apps_port_is_secured() {
    let (world, _site) = world().await;
    for path in [
        "/",
        "/favicon.svg",
        "/missing.js",
        "/api/posts",
        "/api/nothing",
        "/healthz",
        "/ws",
    ] {
        let answer = world.get(path, "").await;
        let policy = answer.header("content-security-policy");
        assert!(
            policy.contains("'wasm-unsafe-eval'") && policy.contains("default-src 'none'"),
            "{path}"
        );
        assert_eq!(answer.header("x-content-type-options"), "nosniff", "{path}");
        assert_eq!(answer.header("referrer-policy"), "no-referrer", "{path}");
        assert_eq!(
            answer.header("cross-origin-opener-policy"),
            "same-origin",
            "{path}"
        );
        let permissions = answer.header("permissions-policy");
        assert!(permissions.contains("camera=(self)") && permissions.contains("display-capture=(self)"));
    }
    // A page's parts take their rules from the page.
    let part = world.get("/assets/app-0123456789abcdef.js", "").await;
    assert_eq!(part.header("x-content-type-options"), "nosniff");
    assert_eq!(part.header("content-security-policy"), "");
    world.server.shutdown().await;
}

#[tokio::test]
async fn a_server_without_the_web_app_says_how_to_build_it() {
    let world = World::start().await;
    let answer = world.get("/room/tsukimi", "").await;
    assert_eq!(answer.status, 503);
    assert!(String::from_utf8_lossy(&answer.body).contains("./dc.sh app install"));
    assert_eq!(world.get("/healthz", "").await.json()["status"], "ok");
    world.server.shutdown().await;
}

#[tokio::test]
async fn the_api_answers_below_both_mounts() {
    let world = World::start().await;
    let functions = world.server.addresses().functions;
    let post = |mount: &str, body: &str| {
        format!(
            "POST {mount}/posts HTTP/1.1\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n{body}",
            body.len()
        )
    };
    let made = world.request(&post("/api", r#"{"title": "a"}"#)).await.json();
    let listed = crate::http::exchange(functions, b"GET /project/region/api/posts HTTP/1.1\r\n\r\n").await;
    assert_eq!(listed.json()[0], made);
    let elsewhere = crate::http::exchange(functions, b"GET /posts HTTP/1.1\r\n\r\n").await;
    assert_eq!(elsewhere.status, 404);
    assert!(
        elsewhere.json()["error"]
            .as_str()
            .is_some_and(|text| text.contains("/project/region/api"))
    );
    world.server.shutdown().await;
}

#[tokio::test]
async fn metrics_count_what_there_is() {
    let world = World::start().await;
    let _a = world.enter("tsukimi", "Aki").await;
    let answer = world.get("/metrics", "").await;
    let text = String::from_utf8_lossy(&answer.body).into_owned();
    for line in ["tsukiyo_sockets 1", "tsukiyo_members 1", "tsukiyo_rooms 1"] {
        assert!(text.lines().any(|found| found == line), "{line} in {text}");
    }
    world.server.shutdown().await;
}
