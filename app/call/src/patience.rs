//! How long a call waits before it starts over. All of it is about liveness: nothing here decides who offers.

use std::time::Duration;

/// How long a member may be missing after a server has lost its memory, before it counts as gone.
pub(crate) const ABSENCE: Duration = Duration::from_secs(20);

/// How long a handshake may take. Generous: a slow machine that many join at once must not be hurried into
/// starting over, which would only add to its load.
pub(crate) fn handshake(failures: u32) -> Duration {
    Duration::from_secs(10) * 2u32.pow(failures.min(2))
}

/// How long a connection may take to carry media once both descriptions are saved. ICE itself gives up earlier as a
/// rule; this is for connections of which all candidates were lost together with a socket.
pub(crate) const CONNECT: Duration = Duration::from_secs(25);

/// Whether an attempt goes through TURN only: after an ICE restart has failed, every other one. (One that may take any way
/// comes between, since the TURN server may be what fails.)
pub(crate) fn relays(failures: u32) -> bool {
    failures >= 2 && failures.is_multiple_of(2)
}

/// How long to rest after a failure: not at all the first time, then half a second, doubling up to 30 s.
pub(crate) fn rest(failures: u32) -> Duration {
    match failures {
        0 => Duration::ZERO,
        n => Duration::from_millis(500 * 2u64.pow(n.min(7) - 1)).min(Duration::from_secs(30)),
    }
}
