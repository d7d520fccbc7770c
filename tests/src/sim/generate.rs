//! Makes a schedule out of a seed.

use super::rng::Rng;
use crate::scenario::{Scenario, Servers, Step};

/// A kind of thing that may happen.
#[derive(Debug, Clone, Copy)]
enum Kind {
    Join,
    Leave,
    Crash,
    Reload,
    DropLink,
    RestoreLink,
    Restart,
    Mute,
    Say,
    FailOperation,
    Break,
    Kill,
    Part,
    CutBus,
}

/// Makes a schedule: people come in, then things happen. Each schedule knows only some of the kinds of things, so that
/// rare combinations are not drowned by frequent ones ("swarm testing", Groce et al. 2012).
pub fn scenario(rng: &mut Rng) -> Scenario {
    let people = rng.pick(&[2, 2, 2, 2, 3, 3, 3, 3, 4, 4, 5, 6, 7, 8]);
    let servers = rng.pick(&[Servers::One, Servers::One, Servers::Two]);
    let kinds = kinds(rng);
    steps(rng, people, servers, &kinds)
}

/// The same for three servers, which are killed and cut off from each other as well.
pub fn cluster(rng: &mut Rng) -> Scenario {
    let people = rng.pick(&[2, 2, 3, 3, 4, 5, 6]);
    let mut kinds = kinds(rng);
    let servers = [Kind::Kill, Kind::Part, Kind::CutBus];
    kinds.extend(servers.into_iter().filter(|_| rng.chance(500)));
    kinds.push(Kind::Say);
    steps(rng, people, Servers::Three, &kinds)
}

fn steps(rng: &mut Rng, people: usize, servers: Servers, kinds: &[Kind]) -> Scenario {
    let gaps = rng.pick(&[0, 5, 60, 500, 2_000, 15_000]);
    let mut steps = Vec::new();
    for who in 0..people {
        steps.push(Step::Join(who));
        pause(rng, gaps, &mut steps);
    }
    for _ in 0..rng.below(24) {
        let step = step(rng, people, kinds);
        steps.push(step);
        pause(rng, gaps, &mut steps);
    }
    Scenario {
        people,
        servers,
        steps,
    }
}

fn kinds(rng: &mut Rng) -> Vec<Kind> {
    const ALL: [Kind; 11] = [
        Kind::Join,
        Kind::Leave,
        Kind::Crash,
        Kind::Reload,
        Kind::DropLink,
        Kind::RestoreLink,
        Kind::Restart,
        Kind::Mute,
        Kind::Say,
        Kind::FailOperation,
        Kind::Break,
    ];
    let mut kinds: Vec<_> = ALL.into_iter().filter(|_| rng.chance(450)).collect();
    kinds.extend([Kind::Join, Kind::RestoreLink]);
    kinds
}

fn step(rng: &mut Rng, people: usize, kinds: &[Kind]) -> Step {
    let who = rng.below(people);
    match rng.pick(kinds) {
        Kind::Join => Step::Join(who),
        Kind::Leave => Step::Leave(who),
        Kind::Crash => Step::Crash(who),
        Kind::Reload => Step::Reload(who),
        Kind::DropLink => Step::DropLink(who),
        Kind::RestoreLink => Step::RestoreLink(who),
        Kind::Restart => Step::RestartServers(rng.millis(4_000)),
        Kind::Mute => Step::Mute(who, rng.chance(500)),
        Kind::Say => Step::Say(who),
        Kind::FailOperation => Step::FailOperation(who),
        Kind::Kill => Step::KillServer(rng.below(3), rng.millis(8_000)),
        Kind::Part => {
            let server = rng.below(3);
            Step::Part(server, (server + 1) % 3, rng.millis(12_000))
        }
        Kind::CutBus => Step::CutBus(rng.millis(20_000)),
        Kind::Break => Step::BreakConnection(who, (who + 1 + rng.below(people - 1)) % people),
    }
}

/// Most pauses are of the schedule's own scale; some are none, and some are longer than every grace time.
fn pause(rng: &mut Rng, scale: u64, steps: &mut Vec<Step>) {
    let pause = match rng.below(10) {
        0..3 => return,
        3..9 => rng.millis(scale),
        _ => rng.millis(30_000),
    };
    steps.push(Step::Advance(pause));
}
