//! What the store promises of rooms and their chat.

use crate::world::{World, at, text};
use futures::future::try_join_all;
use gcloud_sdk::google::firestore::v1::value::ValueType;
use wire::{ChatMessage, ChatText, DisplayName, RoomId};

const START: u64 = 1_700_000_000_000;

fn room(name: &str) -> RoomId {
    name.parse().expect("it is a room's name")
}

fn message(id: &str, sent_at: u64, said: &str) -> ChatMessage {
    ChatMessage {
        id: id.parse().expect("it is an id"),
        member_id: "member-1".parse().expect("it is an id"),
        name: DisplayName::new("かぐや").expect("it is a name"),
        text: ChatText::new(said).expect("it is a text"),
        sent_at,
    }
}

fn messages(count: u64) -> Vec<ChatMessage> {
    (0..count)
        .map(|n| {
            message(
                &format!("m{}", n * 7 % count),
                START + n,
                &format!("<b>{n}</b> 🌕"),
            )
        })
        .collect()
}

pub async fn a_room_is_made_once_and_touched_after(world: &World) {
    let name = room("月見");
    world.store.open_room(&name).await.expect("it opens");
    let first = world.direct.get("rooms/月見").await;
    assert_eq!(first["name"].value_type, Some(text("月見")));
    assert!(matches!(
        first["settings"].value_type,
        Some(ValueType::MapValue(_))
    ));
    assert_eq!(first["created_at"], first["last_active_at"]);
    world.store.open_room(&name).await.expect("it opens again");
    let second = world.direct.get("rooms/月見").await;
    assert_eq!(first["created_at"], second["created_at"]);
    assert_ne!(first["last_active_at"], second["last_active_at"]);
    assert_eq!(second.len(), 4, "{second:?}");
}

pub async fn a_room_opened_by_many_at_once_is_one_room(world: &World) {
    let name = room("crowd");
    try_join_all((0..20).map(|_| world.store.open_room(&name)))
        .await
        .expect("it opens for everybody");
    assert_eq!(world.direct.get("rooms/crowd").await.len(), 4);
}

pub async fn an_empty_room_has_no_history(world: &World) {
    let (messages, more) = world
        .store
        .history(&room("void"), 0, None, 10)
        .await
        .expect("it answers");
    assert_eq!((messages.len(), more), (0, false));
    assert_eq!(
        world.store.last_sent_at(&room("void")).await.expect("it answers"),
        None
    );
}

pub async fn history_is_read_backwards_page_by_page(world: &World) {
    let name = room("talk");
    let said = messages(100);
    let stored = world
        .store
        .append_messages(&name, &said)
        .await
        .expect("it is stored");
    assert_eq!(stored, said);
    assert_eq!(
        world.store.last_sent_at(&name).await.expect("it answers"),
        Some(START + 99)
    );
    for limit in [1, 9, 10, 50, 99, 100, 101] {
        let mut read: Vec<ChatMessage> = Vec::new();
        loop {
            let before = read.first().map(|message| message.sent_at);
            let (mut page, more) = world
                .store
                .history(&name, 0, before, limit)
                .await
                .expect("a page");
            page.append(&mut read);
            read = page;
            assert_eq!(
                more,
                read.len() < said.len(),
                "with {} read by {limit}",
                read.len()
            );
            if !more {
                break;
            }
        }
        assert_eq!(read, said, "by {limit}");
    }
    let (all, _) = world
        .store
        .history(&name, 0, Some(u64::MAX), 200)
        .await
        .expect("a page");
    assert_eq!(all, said, "before the end of time is everything");
    assert!(
        world
            .store
            .history(&name, 0, Some(0), 200)
            .await
            .expect("a page")
            .0
            .is_empty()
    );
}

pub async fn a_repeated_message_keeps_its_first_content(world: &World) {
    let name = room("echo");
    let first = message("a", START, "first");
    world
        .store
        .append_messages(&name, std::slice::from_ref(&first))
        .await
        .expect("it is stored");
    let repeated = [
        message("b", START + 1, "before"),
        message("a", START + 2, "second"),
        message("c", START + 3, "after"),
    ];
    let stored = world
        .store
        .append_messages(&name, &repeated)
        .await
        .expect("it is stored");
    let expected = [repeated[0].clone(), first.clone(), repeated[2].clone()];
    assert_eq!(stored, expected);
    let (history, more) = world.store.history(&name, 0, None, 10).await.expect("a page");
    assert_eq!(history, [first, repeated[0].clone(), repeated[2].clone()]);
    assert!(!more);
}

pub async fn one_batch_may_name_a_message_twice(world: &World) {
    let name = room("stutter");
    let (first, second) = (message("a", START, "first"), message("a", START + 1, "second"));
    let stored = world
        .store
        .append_messages(&name, &[first.clone(), second])
        .await
        .expect("it is stored");
    assert_eq!(stored, [first.clone(), first.clone()]);
    assert_eq!(
        world.store.history(&name, 0, None, 10).await.expect("a page").0,
        [first]
    );
    assert!(
        world
            .store
            .append_messages(&name, &[])
            .await
            .expect("nothing is fine")
            .is_empty()
    );
}

pub async fn of_crossing_batches_one_content_wins(world: &World) {
    let name = room("race");
    let batches: Vec<Vec<ChatMessage>> = (0..8)
        .map(|who| {
            (0..10)
                .map(|n| message(&format!("m{n}"), START + n, &format!("by {who}")))
                .collect()
        })
        .collect();
    let stored = try_join_all(
        batches
            .iter()
            .map(|batch| world.store.append_messages(&name, batch)),
    )
    .await
    .expect("all are answered");
    let (history, _) = world.store.history(&name, 0, None, 100).await.expect("a page");
    assert_eq!(history.len(), 10);
    assert!(
        stored.iter().all(|answer| *answer == history),
        "everybody is told what is stored"
    );
}

pub async fn rooms_do_not_hear_each_other(world: &World) {
    let (one, other) = (room("one"), room("one-more"));
    world
        .store
        .append_messages(&one, &[message("a", START, "here")])
        .await
        .expect("it is stored");
    world
        .store
        .append_messages(&other, &[message("a", START, "there")])
        .await
        .expect("it is stored");
    for (name, said) in [(one, "here"), (other, "there")] {
        let (history, _) = world.store.history(&name, 0, None, 10).await.expect("a page");
        assert_eq!(
            history
                .iter()
                .map(|message| message.text.as_str())
                .collect::<Vec<_>>(),
            [said]
        );
    }
}

pub async fn what_is_no_message_is_passed_over(world: &World) {
    let good = message("good", START, "hello");
    let name = room("mixed");
    world
        .store
        .append_messages(&name, std::slice::from_ref(&good))
        .await
        .expect("it is stored");
    let odd = vec![
        ("sent_at", at(1_700_000_001)),
        ("text", ValueType::IntegerValue(1)),
    ];
    world
        .direct
        .put([("rooms/mixed/messages/odd".to_owned(), odd)])
        .await;
    let (history, more) = world.store.history(&name, 0, None, 10).await.expect("a page");
    assert_eq!((history, more), (vec![good], false));
}

pub async fn history_may_begin_at_a_time(world: &World) {
    let name = room("since");
    let said = messages(10);
    let stored = world
        .store
        .append_messages(&name, &said)
        .await
        .expect("it is stored");
    let page = async |since, before, limit| {
        let page = world.store.history(&name, since, before, limit).await;
        page.expect("a page")
    };
    assert_eq!(page(START + 6, None, 10).await, (stored[6..].to_vec(), false));
    assert_eq!(page(START + 6, None, 2).await, (stored[8..].to_vec(), true));
    assert_eq!(
        page(START + 6, Some(START + 8), 10).await,
        (stored[6..8].to_vec(), false)
    );
    assert_eq!(page(START + 10, None, 10).await, (vec![], false));
    assert_eq!(page(START + 6, Some(START + 3), 10).await, (vec![], false));
}
