//! The whole server over real sockets: what clients see, good ones and others.

#![allow(
    clippy::expect_used,
    reason = "a test that finds something else than it expects has failed"
)]

#[path = "server/bad_clients.rs"]
mod bad_clients;
#[path = "server/binary.rs"]
mod binary;
#[path = "server/calls.rs"]
mod calls;
#[path = "server/chat.rs"]
mod chat;
#[path = "server/client.rs"]
mod client;
#[path = "server/cluster.rs"]
mod cluster;
#[path = "server/doors.rs"]
mod doors;
#[path = "server/ends.rs"]
mod ends;
#[path = "server/figures.rs"]
mod figures;
#[path = "server/files.rs"]
mod files;
#[path = "server/guards.rs"]
mod guards;
#[path = "posts/http.rs"]
mod http;
#[path = "server/moderation.rs"]
mod moderation;
#[path = "server/process.rs"]
mod process;
#[path = "server/prod.rs"]
mod prod;
#[path = "server/relay.rs"]
mod relay;
#[path = "server/reports.rs"]
mod reports;
#[path = "server/tls.rs"]
mod tls;
#[path = "server/traces.rs"]
mod traces;
#[path = "server/world.rs"]
mod world;
