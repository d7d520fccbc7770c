//! As little of an HTTP client as shows what really comes over the wire, and sends what no good client would.

use serde_json::Value;
use std::{collections::BTreeMap, net::SocketAddr, time::Duration};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    time::timeout,
};

/// An answer with its headers, by their names in lower case.
pub struct Answer {
    pub status: u16,
    pub headers: BTreeMap<String, String>,
    pub body: Vec<u8>,
}

impl Answer {
    /// Returns the body as JSON.
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_else(|error| panic!("{error} in {self:?}"))
    }

    /// Returns a header, or nothing where there is none.
    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", String::as_str)
    }
}

impl std::fmt::Debug for Answer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let body: String = String::from_utf8_lossy(&self.body).chars().take(300).collect();
        write!(f, "{} {:?} {body}", self.status, self.headers)
    }
}

/// Sends a request on a connection of its own and reads the answer to its end.
pub async fn exchange(address: SocketAddr, request: &[u8]) -> Answer {
    let answer = timeout(Duration::from_secs(30), async {
        let stream = TcpStream::connect(address).await.expect("the server listens");
        let (mut read, mut write) = stream.into_split();
        let line_end = request
            .windows(2)
            .position(|two| two == b"\r\n")
            .expect("a request has a line")
            + 2;
        let (line, rest) = request.split_at(line_end);
        let request = [line, b"Host: localhost\r\nConnection: close\r\n", rest].concat();
        // The server may answer and close before it has read everything, which is no error here.
        let sending = tokio::spawn(async move {
            write.write_all(&request).await.ok();
            write
        });
        let mut answer = Vec::new();
        read.read_to_end(&mut answer)
            .await
            .expect("the answer comes whole");
        sending.abort();
        answer
    });
    parse(&answer.await.expect("the server answers in time"))
}

fn parse(answer: &[u8]) -> Answer {
    let end = answer
        .windows(4)
        .position(|four| four == b"\r\n\r\n")
        .unwrap_or_else(|| panic!("no answer: {:?}", String::from_utf8_lossy(answer)));
    let head = std::str::from_utf8(&answer[..end]).expect("a head is ASCII");
    let body = &answer[end + 4..];
    if head.starts_with("HTTP/1.1 100") {
        return parse(body);
    }
    let mut lines = head.split("\r\n");
    let status = lines.next().and_then(|line| line.split(' ').nth(1)?.parse().ok());
    let headers = lines
        .filter_map(|line| line.split_once(": "))
        .map(|(name, value)| (name.to_ascii_lowercase(), value.to_owned()))
        .collect();
    Answer {
        status: status.expect("an answer has a status"),
        headers,
        body: body.to_vec(),
    }
}
