use super::Packet;
use crate::cluster::{Link, Session, Taken};
use bytes::Bytes;
use std::time::Duration;

const START: Duration = Duration::from_secs(100);

fn session(number: u64) -> Session {
    let by = "a".parse().unwrap();
    Session { number, by }
}

fn due(link: &mut Link, now: Duration) -> Vec<Packet> {
    let mut packets = Vec::new();
    link.due(now, &"a".parse().unwrap(), &mut packets);
    packets
}

fn frame(n: u32) -> Bytes {
    Bytes::from(n.to_string())
}

#[test]
fn frames_come_in_order_and_once_whatever_the_bus_does() {
    for seed in 0..200_u64 {
        let mut rng = seed;
        let mut dice = |sides: u64| {
            rng = rng
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1_442_695_040_888_963_407);
            (rng >> 33) % sides
        };
        let (mut a, mut b) = (Link::new(session(7), START), Link::new(session(7), START));
        let (mut now, mut said, mut came) = (START, 0, Vec::new());
        let mut under_way: Vec<(bool, Packet)> = Vec::new();
        while came.len() < 300 {
            now += Duration::from_millis(20);
            assert!(
                now < START + Duration::from_secs(600),
                "seed {seed}: {} came",
                came.len()
            );
            while said < 300 && dice(3) > 0 {
                a.push(frame(said));
                said += 1;
            }
            for (to_b, packets) in [(true, due(&mut a, now)), (false, due(&mut b, now))] {
                for packet in packets {
                    for _ in 0..dice(4).min(2) {
                        under_way.push((to_b, packet.clone()));
                    }
                }
            }
            for _ in 0..under_way.len() / 2 {
                let any = usize::try_from(dice(under_way.len() as u64)).unwrap();
                let (to_b, packet) = under_way.swap_remove(any);
                let packet = Packet::decode(packet.encode()).unwrap();
                let link = if to_b { &mut b } else { &mut a };
                match link.take(now, packet) {
                    Taken::Frames(frames) if to_b => came.extend(frames),
                    Taken::Frames(frames) => assert!(frames.is_empty()),
                    other => panic!("seed {seed}: {other:?}"),
                }
            }
        }
        let right: Vec<Bytes> = (0..300).map(frame).collect();
        assert_eq!(came, right, "seed {seed}");
    }
}

#[test]
fn what_is_not_confirmed_comes_again_and_what_is_confirmed_does_not() {
    let (mut a, mut b) = (Link::new(session(1), START), Link::new(session(1), START));
    a.push(frame(1));
    let lost = due(&mut a, START);
    assert_eq!(lost.len(), 1);
    assert!(due(&mut a, START).is_empty());
    let at = a.due_at().unwrap();
    let again = due(&mut a, at);
    assert_eq!(again, lost);
    assert_eq!(b.take(at, again[0].clone()), Taken::Frames(vec![frame(1)]));
    let confirmed_at = b.due_at().unwrap();
    let confirmation = due(&mut b, confirmed_at);
    assert!(confirmation[0].frames.is_empty());
    assert_eq!(
        a.take(confirmed_at, confirmation[0].clone()),
        Taken::Frames(vec![])
    );
    assert!(a.is_quiet());
    assert_eq!(a.due_at(), None);
}

#[test]
fn of_two_sessions_the_higher_holds() {
    let (mut a, mut b) = (Link::new(session(5), START), Link::new(session(6), START));
    a.push(frame(1));
    assert_eq!(b.take(START, due(&mut a, START).remove(0)), Taken::Frames(vec![]));
    // Whose session is the lower hears of the higher at once.
    let answer = due(&mut b, START).remove(0);
    assert_eq!(a.take(START, answer.clone()), Taken::Newer(answer));
    let mut of_another = session(6);
    of_another.by = "b".parse().unwrap();
    assert!(of_another > session(6), "two never begin the same one");
}

#[test]
fn many_frames_go_in_few_packets_and_none_is_too_large_for_the_bus() {
    let mut a = Link::new(session(1), START);
    for n in 0..1_000 {
        a.push(frame(n));
    }
    assert_eq!(due(&mut a, START).len(), 1);
    let mut a = Link::new(session(1), START);
    for _ in 0..20 {
        a.push(Bytes::from(vec![0; 100_000]));
    }
    let packets = due(&mut a, START);
    assert_eq!(packets.len(), 10);
    assert!(packets.iter().all(|packet| packet.encode().len() < 1_000_000));
}
