//! Thousands of seeded schedules, and proof that the simulation sees what is wrong.
//!
//! `TSUKIYO_SEEDS` says how many, `TSUKIYO_SEED` replays one with everything that happens in it, `TSUKIYO_FIRST_SEED`
//! starts elsewhere than at 0.

use proptest::prelude::*;
use std::time::{Duration, Instant};
use tests::scenario::{Scenario, Servers, Step};
use tests::sim::{
    core, mutants,
    rng::Rng,
    runner::{self, Kind},
    weather::Weather,
};

/// What CI runs, with optimizations; without them fewer serve as a taste.
const SEEDS: u64 = if cfg!(debug_assertions) { 2_000 } else { 20_000 };
/// A fault that so many schedules do not bring to light would not have been found.
const MUTANT_SEEDS: u64 = 3_000;

#[test]
fn every_schedule_ends_with_everybody_connected() {
    if let Some(seed) = number("TSUKIYO_SEED") {
        return replay(Kind::Calls, seed);
    }
    let began = Instant::now();
    let from = number("TSUKIYO_FIRST_SEED").unwrap_or(0);
    let seeds = number("TSUKIYO_SEEDS").unwrap_or(SEEDS);
    match runner::seeds(Kind::Calls, from, seeds, core::real) {
        Ok(stats) => {
            println!("{seeds} schedules in {:?}: {stats:?}", began.elapsed());
            // What never happens is not proven.
            assert!(seeds < SEEDS || stats.restarts > 0 && stats.said > 0, "{stats:?}");
        }
        Err(failure) => panic!("{failure}"),
    }
}

#[test]
fn every_schedule_of_three_servers_ends_with_everybody_connected() {
    if let Some(seed) = number("TSUKIYO_CLUSTER_SEED") {
        return replay(Kind::Cluster, seed);
    }
    let began = Instant::now();
    let from = number("TSUKIYO_FIRST_SEED").unwrap_or(0);
    let seeds = number("TSUKIYO_SEEDS").unwrap_or(SEEDS) / 4;
    match runner::seeds(Kind::Cluster, from, seeds, core::real) {
        Ok(stats) => {
            println!("{seeds} schedules in {:?}: {stats:?}", began.elapsed());
            let met = stats.kills > 0 && stats.packets > 0 && stats.given_up > 0 && stats.said > 0;
            assert!(
                seeds < SEEDS / 4 || met,
                "what never happens is not proven: {stats:?}"
            );
        }
        Err(failure) => panic!("{failure}"),
    }
}

#[test]
fn a_seed_is_one_schedule() {
    for seed in 0..50 {
        for kind in [Kind::Calls, Kind::Cluster] {
            assert_eq!(
                runner::trace(kind, seed, core::real),
                runner::trace(kind, seed, core::real)
            );
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 256, failure_persistence: None, ..ProptestConfig::default() })]

    /// The same with schedules that proptest makes: a failing one is shrunk to the few steps that matter.
    #[test]
    fn every_sequence_of_steps_ends_with_everybody_connected(scenario in scenario(), seed in any::<u64>()) {
        let mut rng = Rng::new(seed);
        let weather = Weather::any(&mut rng);
        if let Err(failure) = runner::run(&scenario, &weather, &rng, core::real) {
            prop_assert!(false, "{weather:?}\n{failure}");
        }
    }
}

fn scenario() -> impl Strategy<Value = Scenario> {
    let servers = prop_oneof![Just(Servers::One), Just(Servers::Two)];
    (2_usize..5, servers).prop_flat_map(|(people, servers)| {
        prop::collection::vec(step(people), 0..24).prop_map(move |steps| Scenario {
            people,
            servers,
            steps,
        })
    })
}

fn step(people: usize) -> impl Strategy<Value = Step> {
    let who = 0..people;
    prop_oneof![
        5 => who.clone().prop_map(Step::Join),
        1 => who.clone().prop_map(Step::Leave),
        1 => who.clone().prop_map(Step::Crash),
        1 => who.clone().prop_map(Step::Reload),
        1 => who.clone().prop_map(Step::DropLink),
        2 => who.clone().prop_map(Step::RestoreLink),
        1 => who.clone().prop_map(Step::Say),
        1 => who.prop_map(Step::FailOperation),
        1 => (0_u64..4_000).prop_map(|millis| Step::RestartServers(Duration::from_millis(millis))),
        4 => (0_u64..14_000).prop_map(|millis| Step::Advance(Duration::from_millis(millis))),
    ]
}

macro_rules! caught {
    ($($name:ident = $fault:literal),*) => {$(
        #[test]
        fn $name() {
            let fault = mutants::ALL[$fault];
            match runner::seeds(Kind::Calls, 0, MUTANT_SEEDS, mutants::mutant::<$fault>) {
                Err(failure) => println!("{fault:?} is caught by seed {:?}: {}", failure.seed, failure.why),
                Ok(stats) => panic!("{fault:?} went through {MUTANT_SEEDS} schedules: {stats:?}"),
            }
        }
    )*};
}

caught! {
    a_call_that_adds_candidates_too_early_is_caught = 0,
    a_call_that_ignores_handshakes_is_caught = 1,
    a_call_that_always_offers_when_accepts_cross_is_caught = 2,
    a_call_that_never_offers_when_accepts_cross_is_caught = 3,
    a_call_that_never_closes_is_caught = 4,
    a_call_that_ignores_leave_is_caught = 5,
    a_call_that_never_times_out_is_caught = 6,
    a_call_that_clings_to_half_a_connection_is_caught = 7,
    a_call_that_drops_early_candidates_is_caught = 8,
    a_call_that_ignores_failure_is_caught = 9,
    a_call_that_registers_twice_is_caught = 10
}

fn number(variable: &str) -> Option<u64> {
    std::env::var(variable).ok()?.parse().ok()
}

/// Runs one schedule, and tells all that happens.
fn replay(kind: Kind, seed: u64) {
    let (lines, end) = runner::trace(kind, seed, core::real);
    for line in lines {
        println!("{line}");
    }
    match end {
        Ok(stats) => println!("seed {seed} ended well: {stats:?}"),
        Err(why) => panic!("seed {seed} failed: {why}"),
    }
}
