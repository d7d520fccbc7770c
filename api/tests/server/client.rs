//! A client of the signaling socket that does what it is told, right or wrong.

use futures::{SinkExt, StreamExt};
use serde_json::{Value, json};
use std::{net::SocketAddr, time::Duration};
use tokio::{net::TcpStream, time::timeout};
use tokio_tungstenite::{
    WebSocketStream, client_async,
    tungstenite::{Error, Message, client::IntoClientRequest, http::HeaderValue},
};

/// How long anything may take that the server is to do at once.
pub const SOON: Duration = Duration::from_secs(10);

pub struct Client {
    pub socket: WebSocketStream<TcpStream>,
    /// Who it is, once it has joined.
    pub id: String,
    pub token: String,
}

impl Client {
    pub async fn open(
        address: SocketAddr,
        path: &str,
        headers: &[(&'static str, &str)],
    ) -> Result<Self, Error> {
        let mut request = format!("ws://{address}{path}").into_client_request()?;
        for (name, value) in headers {
            request.headers_mut().insert(*name, HeaderValue::from_str(value)?);
        }
        let stream = TcpStream::connect(address).await?;
        let (socket, response) = client_async(request, stream).await?;
        assert_eq!(response.status(), 101);
        Ok(Self {
            socket,
            id: String::new(),
            token: String::new(),
        })
    }

    pub async fn say(&mut self, message: Value) {
        self.say_text(&message.to_string()).await;
    }

    pub async fn say_text(&mut self, text: &str) {
        self.socket
            .send(Message::text(text))
            .await
            .expect("the socket takes it");
    }

    /// Joins as a new member, and takes the answer and the history that follows.
    pub async fn join(&mut self, room: &str, name: &str) -> Value {
        self.say(join(room, name)).await;
        self.joined().await
    }

    /// Comes back as the member that another client was, or replaces it.
    pub async fn come_back(&mut self, room: &str, earlier: &Self, keep: bool) -> Value {
        let mut message = join(room, "Back");
        message["resume"] = json!(earlier.token);
        message["keep"] = json!(keep);
        self.say(message).await;
        self.joined().await
    }

    async fn joined(&mut self) -> Value {
        let joined = self.hear_a("joined").await;
        self.id = joined["member"].as_str().expect("an id").to_owned();
        self.token = joined["resume"].as_str().expect("a token").to_owned();
        joined
    }

    /// Takes the next message, whatever it is.
    pub async fn hear(&mut self) -> Value {
        match self.next().await {
            Some(Ok(Message::Text(text))) => serde_json::from_str(&text).expect("the server speaks JSON"),
            other => panic!("a message was expected, and there came {other:?}"),
        }
    }

    /// Takes messages until one of a type comes.
    pub async fn hear_a(&mut self, kind: &str) -> Value {
        loop {
            let message = self.hear().await;
            if message["type"] == kind {
                return message;
            }
        }
    }

    /// Takes what comes until the close frame, and returns its code; `None` if the socket ends without one.
    pub async fn closed(&mut self) -> Option<u16> {
        loop {
            match self.next().await {
                Some(Ok(Message::Close(frame))) => return frame.map(|frame| frame.code.into()),
                Some(Ok(_)) => {}
                Some(Err(_)) | None => return None,
            }
        }
    }

    /// Says that it lives, and takes everything up to the answer.
    pub async fn is_served(&mut self) {
        self.say(json!({"type": "ping"})).await;
        self.hear_a("pong").await;
    }

    /// Takes the next frame that is not about the socket itself.
    pub async fn next(&mut self) -> Option<Result<Message, Error>> {
        let next = async {
            loop {
                let next = self.socket.next().await;
                if !matches!(next, Some(Ok(Message::Ping(_) | Message::Pong(_)))) {
                    return next;
                }
            }
        };
        timeout(SOON, next).await.expect("something comes in time")
    }
}

pub fn join(room: &str, name: &str) -> Value {
    json!({"type": "join", "room": room, "name": name, "media": {"audio": true, "video": true}})
}
