//! How bad the world is while a schedule runs.

use super::rng::Rng;
use std::time::Duration;

/// What the network and the platforms do to a schedule. Probabilities are per thousand.
#[derive(Debug, Clone)]
pub struct Weather {
    /// One way between a client and its server, and between two servers.
    pub latency: (Duration, Duration),
    /// One operation on a peer connection.
    pub operation: (Duration, Duration),
    /// Until either end notices that a socket is dead.
    pub notice: (Duration, Duration),
    /// Between the two descriptions and the first packet.
    pub connecting: (Duration, Duration),
    /// A signal reaches a client twice, the second time a little later.
    pub duplicates: u32,
    /// A signal reaches a member once more after seconds, over whatever socket it has by then.
    pub echoes: u32,
    /// An operation on a peer connection fails.
    pub failing_operations: u32,
    /// The result of an operation still comes back although its connection was closed meanwhile.
    pub late_results: u32,
    /// How many candidates a connection finds, at most.
    pub candidates: usize,
    /// A candidate of the other is refused.
    pub refused_candidates: u32,
    /// One way over the bus between servers; packets may overtake each other.
    pub bus: (Duration, Duration),
    /// A packet between servers is lost, or comes twice.
    pub bus_loss: u32,
    pub bus_doubles: u32,
    /// A connection notices by itself that its counterpart is gone. Browsers do, after half a minute; where this is
    /// `false` the handshake alone must bring two members together.
    pub notices_death: bool,
}

impl Weather {
    /// Nothing goes wrong, and everything takes a little.
    pub fn fair() -> Self {
        Self {
            latency: millis(5, 30),
            operation: millis(1, 10),
            notice: millis(10, 50),
            connecting: millis(10, 100),
            duplicates: 0,
            echoes: 0,
            failing_operations: 0,
            late_results: 0,
            candidates: 3,
            refused_candidates: 0,
            bus: millis(0, 5),
            bus_loss: 0,
            bus_doubles: 0,
            notices_death: false,
        }
    }

    /// Each kind of trouble is there or not, so that every combination of them is met.
    pub fn any(rng: &mut Rng) -> Self {
        let latency = rng.pick(&[(0, 0), (1, 5), (5, 50), (0, 400), (200, 250), (0, 3000)]);
        let operation = rng.pick(&[(0, 0), (1, 10), (0, 200), (0, 1500)]);
        let notice = rng.pick(&[(0, 0), (0, 200), (0, 8000), (3000, 15_000)]);
        let connecting = rng.pick(&[(0, 10), (20, 200), (0, 4000)]);
        Self {
            latency: millis(latency.0, latency.1),
            operation: millis(operation.0, operation.1),
            notice: millis(notice.0, notice.1),
            connecting: millis(connecting.0, connecting.1),
            duplicates: rng.pick(&[0, 0, 20, 300]),
            echoes: rng.pick(&[0, 0, 20, 200]),
            failing_operations: rng.pick(&[0, 0, 0, 5, 40]),
            late_results: rng.pick(&[0, 500]),
            candidates: rng.pick(&[1, 2, 4]),
            refused_candidates: rng.pick(&[0, 0, 50]),
            notices_death: rng.chance(500),
            ..Self::fair()
        }
    }

    /// The same, with trouble between servers as well.
    pub fn any_with_bus(rng: &mut Rng) -> Self {
        let weather = Self::any(rng);
        let bus = rng.pick(&[(0, 0), (0, 5), (1, 50), (0, 400)]);
        Self {
            bus: millis(bus.0, bus.1),
            bus_loss: rng.pick(&[0, 0, 10, 200]),
            bus_doubles: rng.pick(&[0, 0, 100]),
            ..weather
        }
    }

    /// The same, but nothing new goes wrong: a schedule ends in this.
    pub fn calmed(&self) -> Self {
        Self {
            duplicates: 0,
            echoes: 0,
            failing_operations: 0,
            refused_candidates: 0,
            bus_loss: 0,
            bus_doubles: 0,
            ..self.clone()
        }
    }
}

fn millis(from: u64, to: u64) -> (Duration, Duration) {
    (Duration::from_millis(from), Duration::from_millis(to))
}
