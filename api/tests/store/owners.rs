//! Which server has which room, and that nobody else stores anything of it.

use crate::world::World;
use api::{
    rooms::{Rules, ServerId},
    store::{Claimed, Fence, StoreError, StoreTime},
};
use std::time::Duration;
use wire::{ChatMessage, ChatText, DisplayName, RoomId};

fn server(name: &str) -> ServerId {
    name.parse().expect("a server's name")
}

fn room(name: &str) -> RoomId {
    name.parse().expect("a room's name")
}

fn message(id: &str) -> ChatMessage {
    ChatMessage {
        id: id.parse().expect("an id"),
        member_id: "m".parse().expect("an id"),
        name: DisplayName::new("Luna").expect("a name"),
        text: ChatText::new(id).expect("a text"),
        sent_at: 1_000_000,
    }
}

async fn enlist(world: &World, name: &str) -> (ServerId, StoreTime) {
    let id = server(name);
    let at = world.store.enlist(&id).await.expect("it enlists");
    (id, at)
}

async fn claim(world: &World, name: &str, who: &ServerId, since: StoreTime) -> Claimed {
    (world.store.claim(&room(name), who, since).await).expect("it answers")
}

async fn take(world: &World, name: &str, who: &ServerId, since: StoreTime) -> Fence {
    match claim(world, name, who, since).await {
        Claimed::Ours(fence) => fence,
        other @ (Claimed::Theirs(..) | Claimed::Lapsed(_)) => panic!("{other:?}"),
    }
}

pub async fn a_room_that_many_want_is_one_server_s(world: &World) {
    let (mut servers, mut since) = (Vec::new(), None);
    for n in 0..5 {
        let (id, at) = enlist(world, &format!("many{n}")).await;
        since.get_or_insert(at);
        servers.push(id);
    }
    let since = since.expect("there are some");
    let claims = servers.iter().map(|id| claim(world, "many", id, since));
    let claims = futures::future::join_all(claims).await;
    let owner = world.store.owner(&room("many")).await.expect("it answers");
    let mut ours = 0;
    for (id, claimed) in servers.iter().zip(claims) {
        match claimed {
            Claimed::Ours(_) => {
                ours += 1;
                assert_eq!(owner.as_ref(), Some(id));
            }
            Claimed::Theirs(theirs, _) => assert_eq!(owner, Some(theirs)),
            Claimed::Lapsed(theirs) => panic!("{theirs} lives"),
        }
    }
    assert_eq!(ours, 1);
}

pub async fn what_a_server_stores_of_a_room_that_another_has_taken_is_refused(world: &World) {
    let (a, since) = enlist(world, "olda").await;
    let (b, _) = enlist(world, "oldb").await;
    let name = room("taken");
    let old = take(world, "taken", &a, since).await;
    let append = async |id: &str, fence: &Fence| {
        let said = [message(id)];
        world
            .store
            .append_fenced(&name, &said, Some(fence))
            .await
            .map(drop)
    };
    for id in ["first", "second"] {
        append(id, &old).await.expect("it is stored");
    }
    let rules = |version| Rules {
        version,
        ..Rules::default()
    };
    let saved = world.store.save_rules_fenced(&name, &rules(1), Some(&old)).await;
    assert_eq!(saved, Ok(None));
    world.store.resign(&a).await.expect("it resigns");
    let new = take(world, "taken", &b, since).await;
    assert_eq!(append("third", &old).await, Err(StoreError::Deposed));
    let saved = world.store.save_rules_fenced(&name, &rules(2), Some(&old)).await;
    assert_eq!(saved, Err(StoreError::Deposed));
    append("fourth", &new).await.expect("it is stored");
    let saved = world.store.save_rules_fenced(&name, &rules(2), Some(&new)).await;
    assert_eq!(saved, Ok(None));
    let (messages, _) = world.store.history(&name, 0, None, 10).await.expect("it answers");
    let ids: Vec<&str> = messages.iter().map(|message| message.id.as_str()).collect();
    assert!(!ids.contains(&"third") && ids.len() == 3, "{ids:?}");
}

pub async fn a_reign_ends_with_its_release_and_an_older_one_cannot_end_the_next(world: &World) {
    let (a, since) = enlist(world, "reigna").await;
    let (b, _) = enlist(world, "reignb").await;
    let name = room("reigns");
    let first = take(world, "reigns", &a, since).await;
    let second = take(world, "reigns", &a, since).await;
    world.store.release(&name, &first).await.expect("it answers");
    assert_eq!(world.store.owner(&name).await, Ok(Some(a)));
    world.store.release(&name, &second).await.expect("it answers");
    assert_eq!(world.store.owner(&name).await, Ok(None));
    take(world, "reigns", &b, since).await;
}

pub async fn who_does_not_say_that_it_lives_is_given_up_and_learns_of_it(world: &World) {
    let (a, _) = enlist(world, "quieta").await;
    let (b, _) = enlist(world, "quietb").await;
    let name = room("quiet");
    let now = world.store.beat(&b, 1, true).await.expect("it lives");
    take(world, "quiet", &a, now.before(Duration::from_secs(60))).await;
    // By the account of who comes later it has been silent for too long.
    let since = now.after(Duration::from_secs(60));
    assert!(matches!(claim(world, "quiet", &b, since).await, Claimed::Lapsed(theirs) if theirs == a));
    assert_eq!(
        world.store.give_up(&a, now.before(Duration::from_secs(60))).await,
        Ok(false)
    );
    assert_eq!(world.store.give_up(&a, since).await, Ok(true));
    assert_eq!(world.store.beat(&a, 2, true).await, Err(StoreError::NotFound));
    assert_eq!(world.store.owner(&name).await, Ok(None));
    take(world, "quiet", &b, since).await;
}

pub async fn servers_know_whether_others_reach_the_bus(world: &World) {
    let (a, _) = enlist(world, "busa").await;
    let (b, _) = enlist(world, "busb").await;
    let before = world.store.beat(&b, 1, false).await.expect("it lives");
    let reach = async |since| world.store.others_reach_bus(&a, since).await;
    assert_eq!(reach(before).await, Ok(false));
    let then = world.store.beat(&b, 2, true).await.expect("it lives");
    assert_eq!(reach(before).await, Ok(true));
    assert_eq!(reach(then).await, Ok(false), "that is not news");
}
