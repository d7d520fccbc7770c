//! Whole pages, drawn without a browser.

mod support;

use session::view::{Connection, Link, Local, Phase, Refusal, Source, Trouble, View};
use support::{inside, page, person};

#[test]
fn the_lobby_speaks_the_persons_language_and_fills_the_room_in() {
    let english = page("/room/tsukimi-2026", View::default(), &["en-GB"]);
    assert!(
        english.contains(">Join<") && english.contains(r#"value="tsukimi-2026""#),
        "{english}"
    );
    let japanese = page("/room/%E6%9C%88%E8%A6%8B", View::default(), &["ja", "en"]);
    assert!(
        japanese.contains("参加する") && japanese.contains(r#"value="月見""#),
        "{japanese}"
    );
}

#[test]
fn an_address_that_is_no_room_says_so_and_shows_its_text_as_text() {
    let html = page("/room/%3Cscript%3E", View::default(), &["en"]);
    assert!(html.contains("Letters, digits"), "{html}");
    assert!(!html.contains("<script>"), "{html}");
}

#[test]
fn refused_permission_says_what_to_do_and_still_lets_one_join() {
    let refused = Source::Trouble(Trouble::Refused);
    let local = Local {
        microphone: refused.clone(),
        camera: refused,
        ..Local::default()
    };
    let html = page(
        "/",
        View {
            local,
            ..View::default()
        },
        &["en"],
    );
    assert!(html.contains("Camera and microphone: not allowed"), "{html}");
    assert!(html.contains("You can join all the same"), "{html}");
    assert!(html.contains(">Join<"), "{html}");
}

#[test]
fn a_room_shows_everyone_and_keeps_the_voice_of_a_camera_that_is_off() {
    let mut view = inside("tsukimi");
    view.people = vec![
        person("Luna", true, Connection::Connected),
        person("<b>Midori</b>", false, Connection::Connected),
    ]
    .into();
    let html = page("/room/tsukimi", view, &["en"]);
    assert!(
        html.contains("Luna") && html.contains("&#60;b&#62;Midori"),
        "{html}"
    );
    assert_eq!(
        html.matches("<video").count(),
        2,
        "the surface stays under the avatar: {html}"
    );
    assert!(html.contains("data-n=3"), "{html}");
    assert!(html.contains("3 people"), "{html}");
}

#[test]
fn alone_in_a_room_the_link_is_the_thing_to_do() {
    let html = page("/room/tsukimi", inside("tsukimi"), &["en"]);
    assert!(html.contains("Nobody here yet"), "{html}");
    assert!(html.contains("https://tsukiyo.example/room/tsukimi"), "{html}");
}

#[test]
fn a_lost_link_is_told_while_the_call_goes_on() {
    let mut view = inside("tsukimi");
    view.link = Link::Lost;
    view.people = vec![person("Luna", true, Connection::Interrupted)].into();
    let html = page("/room/tsukimi", view, &["en"]);
    assert!(
        html.contains("Your call goes on") && html.contains("Nothing comes from Luna"),
        "{html}"
    );
}

#[test]
fn whoever_is_turned_away_learns_why() {
    for (why, words) in [
        (Refusal::Full, "満室です"),
        (Refusal::Superseded, "別の場所"),
        (Refusal::Other("closed for tonight".into()), "closed for tonight"),
        (Refusal::Passcode { wrong: true }, "パスコードが違います"),
        (Refusal::TooManyTries, "試した回数"),
        (Refusal::Locked, "ロックされています"),
        (Refusal::Denied, "許可されませんでした"),
        (Refusal::Removed, "ホストにより退出"),
        (Refusal::Ended, "ホストが通話を終了"),
        (Refusal::Unavailable, "開けません"),
    ] {
        let phase = Phase::Refused {
            room: "tsukimi".parse().unwrap(),
            why,
        };
        let html = page(
            "/room/tsukimi",
            View {
                phase,
                ..View::default()
            },
            &["ja"],
        );
        assert!(html.contains(words), "{html}");
    }
}

#[test]
fn an_unknown_address_has_a_way_back() {
    let html = page("/nowhere/at/all", View::default(), &["en"]);
    assert!(
        html.contains("This page does not exist") && html.contains(r#"href="/""#),
        "{html}"
    );
}
