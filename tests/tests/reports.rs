//! How calls go, as the real driver tells it to the real server.

use serde_json::{Value, json};
use session::{Command, platform::PlatformEvent, view::Phase};
use tests::driver::{Person, World, eventually};

/// What a person's page has told of calls.
fn reports(person: &Person) -> Vec<Value> {
    let told = person.device.said().into_iter();
    told.filter(|message| message["type"] == "report").collect()
}

/// Somebody who lets its page tell how calls go, in the room and connected to Okina, whose picture has come.
async fn enter(world: &World) -> Person {
    let kaguya = world.person("Kaguya");
    kaguya
        .until("the server asks", |view| view.reports == Some(false))
        .await;
    kaguya.handle.send(Command::Report(true));
    kaguya
        .until("the person lets it", |view| view.reports == Some(true))
        .await;
    kaguya.prepare().await;
    kaguya.join("tsukimi");
    kaguya.connected_to(&["Okina"]).await;
    eventually("the picture is looked for", || kaguya.looks("Okina") > 0).await;
    kaguya
}

#[test]
fn a_call_of_two_is_told_at_its_end_by_whom_lets_it_with_one_first_picture() {
    World::with(
        |settings| settings.reports = true,
        async |world| {
            let okina = world.enter("Okina", "tsukimi").await;
            let kaguya = enter(&world).await;
            kaguya.handle.send(Command::Leave);
            kaguya.until("outside", |view| view.phase == Phase::Lobby).await;
            okina.until("Okina is alone", |view| view.people.is_empty()).await;
            let told = reports(&kaguya);
            let [report] = &told[..] else { panic!("{told:?}") };
            let first = report["firstFrame"].as_u64().expect("there was a picture");
            assert!(first < 20_000, "{report}");
            assert!(
                report["lasted"].as_u64().is_some_and(|lasted| lasted > 0),
                "{report}"
            );
            let mut rest = report.clone();
            for measured in ["firstFrame", "lasted"] {
                rest[measured] = json!(0);
            }
            let expected = json!({
                "type": "report", "version": 1, "platform": "web", "firstFrame": 0, "connected": 1,
                "failed": {"handshake": 0, "noCandidates": 0, "ice": 0, "disconnected": 0},
                "restarts": 0, "freezes": 0, "frozen": 0, "lasted": 0, "relayed": false
            });
            assert_eq!(rest, expected, "these fields, and no others");
            let types: Vec<_> = (kaguya.device.said().iter())
                .filter_map(|message| message["type"].as_str().map(str::to_owned))
                .collect();
            assert!(
                types.ends_with(&["report".to_owned(), "leave".to_owned()]),
                "{types:?}"
            );

            okina.handle.send(Command::Leave);
            okina.until("outside", |view| view.phase == Phase::Lobby).await;
            assert_eq!(reports(&okina), [] as [Value; 0], "Okina was not asked");

            // Whatever the server has answered is there before this is.
            kaguya.join("tsukimi");
            kaguya.inside().await;
            let heard = kaguya.device.heard().into_iter();
            let errors: Vec<_> = heard.filter(|message| message["type"] == "error").collect();
            assert_eq!(errors, [] as [Value; 0], "the server takes it");
        },
    );
}

#[test]
fn a_page_that_is_closed_tells_what_it_has_and_remembers_that_it_may() {
    World::with(
        |settings| settings.reports = true,
        async |world| {
            let _okina = world.enter("Okina", "tsukimi").await;
            let kaguya = enter(&world).await;
            kaguya.device.happen(PlatformEvent::Leaving);
            eventually("it is told", || reports(&kaguya).len() == 1).await;
            let later = kaguya.duplicate();
            later.until("it may", |view| view.reports == Some(true)).await;
            later.handle.send(Command::Report(false));
            later
                .until("it may not", |view| view.reports == Some(false))
                .await;
            let later = later.duplicate();
            later
                .until("it still may not", |view| view.reports == Some(false))
                .await;
        },
    );
}

#[test]
fn nothing_is_told_of_what_was_before_the_person_let_it_nor_after_it_does_not_any_more() {
    World::with(
        |settings| settings.reports = true,
        async |world| {
            let okina = world.enter("Okina", "tsukimi").await;
            let kaguya = world.enter("Kaguya", "tsukimi").await;
            kaguya.connected_to(&["Okina"]).await;
            kaguya.handle.send(Command::Report(true));
            kaguya.until("it may", |view| view.reports == Some(true)).await;
            okina.connected_to(&["Kaguya"]).await;
            okina.handle.send(Command::Report(true));
            okina.handle.send(Command::Report(false));
            for person in [&kaguya, &okina] {
                person.handle.send(Command::Leave);
                person.until("outside", |view| view.phase == Phase::Lobby).await;
            }
            for report in reports(&kaguya) {
                assert_eq!(report["connected"], 0, "{report}");
                assert_eq!(report["firstFrame"], Value::Null, "{report}");
            }
            assert_eq!(reports(&okina), [] as [Value; 0]);
        },
    );
}

#[test]
fn a_server_that_does_not_ask_is_told_nothing() {
    World::run(async |world| {
        let okina = world.enter("Okina", "tsukimi").await;
        let kaguya = world.person("Kaguya");
        kaguya.handle.send(Command::Report(true));
        kaguya.prepare().await;
        kaguya.join("tsukimi");
        let view = kaguya.connected_to(&["Okina"]).await;
        assert_eq!(view.reports, None);
        kaguya.handle.send(Command::Leave);
        okina.until("Okina is alone", |view| view.people.is_empty()).await;
        assert_eq!(reports(&kaguya), [] as [Value; 0]);
    });
}
