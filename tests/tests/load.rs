//! What nobody sees is not sent, and what is small is sent small.

use session::{
    Command,
    platform::{Feed, PlatformEvent, Slot},
    view::{Connection, Link},
};
use tests::driver::{Person, World, eventually};
use wire::MemberId;

async fn pair(world: &World) -> (Person, Person, MemberId) {
    let kaguya = world.enter("Kaguya", "tsukimi").await;
    let okina = world.enter("Okina", "tsukimi").await;
    kaguya.connected_to(&["Okina"]).await;
    okina.connected_to(&["Kaguya"]).await;
    eventually("all comes", || kaguya.receives(Slot::Camera, "Okina")).await;
    let id = kaguya.handle.view().people[0].id.clone();
    (kaguya, okina, id)
}

fn watch(of: &MemberId, height: Option<u32>) -> Command {
    Command::Watch {
        of: of.clone(),
        feed: Feed::Person,
        height,
    }
}

#[test]
fn a_picture_that_is_out_of_sight_is_not_sent_and_comes_back_when_it_is_seen() {
    World::run(async |world| {
        let (kaguya, okina, id) = pair(&world).await;
        let streams = kaguya.streams();
        kaguya.handle.send(watch(&id, Some(0)));
        eventually("nothing is sent", || !kaguya.receives(Slot::Camera, "Okina")).await;
        assert!(
            kaguya.receives(Slot::Microphone, "Okina"),
            "a voice is heard, seen or not"
        );
        assert!(
            okina.receives(Slot::Camera, "Kaguya"),
            "it is nobody else's matter"
        );
        kaguya.handle.send(watch(&id, Some(400)));
        eventually("it is sent", || kaguya.receives(Slot::Camera, "Okina")).await;
        assert_eq!(kaguya.streams(), streams, "no connection is made anew");
    });
}

#[test]
fn a_picture_that_is_not_asked_for_is_no_fault() {
    World::run(async |world| {
        let (kaguya, okina, id) = pair(&world).await;
        kaguya.handle.send(Command::LookAfter);
        okina.handle.send(Command::LookAfter);
        kaguya.handle.send(watch(&id, Some(0)));
        eventually("nothing is sent", || !kaguya.receives(Slot::Camera, "Okina")).await;
        // What is missing would be told after three seconds, and is looked at every two.
        for person in [(&kaguya, "Okina"), (&okina, "Kaguya")] {
            let before = person.0.looks(person.1);
            eventually("it is looked at", || person.0.looks(person.1) >= before + 4).await;
        }
        for person in [&kaguya, &okina] {
            let view = person.handle.view();
            let other = &view.people[0];
            assert!(
                !other.checkup.missing.any() && !other.checkup.missed.any(),
                "{other:?}"
            );
            assert_eq!(other.connection, Connection::Connected);
        }
    });
}

#[test]
fn a_page_that_nobody_looks_at_asks_for_no_pictures_unless_the_room_is_shown_elsewhere() {
    World::run(async |world| {
        let (kaguya, _okina, _) = pair(&world).await;
        kaguya.device.happen(PlatformEvent::Visible(false));
        eventually("nothing is sent", || !kaguya.receives(Slot::Camera, "Okina")).await;
        kaguya.handle.send(Command::ShowApart(true));
        eventually("it is sent", || kaguya.receives(Slot::Camera, "Okina")).await;
        kaguya.handle.send(Command::ShowApart(false));
        eventually("nothing is sent", || !kaguya.receives(Slot::Camera, "Okina")).await;
        kaguya.handle.send(Command::Recording(true));
        eventually("it is sent to be recorded", || {
            kaguya.receives(Slot::Camera, "Okina")
        })
        .await;
        kaguya.handle.send(Command::Recording(false));
        eventually("nothing is sent", || !kaguya.receives(Slot::Camera, "Okina")).await;
        kaguya.device.happen(PlatformEvent::Visible(true));
        eventually("it is sent", || kaguya.receives(Slot::Camera, "Okina")).await;
    });
}

#[test]
fn a_small_tile_and_one_who_saves_data_get_small_pictures_and_send_small_ones() {
    World::run(async |world| {
        let (kaguya, okina, id) = pair(&world).await;
        let scale = |person: &Person, of: &str| {
            let encoding = person.encoding(Slot::Camera, of).expect("there is a connection");
            encoding.scale_resolution_down_by
        };
        assert_eq!(scale(&kaguya, "Okina"), 1.0);
        kaguya.handle.send(watch(&id, Some(300)));
        eventually("half of it", || scale(&kaguya, "Okina") == 2.0).await;
        kaguya.handle.send(Command::SaveData(true));
        eventually("a quarter comes", || scale(&kaguya, "Okina") == 4.0).await;
        eventually("a quarter goes", || scale(&okina, "Kaguya") == 4.0).await;
        assert!(kaguya.handle.view().load.saver);
        // A reload remembers it: so it asks and sends from the first picture on.
        let kaguya = kaguya.reload();
        kaguya.prepare().await;
        kaguya.join("tsukimi");
        kaguya.connected_to(&["Okina"]).await;
        okina.connected_to(&["Kaguya"]).await;
        eventually("a quarter goes", || scale(&okina, "Kaguya") == 4.0).await;
        kaguya.handle.send(Command::SaveData(false));
        eventually("all of it goes", || scale(&okina, "Kaguya") == 1.0).await;
    });
}

#[test]
fn what_is_wanted_while_the_server_is_away_is_said_when_it_is_back() {
    World::run(async |world| {
        let (kaguya, _okina, id) = pair(&world).await;
        world.server.kill();
        kaguya
            .until("the link is lost", |view| view.link == Link::Lost)
            .await;
        kaguya.handle.send(watch(&id, Some(0)));
        kaguya
            .until("the call goes on", |view| view.people.len() == 1)
            .await;
        assert!(kaguya.receives(Slot::Camera, "Okina"), "nobody can be told");
        world.server.revive();
        eventually("nothing is sent", || !kaguya.receives(Slot::Camera, "Okina")).await;
    });
}
