use super::*;
use crate::rooms::close;
use wire::ErrorCode;

#[test]
fn members_on_two_servers_meet() {
    let mut site = Site::of(3);
    let luna = site.enter(0, "tsukimi", "Luna");
    let kaguya = site.enter(1, "tsukimi", "Kaguya");
    let (me, _, resumed) = site.joined(kaguya);
    assert!(!resumed);
    let told = site.heard[&luna]
        .iter()
        .any(|message| matches!(message, ServerMessage::Join { member } if member.id == me));
    assert!(told, "{:?}", site.heard[&luna]);
    let (luna_is, ..) = site.joined(luna);
    let raised = true;
    site.says(1, kaguya, ClientMessage::Hand { raised });
    site.carry();
    for socket in [luna, kaguya] {
        assert_eq!(
            *site.last(socket),
            ServerMessage::Hands {
                raised: vec![me.clone()]
            }
        );
    }
    let media = wire::MediaState::default();
    site.says(0, luna, ClientMessage::Media { media, order: 0 });
    site.carry();
    assert_eq!(
        *site.last(kaguya),
        ServerMessage::Media {
            member: luna_is,
            media
        }
    );
}

#[test]
fn members_on_several_servers_are_told_one_relay_of_the_server_that_has_their_room() {
    let mut site = Site::of(3);
    for (server, node) in site.nodes.iter_mut().enumerate() {
        let mut settings = Settings::new(b"a key for tests");
        settings.shared = true;
        settings.relays.add(vec![format!("turn:server{server}")]);
        *node = Node::new(node.id().clone(), [u8::try_from(server).unwrap(); 16], settings);
    }
    for owner in 0..3 {
        for place in 0..3 {
            let socket = site.enter((owner + place) % 3, &format!("room{owner}"), "Luna");
            let mut told = Vec::new();
            for message in &site.heard[&socket] {
                if let ServerMessage::Hello { ice_servers, .. } = message {
                    told = ice_servers.iter().flat_map(|server| &server.urls).collect();
                }
            }
            assert_eq!(told, [&format!("turn:server{owner}")]);
        }
    }
}

#[test]
fn servers_that_had_nothing_to_do_with_each_other_for_a_while_are_not_silent() {
    let mut site = Site::of(2);
    site.enter(0, "tsukimi", "Luna");
    let kaguya = site.enter(1, "tsukimi", "Kaguya");
    site.input(1, Input::Disconnected { socket: kaguya });
    site.carry();
    site.pass(SILENCE * 10, &[0, 1]);
    let neko = site.connect(1);
    site.says(1, neko, join("tsukimi", "Neko", None));
    site.store();
    site.pass(ALIVE, &[0, 1]);
    assert!(!site.nodes[1].is_silent(site.now, &site.id(0)));
    site.joined(neko);
}

#[test]
fn a_ping_is_answered_by_the_server_that_it_is_for() {
    let mut site = Site::of(2);
    site.enter(0, "tsukimi", "Luna");
    let kaguya = site.enter(1, "tsukimi", "Kaguya");
    site.says(1, kaguya, ClientMessage::Ping);
    assert!(site.packets().is_empty());
    assert_eq!(*site.last(kaguya), ServerMessage::Pong);
}

#[test]
fn who_leaves_may_go_into_a_room_of_any_server_over_the_same_socket() {
    let mut site = Site::of(3);
    site.enter(0, "a", "Luna");
    site.enter(2, "b", "Neko");
    let kaguya = site.enter(1, "a", "Kaguya");
    for (room, owner) in [("b", 2), ("c", 2), ("a", 0)] {
        site.says(1, kaguya, ClientMessage::Leave);
        site.says(1, kaguya, join(room, "Kaguya", None));
        site.carry();
        assert!(
            matches!(
                site.last(kaguya),
                ServerMessage::Rules { .. } | ServerMessage::Host { .. }
            ),
            "{room}: {:?}",
            site.last(kaguya)
        );
        let room: RoomId = room.parse().unwrap();
        let members = site.nodes[owner].presence(&room).members.len();
        assert!(members > 0, "{room} is at {owner}");
    }
}

#[test]
fn a_member_whose_server_is_gone_comes_back_through_another() {
    let mut site = Site::of(3);
    let luna = site.enter(0, "tsukimi", "Luna");
    let kaguya = site.enter(1, "tsukimi", "Kaguya");
    let (me, token, _) = site.joined(kaguya);
    // The second server is killed.
    site.pass(SILENCE + ALIVE, &[0, 2]);
    assert_eq!(*site.last(luna), ServerMessage::Away { member: me.clone() });
    let again = site.connect(2);
    site.says(2, again, join("tsukimi", "Kaguya", Some(token)));
    site.carry();
    let (is, _, resumed) = site.joined(again);
    assert!(resumed && is == me);
    let left = site.heard[&luna]
        .iter()
        .any(|message| matches!(message, ServerMessage::Leave { .. }));
    assert!(!left);
}

#[test]
fn clients_of_a_silent_server_are_told_to_come_back_and_those_it_never_answered_wait_here() {
    let mut site = Site::of(2);
    site.enter(0, "tsukimi", "Luna");
    let kaguya = site.enter(1, "tsukimi", "Kaguya");
    // It is dead by now, and nobody knows.
    let neko = site.connect(1);
    site.says(1, neko, join("tsukimi", "Neko", None));
    site.store();
    site.pass(SILENCE + UNHEARD / 2, &[1]);
    assert_eq!(site.closed.get(&kaguya), Some(&close::SERVICE_RESTART));
    assert!(matches!(
        site.last(kaguya),
        ServerMessage::Error {
            code: ErrorCode::GoingAway,
            ..
        }
    ));
    assert_eq!(site.closed.get(&neko), None);
    assert!(site.nodes[1].is_silent(site.now, &site.id(0)));
    // The room is anybody's.
    site.owners.clear();
    site.carry();
    assert!(!site.joined(neko).2);
}

#[test]
fn a_server_that_dies_once_the_bus_carries_again_is_missed_as_soon_as_any() {
    let mut site = Site::of(2);
    site.enter(0, "tsukimi", "Luna");
    let kaguya = site.enter(1, "tsukimi", "Kaguya");
    for carries in [false, true] {
        let now = site.now;
        for node in &mut site.nodes {
            node.set_bus(now, carries);
        }
        site.pass(ALIVE * 2, &[0, 1]);
    }
    site.pass(SILENCE + ALIVE, &[1]);
    assert_eq!(site.closed.get(&kaguya), Some(&close::SERVICE_RESTART));
}

#[test]
fn a_server_of_which_nothing_was_ever_heard_is_not_waited_for_as_long() {
    let mut site = Site::of(2);
    site.enter(0, "tsukimi", "Luna");
    // It is dead by now, and nobody here ever had to do with it.
    let neko = site.connect(1);
    site.says(1, neko, join("tsukimi", "Neko", None));
    site.store();
    site.pass(UNHEARD, &[1]);
    site.owners.clear();
    site.carry();
    assert!(!site.joined(neko).2);
}

#[test]
fn who_is_cut_off_gives_nobody_up() {
    let mut site = Site::of(2);
    let luna = site.enter(0, "tsukimi", "Luna");
    let kaguya = site.enter(1, "tsukimi", "Kaguya");
    let (me, ..) = site.joined(kaguya);
    let now = site.now;
    for node in &mut site.nodes {
        node.set_bus(now, false);
    }
    for server in 0..2 {
        site.pass(Duration::from_secs(600), &[server]);
    }
    let raised = true;
    site.says(1, kaguya, ClientMessage::Hand { raised });
    let now = site.now;
    site.nodes[0].set_bus(now, true);
    site.pass(SETTLE - ALIVE, &[0]);
    let now = site.now;
    site.nodes[1].set_bus(now, true);
    site.pass(SETTLE * 2, &[0, 1]);
    assert!(site.closed.is_empty());
    assert_eq!(*site.last(luna), ServerMessage::Hands { raised: vec![me] });
}

#[test]
fn who_is_not_sure_of_its_rooms_lets_in_only_who_is_there_already() {
    let mut site = Site::of(1);
    let luna = site.enter(0, "tsukimi", "Luna");
    let (_, token, _) = site.joined(luna);
    site.input(0, Input::Reach { sure: false });
    let kaguya = site.enter(0, "tsukimi", "Kaguya");
    assert!(matches!(
        site.last(kaguya),
        ServerMessage::Error {
            code: ErrorCode::Unavailable,
            ..
        }
    ));
    let again = site.connect(0);
    site.says(0, again, join("tsukimi", "Luna", Some(token)));
    assert!(site.joined(again).2);
    site.input(0, Input::Reach { sure: true });
    site.says(0, kaguya, join("tsukimi", "Kaguya", None));
    site.joined(kaguya);
}

#[test]
fn who_waits_for_another_server_is_told_when_that_is_out_of_reach() {
    let mut site = Site::of(2);
    let luna = site.enter(0, "tsukimi", "Luna");
    let kaguya = site.connect(1);
    site.says(1, kaguya, join("tsukimi", "Kaguya", None));
    site.store();
    // What was said to the other is under way, or lost.
    site.input(1, Input::Reach { sure: false });
    assert!(matches!(
        site.last(kaguya),
        ServerMessage::Error {
            code: ErrorCode::Unavailable,
            ..
        }
    ));
    site.input(1, Input::Reach { sure: true });
    site.carry();
    assert_eq!(
        site.nodes[0].presence(&"tsukimi".parse().unwrap()).members.len(),
        1
    );
    site.says(1, kaguya, join("tsukimi", "Kaguya", None));
    site.carry();
    let (me, ..) = site.joined(kaguya);
    let last = site.heard[&luna].iter().rev().find_map(|message| match message {
        ServerMessage::Join { member } => Some(member.id.clone()),
        _ => None,
    });
    assert_eq!(last, Some(me));
}

#[test]
fn a_server_that_was_given_up_sends_everybody_away() {
    let mut site = Site::of(2);
    let luna = site.enter(0, "tsukimi", "Luna");
    let kaguya = site.enter(1, "tsukimi", "Kaguya");
    let now = site.now;
    site.nodes[0].forget(now, "another".parse().unwrap());
    site.perform();
    assert_eq!(site.closed.get(&luna), Some(&close::SERVICE_RESTART));
    // The other hears nothing of it, since it is another now, and finds out by itself.
    site.pass(SILENCE + ALIVE, &[0, 1]);
    assert_eq!(site.closed.get(&kaguya), Some(&close::SERVICE_RESTART));
}

#[test]
fn who_has_forgotten_another_is_told_and_both_begin_anew() {
    let mut site = Site::of(2);
    let luna = site.enter(0, "tsukimi", "Luna");
    let kaguya = site.enter(1, "tsukimi", "Kaguya");
    let (me, ..) = site.joined(kaguya);
    // The first hears nothing for a while; the second goes on, and hears.
    let until = site.now + SILENCE + ALIVE;
    while site.now < until {
        site.now += ALIVE / 10;
        let now = site.now;
        for node in &mut site.nodes {
            node.handle_timeout(now);
        }
        site.perform();
        for (to, packet) in site.packets() {
            if to == 1 {
                site.give((to, packet));
            }
        }
    }
    assert_eq!(*site.last(luna), ServerMessage::Away { member: me });
    site.pass(ALIVE * 2, &[0, 1]);
    assert_eq!(site.closed.get(&kaguya), Some(&close::SERVICE_RESTART));
    let neko = site.enter(1, "tsukimi", "Neko");
    site.joined(neko);
}

#[test]
fn a_long_text_comes_whole() {
    let mut site = Site::of(2);
    site.enter(0, "tsukimi", "Luna");
    let kaguya = site.enter(1, "tsukimi", "Kaguya");
    let guest = *site.nodes[0].homes.keys().next().unwrap();
    let message = |n: u64| wire::ChatMessage {
        id: format!("m{n}").parse().unwrap(),
        member_id: "x".parse().unwrap(),
        name: wire::DisplayName::new("Luna").unwrap(),
        text: wire::ChatText::new(&"月".repeat(4_000)).unwrap(),
        sent_at: n,
    };
    let messages: Vec<_> = (0..100).map(message).collect();
    let loaded = Input::HistoryLoaded {
        room: "tsukimi".parse().unwrap(),
        socket: guest,
        messages: messages.clone(),
        more: false,
    };
    site.input(0, loaded);
    site.carry();
    let more = false;
    assert_eq!(*site.last(kaguya), ServerMessage::History { messages, more });
}

#[test]
fn a_server_that_stops_sends_away_its_own_clients_and_those_of_others() {
    let mut site = Site::of(2);
    let luna = site.enter(0, "a", "Luna");
    let kaguya = site.enter(1, "a", "Kaguya");
    let neko = site.enter(1, "b", "Neko");
    let stray = site.enter(0, "b", "Stray");
    site.input(0, Input::ShuttingDown);
    site.carry();
    for socket in [luna, kaguya, stray] {
        assert_eq!(site.closed.get(&socket), Some(&close::SERVICE_RESTART));
    }
    assert_eq!(site.closed.get(&neko), None);
}
