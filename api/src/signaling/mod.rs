//! `/ws`: gives sockets to [`Rooms`](crate::rooms::Rooms) and performs what they want done.
//!
//! # Invariants
//! - Nothing of the protocol is decided here; see [`crate::rooms`].
//! - Inputs are taken one after the other, and their outputs are queued before the next input is taken. So everybody
//!   hears things in one order.
//! - Nothing waits for the store but the first one who comes into a room, whose rules must be known, and the chat
//!   messages and histories that come from it.

mod chat;
mod desks;
mod history;
mod hub;
mod presence;
mod rules;
mod servers;

pub use hub::Hub;
pub use servers::Standing;

use crate::{
    guards::{Guards, Ticket},
    rooms::{Input, SocketId},
    socket::{self, Listener, Origins, Outbox, Upgrade},
};
use std::{net::IpAddr, sync::Arc};
use tracing::Instrument;
use warp::{Filter, Rejection, reply::Response};
use wire::{ClientMessage, routes::SUBPROTOCOL};

/// The most that a message about a bad message repeats of it.
const WHY_CHARS: usize = 300;

/// Returns the filter that makes sockets of requests; it is to be mounted at [`wire::routes::SIGNALING`].
pub fn routes(
    hub: Hub,
    origins: Origins,
    guards: Guards,
) -> impl Filter<Extract = (Response,), Error = Rejection> + Clone {
    warp::path::end()
        .and(socket::upgrade())
        .map(move |upgrade: Upgrade| {
            if hub.is_draining() {
                return crate::answer::error(
                    http::StatusCode::SERVICE_UNAVAILABLE,
                    "the server is shutting down; connect again soon",
                );
            }
            let address = upgrade.address();
            match upgrade.accept(&origins, Some(SUBPROTOCOL)) {
                Ok((response, on_upgrade)) => match guards.socket(address) {
                    Ok(ticket) => {
                        tokio::spawn(serve(hub.clone(), on_upgrade, address, ticket));
                        response.map(|()| Response::default().into_body())
                    }
                    Err(refusal) => crate::answer::too_many(&refusal.to_string()),
                },
                Err(refusal) => refusal.response(),
            }
        })
}

async fn serve(hub: Hub, on_upgrade: hyper::upgrade::OnUpgrade, address: Option<IpAddr>, _ticket: Ticket) {
    let Ok(io) = on_upgrade.await else {
        return;
    };
    let outbox = Arc::new(Outbox::default());
    let Some((socket, _open)) = hub.connect(Arc::clone(&outbox), address) else {
        return;
    };
    let span = tracing::info_span!("socket", id = %socket);
    let client = Client { hub, socket };
    let io = hyper_util::rt::TokioIo::new(io);
    socket::serve(io, outbox, client).instrument(span).await;
}

/// What one client says.
struct Client {
    hub: Hub,
    socket: SocketId,
}

impl Listener for Client {
    fn text(&mut self, text: &str) {
        let socket = self.socket;
        self.hub.heard(text.len());
        if self.hub.relay(socket, text) {
            return;
        }
        let input = match ClientMessage::from_json(text) {
            Ok(message) => Input::Message {
                socket,
                message,
                fresh: crate::random::member_id(),
            },
            Err(error) => Input::Malformed {
                socket,
                why: error.to_string().chars().take(WHY_CHARS).collect(),
            },
        };
        self.hub.input(input);
    }

    fn binary(&mut self) {
        let why = "messages are text frames, not binary ones";
        if !self.hub.relay_malformed(self.socket, why) {
            self.hub.input(Input::Malformed {
                socket: self.socket,
                why: why.to_owned(),
            });
        }
    }

    fn gone(&mut self) {
        self.hub.disconnect(self.socket);
    }
}
