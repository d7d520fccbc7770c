//! Hosts and their rooms: the real driver against the real server.

#![allow(
    clippy::expect_used,
    reason = "a test that finds something else than it expects has failed"
)]

use api::{
    access::{self, Access, ApiToken},
    rooms::Tokens,
};
use session::{
    Command, View,
    platform::{MediaKind, Slot},
    view::{Link, Ordered, Phase, Refusal, Source},
};
use tests::driver::{Person, World};
use wire::{Action, HistoryPolicy, MemberId, Passcode};

fn act(host: &Person, action: Action, member: Option<MemberId>) {
    host.handle.send(Command::Moderate {
        action,
        member,
        passcode: None,
    });
}

fn passcode(text: &str) -> Passcode {
    Passcode::new(text).expect("a passcode")
}

/// Who somebody is, by what another sees.
async fn id_of(name: &str, seen_by: &Person) -> MemberId {
    let there = |view: &View| view.people.iter().any(|person| person.name.as_str() == name);
    let view = seen_by.until(&format!("{name} is there"), there).await;
    let person = view.people.iter().find(|person| person.name.as_str() == name);
    person.expect("it is there").id.clone()
}

async fn refused(person: &Person, why: Refusal) {
    person
        .until(
            &format!("{why:?}"),
            |view| matches!(&view.phase, Phase::Refused { why: given, .. } if *given == why),
        )
        .await;
}

async fn is_host(person: &Person, yes: bool) {
    person
        .until(&format!("host: {yes}"), |view| {
            view.house.mine == yes && !view.house.hosts.is_empty()
        })
        .await;
}

/// Kills the server and starts it again, and waits until everybody has noticed and is back.
async fn restart(world: &World, people: &[&Person]) {
    world.server.kill();
    for person in people {
        person
            .until("the link is lost", |view| view.link == Link::Lost)
            .await;
    }
    world.server.revive();
    for person in people {
        person
            .until("the link is back", |view| view.link == Link::Open)
            .await;
    }
}

#[test]
fn who_makes_the_room_is_its_host_also_after_a_reload_and_a_restart() {
    World::run(async |world| {
        let kaguya = world.enter("Kaguya", "tsukimi").await;
        is_host(&kaguya, true).await;
        let okina = world.enter("Okina", "tsukimi").await;
        is_host(&okina, false).await;
        let kaguya = kaguya.reload();
        kaguya.prepare().await;
        kaguya.join("tsukimi");
        kaguya.connected_to(&["Okina"]).await;
        is_host(&kaguya, true).await;
        restart(&world, &[&kaguya, &okina]).await;
        act(&kaguya, Action::Lock, None);
        okina.until("the lock", |view| view.house.rules.locked).await;
        is_host(&okina, false).await;
    });
}

#[test]
fn who_has_no_token_makes_no_room_and_one_that_was_shown_is_remembered() {
    let access = || {
        let token = ApiToken::new("moonlight-on-the-river").expect("a token");
        let settings = access::Settings {
            token: Some(token),
            ..access::Settings::default()
        };
        Access::new(settings, Tokens::new(b"passes")).expect("it has no issuer")
    };
    World::guarded(access, async |world| {
        let kaguya = world.person("Kaguya");
        kaguya.prepare().await;
        kaguya.join("tsukimi");
        refused(&kaguya, Refusal::Access { wrong: false }).await;
        let show = |token: &str| Command::Access(token.parse().expect("a token"));
        kaguya.handle.send(show("sunlight-on-the-river"));
        refused(&kaguya, Refusal::Access { wrong: true }).await;
        kaguya.handle.send(show("moonlight-on-the-river"));
        kaguya.inside().await;
        let okina = world.enter("Okina", "tsukimi").await;
        okina.connected_to(&["Kaguya"]).await;
        kaguya.handle.send(Command::Leave);
        kaguya.join("another");
        kaguya.inside().await;
        okina.handle.send(Command::Leave);
        okina.join("a-third");
        refused(&okina, Refusal::Access { wrong: false }).await;
    });
}

#[test]
fn a_passcode_is_asked_for_and_a_wrong_one_said_to_be_wrong() {
    World::run(async |world| {
        let kaguya = world.enter("Kaguya", "tsukimi").await;
        kaguya.handle.send(Command::Moderate {
            action: Action::Passcode,
            member: None,
            passcode: Some(passcode("moonlight")),
        });
        kaguya
            .until("the passcode", |view| view.house.rules.passcode)
            .await;
        let okina = world.person("Okina");
        okina.prepare().await;
        okina.join("tsukimi");
        refused(&okina, Refusal::Passcode { wrong: false }).await;
        okina.handle.send(Command::Passcode(passcode("sunlight")));
        refused(&okina, Refusal::Passcode { wrong: true }).await;
        okina.handle.send(Command::Passcode(passcode("moonlight")));
        okina.connected_to(&["Kaguya"]).await;
        // Whoever is in is not asked again.
        let okina = okina.reload();
        okina.prepare().await;
        okina.join("tsukimi");
        okina.connected_to(&["Kaguya"]).await;
    });
}

#[test]
fn who_waits_is_let_in_or_not_and_may_give_up() {
    World::run(async |world| {
        let kaguya = world.enter("Kaguya", "tsukimi").await;
        act(&kaguya, Action::Wait, None);
        kaguya
            .until("the waiting room", |view| view.house.rules.waiting)
            .await;
        let [okina, ouna, mikado] = ["Okina", "Ouna", "Mikado"].map(|name| world.person(name));
        for person in [&okina, &ouna, &mikado] {
            person.prepare().await;
            person.join("tsukimi");
            person
                .until("it waits", |view| matches!(view.phase, Phase::Waiting { .. }))
                .await;
        }
        let view = kaguya
            .until("three knocks", |view| view.house.knocks.len() == 3)
            .await;
        let id = |at: usize| Some(view.house.knocks[at].id.clone());
        act(&kaguya, Action::Admit, id(0));
        act(&kaguya, Action::Deny, id(1));
        refused(&ouna, Refusal::Denied).await;
        mikado.handle.send(Command::Leave);
        okina.connected_to(&["Kaguya"]).await;
        kaguya
            .until("nobody waits", |view| view.house.knocks.is_empty())
            .await;
        mikado.until("the lobby", |view| view.phase == Phase::Lobby).await;
        // A link that breaks does not end the wait.
        mikado.join("tsukimi");
        mikado
            .until("it waits", |view| matches!(view.phase, Phase::Waiting { .. }))
            .await;
        restart(&world, &[&kaguya, &okina, &mikado]).await;
        kaguya
            .until("it knocks again", |view| view.house.knocks.len() == 1)
            .await;
        act(&kaguya, Action::NoWait, None);
        mikado.connected_to(&["Kaguya", "Okina"]).await;
    });
}

#[test]
fn who_is_muted_is_muted_here_and_there_and_may_speak_again() {
    World::run(async |world| {
        let kaguya = world.enter("Kaguya", "tsukimi").await;
        let okina = world.enter("Okina", "tsukimi").await;
        kaguya.connected_to(&["Okina"]).await;
        let id = id_of("Okina", &kaguya).await;
        okina.handle.send(Command::Share(true));
        kaguya
            .until("the share", |view| {
                view.people.iter().any(|person| person.media.screen)
            })
            .await;
        act(&kaguya, Action::Mute, Some(id.clone()));
        okina
            .until("it is muted, and told", |view| {
                view.local.microphone == Source::Off && view.house.ordered == Some(Ordered::Muted)
            })
            .await;
        let audio = okina.device.open_tracks(MediaKind::Audio);
        assert!(audio.iter().any(|track| !track.flows()), "the device is silent");
        act(&kaguya, Action::StopShare, Some(id));
        okina
            .until("it shares no longer", |view| {
                view.house.ordered == Some(Ordered::Unshared)
            })
            .await;
        kaguya
            .until("neither voice nor share", |view| {
                view.people
                    .iter()
                    .all(|person| !person.media.audio && !person.media.screen)
            })
            .await;
        assert!(!kaguya.receives(Slot::Screen, "Okina"));
        okina.handle.send(Command::Microphone(true));
        okina.handle.send(Command::Share(true));
        kaguya
            .until("the voice and the share", |view| {
                view.people
                    .iter()
                    .all(|person| person.media.audio && person.media.screen)
            })
            .await;
        okina
            .until("nothing is told any more", |view| view.house.ordered.is_none())
            .await;
    });
}

#[test]
fn who_is_put_out_is_out_and_does_not_come_back() {
    World::run(async |world| {
        let kaguya = world.enter("Kaguya", "tsukimi").await;
        let okina = world.enter("Okina", "tsukimi").await;
        kaguya.connected_to(&["Okina"]).await;
        let id = id_of("Okina", &kaguya).await;
        act(&kaguya, Action::Remove, Some(id));
        refused(&okina, Refusal::Removed).await;
        kaguya.connected_to(&[]).await;
        okina.handle.send(Command::Leave);
        okina.join("tsukimi");
        refused(&okina, Refusal::Removed).await;
        let okina = okina.reload();
        okina.prepare().await;
        okina.join("tsukimi");
        refused(&okina, Refusal::Removed).await;
        // Another room is another matter.
        okina.handle.send(Command::Leave);
        okina.join("elsewhere");
        okina.inside().await;
    });
}

#[test]
fn the_host_passes_the_room_on() {
    World::run(async |world| {
        let kaguya = world.enter("Kaguya", "tsukimi").await;
        let okina = world.enter("Okina", "tsukimi").await;
        let id = id_of("Okina", &kaguya).await;
        act(&kaguya, Action::PassOn, Some(id));
        is_host(&okina, true).await;
        is_host(&kaguya, false).await;
        act(&kaguya, Action::Lock, None);
        kaguya
            .until("it is told", |view| view.house.trouble.is_some())
            .await;
        act(&okina, Action::HistoryNone, None);
        kaguya
            .until("the new host's rule", |view| {
                view.house.rules.history == HistoryPolicy::None && !view.house.rules.locked
            })
            .await;
        let okina = okina.reload();
        okina.prepare().await;
        okina.join("tsukimi");
        is_host(&okina, true).await;
    });
}

#[test]
fn when_the_host_ends_the_call_it_is_over_until_the_host_returns() {
    World::run(async |world| {
        let kaguya = world.enter("Kaguya", "tsukimi").await;
        let okina = world.enter("Okina", "tsukimi").await;
        okina.connected_to(&["Kaguya"]).await;
        act(&kaguya, Action::End, None);
        for person in [&kaguya, &okina] {
            refused(person, Refusal::Ended).await;
        }
        assert_eq!(world.air.live(), 0);
        okina.handle.send(Command::Leave);
        okina.join("tsukimi");
        refused(&okina, Refusal::Ended).await;
        kaguya.handle.send(Command::Leave);
        kaguya.join("tsukimi");
        kaguya.inside().await;
        okina.handle.send(Command::Leave);
        okina.join("tsukimi");
        okina.connected_to(&["Kaguya"]).await;
    });
}

#[test]
fn earlier_messages_of_a_room_that_is_not_open_are_loaded_with_the_token() {
    World::run(async |world| {
        let kaguya = world.enter("Kaguya", "tsukimi").await;
        for number in 0..120 {
            kaguya.say(&number.to_string());
        }
        kaguya
            .until("all is stored", |view| {
                view.chat.lines.len() == 120
                    && view
                        .chat
                        .lines
                        .iter()
                        .all(|line| matches!(line.state, session::view::Delivery::Stored(_)))
            })
            .await;
        let okina = world.person("Okina");
        okina.prepare().await;
        okina.join("tsukimi");
        okina.until("a page", |view| view.chat.lines.len() == 100).await;
        act(&kaguya, Action::Lock, None);
        okina.until("the lock", |view| view.house.rules.locked).await;
        okina.handle.send(Command::Earlier);
        okina
            .until("all of it", |view| view.chat.lines.len() == 120)
            .await;
    });
}
