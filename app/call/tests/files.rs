//! Two desks and what is between them: a channel in each direction, and disks that are as fast as the test wants.

#![allow(clippy::expect_used, reason = "a test that finds nothing fails by it")]
use call::files::{
    Desk, FRAME, Failure, Input, Key, Line, Message, OFFERS, Output, SHOWN, State, Transfer, WINDOW,
};
use std::collections::{BTreeMap, VecDeque};
use wire::limits::FILE_BYTES;

const LINE: Line = 1;

#[derive(Default)]
struct Side {
    desk: Desk,
    /// The files that it offers, by the transfer.
    files: BTreeMap<Key, Vec<u8>>,
    /// What is on the disk, and whether it is complete.
    disk: BTreeMap<Key, (Vec<u8>, bool)>,
    /// The disk does not answer while this holds.
    slow: bool,
    writing: VecDeque<(Key, Vec<u8>)>,
    sent: VecDeque<Vec<u8>>,
}

impl Side {
    fn input(&mut self, input: Input<'_>) {
        self.desk.handle_input(input);
        self.perform();
    }

    fn give(&mut self, name: &str, bytes: Vec<u8>) -> Key {
        self.desk.handle_input(Input::Give {
            line: LINE,
            open: true,
            name,
            size: bytes.len() as u64,
        });
        let key = self.desk.transfers().last().expect("the transfer").key;
        self.files.insert(key, bytes);
        self.perform();
        key
    }

    fn perform(&mut self) {
        while let Some(output) = self.desk.poll_output() {
            match output {
                Output::Send(line, bytes) => {
                    assert_eq!(line, LINE);
                    assert!(bytes.len() <= 64 * 1024, "a message of {} bytes", bytes.len());
                    self.sent.push_back(bytes);
                }
                Output::Read(key, from, to) => {
                    let file = &self.files[&key];
                    let bytes = file[from as usize..to as usize].to_vec();
                    self.desk.handle_input(Input::Read(key, Some(&bytes)));
                }
                Output::Create(key) => {
                    self.disk.insert(key, (Vec::new(), false));
                    self.desk.handle_input(Input::Created(key, true));
                }
                Output::Write(key, bytes) => {
                    self.writing.push_back((key, bytes));
                    if !self.slow {
                        self.write();
                    }
                }
                Output::Close(key) => {
                    self.disk.get_mut(&key).expect("the file").1 = true;
                    self.desk.handle_input(Input::Closed(key, Some("blob:".into())));
                }
                Output::Drop(key) => {
                    self.files.remove(&key);
                    self.disk.remove(&key);
                }
            }
        }
    }

    fn write(&mut self) {
        while let Some((key, bytes)) = self.writing.pop_front() {
            if let Some((file, _)) = self.disk.get_mut(&key) {
                file.extend(bytes);
            }
            self.desk.handle_input(Input::Written(key, true));
        }
    }

    fn all(&self) -> Vec<Transfer> {
        self.desk.transfers().collect()
    }

    fn states(&self) -> Vec<State> {
        self.all().into_iter().map(|transfer| transfer.state).collect()
    }

    fn take_all(&mut self) {
        for transfer in self.all() {
            self.input(Input::Take(transfer.key));
        }
    }
}

/// Hands over what each said until nobody says any more; what the first says passes through `change`.
fn talk(a: &mut Side, b: &mut Side, mut change: impl FnMut(Vec<u8>) -> Vec<u8>) {
    while !(a.sent.is_empty() && b.sent.is_empty()) {
        if let Some(bytes) = a.sent.pop_front() {
            let bytes = change(bytes);
            b.input(Input::Heard(LINE, &bytes));
        }
        if let Some(bytes) = b.sent.pop_front() {
            a.input(Input::Heard(LINE, &bytes));
        }
    }
}

fn pass(a: &mut Side, b: &mut Side) {
    talk(a, b, |bytes| bytes);
}

fn some(length: usize, seed: u8) -> Vec<u8> {
    let mut state = u32::from(seed) + 1;
    (0..length)
        .map(|_| {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            (state >> 24) as u8
        })
        .collect()
}

const DONE_THERE: State = State::Done(None);

#[test]
fn several_files_arrive_whole_at_once_and_in_both_directions() {
    let (mut a, mut b) = (Side::default(), Side::default());
    let files = [some(9_000_000, 1), some(FRAME, 2), some(0, 3), some(1, 4)];
    for file in &files {
        a.give("moon.bin", file.clone());
    }
    b.give("back.bin", some(5_000_000, 5));
    pass(&mut a, &mut b);
    assert_eq!(b.states(), vec![State::Offered; 5]);
    assert!(a.disk.is_empty() && b.disk.is_empty(), "nothing comes unasked");
    a.take_all();
    b.take_all();
    pass(&mut a, &mut b);
    let came: Vec<_> = b.disk.values().cloned().collect();
    assert_eq!(came, files.map(|file| (file, true)));
    assert_eq!(
        a.disk.values().cloned().collect::<Vec<_>>(),
        [(some(5_000_000, 5), true)]
    );
    assert_eq!(a.states().iter().filter(|state| **state == DONE_THERE).count(), 4);
    assert!(a.states().iter().all(State::is_over) && b.states().iter().all(State::is_over));
    assert!(a.desk.lines().is_empty());
}

#[test]
fn a_slow_disk_holds_the_sender_back() {
    let (mut a, mut b) = (
        Side::default(),
        Side {
            slow: true,
            ..Side::default()
        },
    );
    a.give("moon.bin", some(20_000_000, 1));
    pass(&mut a, &mut b);
    b.take_all();
    pass(&mut a, &mut b);
    let State::Running(percent) = a.states()[0] else {
        panic!("{:?}", a.states())
    };
    assert!(u64::from(percent) * 200_000 <= WINDOW, "{percent} %");
    b.slow = false;
    b.write();
    b.perform();
    pass(&mut a, &mut b);
    assert_eq!(a.states(), [DONE_THERE]);
    assert_eq!(b.disk.values().next(), Some(&(some(20_000_000, 1), true)));
}

#[test]
fn a_full_channel_holds_the_reading_back() {
    let (mut a, mut b) = (Side::default(), Side::default());
    a.give("moon.bin", some(3_000_000, 1));
    pass(&mut a, &mut b);
    b.take_all();
    a.input(Input::Buffered(LINE, u64::MAX));
    pass(&mut a, &mut b);
    assert_eq!(a.states(), [State::Running(0)]);
    a.input(Input::Drained(LINE));
    pass(&mut a, &mut b);
    assert_eq!(a.states(), [DONE_THERE]);
}

#[test]
fn an_offer_may_be_declined_withdrawn_and_cancelled_by_either() {
    for (by_sender, begun) in [(true, false), (true, true), (false, false), (false, true)] {
        let (mut a, mut b) = (
            Side::default(),
            Side {
                slow: true,
                ..Side::default()
            },
        );
        let key = a.give("moon.bin", some(20_000_000, 1));
        pass(&mut a, &mut b);
        let there = b.all()[0].key;
        if begun {
            b.take_all();
            pass(&mut a, &mut b);
        }
        if by_sender {
            a.input(Input::Stop(key));
        } else {
            b.input(Input::Stop(there));
        }
        pass(&mut a, &mut b);
        assert_eq!(
            a.states(),
            [State::Stopped {
                here: by_sender,
                begun
            }]
        );
        assert_eq!(
            b.states(),
            [State::Stopped {
                here: !by_sender,
                begun
            }]
        );
        assert!(b.disk.is_empty(), "what had come is gone");
        b.slow = false;
        b.write();
        pass(&mut a, &mut b);
        assert!(b.disk.is_empty(), "what was on its way does not come back");
    }
}

#[test]
fn a_line_that_is_gone_ends_what_went_over_it_and_nothing_else() {
    let (mut a, mut b) = (Side::default(), Side::default());
    a.give("one", some(10, 1));
    pass(&mut a, &mut b);
    b.take_all();
    pass(&mut a, &mut b);
    a.give("two", some(10, 1));
    pass(&mut a, &mut b);
    for side in [&mut a, &mut b] {
        side.input(Input::Gone(LINE));
        assert_eq!(side.states()[1], State::Failed(Failure::Gone));
        assert!(matches!(side.states()[0], State::Done(_)));
    }
}

#[test]
fn a_changed_byte_is_found_and_nothing_is_kept() {
    let (mut a, mut b) = (Side::default(), Side::default());
    a.give("moon.bin", some(500_000, 1));
    pass(&mut a, &mut b);
    b.take_all();
    let mut last = 0;
    talk(&mut a, &mut b, |mut bytes| {
        if matches!(Message::read(&bytes), Some(Message::Data(..))) {
            last = bytes.len() - 1;
            bytes[last] ^= 1;
        }
        bytes
    });
    assert!(last > 0, "something was changed");
    assert_eq!(b.states(), [State::Failed(Failure::Broken)]);
    assert_eq!(a.states(), [State::Failed(Failure::There)]);
    assert!(b.disk.is_empty());
}

#[test]
fn whoever_sends_more_than_was_offered_or_asked_for_is_cut_off() {
    let offer = |size| Message::Offer {
        id: 1,
        size,
        name: "a".into(),
    };
    let frame = vec![0; FRAME];
    for size in [FRAME as u64, FILE_BYTES] {
        let mut b = Side {
            slow: true,
            ..Side::default()
        };
        b.input(Input::Heard(LINE, &offer(size).to_bytes()));
        b.take_all();
        let data = Message::Data(1, &frame).to_bytes();
        let enough = WINDOW as usize / FRAME + 2;
        for _ in 0..enough {
            b.input(Input::Heard(LINE, &data));
        }
        assert_eq!(b.states(), [State::Failed(Failure::Broken)]);
        assert!(b.disk.is_empty());
    }
}

#[test]
fn what_was_not_taken_is_not_kept() {
    let mut b = Side::default();
    b.input(Input::Heard(LINE, &Message::Data(1, b"moon").to_bytes()));
    b.input(Input::Heard(LINE, &Message::End(1, [0; 32]).to_bytes()));
    assert!(b.all().is_empty());
    let offer = Message::Offer {
        id: 1,
        size: 4,
        name: "a".into(),
    };
    b.input(Input::Heard(LINE, &offer.to_bytes()));
    b.input(Input::Heard(LINE, &Message::Data(1, b"moon").to_bytes()));
    b.input(Input::Heard(LINE, &Message::End(1, [0; 32]).to_bytes()));
    assert_eq!(b.states(), [State::Offered]);
    assert!(b.disk.is_empty() && b.writing.is_empty());
}

#[test]
fn nobody_can_claim_to_have_what_was_not_sent() {
    let mut a = Side::default();
    a.give("moon.bin", some(9_000_000, 1));
    a.input(Input::Heard(LINE, &Message::Done(1).to_bytes()));
    assert_eq!(a.states(), [State::Offered]);
    a.input(Input::Heard(LINE, &Message::Accept(1, 10).to_bytes()));
    a.input(Input::Heard(LINE, &Message::Done(1).to_bytes()));
    assert_eq!(a.states(), [State::Running(0)]);
}

#[test]
fn a_file_that_is_too_large_is_not_offered() {
    let mut a = Side::default();
    for (size, open, state) in [
        (FILE_BYTES + 1, true, State::Failed(Failure::TooLarge)),
        (1, false, State::Failed(Failure::Unreachable)),
        (FILE_BYTES, true, State::Offered),
    ] {
        a.input(Input::Give {
            line: LINE,
            open,
            name: "a",
            size,
        });
        assert_eq!(a.states().last(), Some(&state));
    }
    assert_eq!(a.sent.len(), 1);
}

#[test]
fn a_file_that_changes_under_way_is_not_sent_on() {
    let (mut a, mut b) = (Desk::default(), Side::default());
    a.handle_input(Input::Give {
        line: LINE,
        open: true,
        name: "a",
        size: 100,
    });
    while let Some(Output::Send(_, bytes)) = a.poll_output() {
        b.input(Input::Heard(LINE, &bytes));
    }
    b.take_all();
    a.handle_input(Input::Heard(LINE, &b.sent.pop_front().expect("accept")));
    let Some(Output::Read(key, 0, 100)) = a.poll_output() else {
        panic!("no read")
    };
    a.handle_input(Input::Read(key, Some(b"shorter")));
    assert_eq!(
        a.transfers().next().map(|transfer| transfer.state),
        Some(State::Failed(Failure::Unreadable))
    );
}

#[test]
fn offers_in_any_number_take_bounded_room() {
    let mut b = Side::default();
    let offer = |id| Message::Offer {
        id,
        size: 1,
        name: "a".into(),
    };
    for id in 0..1_000 {
        b.input(Input::Heard(LINE, &offer(id).to_bytes()));
    }
    assert_eq!(b.all().len(), OFFERS);
    assert_eq!(b.sent.len(), 1_000 - OFFERS, "the others are declined");
    for id in 0..1_000 {
        b.input(Input::Heard(LINE, &offer(id).to_bytes()));
        b.input(Input::Heard(LINE, &Message::Withdraw(id).to_bytes()));
    }
    assert!(b.all().len() <= SHOWN);
}

#[test]
fn what_has_come_is_not_pushed_out_by_noise() {
    let (mut a, mut b) = (Side::default(), Side::default());
    a.give("moon.bin", some(10, 1));
    pass(&mut a, &mut b);
    b.take_all();
    pass(&mut a, &mut b);
    for id in 100..100 + 2 * SHOWN as u32 {
        let offer = Message::Offer {
            id,
            size: 1,
            name: "a".into(),
        };
        b.input(Input::Heard(LINE, &offer.to_bytes()));
        b.input(Input::Heard(LINE, &Message::Withdraw(id).to_bytes()));
    }
    assert_eq!(b.states()[0], State::Done(Some("blob:".into())));
    assert_eq!(b.disk.len(), 1);
    let key = b.all()[0].key;
    b.input(Input::Forget(key));
    assert!(b.disk.is_empty(), "what is forgotten is gone");
}
