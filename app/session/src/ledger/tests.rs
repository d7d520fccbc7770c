use super::*;
use crate::platform::{CandidatePairStats, CandidateStats};
use ConnectionState::{Connected, Connecting, Disconnected, Failed};

fn at(seconds: f64) -> Duration {
    Duration::from_secs_f64(seconds)
}

fn peer(name: &str) -> MemberId {
    name.parse().expect("an id")
}

/// Somebody who came in at ten seconds, into a room in which somebody shows a picture.
fn entered() -> Ledger {
    let mut ledger = Ledger::default();
    ledger.begin(at(10.0));
    ledger.entered(at(10.2), true);
    ledger
}

fn connect(ledger: &mut Ledger, now: f64, name: &str) {
    ledger.create(&peer(name));
    ledger.found(&peer(name));
    for state in [Connecting, Connected] {
        ledger.state(at(now), &peer(name), state);
    }
}

fn faces(frames: f64, freezes: f64, freezes_duration: f64) -> StatsReport {
    let inbound = |slot| InboundRtpStats {
        slot: Some(slot),
        frames,
        freezes,
        freezes_duration,
        ..InboundRtpStats::default()
    };
    StatsReport {
        inbound: vec![inbound(Slot::Camera), inbound(Slot::Screen)],
        ..StatsReport::default()
    }
}

fn take(ledger: &mut Ledger, now: f64) -> CallReport {
    let report = ledger.take(at(now), ClientPlatform::Web);
    report.expect("something has happened")
}

#[test]
fn the_first_picture_is_timed_from_the_click_and_told_once() {
    let mut ledger = entered();
    assert!(ledger.awaits_picture(at(10.3)));
    connect(&mut ledger, 10.8, "a");
    ledger.look(at(11.0), &peer("a"), &faces(0.0, 0.0, 0.0));
    assert!(ledger.awaits_picture(at(11.0)), "none has come");
    ledger.look(at(11.25), &peer("a"), &faces(1.0, 0.0, 0.0));
    assert!(!ledger.awaits_picture(at(11.3)));
    ledger.look(at(13.0), &peer("a"), &faces(50.0, 0.0, 0.0));
    let first = take(&mut ledger, 14.0).first_frame;
    assert_eq!(first.map(Milliseconds::get), Some(1_250));
    ledger.came(at(15.0), true);
    ledger.look(at(16.0), &peer("a"), &faces(90.0, 0.0, 0.0));
    assert_eq!(take(&mut ledger, 17.0).first_frame, None);
}

#[test]
fn whoever_was_there_first_waits_from_the_coming_of_the_other() {
    let mut ledger = Ledger::default();
    ledger.begin(at(10.0));
    ledger.entered(at(10.2), false);
    ledger.came(at(300.0), false);
    assert!(!ledger.awaits_picture(at(300.0)), "that one shows nothing");
    ledger.came(at(600.0), true);
    ledger.seen(at(600.9));
    let first = take(&mut ledger, 601.0).first_frame;
    assert_eq!(first.map(Milliseconds::get), Some(900));
}

#[test]
fn the_time_at_the_door_is_not_the_programs() {
    let mut ledger = Ledger::default();
    ledger.begin(at(10.0));
    ledger.waits();
    ledger.entered(at(100.0), true);
    ledger.seen(at(100.5));
    let first = take(&mut ledger, 101.0).first_frame;
    assert_eq!(first.map(Milliseconds::get), Some(500));
}

#[test]
fn a_picture_that_was_switched_on_later_or_not_looked_for_is_not_timed() {
    let mut later = Ledger::default();
    later.begin(at(1.0));
    later.entered(at(1.1), false);
    later.seen(at(50.0));
    later.came(at(60.0), true);
    later.seen(at(60.1));
    assert_eq!(later.take(at(61.0), ClientPlatform::Web), None);

    let mut hidden = entered();
    hidden.looks_away();
    hidden.seen(at(40.0));
    assert_eq!(hidden.take(at(41.0), ClientPlatform::Web), None);

    let ledger = entered();
    assert!(!ledger.awaits_picture(at(10.0) + PATIENCE), "it does not come");
}

#[test]
fn a_connection_is_counted_once_however_often_it_is_restored() {
    let mut ledger = entered();
    connect(&mut ledger, 11.0, "a");
    ledger.state(at(20.0), &peer("a"), Disconnected);
    ledger.state(at(21.0), &peer("a"), Connected);
    ledger.state(at(30.0), &peer("a"), Failed);
    ledger.restart();
    ledger.state(at(31.0), &peer("a"), Connecting);
    ledger.state(at(32.0), &peer("a"), Connected);
    let report = take(&mut ledger, 33.0);
    let failures = Failures {
        disconnected: Tally::of(1),
        ..Failures::default()
    };
    assert_eq!((report.connected.get(), report.restarts.get()), (1, 1));
    assert_eq!(report.failed, failures);
}

#[test]
fn what_is_never_made_is_told_once_and_by_its_cause() {
    let count = |course: &dyn Fn(&mut Ledger)| {
        let mut ledger = entered();
        ledger.create(&peer("a"));
        course(&mut ledger);
        let failed = ledger.take(at(60.0), ClientPlatform::Web);
        let failed = failed.map(|report| report.failed).unwrap_or_default();
        [
            failed.handshake,
            failed.no_candidates,
            failed.ice,
            failed.disconnected,
        ]
        .map(Tally::get)
    };
    let a = peer("a");
    let no_answer = |ledger: &mut Ledger| {
        ledger.found(&a);
        ledger.given_up(at(20.0), &a);
    };
    assert_eq!(count(&no_answer), [1, 0, 0, 0]);
    let no_way = |ledger: &mut Ledger| {
        ledger.found(&a);
        ledger.state(at(12.0), &a, Connecting);
        ledger.state(at(40.0), &a, Failed);
        ledger.given_up(at(41.0), &a);
    };
    assert_eq!(count(&no_way), [0, 0, 1, 0]);
    let too_slow = |ledger: &mut Ledger| {
        ledger.found(&a);
        ledger.state(at(12.0), &a, Connecting);
        ledger.given_up(at(37.0), &a);
    };
    assert_eq!(count(&too_slow), [0, 0, 1, 0]);
    let no_network = |ledger: &mut Ledger| ledger.state(at(40.0), &a, Failed);
    assert_eq!(count(&no_network), [0, 1, 0, 0]);
    let the_other_left = |ledger: &mut Ledger| ledger.gone(at(20.0), &a);
    assert_eq!(count(&the_other_left), [0, 0, 0, 0]);
    let two_in_a_row = |ledger: &mut Ledger| {
        no_way(ledger);
        ledger.create(&a);
        no_way(ledger);
    };
    assert_eq!(count(&two_in_a_row), [0, 0, 2, 0]);
}

#[test]
fn freezes_are_those_of_faces_since_the_report_before_also_over_several_connections() {
    let mut ledger = entered();
    for name in ["a", "b"] {
        connect(&mut ledger, 11.0, name);
    }
    ledger.look(at(12.0), &peer("a"), &faces(9.0, 1.0, 0.5));
    ledger.look(at(12.0), &peer("b"), &faces(9.0, 2.0, 1.0));
    let report = take(&mut ledger, 13.0);
    assert_eq!((report.freezes.get(), report.frozen.get()), (3, 1_500));
    ledger.look(at(14.0), &peer("a"), &faces(20.0, 2.0, 0.75));
    ledger.look(at(14.0), &peer("b"), &faces(20.0, 2.0, 1.0));
    let report = take(&mut ledger, 15.0);
    assert_eq!((report.freezes.get(), report.frozen.get()), (1, 250));
    // Another connection begins to count anew.
    ledger.given_up(at(16.0), &peer("a"));
    connect(&mut ledger, 17.0, "a");
    ledger.look(at(18.0), &peer("a"), &faces(3.0, 1.0, 0.25));
    let report = take(&mut ledger, 19.0);
    assert_eq!((report.freezes.get(), report.frozen.get()), (1, 250));
}

#[test]
fn time_is_counted_while_somebody_is_connected() {
    let mut ledger = entered();
    connect(&mut ledger, 20.0, "a");
    assert_eq!(take(&mut ledger, 50.0).lasted.get(), 30_000);
    connect(&mut ledger, 55.0, "b");
    ledger.gone(at(60.0), &peer("a"));
    ledger.gone(at(65.0), &peer("b"));
    assert_eq!(take(&mut ledger, 100.0).lasted.get(), 15_000);
    assert_eq!(
        ledger.take(at(200.0), ClientPlatform::Web),
        None,
        "nothing has happened"
    );
}

#[test]
fn a_relay_on_either_side_is_told() {
    let mut ledger = entered();
    connect(&mut ledger, 11.0, "a");
    let relay = CandidateStats {
        candidate_type: "relay".to_owned(),
        ..CandidateStats::default()
    };
    let pair = CandidatePairStats {
        remote: relay,
        ..CandidatePairStats::default()
    };
    let report = StatsReport {
        pair: Some(pair),
        ..StatsReport::default()
    };
    assert!(!take(&mut ledger, 12.0).relayed);
    ledger.look(at(13.0), &peer("a"), &report);
    assert!(take(&mut ledger, 14.0).relayed);
}

#[test]
fn what_was_before_the_person_agreed_is_forgotten() {
    let mut ledger = entered();
    connect(&mut ledger, 11.0, "a");
    ledger.look(at(12.0), &peer("a"), &faces(9.0, 4.0, 2.0));
    ledger.forget(at(20.0));
    let report = take(&mut ledger, 21.5);
    let expected = CallReport {
        lasted: Milliseconds::of(1_500),
        ..CallReport::default()
    };
    assert_eq!(report, expected);
}

#[test]
fn whatever_a_platform_counts_a_report_stays_within_its_bounds() {
    let mut ledger = entered();
    connect(&mut ledger, 11.0, "a");
    for absurd in [f64::NAN, f64::INFINITY, -1e300, 1e300] {
        ledger.look(at(12.0), &peer("a"), &faces(1.0, absurd, absurd));
    }
    let report = take(&mut ledger, 1e6);
    let text = serde_json::to_string(&wire::ClientMessage::Report(report)).expect("JSON");
    wire::ClientMessage::from_json(&text).expect("the server takes it");
}
