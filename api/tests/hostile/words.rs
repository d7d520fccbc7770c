//! Scripts in names, in the chat and in posts: they come back as the texts that they are, and as nothing else.

use crate::{
    client::Client,
    http::{self, Answer},
    raw,
    stage::Stage,
    world::World,
};
use anyhow::{Context, ensure};
use serde_json::{Value, json};

/// All are short enough for a name.
const SCRIPTS: [&str; 14] = [
    "<script>alert(1)</script>",
    "</script><script>alert(1)//",
    "<img src=x onerror=alert(1)>",
    "<svg/onload=alert(1)>",
    "\"><b onmouseover=alert(1)>",
    "'-alert(1)-'",
    "javascript:alert(1)",
    "<a href=javascript:alert(1)>a</a>",
    "{{constructor.constructor('a')()}}",
    "${alert(1)}",
    "<!--<script>--><iframe srcdoc=a>",
    "]]><script>alert(1)</script>",
    "&lt;script&gt;&#60;b&#62;",
    "+ADw-script+AD4-alert(1)",
];

#[tokio::test(flavor = "multi_thread")]
async fn scripts_are_words() {
    let (world, _directory) = raw::world().await;
    let mut stage = Stage::set("words", &world).await;
    let mut reader = world.enter("words", "Reader").await;
    for (number, script) in SCRIPTS.into_iter().enumerate() {
        stage
            .row(format!("as a name: {script}"), name(&world, &mut reader, script))
            .await;
        stage
            .row(
                format!("in the chat: {script}"),
                chat(&world, &mut reader, script, number),
            )
            .await;
        stage
            .row(format!("in a post: {script}"), post(&world, script))
            .await;
    }
    stage.end(world).await;
}

/// An answer that a browser takes for nothing but JSON, whatever is in it.
fn is_plain_json(answer: &Answer) -> anyhow::Result<Value> {
    ensure!(answer.status == 200, "{answer:?}");
    ensure!(answer.header("content-type") == "application/json", "{answer:?}");
    ensure!(answer.header("x-content-type-options") == "nosniff", "{answer:?}");
    ensure!(
        answer
            .header("content-security-policy")
            .contains("default-src 'none'"),
        "{answer:?}"
    );
    Ok(answer.json())
}

async fn name(world: &World, reader: &mut Client, script: &str) -> anyhow::Result<()> {
    let mut mallory = world.enter("words", script).await;
    let join = reader.hear_a("join").await;
    ensure!(join["member"]["name"] == script, "{join}");
    let info = is_plain_json(&world.get("/api/rooms/words", "").await)?;
    ensure!(info["members"][1] == script, "{info}");
    mallory.say(json!({"type": "leave"})).await;
    reader.hear_a("leave").await;
    Ok(())
}

async fn chat(world: &World, reader: &mut Client, script: &str, number: usize) -> anyhow::Result<()> {
    reader
        .say(json!({"type": "chat", "text": script, "nonce": format!("n{number}")}))
        .await;
    let heard = reader.hear_a("chat").await;
    ensure!(heard["message"]["text"] == script, "{heard}");
    let page = is_plain_json(&world.get("/api/rooms/words/messages?limit=1", "").await)?;
    ensure!(page["messages"][0]["text"] == script, "{page}");
    let id = heard["message"]["id"].as_str().context("an id")?;
    shown(world, &format!("rooms/words/messages/{id}"), script).await?;
    shown(world, "rooms/words/messages", script).await
}

async fn post(world: &World, script: &str) -> anyhow::Result<()> {
    let body =
        json!({"title": script, "description": script, "user_id": script, (script): script}).to_string();
    let request = format!(
        "POST /api/posts HTTP/1.1\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n{body}",
        body.len()
    );
    let made = is_plain_json(&world.request(&request).await)?;
    let id = made["id"].as_str().context("an id")?;
    // On the app's port and on the API's own.
    let functions = world.server.addresses().functions;
    let there = format!("GET /project/region/api/posts/{id} HTTP/1.1\r\n\r\n");
    for answer in [
        world.get(&format!("/api/posts/{id}"), "").await,
        http::exchange(functions, there.as_bytes()).await,
    ] {
        let read = is_plain_json(&answer)?;
        for field in ["title", "description", "user_id", script] {
            ensure!(read["data"][field] == script, "{read}");
        }
    }
    shown(world, &format!("posts/{id}"), script).await?;
    shown(world, "posts", script).await
}

/// On the page that shows what is stored, it is text.
async fn shown(world: &World, path: &str, script: &str) -> anyhow::Result<()> {
    let page = world.server.addresses().page.context("there is a page")?;
    let answer = http::exchange(
        page,
        format!("GET /test/(default)/{path} HTTP/1.1\r\n\r\n").as_bytes(),
    )
    .await;
    ensure!(answer.status == 200, "{answer:?}");
    ensure!(
        answer
            .header("content-security-policy")
            .contains("script-src 'self'"),
        "{answer:?}"
    );
    let html = String::from_utf8_lossy(&answer.body);
    let escaped = |text: &str, quote: &str| {
        let text = text
            .replace('&', "&amp;")
            .replace('<', "&lt;")
            .replace('>', "&gt;");
        text.replace('"', "&quot;").replace('\'', quote)
    };
    let forms = [
        escaped(script, "'"),
        escaped(script, "&#39;"),
        escaped(script, "&#x27;"),
        escaped(script, "&apos;"),
    ];
    ensure!(
        forms.iter().any(|form| html.contains(form.as_str())),
        "it is not shown at {path}"
    );
    if script.contains(['<', '>']) {
        ensure!(!html.contains(script), "it is a tag at {path}");
    }
    Ok(())
}
