//! Nobody is recorded without being told: the real driver against the real server.

use session::{Command, View};
use tests::driver::World;

/// Whether this person is seen to record.
fn records(view: &View, name: &str) -> bool {
    let mut people = view.people.iter();
    people.any(|person| person.name.as_str() == name && person.media.recording)
}

#[test]
fn who_records_is_known_to_everybody_and_to_whoever_comes_later() {
    World::run(async |world| {
        let kaguya = world.enter("Kaguya", "tsukimi").await;
        let okina = world.enter("Okina", "tsukimi").await;
        kaguya.connected_to(&["Okina"]).await;
        okina.handle.send(Command::Recording(true));
        kaguya.until("it is told", |view| records(view, "Okina")).await;
        let luna = world.enter("Luna", "tsukimi").await;
        luna.until("whoever comes later is told", |view| records(view, "Okina"))
            .await;
        okina.handle.send(Command::Recording(false));
        for person in [&kaguya, &luna] {
            person
                .until("it has ceased", |view| !records(view, "Okina"))
                .await;
        }
    });
}

#[test]
fn a_recording_ends_with_the_stay() {
    World::run(async |world| {
        let kaguya = world.enter("Kaguya", "tsukimi").await;
        let okina = world.enter("Okina", "tsukimi").await;
        okina.handle.send(Command::Recording(true));
        kaguya.until("it is told", |view| records(view, "Okina")).await;
        okina.handle.send(Command::Leave);
        kaguya.until("Okina is gone", |view| view.people.is_empty()).await;
        okina.join("tsukimi");
        kaguya
            .until("Okina is back and records nothing", |view| {
                view.people.len() == 1 && !records(view, "Okina")
            })
            .await;
    });
}
