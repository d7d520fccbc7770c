//! NATS: subjects without memory. Which of its nodes a server is connected to does not matter, and changes by itself.

use super::{INBOX, Inbox};
use crate::rooms::ServerId;
use async_nats::{Client, ConnectOptions, Event, ServerAddr};
use bytes::Bytes;
use futures::StreamExt;
use std::{sync::Arc, time::Duration};
use tokio::sync::{mpsc, watch};

/// All subjects begin with this.
const SUBJECT: &str = "tsukiyo.server";
/// How often it is asked whether a node still answers, and how long it may take to be connected.
const PING: Duration = Duration::from_secs(2);
const CONNECT: Duration = Duration::from_secs(2);
/// The longest pause before another node is tried.
const PAUSE: Duration = Duration::from_secs(1);

/// A connection to NATS. Clones are the same.
#[derive(Debug, Clone)]
pub struct Nats {
    client: Client,
    carries: Arc<watch::Sender<bool>>,
}

/// The addresses of the nodes cannot be used.
#[derive(Debug, thiserror::Error)]
#[error("{given:?} names no NATS server: nats://host:port, several with commas between them ({why})")]
pub struct BadBus {
    given: String,
    why: String,
}

impl Nats {
    /// Connects to any of several nodes, now or as soon as one is there: `nats://a:4222,nats://b:4222`.
    ///
    /// # Errors
    /// [`BadBus`] if these are no addresses.
    pub async fn connect(urls: &str) -> Result<Self, BadBus> {
        let bad = |why: String| BadBus {
            // What follows "@" is no secret.
            given: urls.rsplit('@').next().unwrap_or_default().to_owned(),
            why,
        };
        let nodes = urls
            .split(',')
            .map(str::trim)
            .filter(|url| !url.is_empty())
            .map(|url| url.parse::<ServerAddr>().map_err(|error| bad(error.to_string())))
            .collect::<Result<Vec<_>, _>>()?;
        if nodes.is_empty() {
            return Err(bad("none is given".to_owned()));
        }
        let carries = Arc::new(watch::Sender::new(false));
        let told = Arc::clone(&carries);
        let client = ConnectOptions::new()
            .name("tsukiyo")
            .no_echo()
            .retry_on_initial_connect()
            .ping_interval(PING)
            .connection_timeout(CONNECT)
            .subscription_capacity(INBOX)
            .reconnect_delay_callback(|tries| {
                PAUSE.min(Duration::from_millis(20) * u32::try_from(tries).unwrap_or(u32::MAX).min(100))
            })
            .event_callback(move |event| {
                let told = Arc::clone(&told);
                async move { note(&event, &told) }
            })
            .connect(nodes)
            .await
            .map_err(|error| bad(error.to_string()))?;
        Ok(Self { client, carries })
    }

    pub(super) async fn send(&self, to: &ServerId, packet: Bytes) {
        if !*self.carries.borrow() {
            return;
        }
        if let Err(error) = self.client.publish(subject(to), packet).await {
            tracing::warn!(%error, "cannot send over the bus");
        }
    }

    pub(super) async fn listen(&self, me: &ServerId) -> Option<Inbox> {
        let mut subscription = match self.client.subscribe(subject(me)).await {
            Ok(subscription) => subscription,
            Err(error) => {
                tracing::error!(%error, "cannot listen on the bus");
                return None;
            }
        };
        let (sender, receiver) = mpsc::channel(INBOX);
        tokio::spawn(async move {
            loop {
                tokio::select! {
                    message = subscription.next() => match message {
                        // What finds no room comes again.
                        Some(message) => drop(sender.try_send(message.payload)),
                        None => return,
                    },
                    () = sender.closed() => return,
                }
            }
        });
        Some(receiver)
    }

    pub(super) fn carries(&self) -> watch::Receiver<bool> {
        self.carries.subscribe()
    }
}

fn subject(server: &ServerId) -> String {
    format!("{SUBJECT}.{server}")
}

fn note(event: &Event, carries: &watch::Sender<bool>) {
    match event {
        Event::Connected => {
            tracing::info!("the bus carries");
            carries.send_replace(true);
        }
        Event::Disconnected | Event::Closed => {
            tracing::warn!("the bus is out of reach");
            carries.send_replace(false);
        }
        Event::SlowConsumer(_) => {
            metrics::counter!("tsukiyo_bus_slow_total").increment(1);
        }
        Event::LameDuckMode | Event::Draining => tracing::info!(%event, "a node of the bus goes"),
        Event::ServerError(_) | Event::ClientError(_) => tracing::warn!(%event, "the bus"),
    }
}
