//! What the store promises of a room's rules.

use crate::world::{World, text};
use api::{rooms::Rules, store::StoreError};
use gcloud_sdk::google::firestore::v1::{MapValue, Value, value::ValueType};
use std::collections::{BTreeMap, HashMap};
use wire::{HistoryPolicy, RoomId};

fn room(name: &str) -> RoomId {
    name.parse().expect("it is a room's name")
}

fn strict() -> Rules {
    Rules {
        version: 7,
        host: Some("hash of a token".to_owned()),
        passcode: Some("scrypt$AA$AA".to_owned()),
        locked: true,
        waiting: true,
        closed: true,
        history: HistoryPolicy::Joined,
        ended_at: 1_800_000_000_000,
        removed: BTreeMap::from([("5f0c".parse().expect("it is an id"), 1_800_000_100_000)]),
    }
}

pub async fn a_room_that_nobody_has_changed_is_open_to_all(world: &World) {
    let rules = world.store.rules(&room("void")).await.expect("it answers");
    assert_eq!(rules, Rules::default());
    world.store.open_room(&room("plain")).await.expect("it opens");
    let rules = world.store.rules(&room("plain")).await.expect("it answers");
    assert_eq!(rules, Rules::default());
}

pub async fn rules_are_read_back_as_they_were_saved(world: &World) {
    let name = room("月見");
    for rules in [
        strict(),
        Rules {
            version: 8,
            history: HistoryPolicy::None,
            ..Rules::default()
        },
    ] {
        assert_eq!(
            world.store.save_rules(&name, &rules).await.expect("it saves"),
            None
        );
        // Who enters touches the same document.
        world.store.open_room(&name).await.expect("it opens");
        assert_eq!(world.store.rules(&name).await.expect("it answers"), rules);
    }
    assert_eq!(
        world.direct.get("rooms/月見").await["name"].value_type,
        Some(text("月見"))
    );
}

pub async fn what_is_saved_again_is_no_conflict_and_what_is_older_does_not_win(world: &World) {
    let name = room("race");
    let save = async |rules: &Rules| world.store.save_rules(&name, rules).await.expect("it answers");
    assert_eq!(save(&strict()).await, None);
    assert_eq!(save(&strict()).await, None, "the first answer was lost, say");
    for version in [6, 7] {
        let other = Rules {
            version,
            ..Rules::default()
        };
        assert_eq!(save(&other).await, Some(strict()));
    }
}

pub async fn of_two_changes_at_once_one_wins_and_the_other_knows(world: &World) {
    let change = |host: &str| Rules {
        version: 1,
        host: Some(host.to_owned()),
        ..Rules::default()
    };
    for n in 0..5 {
        let name = room(&format!("both-{n}"));
        let (a, b) = (change("a"), change("b"));
        let (first, second) = futures::future::try_join(
            world.store.save_rules(&name, &a),
            world.store.save_rules(&name, &b),
        )
        .await
        .expect("both are answered");
        let there = world.store.rules(&name).await.expect("it answers");
        match (first, second) {
            (None, Some(theirs)) => assert!(theirs == a && there == a),
            (Some(theirs), None) => assert!(theirs == b && there == b),
            both => panic!("{both:?}"),
        }
    }
}

pub async fn entering_and_changing_at_once_lose_nothing(world: &World) {
    let name = room("busy");
    world.store.open_room(&name).await.expect("it opens");
    let entering = futures::future::try_join_all((0..5).map(|_| world.store.open_room(&name)));
    let rules = strict();
    let (entered, saved) = tokio::join!(entering, world.store.save_rules(&name, &rules));
    entered.expect("everybody enters");
    assert_eq!(saved.expect("it saves"), None);
    assert_eq!(world.store.rules(&name).await.expect("it answers"), rules);
}

pub async fn rules_that_cannot_be_understood_are_an_error_and_not_an_open_door(world: &World) {
    let map = |name: &str, value| {
        let value = Value {
            value_type: Some(value),
        };
        ValueType::MapValue(MapValue {
            fields: HashMap::from([(name.to_owned(), value)]),
        })
    };
    for (at, settings) in [
        text("locked"),
        map("locked", text("yes")),
        map("passcode", ValueType::BooleanValue(true)),
        map("history", text("some")),
        map("version", ValueType::IntegerValue(-1)),
        map("removed", map("no id!", ValueType::IntegerValue(1))),
        map("removed", map("id", text("x"))),
    ]
    .into_iter()
    .enumerate()
    {
        let name = format!("odd-{at}");
        world
            .direct
            .put([(format!("rooms/{name}"), vec![("settings", settings)])])
            .await;
        let outcome = world.store.rules(&room(&name)).await;
        assert!(
            matches!(outcome, Err(StoreError::Internal(_))),
            "{at}: {outcome:?}"
        );
    }
}
