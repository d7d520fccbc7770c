//! Rooms that not everybody makes.

use super::*;

fn restricted() -> Server {
    Server::with(|settings| settings.restricted = true)
}

fn with_access(room: &str, access: &str) -> Value {
    let mut message = join(room, "Aki");
    message["access"] = access.into();
    message
}

#[test]
fn only_who_has_a_good_token_makes_a_room_and_whoever_has_the_link_follows() {
    let mut server = restricted();
    server.connect(1);
    server.say(1, join("tsukimi", "Bo"));
    assert_eq!(server.kinds(1), ["error:accessWanted"]);
    server.say(1, with_access("tsukimi", "stolen"));
    assert_eq!(server.kinds(1), ["error:accessDenied"]);
    assert!(
        server.stored.is_empty() && server.opened.is_empty(),
        "nothing is made"
    );
    server.connect(2);
    server.say(2, with_access("tsukimi", "good"));
    assert_eq!(server.kinds(2), ["joined"]);
    server.say(1, join("tsukimi", "Bo"));
    assert_eq!(server.kinds(1), ["joined"]);
}

#[test]
fn a_room_that_there_was_once_needs_nobody_who_makes_it_again() {
    let mut server = restricted();
    server.connect(1);
    server.say(1, with_access("tsukimi", "good"));
    server.disconnect(1);
    server.advance(seconds(60));
    server.connect(2);
    server.say(2, join("tsukimi", "Bo"));
    assert_eq!(server.kinds(2), ["joined"]);
}

#[test]
fn a_token_that_nobody_can_look_at_now_is_not_called_bad() {
    let mut server = restricted();
    server.connect(1);
    server.say(1, with_access("tsukimi", "away"));
    assert_eq!(server.kinds(1), ["error:unavailable"]);
}

#[test]
fn tokens_are_not_guessed_and_one_that_is_not_needed_is_not_looked_at() {
    let mut server = restricted();
    server.connect(1);
    for _ in 0..5 {
        server.say(1, with_access("tsukimi", "guess"));
    }
    assert_eq!(server.kinds(1), ["error:accessDenied"; 5]);
    server.say(1, with_access("tsukimi", "good"));
    assert_eq!(server.kinds(1), ["error:tooManyTries"]);

    let mut open = Server::new();
    open.connect(1);
    open.say(1, with_access("tsukimi", "stolen"));
    assert_eq!(open.kinds(1), ["joined"]);
}
