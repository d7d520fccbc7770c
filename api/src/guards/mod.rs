//! What one address may take of the server before anybody knows who is there: connections, sockets, requests.
//!
//! What a member may do is for [`crate::rooms`] to say. Both count by [`Source`], which of IPv6 is the network.
//!
//! # Invariants
//! - An address is the connection's own, or what a proxy says that is named in the settings ([`Proxies`]). No other header
//!   is believed.
//! - This machine is not counted: what comes from it is a program of whoever runs the server, or a proxy that was not named,
//!   behind which everybody would share one bucket.
//! - Memory has a bound. Who finds no room in it is let pass, so that nobody can keep the others out by filling it.

mod counts;
mod proxies;

pub use counts::Ticket;
pub use proxies::Proxies;

use crate::{
    clock::Clock,
    rooms::{Buckets, Rate, Source, Taken},
};
use counts::Counts;
use std::{
    net::IpAddr,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

/// How many addresses are remembered for each limit.
const SOURCES: usize = 100_000;

/// Everything that the guards are told once.
#[derive(Debug, Clone, Default)]
pub struct Settings {
    /// What one address may take.
    pub limits: Limits,
    /// How long somebody may take over what others do at once.
    pub times: Times,
    /// Whose word is taken for where a request comes from.
    pub proxies: Proxies,
}

/// What one address may take.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Connections that have not become sockets, at once.
    pub connections: usize,
    /// Sockets, at once.
    pub sockets: usize,
    /// New sockets.
    pub opens: Rate,
    /// Requests that write.
    pub writes: Rate,
    /// Requests of the API that read.
    pub reads: Rate,
}

/// How long a client may keep the server waiting. Who is slower is most often no slow line, but somebody who wants to use up
/// the connections of others.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Times {
    /// For a request's head, and between two requests.
    pub head: Duration,
    /// For a request's body.
    pub body: Duration,
    /// For taking nothing of an answer.
    pub answer: Duration,
}

/// Why somebody must wait.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// As many sockets are open as may be.
    #[error("too many sockets are open from your address; close some first")]
    Sockets,
    /// Sockets are opened too quickly.
    #[error("too many sockets were opened from your address in too short a time; try again in a minute")]
    Opens,
    /// Too much is written.
    #[error("too much was written from your address in too short a time; try again in a minute")]
    Writes,
    /// Too much is asked.
    #[error("too many requests came from your address in too short a time; try again soon")]
    Reads,
}

/// Counts what addresses take. Clones are the same guards.
#[derive(Debug, Clone)]
pub struct Guards(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    settings: Settings,
    clock: Clock,
    connections: Counts,
    sockets: Counts,
    opens: Bucket,
    writes: Bucket,
    reads: Bucket,
}

type Bucket = Mutex<Buckets<Source>>;

impl Guards {
    /// Makes guards that have seen nobody.
    pub fn new(settings: Settings) -> Self {
        let bucket = || Mutex::new(Buckets::new(SOURCES));
        Self(Arc::new(Inner {
            settings,
            clock: Clock::start(),
            connections: Counts::default(),
            sockets: Counts::default(),
            opens: bucket(),
            writes: bucket(),
            reads: bucket(),
        }))
    }

    /// Returns whose word is taken for where a request comes from.
    pub fn proxies(&self) -> &Proxies {
        &self.0.settings.proxies
    }

    /// Returns how long a client may keep the server waiting.
    pub fn times(&self) -> Times {
        self.0.settings.times
    }

    /// Takes a place for a connection. A proxy that is named in the settings has as many as it wants.
    pub fn connection(&self, peer: IpAddr) -> Option<Ticket> {
        let source = counted(Some(peer)).filter(|_| !self.proxies().trust(peer));
        let ticket = self
            .0
            .connections
            .take(source, self.0.settings.limits.connections);
        if ticket.is_none() {
            refused("connections");
        }
        ticket
    }

    /// Takes a place for a socket.
    ///
    /// # Errors
    /// [`Refusal::Sockets`], [`Refusal::Opens`]
    pub fn socket(&self, address: Option<IpAddr>) -> Result<Ticket, Refusal> {
        let (limits, source) = (self.0.settings.limits, counted(address));
        if !self.may(&self.0.opens, source, limits.opens) {
            refused("opens");
            return Err(Refusal::Opens);
        }
        self.0.sockets.take(source, limits.sockets).ok_or_else(|| {
            refused("sockets");
            Refusal::Sockets
        })
    }

    /// Says whether a request may write.
    ///
    /// # Errors
    /// [`Refusal::Writes`]
    pub fn write(&self, address: Option<IpAddr>) -> Result<(), Refusal> {
        if self.may(&self.0.writes, counted(address), self.0.settings.limits.writes) {
            return Ok(());
        }
        refused("writes");
        Err(Refusal::Writes)
    }

    /// Says whether a request may read.
    ///
    /// # Errors
    /// [`Refusal::Reads`]
    pub fn read(&self, address: Option<IpAddr>) -> Result<(), Refusal> {
        if self.may(&self.0.reads, counted(address), self.0.settings.limits.reads) {
            return Ok(());
        }
        refused("reads");
        Err(Refusal::Reads)
    }

    fn may(&self, bucket: &Bucket, source: Option<Source>, rate: Rate) -> bool {
        let Some(source) = source else { return true };
        let now = self.0.clock.now();
        let mut bucket = bucket.lock().unwrap_or_else(PoisonError::into_inner);
        bucket.take(now, source, rate) != Taken::No
    }
}

impl Default for Guards {
    fn default() -> Self {
        Self::new(Settings::default())
    }
}

impl Default for Times {
    fn default() -> Self {
        Self {
            head: Duration::from_secs(30),
            // A full one over a slow mobile line.
            body: Duration::from_secs(60),
            answer: Duration::from_secs(30),
        }
    }
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            connections: 256,
            sockets: 200,
            opens: Rate {
                burst: 300,
                every: Duration::from_millis(200),
            },
            writes: Rate {
                burst: 60,
                every: Duration::from_secs(1),
            },
            reads: Rate {
                burst: 400,
                every: Duration::from_millis(50),
            },
        }
    }
}

/// Returns what an address is counted as, if it is.
fn counted(address: Option<IpAddr>) -> Option<Source> {
    address.map(Source::from).filter(|source| !source.is_local())
}

fn refused(why: &'static str) {
    metrics::counter!("tsukiyo_refused_total", "limit" => why).increment(1);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn guards(limits: Limits) -> Guards {
        Guards::new(Settings {
            limits,
            ..Settings::default()
        })
    }

    fn address(text: &str) -> Option<IpAddr> {
        Some(text.parse().unwrap())
    }

    #[test]
    fn each_address_has_its_own_sockets_and_a_closed_one_makes_room() {
        let guards = guards(Limits {
            sockets: 2,
            ..Limits::default()
        });
        let first = guards.socket(address("192.0.2.1")).unwrap();
        let _second = guards.socket(address("::ffff:192.0.2.1")).unwrap();
        assert_eq!(guards.socket(address("192.0.2.1")).err(), Some(Refusal::Sockets));
        assert!(guards.socket(address("192.0.2.2")).is_ok());
        drop(first);
        assert!(guards.socket(address("192.0.2.1")).is_ok());
    }

    #[test]
    fn this_machine_is_not_counted() {
        let guards = guards(Limits {
            sockets: 0,
            connections: 0,
            ..Limits::default()
        });
        assert!(guards.socket(address("127.0.0.1")).is_ok());
        assert!(guards.socket(None).is_ok());
        assert!(guards.connection("::1".parse().unwrap()).is_some());
        assert!(guards.connection("192.0.2.1".parse().unwrap()).is_none());
    }

    #[test]
    fn what_comes_too_quickly_is_refused_with_its_own_error() {
        let one = Rate {
            burst: 1,
            every: Duration::from_secs(60),
        };
        let guards = guards(Limits {
            opens: one,
            writes: one,
            reads: one,
            ..Limits::default()
        });
        let from = address("2001:db8::1");
        assert!(guards.socket(from).is_ok() && guards.write(from).is_ok() && guards.read(from).is_ok());
        let neighbour = address("2001:db8::2");
        assert_eq!(guards.socket(neighbour).err(), Some(Refusal::Opens));
        assert_eq!(guards.write(neighbour), Err(Refusal::Writes));
        assert_eq!(guards.read(neighbour), Err(Refusal::Reads));
    }
}
