//! Reports of how calls go.

use super::*;

fn report(connected: u32) -> Value {
    json!({
        "type": "report", "version": 1, "platform": "web", "connected": connected,
        "failed": {"handshake": 0, "noCandidates": 0, "ice": 0, "disconnected": 0},
        "restarts": 0, "freezes": 0, "frozen": 0, "lasted": 60_000, "relayed": false
    })
}

fn willing() -> Server {
    Server::with(|settings| settings.reports = true)
}

#[test]
fn whoever_is_asked_may_tell_how_its_call_goes_and_nobody_else_hears_of_it() {
    let mut server = willing();
    server.enter(1, "tsukimi", "Aki");
    server.enter(2, "tsukimi", "Bo");
    server.say(1, report(1));
    let told: Vec<_> = (server.reports.iter()).map(|told| told.connected.get()).collect();
    assert_eq!(told, [1]);
    for socket in [1, 2] {
        assert_eq!(server.heard(socket), [] as [Value; 0], "socket {socket}");
    }
}

#[test]
fn hello_says_whether_reports_are_wanted() {
    for wanted in [true, false] {
        let mut server = Server::with(|settings| settings.reports = wanted);
        let socket = SocketId(1);
        server.input(Input::Connected {
            socket,
            address: None,
        });
        let hello = server.heard(1).remove(0);
        assert_eq!(hello["reports"] == json!(true), wanted, "{hello}");
    }
}

#[test]
fn a_server_that_does_not_ask_refuses_what_it_is_told() {
    let mut server = Server::new();
    server.enter(1, "tsukimi", "Aki");
    server.say(1, report(1));
    assert_eq!(server.kinds(1), ["error:notWanted"]);
    assert_eq!(server.reports, []);
}

#[test]
fn who_is_in_no_room_has_no_call_to_tell_of() {
    let mut server = willing();
    server.connect(1);
    server.say(1, report(1));
    assert_eq!(server.kinds(1), ["error:notInRoom"]);
    assert_eq!(server.reports, []);
}

#[test]
fn many_reports_at_once_are_refused_until_time_has_passed_and_then_cost_the_socket() {
    let mut server = willing();
    server.enter(1, "tsukimi", "Aki");
    let every = Limits::default().reports;
    for _ in 0..every.burst {
        server.say(1, report(1));
    }
    assert_eq!(server.kinds(1), [] as [&str; 0]);
    server.say(1, report(1));
    assert_eq!(server.kinds(1), ["error:tooFast"]);
    server.advance(every.every);
    server.say(1, report(1));
    assert_eq!(server.kinds(1), [] as [&str; 0]);
    assert_eq!(server.reports.len(), every.burst as usize + 1);
    for _ in 0..=Limits::default().patience.burst {
        server.say(1, report(1));
    }
    assert_eq!(server.closed[&SocketId(1)], close::POLICY);
    assert_eq!(server.reports.len(), every.burst as usize + 1);
}
