use super::*;
use crate::platform::CandidatePairStats;

fn at(seconds: u64) -> Duration {
    Duration::from_secs(seconds)
}

/// A report of a camera and a microphone, after `packets` of each of which `lost` are lost.
fn report(packets: f64, lost: f64, round_trip: f64) -> StatsReport {
    let inbound = |slot, frames| InboundRtpStats {
        slot: Some(slot),
        bytes: packets * 1000.0,
        packets,
        lost,
        frames,
        size: Some((640, 480)),
        codec: Some("VP8".into()),
        ..InboundRtpStats::default()
    };
    StatsReport {
        pair: Some(CandidatePairStats {
            round_trip_time: Some(round_trip),
            ..CandidatePairStats::default()
        }),
        inbound: vec![
            inbound(Slot::Microphone, 0.0),
            inbound(Slot::Camera, packets / 4.0),
        ],
        outbound: Vec::new(),
    }
}

#[test]
fn rates_are_of_the_time_between_two_reports() {
    let mut gauge = Gauge::default();
    gauge.read(at(10), report(100.0, 0.0, 0.02));
    let quality = gauge.read(at(12), report(340.0, 0.0, 0.02));
    let camera = &quality.received[1];
    assert_eq!(
        (camera.bitrate, camera.frames, camera.size),
        (960, Some(30), Some((640, 480)))
    );
    assert_eq!(
        (quality.rating, quality.cause, quality.round_trip),
        (Rating::Good, None, Some(20))
    );
    assert_eq!(
        (quality.received[0].frames, quality.received[0].size),
        (None, None),
        "sound has no pictures"
    );
}

#[test]
fn old_losses_are_forgiven_and_new_ones_are_named() {
    let mut gauge = Gauge::default();
    gauge.read(at(0), report(100.0, 50.0, 0.02));
    assert_eq!(gauge.read(at(2), report(200.0, 50.0, 0.02)).rating, Rating::Good);
    let fair = gauge.read(at(4), report(297.0, 53.0, 0.02));
    assert_eq!((fair.rating, fair.cause), (Rating::Fair, Some(Cause::LossIn)));
    let poor = gauge.read(at(6), report(387.0, 63.0, 0.02));
    assert_eq!((poor.rating, poor.cause), (Rating::Poor, Some(Cause::LossIn)));
    let far = gauge.read(at(8), report(487.0, 63.0, 0.3));
    assert_eq!((far.rating, far.cause), (Rating::Fair, Some(Cause::Delay)));
}

#[test]
fn what_the_other_side_loses_counts_too() {
    let mut gauge = Gauge::default();
    let sending = |bytes| StatsReport {
        outbound: vec![OutboundRtpStats {
            slot: Some(Slot::Microphone),
            bytes,
            fraction_lost: Some(0.1),
            limited_by: Some("none".into()),
            ..OutboundRtpStats::default()
        }],
        ..StatsReport::default()
    };
    gauge.read(at(0), sending(0.0));
    let quality = gauge.read(at(2), sending(8_000.0));
    assert_eq!(
        (quality.rating, quality.cause),
        (Rating::Poor, Some(Cause::LossOut))
    );
    assert_eq!(
        (quality.sent[0].bitrate, quality.sent[0].limited_by.clone()),
        (32, None)
    );
}

#[test]
fn nothing_for_three_seconds_is_missing_only_if_it_is_said_to_be_sent() {
    let mut gauge = Gauge::default();
    let both = |_: Slot| true;
    gauge.read(at(0), report(100.0, 0.0, 0.0));
    gauge.read(at(2), report(200.0, 0.0, 0.0));
    gauge.read(at(4), report(200.0, 0.0, 0.0));
    assert!(!gauge.missing(at(4), at(0), both).any());
    gauge.read(at(5), report(200.0, 0.0, 0.0));
    let missing = gauge.missing(at(5), at(0), both);
    assert_eq!((missing.picture, missing.sound), (true, true));
    assert!(
        !gauge.missing(at(5), at(0), |_| false).any(),
        "muted and switched off"
    );
    assert!(!gauge.missing(at(5), at(4), both).any(), "switched on only now");
    gauge.read(at(6), report(201.0, 0.0, 0.0));
    assert!(!gauge.missing(at(6), at(0), both).any(), "it is back");
}

#[test]
fn what_has_never_come_is_missing_as_well() {
    let gauge = Gauge::default();
    assert!(!gauge.missing(at(2), at(0), |_| true).any());
    assert_eq!(
        gauge.missing(at(3), at(0), |slot| slot == Slot::Camera),
        Missing {
            picture: true,
            sound: false
        }
    );
}
