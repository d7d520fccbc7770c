//! Runs schedules: one with its trace, or many at once.

use super::core::MakeCore;
use super::rng::Rng;
use super::weather::Weather;
use super::world::World;
use super::{Stats, generate};
use crate::scenario::{Expect, Scenario, Servers, Step};
use std::any::Any;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::{fmt, thread};

/// How many lines of a trace are worth reading when nobody has asked for all of them.
const TAIL: usize = 80;

/// A schedule that did not end as it must.
#[derive(Debug)]
pub struct Failure {
    /// Which schedule, if it came from a seed.
    pub seed: Option<u64>,
    /// What it consists of.
    pub scenario: Scenario,
    /// What is wrong.
    pub why: String,
    /// The last of what happened.
    pub trace: Vec<String>,
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for line in &self.trace {
            writeln!(f, "{line}")?;
        }
        match self.seed {
            Some(seed) => write!(
                f,
                "seed {seed} failed: {}\nreplay with: ./dc.sh test sim {}{seed}",
                self.why,
                if self.scenario.servers == Servers::Three {
                    "cluster "
                } else {
                    ""
                }
            ),
            None => write!(f, "the scenario failed: {}\n{:?}", self.why, self.scenario),
        }
    }
}

/// Which schedules seeds stand for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// One server, or the model of two.
    Calls,
    /// Three servers, and what befalls them.
    Cluster,
}

impl Kind {
    fn schedule(self, seed: u64) -> (Rng, Weather, Scenario) {
        let mut rng = Rng::new(seed);
        let (weather, scenario) = match self {
            Self::Calls => (Weather::any(&mut rng), generate::scenario(&mut rng)),
            Self::Cluster => (Weather::any_with_bus(&mut rng), generate::cluster(&mut rng)),
        };
        (rng, weather, scenario)
    }
}

/// Runs the schedule of a seed.
///
/// # Errors
/// It did not end as it must, or panicked.
pub fn seed(kind: Kind, seed: u64, make: MakeCore) -> Result<Stats, Box<Failure>> {
    let (rng, weather, scenario) = kind.schedule(seed);
    run(&scenario, &weather, &rng, make).map_err(|mut failure| {
        failure.seed = Some(seed);
        failure
    })
}

/// Runs a scenario, and then checks what must be true of every one.
///
/// # Errors
/// It did not end as it must, or panicked. The failure brings a trace: a second run, which is the same, is written down.
pub fn run(scenario: &Scenario, weather: &Weather, rng: &Rng, make: MakeCore) -> Result<Stats, Box<Failure>> {
    let world = || World::new(scenario, weather.clone(), rng.clone(), make);
    let mut plain = world();
    let Err(why) = live(&mut plain, scenario) else {
        return Ok(plain.stats());
    };
    let mut traced = world().traced();
    let again = live(&mut traced, scenario).err();
    let why = if again.as_ref() == Some(&why) {
        why
    } else {
        format!("{why} (and then {again:?})")
    };
    let tail = traced.trace().len().saturating_sub(TAIL);
    Err(Box::new(Failure {
        seed: None,
        scenario: scenario.clone(),
        why,
        trace: traced.trace()[tail..].to_vec(),
    }))
}

/// Everything that happens under a seed, line by line, and how it ends.
pub fn trace(kind: Kind, seed: u64, make: MakeCore) -> (Vec<String>, Result<Stats, String>) {
    let (rng, weather, scenario) = kind.schedule(seed);
    let mut world = World::new(&scenario, weather.clone(), rng.clone(), make).traced();
    let end = live(&mut world, &scenario);
    let mut lines = vec![
        format!("{weather:?}"),
        format!("{:?}, {} people", scenario.servers, scenario.people),
    ];
    lines.extend_from_slice(world.trace());
    (lines, end.map(|()| world.stats()))
}

/// Runs many seeds on all cores, until one fails.
///
/// # Errors
/// One failed. It is not always the lowest: the others were not waited for.
pub fn seeds(kind: Kind, from: u64, number: u64, make: MakeCore) -> Result<Stats, Box<Failure>> {
    let next = AtomicU64::new(from);
    let stop = AtomicBool::new(false);
    let failure = Mutex::new(None);
    let total = Mutex::new(Stats::default());
    thread::scope(|scope| {
        for _ in 0..thread::available_parallelism().map_or(1, usize::from) {
            scope.spawn(|| {
                let mut sum = Stats::default();
                while !stop.load(Ordering::Relaxed) {
                    let this = next.fetch_add(1, Ordering::Relaxed);
                    if this >= from + number {
                        break;
                    }
                    match seed(kind, this, make) {
                        Ok(stats) => sum += stats,
                        Err(failed) => {
                            stop.store(true, Ordering::Relaxed);
                            failure.lock().unwrap().get_or_insert(failed);
                        }
                    }
                }
                *total.lock().unwrap() += sum;
            });
        }
    });
    match failure.into_inner().unwrap() {
        Some(failure) => Err(failure),
        None => Ok(total.into_inner().unwrap()),
    }
}

fn live(world: &mut World, scenario: &Scenario) -> Result<(), String> {
    let lived = catch_unwind(AssertUnwindSafe(|| {
        world.run(&scenario.steps)?;
        world.run(&[Step::Settle])?;
        let inside = world.inside();
        world.run(&[Step::Expect(Expect::Together(inside))])
    }));
    match lived {
        Ok(end) => end.map_err(|violation| violation.to_string()),
        Err(panic) => Err(format!("panicked: {}", words(panic.as_ref()))),
    }
}

fn words(panic: &(dyn Any + Send)) -> &str {
    let text = panic.downcast_ref::<String>().map(String::as_str);
    text.or_else(|| panic.downcast_ref::<&str>().copied())
        .unwrap_or("without words")
}
