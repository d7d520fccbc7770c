//! Who speaks: what the driver makes of how loud everybody is.

use session::Command;
use tests::driver::World;

#[test]
fn whoever_speaks_is_shown_to_speak_until_it_is_muted() {
    World::run(async |world| {
        let kaguya = world.enter("Kaguya", "bamboo").await;
        let okina = world.enter("Okina", "bamboo").await;
        okina.connected_to(&["Kaguya"]).await;
        let view = okina
            .until("the voice", |view| {
                view.people.iter().any(|person| person.speaking)
            })
            .await;
        let first = view.people.first().expect("Kaguya");
        assert_eq!(view.active_speaker.as_ref(), Some(&first.id));

        kaguya.handle.send(Command::Microphone(false));
        let view = okina
            .until("silence", |view| {
                view.people.iter().all(|person| !person.speaking)
            })
            .await;
        assert!(view.active_speaker.is_some(), "who spoke last stays in front");

        kaguya.handle.send(Command::Leave);
        okina
            .until("nobody", |view| {
                view.people.is_empty() && view.active_speaker.is_none()
            })
            .await;
    });
}

#[test]
fn who_speaks_while_muted_is_told_so_until_it_unmutes() {
    World::run(async |world| {
        let kaguya = world.enter("Kaguya", "bamboo").await;
        let okina = world.enter("Okina", "bamboo").await;
        okina.connected_to(&["Kaguya"]).await;
        assert!(!kaguya.handle.view().local.unheard);
        kaguya.handle.send(Command::Microphone(false));
        kaguya.until("the hint", |view| view.local.unheard).await;
        kaguya.handle.send(Command::Microphone(true));
        kaguya.until("no hint", |view| !view.local.unheard).await;
    });
}
