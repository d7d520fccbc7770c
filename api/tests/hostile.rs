//! Clients that mean harm, against the real server over real sockets.
//!
//! Each file is a theme: a table of what is tried, with what, and what must come of it. After every row two people in a room
//! go on talking, and hear nothing but each other. The suite says how many rows it ran, and fails below a hundred.

#![allow(
    clippy::expect_used,
    reason = "a test that finds something else than it expects has failed"
)]

#[path = "hostile/bombs.rs"]
mod bombs;
#[allow(dead_code, reason = "the tests of the server use more of it")]
#[path = "server/client.rs"]
mod client;
#[path = "hostile/cross_site.rs"]
mod cross_site;
#[path = "hostile/frames.rs"]
mod frames;
#[path = "hostile/guessing.rs"]
mod guessing;
#[path = "hostile/heads.rs"]
mod heads;
#[allow(dead_code, reason = "the tests of the server use more of it")]
#[path = "posts/http.rs"]
mod http;
#[path = "hostile/orders.rs"]
mod orders;
#[path = "hostile/paths.rs"]
mod paths;
#[path = "hostile/people.rs"]
mod people;
#[path = "hostile/raw.rs"]
mod raw;
#[path = "hostile/relaying.rs"]
mod relaying;
#[path = "hostile/reports.rs"]
mod reports;
#[path = "hostile/slow.rs"]
mod slow;
#[path = "hostile/smuggling.rs"]
mod smuggling;
#[path = "hostile/spoofing.rs"]
mod spoofing;
#[path = "hostile/stage.rs"]
mod stage;
#[path = "hostile/stun.rs"]
mod stun;
#[path = "hostile/tokens.rs"]
mod tokens;
#[path = "hostile/upgrades.rs"]
mod upgrades;
#[path = "hostile/words.rs"]
mod words;
#[allow(dead_code, reason = "the tests of the server use more of it")]
#[path = "server/world.rs"]
mod world;
