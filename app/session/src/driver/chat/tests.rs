//! The list of a chat, step by step.

use super::*;

fn nonce(text: &str) -> Nonce {
    text.parse().unwrap()
}

fn text(text: &str) -> ChatText {
    ChatText::new(text).unwrap()
}

fn message(at: u64) -> ChatMessage {
    ChatMessage {
        id: format!("m{at}").parse().unwrap(),
        member_id: "b".parse().unwrap(),
        name: DisplayName::new("B").unwrap(),
        text: text(&at.to_string()),
        sent_at: at,
    }
}

fn said(chat: &Chat) -> Vec<String> {
    let lines = &chat.shown.lines;
    lines.iter().map(|line| line.text.as_str().to_owned()).collect()
}

fn nobody(_: &MemberId) -> bool {
    false
}

#[test]
fn history_that_overlaps_what_was_said_live_shows_every_message_once_and_in_order() {
    let mut chat = Chat::default();
    chat.stored(message(3), None, false);
    chat.history((1..=3).map(message).collect(), false, nobody);
    chat.history((2..=5).map(message).collect(), false, nobody);
    assert_eq!(said(&chat), ["1", "2", "3", "4", "5"]);
    let history: Vec<_> = chat.shown.lines.iter().map(|line| line.history).collect();
    assert_eq!(history, [true, true, false, false, false]);
}

#[test]
fn a_message_keeps_its_key_when_it_is_stored_and_goes_to_its_place() {
    let mut chat = Chat::default();
    chat.say(nonce("n1"), DisplayName::new("A").unwrap(), text("1"));
    chat.say(nonce("n2"), DisplayName::new("A").unwrap(), text("2"));
    chat.stored(message(2), Some(&nonce("n2")), true);
    assert_eq!(said(&chat), ["2", "1"]);
    assert_eq!(chat.shown.lines[0].key, "n2");
    assert_eq!(chat.pending().len(), 1);
}

#[test]
fn a_message_that_was_stored_while_the_link_was_lost_is_not_shown_twice() {
    let mut chat = Chat::default();
    chat.history(Vec::new(), false, nobody);
    chat.say(nonce("n1"), DisplayName::new("A").unwrap(), text("1"));
    chat.history(vec![message(1)], false, nobody);
    chat.stored(message(1), Some(&nonce("n1")), true);
    assert_eq!(said(&chat), ["1"]);
    assert!(chat.pending().is_empty());
}

#[test]
fn a_refused_message_says_why_and_can_be_said_again_under_its_nonce() {
    let mut chat = Chat::default();
    chat.say(nonce("n1"), DisplayName::new("A").unwrap(), text("1"));
    chat.refused(&nonce("n1"), "no".into());
    assert_eq!(chat.shown.lines[0].state, Delivery::Refused("no".into()));
    assert!(chat.pending().is_empty());
    assert_eq!(chat.say_again("n1").map(|(nonce, _)| nonce), Some(nonce("n1")));
    assert_eq!(chat.shown.lines[0].state, Delivery::Pending);
    assert_eq!(chat.say_again("n1"), None);
}

#[test]
fn earlier_messages_are_no_news_and_end_where_the_room_begins() {
    let mut chat = Chat::default();
    chat.history((5..=6).map(message).collect(), true, nobody);
    assert_eq!((chat.first(), chat.gap()), (Some(5), None));
    chat.earlier((1..=4).map(message).collect(), false, 5, nobody);
    assert_eq!(said(&chat), ["1", "2", "3", "4", "5", "6"]);
    assert_eq!(chat.first(), None);
    assert!(chat.shown.lines.iter().all(|line| line.history));
}

/// The messages before which the list says that others are missing.
fn gaps(chat: &Chat) -> Vec<String> {
    let lines = chat.shown.lines.iter().filter(|line| line.gap);
    lines.map(|line| line.text.as_str().to_owned()).collect()
}

#[test]
fn what_was_missed_and_is_longer_than_a_history_leaves_a_gap_that_pages_close_from_behind() {
    let mut chat = Chat::default();
    chat.history((1..=2).map(message).collect(), false, nobody);
    chat.rejoined();
    chat.history((8..=9).map(message).collect(), true, nobody);
    assert_eq!(said(&chat), ["1", "2", "8", "9"]);
    assert_eq!((gaps(&chat), chat.gap()), (vec!["8".to_owned()], Some(8)));
    assert_eq!(chat.gap_before("m8"), Some(8));
    assert_eq!(chat.gap_before("m9"), None);
    // Meanwhile somebody says something.
    chat.stored(message(10), None, false);
    chat.earlier((5..=7).map(message).collect(), true, 8, nobody);
    assert_eq!(gaps(&chat), ["5"]);
    chat.earlier((2..=4).map(message).collect(), true, 5, nobody);
    assert_eq!(said(&chat), ["1", "2", "3", "4", "5", "6", "7", "8", "9", "10"]);
    assert!(gaps(&chat).is_empty() && chat.first().is_none());
    let history: Vec<_> = chat.shown.lines.iter().map(|line| line.history).collect();
    assert_eq!(history[..3], [true, true, false], "what was missed is news");
}

#[test]
fn what_is_heard_before_the_history_hides_no_gap() {
    let mut chat = Chat::default();
    chat.history((1..=2).map(message).collect(), false, nobody);
    chat.rejoined();
    chat.stored(message(9), None, false);
    chat.stored(message(10), None, false);
    assert_eq!(gaps(&chat), ["9"]);
    assert_eq!(chat.gap(), None, "the history may close it");
    chat.history((8..=10).map(message).collect(), true, nobody);
    assert_eq!((gaps(&chat), chat.gap()), (vec!["8".to_owned()], Some(8)));
    chat.earlier((1..=7).map(message).collect(), false, 8, nobody);
    assert_eq!(said(&chat).len(), 10);
    assert!(gaps(&chat).is_empty());
}

#[test]
fn who_knew_that_nothing_had_been_said_gets_all_that_was_missed() {
    let mut chat = Chat::default();
    chat.history(Vec::new(), false, nobody);
    chat.rejoined();
    chat.history((3..=4).map(message).collect(), true, nobody);
    assert_eq!((gaps(&chat), chat.first()), (vec!["3".to_owned()], None));
    chat.earlier((1..=2).map(message).collect(), false, 3, nobody);
    assert_eq!(said(&chat), ["1", "2", "3", "4"]);
    assert!(gaps(&chat).is_empty());
}

#[test]
fn what_one_said_itself_and_heard_of_late_closes_no_gap() {
    let mut chat = Chat::default();
    chat.history((1..=2).map(message).collect(), false, nobody);
    chat.say(nonce("n1"), DisplayName::new("A").unwrap(), text("4"));
    chat.rejoined();
    chat.history((8..=9).map(message).collect(), true, nobody);
    chat.stored(message(4), Some(&nonce("n1")), true);
    assert_eq!(
        gaps(&chat),
        ["4", "8"],
        "others may have spoken before it as well"
    );
    chat.earlier((4..=7).map(message).collect(), true, 8, nobody);
    assert_eq!(gaps(&chat), ["4"]);
    chat.earlier((1..=3).map(message).collect(), false, 4, nobody);
    assert_eq!(said(&chat), ["1", "2", "3", "4", "5", "6", "7", "8", "9"]);
    assert!(gaps(&chat).is_empty());
}

#[test]
fn several_gaps_are_closed_one_after_the_other_or_by_one_page() {
    let two = || {
        let mut chat = Chat::default();
        chat.history(vec![message(2)], true, nobody);
        for at in [5, 8] {
            chat.rejoined();
            chat.history(vec![message(at)], true, nobody);
        }
        assert_eq!((gaps(&chat), chat.gap()), (vec!["5".into(), "8".into()], Some(8)));
        chat
    };
    let mut chat = two();
    chat.earlier((6..=7).map(message).collect(), true, 8, nobody);
    assert_eq!(gaps(&chat), ["5", "6"]);
    chat.earlier(vec![message(5)], true, 6, nobody);
    assert_eq!(chat.gap(), Some(5));
    let mut chat = two();
    chat.earlier((1..=7).map(message).collect(), true, 8, nobody);
    assert!(gaps(&chat).is_empty());
    assert_eq!(chat.first(), Some(1), "there are still earlier ones");
    assert_eq!(said(&chat).len(), 8);
}

#[test]
fn messages_that_may_not_be_read_are_not_missed_for_ever() {
    let mut chat = Chat::default();
    chat.history(vec![message(1)], false, nobody);
    chat.rejoined();
    chat.stored(message(5), None, false);
    chat.history(Vec::new(), false, nobody);
    assert_eq!((gaps(&chat), chat.gap()), (Vec::new(), None));
}

/// A store and a person whose link breaks again and again, while others talk and pages come late.
#[test]
fn whatever_breaks_when_all_messages_are_there_once_and_in_order_at_the_end() {
    for seed in 1..400_u64 {
        let mut random = seed.wrapping_mul(0x9e37_79b9_7f4a_7c15);
        let mut dice = |sides: u64| {
            random ^= random << 13;
            random ^= random >> 7;
            random ^= random << 17;
            random % sides
        };
        let mut chat = Chat::default();
        let (mut stored, mut inside, mut history_due, mut page_due) = (0, true, true, None);
        let newest = |stored: u64, until: u64, size: u64| {
            let from = until.saturating_sub(size).max(1);
            let page: Vec<_> = (from..until.min(stored + 1)).map(message).collect();
            (page, from > 1)
        };
        for step in 0..200 {
            let ending = step >= 140;
            match dice(10) {
                0..=4 if !ending => {
                    stored += 1;
                    if inside {
                        chat.stored(message(stored), None, false);
                    }
                }
                5 if !ending => (inside, history_due) = (false, false),
                6 if !inside => {
                    (inside, history_due) = (true, true);
                    if chat.shown.loaded || stored > 0 {
                        chat.rejoined();
                    }
                }
                7 if history_due => {
                    let (page, more) = newest(stored, stored + 1, 3);
                    chat.history(page, more, nobody);
                    history_due = false;
                }
                8 if page_due.is_none() => page_due = chat.gap().or_else(|| chat.first()),
                9 => {
                    if let Some(before) = page_due.take() {
                        let (page, more) = newest(stored, before, 4);
                        chat.earlier(page, more, before, nobody);
                    }
                }
                _ => {}
            }
        }
        while !inside || history_due || chat.gap().is_some() || chat.first().is_some() {
            if !inside {
                (inside, history_due) = (true, true);
                chat.rejoined();
            }
            if std::mem::take(&mut history_due) {
                let (page, more) = newest(stored, stored + 1, 3);
                chat.history(page, more, nobody);
            }
            if let Some(before) = chat.gap().or_else(|| chat.first()) {
                let (page, more) = newest(stored, before, 4);
                chat.earlier(page, more, before, nobody);
            }
        }
        let all: Vec<_> = (1..=stored).map(|at| at.to_string()).collect();
        assert_eq!(said(&chat), all, "seed {seed}");
    }
}
