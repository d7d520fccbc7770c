//! A connection that says that it carries, and does not.

use session::{Command, platform::Slot, view::Connection};
use tests::driver::{Person, World, eventually};
use wire::Missing;

#[test]
fn both_people_are_told_what_does_not_come_and_a_restart_of_ice_brings_it_back() {
    World::run(async |world| {
        let kaguya = world.enter("Kaguya", "tsukimi").await;
        let okina = world.enter("Okina", "tsukimi").await;
        for person in [&kaguya, &okina] {
            person.handle.send(Command::LookAfter);
        }
        kaguya.connected_to(&["Okina"]).await;
        okina.connected_to(&["Kaguya"]).await;
        eventually("all comes", || kaguya.receives(Slot::Camera, "Okina")).await;
        let streams = [&kaguya, &okina].map(Person::streams);

        kaguya.loses("Okina");
        let all = Missing {
            picture: true,
            sound: true,
        };
        kaguya
            .until("Kaguya is told", |view| view.people[0].checkup.missing == all)
            .await;
        okina
            .until("Okina is told", |view| view.people[0].checkup.missed == all)
            .await;
        assert_eq!(
            kaguya.handle.view().people[0].connection,
            Connection::Connected,
            "nothing else tells of it"
        );

        kaguya
            .until("all is well", |view| view.people[0].checkup.mended)
            .await;
        okina
            .until("Okina is told of that too", |view| {
                !view.people[0].checkup.missed.any()
            })
            .await;
        assert!(kaguya.receives(Slot::Camera, "Okina"));
        let now = [&kaguya, &okina].map(Person::streams);
        assert_eq!(now, streams, "the connection is the same");
    });
}
