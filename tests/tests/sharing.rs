//! Screens that are shared: what the driver makes of it, with the real server between the people.

use session::{
    Command,
    platform::{MediaKind, MediaStreamTrack, Slot},
    view::{Source, View},
};
use tests::driver::{Person, Trait, World, eventually};

fn shares(view: &View, name: &str) -> bool {
    let mut people = view.people.iter().filter(|person| person.name.as_str() == name);
    people.any(|person| person.media.screen && person.screen.is_some())
}

#[test]
fn a_shared_screen_reaches_everyone_without_a_second_handshake() {
    World::run(async |world| {
        let kaguya = world.enter("Kaguya", "bamboo").await;
        let okina = world.enter("Okina", "bamboo").await;
        okina.connected_to(&["Kaguya"]).await;
        kaguya.connected_to(&["Okina"]).await;
        let before = [&kaguya, &okina].map(Person::streams);

        kaguya.handle.send(Command::Share(true));
        kaguya
            .until("the screen is shared", |view| view.local.screen == Source::On)
            .await;
        okina
            .until("the screen is seen", |view| shares(view, "Kaguya"))
            .await;
        for slot in [Slot::Screen, Slot::ScreenSound] {
            eventually(slot, || okina.receives(slot, "Kaguya")).await;
        }
        assert!(okina.receives(Slot::Camera, "Kaguya"), "the camera goes on");

        kaguya.handle.send(Command::Share(false));
        okina.until("it is over", |view| !shares(view, "Kaguya")).await;
        eventually("nothing comes", || !okina.receives(Slot::Screen, "Kaguya")).await;
        let after = [&kaguya, &okina].map(Person::streams);
        assert_eq!(before, after);
        assert!(
            kaguya.device.open_tracks(MediaKind::Video).len() == 1,
            "only the camera is open"
        );
    });
}

#[test]
fn whoever_comes_late_sees_what_is_shared() {
    World::run(async |world| {
        let kaguya = world.enter("Kaguya", "bamboo").await;
        kaguya.handle.send(Command::Share(true));
        kaguya
            .until("the screen is shared", |view| view.local.screen == Source::On)
            .await;
        let okina = world.enter("Okina", "bamboo").await;
        okina
            .until("the screen is seen", |view| shares(view, "Kaguya"))
            .await;
        eventually("the screen", || okina.receives(Slot::Screen, "Kaguya")).await;
        assert!(!okina.receives(Slot::Screen, "nobody"));
    });
}

#[test]
fn two_may_share_in_the_same_instant() {
    World::run(async |world| {
        let kaguya = world.enter("Kaguya", "bamboo").await;
        let okina = world.enter("Okina", "bamboo").await;
        okina.connected_to(&["Kaguya"]).await;
        kaguya.connected_to(&["Okina"]).await;
        for round in 0..20 {
            kaguya.handle.send(Command::Share(true));
            okina.handle.send(Command::Share(true));
            eventually(round, || {
                kaguya.receives(Slot::Screen, "Okina") && okina.receives(Slot::Screen, "Kaguya")
            })
            .await;
            kaguya.handle.send(Command::Share(false));
            okina.handle.send(Command::Share(false));
            eventually(round, || {
                !kaguya.receives(Slot::Screen, "Okina") && !okina.receives(Slot::Screen, "Kaguya")
            })
            .await;
        }
    });
}

#[test]
fn the_browsers_own_button_ends_it() {
    World::run(async |world| {
        let kaguya = world.enter("Kaguya", "bamboo").await;
        let okina = world.enter("Okina", "bamboo").await;
        okina.connected_to(&["Kaguya"]).await;
        kaguya.handle.send(Command::Share(true));
        okina
            .until("the screen is seen", |view| shares(view, "Kaguya"))
            .await;
        let tracks = kaguya.device.open_tracks(MediaKind::Video);
        let screen = tracks.last().expect("the screen");
        assert_eq!(screen.kind(), MediaKind::Video);
        screen.unplug();
        okina.until("it is over", |view| !shares(view, "Kaguya")).await;
        kaguya
            .until("it is over", |view| view.local.screen == Source::Off)
            .await;
        assert_eq!(
            kaguya.device.open_tracks(MediaKind::Audio).len(),
            1,
            "its sound is over as well"
        );
    });
}

#[test]
fn who_picks_nothing_shares_nothing_and_is_not_scolded() {
    World::run(async |world| {
        let kaguya = world.enter("Kaguya", "bamboo").await;
        kaguya.device.set(Trait::Refusing, true);
        kaguya.handle.send(Command::Share(true));
        eventually("the question", || kaguya.device.asked("getDisplayMedia") == 1).await;
        let view = kaguya
            .until("an answer", |view| view.local.screen != Source::Starting)
            .await;
        assert_eq!(view.local.screen, Source::Off);
    });
}

#[test]
fn who_leaves_shares_no_more() {
    World::run(async |world| {
        let kaguya = world.enter("Kaguya", "bamboo").await;
        kaguya.handle.send(Command::Share(true));
        kaguya
            .until("the screen is shared", |view| view.local.screen == Source::On)
            .await;
        kaguya.handle.send(Command::Leave);
        kaguya
            .until("it is over", |view| view.local.screen == Source::Off)
            .await;
        assert_eq!(
            kaguya.device.open_tracks(MediaKind::Video).len(),
            1,
            "only the camera is open"
        );
        kaguya.handle.send(Command::Share(true));
        kaguya.handle.send(Command::Share(false));
        assert_eq!(
            kaguya.device.asked("getDisplayMedia"),
            1,
            "nothing is shared in the lobby"
        );
    });
}
