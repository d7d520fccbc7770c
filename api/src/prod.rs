//! `/Prod`: the ancestor's deployed socket, a plain broadcast to everybody connected to it.
//!
//! After `wscat -c ws://localhost:3000/Prod`, sending `{ "action": "sendmessage", "data": "message" }` delivers `message`
//! to every connection, the sender included. Nothing is stored.

use crate::{
    clock::Clock,
    guards::{Guards, Ticket},
    rooms::{Rate, Throttle},
    socket::{self, Listener, Origins, Outbox, Upgrade},
};
use serde::Deserialize;
use serde_json::Value;
use std::{
    collections::BTreeMap,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};
use tokio::sync::watch;
use tokio_tungstenite::tungstenite::Utf8Bytes;
use warp::{Filter, Rejection, reply::Response};
use wire::posts::ErrorBody;

/// What one connection may send.
const RATE: Rate = Rate {
    burst: 200,
    every: Duration::from_millis(20),
};
/// RFC 6455 §7.4.1: the message violates a policy.
const POLICY: u16 = 1008;

/// Everybody connected to `/Prod`. Clones are the same broadcast.
#[derive(Debug, Clone)]
pub struct Prod {
    connections: Arc<Mutex<BTreeMap<u64, Arc<Outbox>>>>,
    next: Arc<AtomicU64>,
    clock: Clock,
    /// Every open socket holds a receiver.
    open: watch::Sender<()>,
}

/// The one thing that can be said.
#[derive(Deserialize)]
struct Action {
    action: String,
    data: Value,
}

impl Prod {
    /// Closes every socket and waits until they are closed.
    pub async fn stop(&self) {
        for outbox in self.lock().values() {
            outbox.close(socket::close::SERVICE_RESTART, "going away");
        }
        self.open.closed().await;
    }

    fn broadcast(&self, text: &Utf8Bytes) {
        for outbox in self.lock().values() {
            outbox.push(text.clone());
        }
    }

    fn lock(&self) -> MutexGuard<'_, BTreeMap<u64, Arc<Outbox>>> {
        self.connections.lock().unwrap_or_else(PoisonError::into_inner)
    }

    async fn serve(self, on_upgrade: hyper::upgrade::OnUpgrade, _ticket: Ticket) {
        let Ok(io) = on_upgrade.await else {
            return;
        };
        let _open = self.open.subscribe();
        let outbox = Arc::new(Outbox::default());
        let id = self.next.fetch_add(1, Ordering::Relaxed);
        self.lock().insert(id, Arc::clone(&outbox));
        let client = Client {
            id,
            outbox: Arc::clone(&outbox),
            throttle: Throttle::default(),
            prod: self,
        };
        socket::serve(hyper_util::rt::TokioIo::new(io), outbox, client).await;
    }
}

/// A broadcast to which nobody is connected.
impl Default for Prod {
    fn default() -> Self {
        Self {
            connections: Arc::default(),
            next: Arc::default(),
            clock: Clock::start(),
            open: watch::Sender::new(()),
        }
    }
}

/// Returns the filter that makes sockets of requests; it is to be mounted at [`wire::routes::PROD`].
pub fn routes(
    prod: Prod,
    origins: Origins,
    guards: Guards,
) -> impl Filter<Extract = (Response,), Error = Rejection> + Clone {
    warp::path::end()
        .and(socket::upgrade())
        .map(move |upgrade: Upgrade| {
            let address = upgrade.address();
            match upgrade.accept(&origins, None) {
                Ok((response, on_upgrade)) => match guards.socket(address) {
                    Ok(ticket) => {
                        tokio::spawn(prod.clone().serve(on_upgrade, ticket));
                        response.map(|()| Response::default().into_body())
                    }
                    Err(refusal) => crate::answer::too_many(&refusal.to_string()),
                },
                Err(refusal) => refusal.response(),
            }
        })
}

struct Client {
    id: u64,
    outbox: Arc<Outbox>,
    throttle: Throttle,
    prod: Prod,
}

impl Client {
    fn refuse(&self, why: String) {
        let body = serde_json::to_string(&ErrorBody { error: why });
        self.outbox.push(body.unwrap_or_default().into());
    }
}

impl Listener for Client {
    fn text(&mut self, text: &str) {
        if !self.throttle.take(self.prod.clock.now(), RATE) {
            return self.outbox.close(POLICY, "too many messages in too short a time");
        }
        match heard(text) {
            Ok(data) => self.prod.broadcast(&data.into()),
            Err(why) => self.refuse(why),
        }
    }

    fn binary(&mut self) {
        self.refuse("messages are text frames, not binary ones".to_owned());
    }

    fn gone(&mut self) {
        self.prod.lock().remove(&self.id);
    }
}

/// Returns what a message wants delivered.
fn heard(text: &str) -> Result<String, String> {
    let example = r#"send {"action": "sendmessage", "data": "message"}"#;
    let action: Action = serde_json::from_str(text).map_err(|error| {
        let error: String = error.to_string().chars().take(300).collect();
        format!("{error}; {example}")
    })?;
    if action.action != "sendmessage" {
        return Err(format!("there is no such action; {example}"));
    }
    match action.data {
        Value::String(text) => Ok(text),
        data @ (Value::Null | Value::Bool(_) | Value::Number(_) | Value::Array(_) | Value::Object(_)) => {
            Ok(data.to_string())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_string_is_delivered_as_it_is_and_other_json_as_json() {
        let heard = |data: &str| heard(&format!(r#"{{ "action": "sendmessage", "data": {data} }}"#)).unwrap();
        assert_eq!(heard(r#""message""#), "message");
        assert_eq!(heard(r#"{"a": [1, null]}"#), r#"{"a":[1,null]}"#);
    }

    #[test]
    fn anything_else_is_told_what_would_be_right() {
        for text in [
            "",
            "hello",
            "{}",
            r#"{"action": "dance", "data": "x"}"#,
            r#"{"action": "sendmessage"}"#,
        ] {
            assert!(heard(text).unwrap_err().contains("sendmessage"), "{text}");
        }
    }
}
