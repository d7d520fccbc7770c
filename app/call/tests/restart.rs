//! A connection that carries nothing any more: its ICE is restarted, then it is replaced.

mod support;

use support::*;

fn state(a: &mut Call, handshake: &HandshakeId, state: ConnectionState) -> Vec<Output> {
    let (peer, handshake) = (id("b"), handshake.clone());
    feed(
        a,
        Input::ConnectionStateChanged {
            peer,
            handshake,
            state,
        },
    )
}

fn accept(handshake: &HandshakeId, restart: Option<&HandshakeId>) -> Input {
    Input::Accept {
        from: id("b"),
        handshake: handshake.clone(),
        keep: false,
        restart: restart.cloned(),
    }
}

fn offer(handshake: &HandshakeId, restart: bool) -> Input {
    Input::Offer {
        from: id("b"),
        handshake: handshake.clone(),
        sdp: sdp("again"),
        restart,
    }
}

fn accepts(handshake: &HandshakeId, restart: Option<&HandshakeId>) -> Output {
    Output::Send(ClientMessage::Accept {
        to: id("b"),
        handshake: handshake.clone(),
        keep: false,
        restart: restart.cloned(),
    })
}

/// A call whose connection has failed, and which has asked for a restart under the second handshake.
fn asking() -> (Call, HandshakeId, HandshakeId) {
    let (h, next) = (handshake("b", 1), handshake("a", 1));
    let mut a = stable(&h);
    state(&mut a, &h, ConnectionState::Failed);
    a.handle_timeout(NOW);
    assert_eq!(outputs(&mut a), [accepts(&next, Some(&h))]);
    (a, h, next)
}

#[test]
fn a_failed_connection_is_kept_for_an_offer_that_restarts_its_ice() {
    let (mut a, h, next) = asking();
    assert_eq!(
        feed(&mut a, offer(&next, true)),
        [
            on("b", &h, Operation::Restart(next.clone(), Role::Answerer)),
            on(
                "b",
                &next,
                Operation::SetRemoteDescription(Description::Offer(sdp("again")))
            ),
        ]
    );
}

#[test]
fn who_holds_the_connection_that_is_named_offers_to_restart_it() {
    let (h, next) = (handshake("b", 1), handshake("b", 2));
    let mut a = stable(&h);
    assert_eq!(
        feed(&mut a, accept(&next, Some(&h))),
        [
            on("b", &h, Operation::Restart(next.clone(), Role::Offerer)),
            on("b", &next, Operation::CreateOffer),
        ]
    );
    let (peer, h) = (id("b"), next.clone());
    feed(
        &mut a,
        Input::OfferCreated {
            peer: peer.clone(),
            handshake: h.clone(),
            sdp: sdp("again"),
        },
    );
    assert_eq!(
        feed(
            &mut a,
            Input::LocalDescriptionSet {
                peer,
                handshake: h.clone()
            }
        ),
        [Output::Send(ClientMessage::Offer {
            to: id("b"),
            handshake: h,
            sdp: sdp("again"),
            restart: true,
        })]
    );
}

#[test]
fn who_does_not_hold_it_offers_a_new_one_and_the_kept_one_goes() {
    let (h, unknown, next) = (handshake("b", 1), handshake("b", 7), handshake("b", 8));
    let mut a = stable(&h);
    assert_eq!(
        feed(&mut a, accept(&next, Some(&unknown))),
        [
            on("b", &h, Operation::Close),
            on("b", &next, Operation::Create(Role::Offerer, Route::Any)),
            on("b", &next, Operation::CreateOffer),
        ]
    );
    let (mut a, h, next) = asking();
    assert_eq!(
        feed(&mut a, offer(&next, false)),
        [
            on("b", &h, Operation::Close),
            on("b", &next, Operation::Create(Role::Answerer, Route::Any)),
            on(
                "b",
                &next,
                Operation::SetRemoteDescription(Description::Offer(sdp("again")))
            ),
        ]
    );
}

#[test]
fn where_two_ask_for_a_restart_the_lower_id_offers_and_the_other_waits_for_it() {
    let (mut a, h, _) = asking();
    let theirs = handshake("b", 2);
    assert_eq!(
        feed(&mut a, accept(&theirs, Some(&h))),
        [
            on("b", &h, Operation::Restart(theirs.clone(), Role::Offerer)),
            on("b", &theirs, Operation::CreateOffer),
        ]
    );
}

#[test]
fn if_a_restart_brings_nothing_the_next_attempt_goes_through_turn_and_the_one_after_it_any_way() {
    let (mut a, h, mut asked) = asking();
    let mut before = Some(h);
    for (attempt, route) in [(2, Route::Relay), (3, Route::Any), (4, Route::Relay)] {
        let due = a.poll_timeout().expect("it does not wait for ever");
        a.handle_timeout(due);
        asked = HandshakeId { attempt, ..asked };
        let close = before.take().map(|before| on("b", &before, Operation::Close));
        let wanted: Vec<_> = close.into_iter().chain([accepts(&asked, None)]).collect();
        assert_eq!(outputs(&mut a), wanted);
        let made = feed(&mut a, offer(&asked, false));
        assert_eq!(made[0], on("b", &asked, Operation::Create(Role::Answerer, route)));
        before = Some(asked.clone());
    }
}

#[test]
fn a_connection_that_carries_nothing_is_restarted_without_having_failed() {
    let h = handshake("b", 1);
    let mut a = stable(&h);
    let doubted = || Input::Doubted { peer: id("b") };
    assert_eq!(feed(&mut a, doubted()), [accepts(&handshake("a", 1), Some(&h))]);
    assert_eq!(feed(&mut a, doubted()), [], "that is under way");
}

#[test]
fn a_connection_that_comes_back_by_itself_is_restarted_all_the_same() {
    let (mut a, h, next) = asking();
    state(&mut a, &h, ConnectionState::Connected);
    feed(&mut a, offer(&next, true));
    let (peer, handshake) = (id("b"), next);
    feed(
        &mut a,
        Input::RemoteDescriptionSet {
            peer: peer.clone(),
            handshake: handshake.clone(),
        },
    );
    feed(
        &mut a,
        Input::AnswerCreated {
            peer: peer.clone(),
            handshake: handshake.clone(),
            sdp: sdp("answer"),
        },
    );
    feed(&mut a, Input::LocalDescriptionSet { peer, handshake });
    assert_eq!(a.poll_timeout(), None, "it is connected already");
}

#[test]
fn a_restart_that_nobody_asked_for_is_ignored() {
    let h = handshake("a", 1);
    let mut a = joined("a", &[]);
    feed(&mut a, Input::Join { member: member("b") });
    assert_eq!(feed(&mut a, offer(&h, true)), []);
}
