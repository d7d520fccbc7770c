//! HTTP/1.1 as it is, for tests that must see all of an answer.
#![allow(dead_code, reason = "each test binary uses its own part")]

use std::time::Duration;

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    time::timeout,
};

/// How long an answer may take.
const DEADLINE: Duration = Duration::from_secs(30);

/// An answer.
#[derive(Debug)]
pub struct Answer {
    pub status: u16,
    /// The head, in lower case.
    pub head: String,
    pub body: String,
}

impl Answer {
    pub fn json(&self) -> serde_json::Value {
        serde_json::from_str(&self.body).unwrap_or_else(|error| panic!("{error}: {self:?}"))
    }
}

/// Asks and waits for the whole answer.
pub async fn ask(address: &str, method: &str, target: &str, headers: &[(&str, &str)], body: &str) -> Answer {
    try_ask(address, method, target, headers, body)
        .await
        .unwrap_or_else(|| panic!("{method} {target}: the connection was closed without an answer"))
}

/// Asks and waits for the whole answer; nothing if the connection is closed without one.
pub async fn try_ask(
    address: &str,
    method: &str,
    target: &str,
    headers: &[(&str, &str)],
    body: &str,
) -> Option<Answer> {
    let host = headers.iter().all(|(name, _)| *name != "Host");
    let host = if host {
        format!("Host: {address}\r\n")
    } else {
        String::new()
    };
    let headers: String = headers
        .iter()
        .map(|(name, value)| format!("{name}: {value}\r\n"))
        .collect();
    let request = format!(
        "{method} {target} HTTP/1.1\r\n{host}Connection: close\r\nContent-Length: {}\r\n{headers}\r\n{body}",
        body.len()
    );
    let all = timeout(DEADLINE, async {
        let mut stream = TcpStream::connect(address).await.unwrap();
        stream.write_all(request.as_bytes()).await.unwrap();
        let mut answer = Vec::new();
        // Google's emulator leaves the connection open, whatever it is asked. A server that refuses a long body may
        // close it before it has read all.
        while !is_complete(&answer) && stream.read_buf(&mut answer).await.is_ok_and(|read| read > 0) {}
        answer
    });
    let answer = all
        .await
        .unwrap_or_else(|_| panic!("no answer to {method} {target}"));
    (!answer.is_empty()).then(|| parse(&answer))
}

fn is_complete(answer: &[u8]) -> bool {
    let text = String::from_utf8_lossy(answer);
    let Some((head, _)) = text.split_once("\r\n\r\n") else {
        return false;
    };
    let length = head
        .to_lowercase()
        .lines()
        .find_map(|line| line.strip_prefix("content-length:")?.trim().parse::<usize>().ok());
    match length {
        Some(length) => answer.len() >= head.len() + 4 + length,
        None => text.ends_with("0\r\n\r\n") || text.starts_with("HTTP/1.1 204"),
    }
}

fn parse(answer: &[u8]) -> Answer {
    let text = String::from_utf8_lossy(answer);
    let (head, body) = text.split_once("\r\n\r\n").expect("an answer has a head");
    let head = head.to_lowercase();
    let status = head.split(' ').nth(1).unwrap().parse().unwrap();
    let body = if head.contains("transfer-encoding: chunked") {
        dechunk(body)
    } else {
        body.to_owned()
    };
    Answer { status, head, body }
}

fn dechunk(mut rest: &str) -> String {
    let mut out = String::new();
    while let Some((length, after)) = rest.split_once("\r\n") {
        let length = usize::from_str_radix(length.trim(), 16).unwrap();
        out.push_str(&after[..length]);
        rest = &after[(length + 2).min(after.len())..];
    }
    out
}
