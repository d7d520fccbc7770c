//! What a person would describe, one behaviour a test.

use std::time::Duration;
use tests::scenario::{Expect::*, Scenario, Servers, Step, Step::*};
use tests::sim::{core, rng::Rng, runner, weather::Weather};

/// Runs the steps under many a seed: the delays differ, and what is expected does not.
fn always(people: usize, servers: Servers, weather: &Weather, steps: &[Step]) {
    let scenario = Scenario {
        people,
        servers,
        steps: steps.to_vec(),
    };
    for seed in 0..200 {
        if let Err(failure) = runner::run(&scenario, weather, &Rng::new(seed), core::real) {
            panic!("with delays of seed {seed}: {failure}");
        }
    }
}

fn fair(people: usize, steps: &[Step]) {
    always(people, Servers::One, &Weather::fair(), steps);
}

fn seconds(seconds: u64) -> Step {
    Advance(Duration::from_secs(seconds))
}

fn millis(millis: u64) -> Step {
    Advance(Duration::from_millis(millis))
}

/// Every message may take a second and overtake those of other sockets.
fn slow() -> Weather {
    Weather {
        latency: (Duration::ZERO, Duration::from_secs(1)),
        operation: (Duration::ZERO, Duration::from_millis(300)),
        ..Weather::fair()
    }
}

#[test]
fn two_join() {
    fair(
        2,
        &[
            Join(0),
            seconds(1),
            Join(1),
            seconds(2),
            Expect(Together(vec![0, 1])),
            Expect(ConnectionsMade(2)),
            Expect(NothingRestarted),
        ],
    );
}

#[test]
fn eight_join_at_once() {
    let joins = (0..8).map(Join);
    let then = [
        seconds(3),
        Expect(Together((0..8).collect())),
        Expect(ConnectionsMade(56)),
        Expect(NothingRestarted),
    ];
    fair(8, &joins.chain(then).collect::<Vec<_>>());
}

#[test]
fn crossing_joins_make_one_connection() {
    let steps = [
        Join(0),
        Join(1),
        Settle,
        Expect(Together(vec![0, 1])),
        Expect(ConnectionsMade(2)),
        Expect(NothingRestarted),
    ];
    always(2, Servers::Two, &Weather::fair(), &steps);
}

#[test]
fn eight_crossing_joins_make_one_connection_for_each_pair() {
    let joins = (0..8).map(Join);
    let then = [
        Settle,
        Expect(Together((0..8).collect())),
        Expect(ConnectionsMade(56)),
        Expect(NothingRestarted),
    ];
    let steps: Vec<_> = joins.chain(then).collect();
    always(8, Servers::Two, &Weather::fair(), &steps);
}

#[test]
fn a_late_offer_of_an_earlier_attempt_is_dropped() {
    let weather = Weather {
        duplicates: 300,
        echoes: 300,
        ..slow()
    };
    let steps = [
        Join(0),
        Join(1),
        millis(700),
        FailOperation(1),
        millis(900),
        Reload(0),
        seconds(30),
        DropLink(1),
        seconds(1),
        RestoreLink(1),
        Settle,
        Expect(Together(vec![0, 1])),
    ];
    always(2, Servers::One, &weather, &steps);
}

#[test]
fn a_late_accept_of_a_member_that_was_gone_for_a_while_is_dropped() {
    let weather = Weather {
        echoes: 500,
        ..Weather::fair()
    };
    let steps = [
        Join(0),
        Join(1),
        seconds(2),
        DropLink(1),
        seconds(14),
        RestoreLink(1),
        seconds(2),
        Expect(Together(vec![0, 1])),
    ];
    always(2, Servers::One, &weather, &steps);
}

#[test]
fn candidates_wait_for_the_description() {
    // Descriptions take long to save, and candidates are found and arrive meanwhile. The fakes refuse any too early.
    let weather = Weather {
        operation: (Duration::from_millis(200), Duration::from_millis(500)),
        candidates: 4,
        ..Weather::fair()
    };
    let steps = [
        Join(0),
        Join(1),
        seconds(15),
        Expect(Together(vec![0, 1])),
        Expect(ConnectionsMade(2)),
    ];
    always(2, Servers::One, &weather, &steps);
}

#[test]
fn a_reload_makes_another_member() {
    fair(
        3,
        &[
            Join(0),
            Join(1),
            Join(2),
            seconds(2),
            Reload(1),
            seconds(3),
            Expect(Together(vec![0, 1, 2])),
            // Six at first, and four anew.
            Expect(ConnectionsMade(10)),
            Expect(NothingRestarted),
        ],
    );
}

#[test]
fn a_member_leaves() {
    fair(
        3,
        &[
            Join(0),
            Join(1),
            Join(2),
            seconds(2),
            Leave(1),
            seconds(1),
            Expect(Together(vec![0, 2])),
        ],
    );
}

#[test]
fn a_member_leaves_at_any_moment_of_the_handshake() {
    for pause in [0, 20, 50, 80, 120, 200] {
        fair(
            3,
            &[
                Join(0),
                Join(1),
                seconds(1),
                Join(2),
                millis(pause),
                Leave(2),
                seconds(1),
                Expect(Together(vec![0, 1])),
            ],
        );
    }
}

#[test]
fn a_member_leaves_and_comes_again_at_once() {
    fair(
        2,
        &[
            Join(0),
            Join(1),
            millis(40),
            Leave(1),
            Join(1),
            millis(10),
            Leave(1),
            Join(1),
            seconds(2),
            Expect(Together(vec![0, 1])),
        ],
    );
}

#[test]
fn a_member_leaves_while_it_is_on_its_way_back() {
    let steps = |pause| {
        [
            Join(0),
            Join(1),
            seconds(2),
            DropLink(1),
            millis(100),
            RestoreLink(1),
            millis(pause),
            Leave(1),
            seconds(11),
            Expect(Together(vec![0])),
        ]
    };
    for pause in [0, 100, 300, 500, 700, 900, 1_100] {
        fair(2, &steps(pause));
    }
}

#[test]
fn a_killed_process_is_gone_when_the_grace_time_is_over() {
    fair(
        2,
        &[
            Join(0),
            Join(1),
            seconds(2),
            Crash(1),
            seconds(11),
            Expect(Together(vec![0])),
            Join(1),
            seconds(2),
            Expect(Together(vec![0, 1])),
        ],
    );
}

#[test]
fn a_server_restart_keeps_every_connection() {
    let steps = [
        Join(0),
        Join(1),
        Join(2),
        seconds(3),
        RestartServers(Duration::from_secs(2)),
        seconds(8),
        Expect(Together(vec![0, 1, 2])),
        Expect(ConnectionsMade(6)),
        Expect(NothingRestarted),
        Expect(NobodyLeft),
    ];
    fair(3, &steps);
    let mut steps = steps;
    steps[3] = Settle;
    steps[5] = Settle;
    always(3, Servers::Two, &Weather::fair(), &steps);
}

#[test]
fn who_leaves_while_the_server_is_down_is_gone_soon_after() {
    fair(
        3,
        &[
            Join(0),
            Join(1),
            Join(2),
            seconds(3),
            RestartServers(Duration::from_secs(2)),
            millis(100),
            Leave(2),
            seconds(30),
            Expect(Together(vec![0, 1])),
            Expect(ConnectionsMade(6)),
        ],
    );
}

#[test]
fn a_lost_socket_keeps_the_connections() {
    fair(
        3,
        &[
            Join(0),
            Join(1),
            Join(2),
            seconds(2),
            DropLink(1),
            seconds(4),
            RestoreLink(1),
            seconds(3),
            Expect(Together(vec![0, 1, 2])),
            Expect(ConnectionsMade(6)),
            Expect(NothingRestarted),
            Expect(NobodyLeft),
        ],
    );
}

#[test]
fn a_socket_lost_for_longer_than_the_grace_time_makes_connections_anew() {
    fair(
        2,
        &[
            Join(0),
            Join(1),
            seconds(2),
            DropLink(1),
            seconds(15),
            RestoreLink(1),
            seconds(3),
            Expect(Together(vec![0, 1])),
            Expect(ConnectionsMade(4)),
        ],
    );
}

#[test]
fn all_lose_their_sockets_at_once() {
    fair(
        2,
        &[
            Join(0),
            Join(1),
            seconds(2),
            DropLink(0),
            DropLink(1),
            seconds(3),
            RestoreLink(0),
            RestoreLink(1),
            seconds(3),
            Expect(Together(vec![0, 1])),
            Expect(ConnectionsMade(2)),
            Expect(NothingRestarted),
            Expect(NobodyLeft),
        ],
    );
}

#[test]
fn a_socket_lost_during_the_handshake_delays_it() {
    for pause in [0, 30, 60, 90, 120, 200] {
        fair(
            2,
            &[
                Join(0),
                seconds(1),
                Join(1),
                millis(pause),
                DropLink(1),
                seconds(1),
                RestoreLink(1),
                Settle,
                Expect(Together(vec![0, 1])),
            ],
        );
    }
}

#[test]
fn a_failed_connection_is_made_anew() {
    fair(
        3,
        &[
            Join(0),
            Join(1),
            Join(2),
            seconds(2),
            BreakConnection(0, 1),
            Settle,
            Expect(Together(vec![0, 1, 2])),
            Expect(NobodyLeft),
        ],
    );
}

#[test]
fn a_failed_operation_is_made_good() {
    for pause in [0, 30, 60, 90, 120] {
        fair(
            2,
            &[
                Join(0),
                Join(1),
                millis(pause),
                FailOperation(0),
                Settle,
                Expect(Together(vec![0, 1])),
            ],
        );
    }
}

#[test]
fn a_newcomer_that_cannot_offer_at_first_is_connected_soon_all_the_same() {
    fair(
        2,
        &[
            Join(0),
            seconds(1),
            FailOperation(1),
            Join(1),
            seconds(3),
            Expect(Together(vec![0, 1])),
        ],
    );
}

#[test]
fn what_is_muted_is_seen_by_those_who_come_later() {
    fair(
        3,
        &[
            Join(0),
            Join(1),
            seconds(1),
            Mute(0, true),
            seconds(1),
            Join(2),
            DropLink(1),
            Mute(1, true),
            RestoreLink(1),
            seconds(5),
            Expect(Together(vec![0, 1, 2])),
        ],
    );
}

#[test]
fn what_is_said_while_the_socket_breaks_is_stored_once() {
    fair(
        3,
        &[
            Join(0),
            Join(1),
            seconds(1),
            Say(0),
            Say(1),
            DropLink(0),
            Say(0),
            seconds(1),
            RestoreLink(0),
            Say(0),
            RestartServers(Duration::from_secs(1)),
            Say(1),
            seconds(6),
            Join(2),
            seconds(2),
            Expect(Together(vec![0, 1, 2])),
        ],
    );
}
