//! The real driver against the real server.

use session::{
    Command,
    platform::{MediaKind, MediaStreamTrack, PlatformEvent, Slot},
    view::{Connection, Delivery, DeviceKind, Link, Phase, Refusal, Source, Trouble},
};
use std::time::Duration;
use tests::driver::{Trait, World, eventually};
use wire::ChatText;

#[test]
fn two_people_see_and_hear_each_other() {
    World::run(async |world| {
        let kaguya = world.enter("Kaguya", "tsukimi").await;
        let okina = world.enter("Okina", "tsukimi").await;
        kaguya.connected_to(&["Okina"]).await;
        okina.connected_to(&["Kaguya"]).await;
        for slot in [Slot::Microphone, Slot::Camera] {
            assert!(kaguya.receives(slot, "Okina"), "{slot:?}");
            assert!(okina.receives(slot, "Kaguya"), "{slot:?}");
        }
    });
}

#[test]
fn whoever_joins_at_the_same_instant_is_connected_to_everybody() {
    World::run(async |world| {
        let names = ["A", "B", "C", "D", "E"];
        let people = names.map(|name| world.person(name));
        for person in &people {
            person.prepare().await;
        }
        for person in &people {
            person.join("tsukimi");
        }
        for (person, own) in people.iter().zip(names) {
            let others: Vec<_> = names.into_iter().filter(|name| *name != own).collect();
            person.connected_to(&others).await;
        }
        assert_eq!(
            world.air.live(),
            5 * 4,
            "there is one connection for each pair, with two ends"
        );
    });
}

#[test]
fn a_join_before_the_link_and_the_camera_are_there_succeeds() {
    World::run(async |world| {
        let okina = world.enter("Okina", "tsukimi").await;
        let kaguya = world.person("Kaguya");
        kaguya.handle.send(Command::Prepare);
        kaguya.join("tsukimi");
        kaguya.connected_to(&["Okina"]).await;
        eventually("the picture", || okina.receives(Slot::Camera, "Kaguya")).await;
        okina
            .until("the others are told of the camera", |view| {
                view.people
                    .iter()
                    .all(|person| person.media.video && person.media.audio)
            })
            .await;
    });
}

#[test]
fn what_is_said_is_read_by_all_in_one_order_and_by_those_who_come_later() {
    World::run(async |world| {
        let kaguya = world.enter("Kaguya", "tsukimi").await;
        let okina = world.enter("Okina", "tsukimi").await;
        okina.connected_to(&["Kaguya"]).await;
        let texts: Vec<_> = (0..20).map(|number| format!("<b>{number}</b> 🌕")).collect();
        for text in &texts {
            kaguya.say(text);
        }
        let texts: Vec<_> = texts.iter().map(String::as_str).collect();
        kaguya.reads(&texts).await;
        okina.reads(&texts).await;
        let late = world.enter("Mikado", "tsukimi").await;
        late.reads(&texts).await;
        let lines = &late.handle.view().chat.lines;
        assert!(lines.iter().all(|line| line.history && !line.mine));
        let lines = &okina.handle.view().chat.lines;
        assert!(lines.iter().all(|line| !line.history && !line.mine));
        assert!(kaguya.handle.view().chat.lines.iter().all(|line| line.mine));
    });
}

#[test]
fn earlier_messages_come_page_by_page_without_gap_or_repetition() {
    World::run(async |world| {
        let kaguya = world.enter("Kaguya", "月見").await;
        let texts: Vec<_> = (0..130).map(|number| number.to_string()).collect();
        let texts: Vec<_> = texts.iter().map(String::as_str).collect();
        for text in &texts {
            kaguya.say(text);
        }
        kaguya.reads(&texts).await;
        let late = world.enter("Mikado", "月見").await;
        late.reads(&texts[30..]).await;
        assert!(late.handle.view().chat.more);
        late.handle.send(Command::Earlier);
        late.reads(&texts).await;
        assert!(!late.handle.view().chat.more);
    });
}

#[test]
fn a_killed_server_costs_no_connection_and_what_is_said_meanwhile_arrives_once() {
    World::run(async |world| {
        let kaguya = world.enter("Kaguya", "tsukimi").await;
        let okina = world.enter("Okina", "tsukimi").await;
        kaguya.connected_to(&["Okina"]).await;
        okina.connected_to(&["Kaguya"]).await;
        kaguya.say("before");
        okina.reads(&["before"]).await;
        let streams = |person: &tests::driver::Person| {
            let people = person.handle.view().people.clone();
            people
                .iter()
                .map(|person| person.stream.clone())
                .collect::<Vec<_>>()
        };
        let before = (streams(&kaguya), streams(&okina));

        world.server.kill();
        kaguya
            .until("the link is lost", |view| view.link == Link::Lost)
            .await;
        okina
            .until("the link is lost", |view| view.link == Link::Lost)
            .await;
        assert!(kaguya.receives(Slot::Camera, "Okina"));
        kaguya.say("meanwhile");
        kaguya
            .until("the line waits", |view| {
                view.chat
                    .lines
                    .last()
                    .is_some_and(|line| line.state == Delivery::Pending)
            })
            .await;
        world.server.revive();

        for person in [&kaguya, &okina] {
            person
                .until("the link is back", |view| view.link == Link::Open)
                .await;
            person.reads(&["before", "meanwhile"]).await;
        }
        kaguya.connected_to(&["Okina"]).await;
        okina.connected_to(&["Kaguya"]).await;
        assert_eq!(
            (streams(&kaguya), streams(&okina)),
            before,
            "no connection was made anew"
        );
        assert!(kaguya.receives(Slot::Camera, "Okina") && okina.receives(Slot::Camera, "Kaguya"));
    });
}

#[test]
fn a_network_that_breaks_and_comes_back_costs_nothing_but_a_while() {
    World::run(async |world| {
        let kaguya = world.enter("Kaguya", "tsukimi").await;
        let okina = world.enter("Okina", "tsukimi").await;
        okina.connected_to(&["Kaguya"]).await;
        okina.device.lose_network();
        kaguya
            .until("the others see that the link is lost", |view| {
                view.people.iter().all(|person| person.away)
            })
            .await;
        okina.say("from afar");
        kaguya.say("to afar");
        kaguya.reads(&["to afar"]).await;
        okina.device.set(Trait::Offline, false);
        okina
            .until("the silence is noticed", |view| view.link == Link::Lost)
            .await;
        okina.device.happen(PlatformEvent::Online);
        okina.reads(&["to afar", "from afar"]).await;
        kaguya.reads(&["to afar", "from afar"]).await;
        kaguya.connected_to(&["Okina"]).await;
        assert_eq!(world.air.live(), 2, "no connection was made anew");
    });
}

#[test]
fn a_reload_comes_back_at_once_and_leaves_no_ghost() {
    World::run(async |world| {
        let kaguya = world.enter("Kaguya", "tsukimi").await;
        let okina = world.enter("Okina", "tsukimi").await;
        okina.connected_to(&["Kaguya"]).await;
        okina.say("mine");
        okina.reads(&["mine"]).await;
        let okina = okina.reload();
        okina.prepare().await;
        okina.join("tsukimi");
        okina.connected_to(&["Kaguya"]).await;
        kaguya.connected_to(&["Okina"]).await;
        okina.reads(&["mine"]).await;
        assert!(
            okina.handle.view().chat.lines.iter().all(|line| line.mine),
            "it knows its own words"
        );
        assert_eq!(world.air.live(), 2);
    });
}

#[test]
fn the_same_tab_elsewhere_puts_the_first_one_out() {
    World::run(async |world| {
        let first = world.enter("Kaguya", "tsukimi").await;
        let second = first.duplicate();
        second.prepare().await;
        second.join("tsukimi");
        second.inside().await;
        first
            .until("it is told why", |view| {
                matches!(
                    &view.phase,
                    Phase::Refused {
                        why: Refusal::Superseded,
                        ..
                    }
                )
            })
            .await;
        second.connected_to(&[]).await;
    });
}

#[test]
fn without_a_camera_there_is_still_a_voice_and_a_picture_of_the_others() {
    World::run(async |world| {
        let kaguya = world.enter("Kaguya", "tsukimi").await;
        let okina = world.person("Okina");
        okina.device.set(Trait::NoCamera, true);
        okina.prepare().await;
        let local = okina.handle.view().local.clone();
        assert_eq!(local.camera, Source::Trouble(Trouble::Missing));
        assert_eq!((local.microphone, local.preview), (Source::On, None));
        okina.join("tsukimi");
        okina.connected_to(&["Kaguya"]).await;
        let view = kaguya.connected_to(&["Okina"]).await;
        assert!(!view.people[0].media.video && view.people[0].media.audio);
        assert!(okina.receives(Slot::Camera, "Kaguya") && kaguya.receives(Slot::Microphone, "Okina"));
        assert!(!kaguya.receives(Slot::Camera, "Okina"));

        // It is plugged in: the picture comes by itself, and without a new handshake.
        okina.device.set(Trait::NoCamera, false);
        okina.device.happen(PlatformEvent::DevicesChanged);
        okina
            .until("the camera is on", |view| view.local.camera == Source::On)
            .await;
        eventually("the picture", || kaguya.receives(Slot::Camera, "Okina")).await;
        assert_eq!(world.air.live(), 2);
    });
}

#[test]
fn whoever_is_refused_every_device_sees_and_hears_the_others() {
    World::run(async |world| {
        let kaguya = world.enter("Kaguya", "tsukimi").await;
        let okina = world.person("Okina");
        okina.device.set(Trait::Refusing, true);
        okina.prepare().await;
        let local = okina.handle.view().local.clone();
        assert_eq!(local.camera, Source::Trouble(Trouble::Refused));
        assert_eq!(local.microphone, Source::Trouble(Trouble::Refused));
        okina.join("tsukimi");
        okina.connected_to(&["Kaguya"]).await;
        kaguya.connected_to(&["Okina"]).await;
        assert!(okina.receives(Slot::Camera, "Kaguya") && okina.receives(Slot::Microphone, "Kaguya"));
    });
}

#[test]
fn a_busy_microphone_leaves_the_camera_alone() {
    World::run(async |world| {
        let person = world.person("Kaguya");
        person.device.set(Trait::BusyMicrophone, true);
        person.prepare().await;
        let local = person.handle.view().local.clone();
        assert_eq!(local.microphone, Source::Trouble(Trouble::Busy));
        assert_eq!(local.camera, Source::On);
        person.device.set(Trait::BusyMicrophone, false);
        person.handle.send(Command::Microphone(true));
        person
            .until("the microphone is on", |view| view.local.microphone == Source::On)
            .await;
    });
}

#[test]
fn switches_are_seen_by_the_others_and_need_no_handshake() {
    World::run(async |world| {
        let kaguya = world.enter("Kaguya", "tsukimi").await;
        let okina = world.enter("Okina", "tsukimi").await;
        kaguya.connected_to(&["Okina"]).await;
        let streams = okina.streams();

        okina.handle.send(Command::Microphone(false));
        kaguya.until("muted", |view| !view.people[0].media.audio).await;
        assert!(!kaguya.receives(Slot::Microphone, "Okina"));
        assert_eq!(
            okina.device.open_tracks(MediaKind::Audio).len(),
            1,
            "the microphone stays open"
        );
        okina.handle.send(Command::Camera(false));
        kaguya
            .until("no camera", |view| !view.people[0].media.video)
            .await;
        assert!(!kaguya.receives(Slot::Camera, "Okina"));
        assert!(
            okina.device.open_tracks(MediaKind::Video).is_empty(),
            "the camera's light is out"
        );
        assert_eq!(okina.handle.view().local.preview, None);

        okina.handle.send(Command::Camera(true));
        okina.handle.send(Command::Microphone(true));
        kaguya
            .until("both again", |view| {
                view.people[0].media.video && view.people[0].media.audio
            })
            .await;
        eventually("both arrive", || {
            kaguya.receives(Slot::Camera, "Okina") && kaguya.receives(Slot::Microphone, "Okina")
        })
        .await;
        assert_eq!(okina.streams(), streams);
        assert_eq!(kaguya.handle.view().people[0].connection, Connection::Connected);
    });
}

#[test]
fn a_camera_that_is_switched_off_while_it_opens_does_not_stay_open() {
    World::run(async |world| {
        let person = world.person("Kaguya");
        person.handle.send(Command::Prepare);
        person.handle.send(Command::Camera(false));
        person
            .until("the microphone is on", |view| view.local.microphone == Source::On)
            .await;
        assert!(person.device.open_tracks(MediaKind::Video).is_empty());
        assert_eq!(person.handle.view().local.camera, Source::Off);
    });
}

#[test]
fn an_unplugged_microphone_says_so_and_works_again_when_it_is_back() {
    World::run(async |world| {
        let kaguya = world.enter("Kaguya", "tsukimi").await;
        let okina = world.enter("Okina", "tsukimi").await;
        kaguya.connected_to(&["Okina"]).await;
        okina.device.unplug("microphone");
        okina
            .until("it says so", |view| {
                view.local.microphone == Source::Trouble(Trouble::Missing) && view.local.lost.len() == 1
            })
            .await;
        kaguya
            .until("the others know", |view| !view.people[0].media.audio)
            .await;
        okina.device.plug(DeviceKind::Microphone, "microphone");
        okina
            .until("it is back", |view| {
                view.local.microphone == Source::On && view.local.lost.is_empty()
            })
            .await;
        kaguya
            .until("the others know", |view| view.people[0].media.audio)
            .await;
        eventually("the voice", || kaguya.receives(Slot::Microphone, "Okina")).await;
    });
}

#[test]
fn where_there_is_another_microphone_it_takes_over_and_the_first_is_offered_when_it_is_back() {
    World::run(async |world| {
        let kaguya = world.enter("Kaguya", "tsukimi").await;
        let okina = world.enter("Okina", "tsukimi").await;
        kaguya.connected_to(&["Okina"]).await;
        let streams = okina.streams();
        okina.device.plug(DeviceKind::Microphone, "built-in");
        okina
            .until("it is listed", |view| view.devices.all.len() == 3)
            .await;
        okina.device.unplug("microphone");
        okina
            .until("the other takes over", |view| {
                let lost = view.local.lost.first();
                let instead = lost.and_then(|lost| lost.instead.as_ref());
                view.local.microphone == Source::On && instead.is_some_and(|device| device.id == "built-in")
            })
            .await;
        eventually("the voice", || kaguya.receives(Slot::Microphone, "Okina")).await;
        assert_eq!(
            okina.device.open_tracks(MediaKind::Audio).len(),
            1,
            "no track is there twice"
        );
        okina.device.plug(DeviceKind::Microphone, "microphone");
        okina
            .until("the first is offered", |view| {
                view.local
                    .lost
                    .first()
                    .is_some_and(|lost| lost.back && lost.device.id == "microphone")
            })
            .await;
        okina.handle.send(Command::Choose {
            kind: DeviceKind::Microphone,
            id: "microphone".to_owned(),
        });
        okina
            .until("it is in use, and nothing is offered", |view| {
                view.local.lost.is_empty()
            })
            .await;
        eventually("the first device is open", || {
            okina
                .device
                .open_tracks(MediaKind::Audio)
                .iter()
                .all(|track| track.device().as_deref() == Some("microphone"))
        })
        .await;
        assert_eq!(okina.streams(), streams, "nothing was connected anew");
    });
}

#[test]
fn another_camera_takes_over_without_a_handshake_and_is_remembered() {
    World::run(async |world| {
        let kaguya = world.enter("Kaguya", "tsukimi").await;
        let okina = world.enter("Okina", "tsukimi").await;
        kaguya.connected_to(&["Okina"]).await;
        let preview = okina.handle.view().local.preview.clone();
        let kind = DeviceKind::Camera;
        okina.handle.send(Command::Choose {
            kind,
            id: "camera".to_owned(),
        });
        okina
            .until("another picture", |view| {
                view.local.preview.is_some() && view.local.preview != preview
            })
            .await;
        eventually("the picture", || kaguya.receives(Slot::Camera, "Okina")).await;
        assert_eq!(okina.device.open_tracks(MediaKind::Video).len(), 1);
        assert_eq!(world.air.live(), 2);
        let okina = okina.reload();
        assert_eq!(
            okina.handle.view().devices.camera,
            None,
            "before its first turn it knows nothing"
        );
        okina
            .until("it is remembered", |view| {
                view.devices.camera.as_deref() == Some("camera")
            })
            .await;
    });
}

#[test]
fn where_the_chosen_device_is_gone_another_takes_its_place() {
    World::run(async |world| {
        let kaguya = world.person("Kaguya");
        for (kind, id) in [
            (DeviceKind::Camera, "sold"),
            (DeviceKind::Microphone, "microphone"),
        ] {
            let id = id.to_owned();
            kaguya.handle.send(Command::Choose { kind, id });
        }
        kaguya.prepare().await;
        kaguya
            .until("both are open", |view| {
                view.local.camera == Source::On && view.local.microphone == Source::On
            })
            .await;
        let devices = kaguya.handle.view().devices.clone();
        assert_eq!(
            devices.camera.as_deref(),
            Some("sold"),
            "it is taken again when it is back"
        );
    });
}

#[test]
fn whoever_leaves_is_gone_for_all_and_may_come_again() {
    World::run(async |world| {
        let kaguya = world.enter("Kaguya", "tsukimi").await;
        let okina = world.enter("Okina", "tsukimi").await;
        kaguya.connected_to(&["Okina"]).await;
        okina.handle.send(Command::Leave);
        kaguya.connected_to(&[]).await;
        let view = okina.until("the lobby", |view| view.phase == Phase::Lobby).await;
        assert!(view.people.is_empty() && view.chat.lines.is_empty());
        assert_eq!(view.local.camera, Source::On, "the camera stays as it is");
        eventually("both ends are closed", || world.air.live() == 0).await;
        okina.join("tsukimi");
        okina.connected_to(&["Kaguya"]).await;
        kaguya.connected_to(&["Okina"]).await;
    });
}

#[test]
fn whoever_changes_the_mind_at_once_ends_where_the_last_click_led() {
    World::run(async |world| {
        let okina = world.enter("Okina", "sunny").await;
        let kaguya = world.person("Kaguya");
        kaguya.prepare().await;
        kaguya.join("tsukimi");
        kaguya.handle.send(Command::Leave);
        kaguya.join("sunny");
        kaguya.handle.send(Command::Leave);
        kaguya.join("sunny");
        kaguya.connected_to(&["Okina"]).await;
        okina.connected_to(&["Kaguya"]).await;
    });
}

#[test]
fn a_page_that_goes_away_says_good_bye_and_lets_go_of_the_devices() {
    World::run(async |world| {
        let kaguya = world.enter("Kaguya", "tsukimi").await;
        let okina = world.enter("Okina", "tsukimi").await;
        kaguya.connected_to(&["Okina"]).await;
        okina.device.happen(PlatformEvent::Leaving);
        kaguya.connected_to(&[]).await;
        assert!(okina.device.open_tracks(MediaKind::Video).is_empty());
        assert!(okina.device.open_tracks(MediaKind::Audio).is_empty());
    });
}

#[test]
fn the_lobby_tells_who_is_inside_and_how_loud_the_voice_is() {
    World::run(async |world| {
        let kaguya = world.person("Kaguya");
        kaguya.prepare().await;
        kaguya
            .handle
            .send(Command::Peek(Some("tsukimi".parse().expect("a name"))));
        kaguya
            .until("nobody is inside", |view| {
                view.peek.as_ref().is_some_and(|peek| peek.members.is_empty())
            })
            .await;
        let _okina = world.enter("Okina", "tsukimi").await;
        kaguya
            .until("Okina is inside", |view| {
                let mut peek = view.peek.iter().flat_map(|peek| &peek.members);
                peek.any(|name| name.as_str() == "Okina")
            })
            .await;
        assert!(
            kaguya.handle.level() < 0.1,
            "nobody listens, so nothing is measured"
        );
        let levels = kaguya.handle.levels();
        eventually("a level", || kaguya.handle.level() > 0.4).await;
        drop(levels);
        eventually("silence", || kaguya.handle.level() < 0.1).await;
    });
}

#[test]
fn a_full_room_says_so() {
    World::run(async |world| {
        let people: Vec<_> = (0..wire::limits::ROOM_MEMBERS)
            .map(|number| world.person(&format!("P{number}")))
            .collect();
        for person in &people {
            person.join("tsukimi");
            person.inside().await;
        }
        let late = world.person("Late");
        late.join("tsukimi");
        late.until("it is full", |view| {
            matches!(
                &view.phase,
                Phase::Refused {
                    why: Refusal::Full,
                    ..
                }
            )
        })
        .await;
        people[0].handle.send(Command::Leave);
        people[0]
            .until("the lobby", |view| view.phase == Phase::Lobby)
            .await;
        late.join("tsukimi");
        late.inside().await;
    });
}

#[test]
fn a_message_that_comes_too_fast_says_why_and_can_be_said_again() {
    World::run(async |world| {
        let kaguya = world.enter("Kaguya", "tsukimi").await;
        for number in 0..165 {
            let text = ChatText::new(&number.to_string()).expect("a number");
            kaguya.handle.send(Command::Say(text));
        }
        let settled = |view: &session::View| {
            let lines = &view.chat.lines;
            lines.len() == 165 && lines.iter().all(|line| line.state != Delivery::Pending)
        };
        let view = kaguya.until("every line is stored or refused", settled).await;
        let refused = view
            .chat
            .lines
            .iter()
            .find(|line| matches!(line.state, Delivery::Refused(_)));
        let key = refused.expect("some were too fast").key.clone();
        // The server permits one more every tenth of a second: here it is time itself that is waited for.
        tokio::time::sleep(Duration::from_millis(250)).await;
        kaguya.handle.send(Command::SayAgain(key.clone()));
        kaguya
            .until("it is stored", |view| {
                let line = view.chat.lines.iter().find(|line| line.key == key);
                line.is_some_and(|line| matches!(line.state, Delivery::Stored(_)))
            })
            .await;
    });
}
