//! The six steps between two calls, message by message.

mod support;

use support::*;

#[test]
fn the_newcomer_offers_once_it_is_accepted() {
    let h = handshake("b", 1);
    let mut a = joined("a", &["b"]);
    assert_eq!(
        feed(
            &mut a,
            Input::Accept {
                from: id("b"),
                handshake: h.clone(),
                keep: false,
                restart: None,
            }
        ),
        [
            on("b", &h, Operation::Create(Role::Offerer, Route::Any)),
            on("b", &h, Operation::CreateOffer)
        ]
    );
    assert_eq!(
        feed(
            &mut a,
            Input::OfferCreated {
                peer: id("b"),
                handshake: h.clone(),
                sdp: sdp("offer")
            }
        ),
        [on(
            "b",
            &h,
            Operation::SetLocalDescription(Description::Offer(sdp("offer")))
        )]
    );
    assert_eq!(
        feed(
            &mut a,
            Input::LocalDescriptionSet {
                peer: id("b"),
                handshake: h.clone()
            }
        ),
        [Output::Send(ClientMessage::Offer {
            to: id("b"),
            handshake: h.clone(),
            sdp: sdp("offer"),
            restart: false,
        })]
    );
    assert_eq!(
        feed(
            &mut a,
            Input::Answer {
                from: id("b"),
                handshake: h.clone(),
                sdp: sdp("answer")
            }
        ),
        [on(
            "b",
            &h,
            Operation::SetRemoteDescription(Description::Answer(sdp("answer")))
        )]
    );
}

#[test]
fn the_earlier_member_accepts_and_answers() {
    let h = handshake("b", 1);
    let mut b = joined("b", &[]);
    assert_eq!(
        feed(&mut b, Input::Join { member: member("a") }),
        [Output::Send(ClientMessage::Accept {
            to: id("a"),
            handshake: h.clone(),
            keep: false,
            restart: None,
        })]
    );
    assert_eq!(
        feed(
            &mut b,
            Input::Offer {
                from: id("a"),
                handshake: h.clone(),
                sdp: sdp("offer"),
                restart: false,
            }
        ),
        [
            on("a", &h, Operation::Create(Role::Answerer, Route::Any)),
            on(
                "a",
                &h,
                Operation::SetRemoteDescription(Description::Offer(sdp("offer")))
            )
        ]
    );
    assert_eq!(
        feed(
            &mut b,
            Input::RemoteDescriptionSet {
                peer: id("a"),
                handshake: h.clone()
            }
        ),
        [on("a", &h, Operation::CreateAnswer)]
    );
    assert_eq!(
        feed(
            &mut b,
            Input::AnswerCreated {
                peer: id("a"),
                handshake: h.clone(),
                sdp: sdp("answer")
            }
        ),
        [on(
            "a",
            &h,
            Operation::SetLocalDescription(Description::Answer(sdp("answer")))
        )]
    );
    assert_eq!(
        feed(
            &mut b,
            Input::LocalDescriptionSet {
                peer: id("a"),
                handshake: h.clone()
            }
        ),
        [Output::Send(ClientMessage::Answer {
            to: id("a"),
            handshake: h,
            sdp: sdp("answer")
        })]
    );
}

#[test]
fn their_candidates_wait_for_their_description_and_ours_for_our_offer() {
    let h = handshake("b", 1);
    let mut a = joined("a", &["b"]);
    feed(
        &mut a,
        Input::Accept {
            from: id("b"),
            handshake: h.clone(),
            keep: false,
            restart: None,
        },
    );
    feed(
        &mut a,
        Input::OfferCreated {
            peer: id("b"),
            handshake: h.clone(),
            sdp: sdp("offer"),
        },
    );
    let found = Input::LocalCandidate {
        peer: id("b"),
        handshake: h.clone(),
        candidate: candidate("ours"),
    };
    assert_eq!(feed(&mut a, found), []);
    let sent = feed(
        &mut a,
        Input::LocalDescriptionSet {
            peer: id("b"),
            handshake: h.clone(),
        },
    );
    assert!(matches!(sent[0], Output::Send(ClientMessage::Offer { .. })));
    assert!(matches!(sent[1], Output::Send(ClientMessage::Candidate { .. })));

    let early = Input::Candidate {
        from: id("b"),
        handshake: h.clone(),
        candidate: candidate("theirs"),
    };
    assert_eq!(feed(&mut a, early), []);
    feed(
        &mut a,
        Input::Answer {
            from: id("b"),
            handshake: h.clone(),
            sdp: sdp("answer"),
        },
    );
    assert_eq!(
        feed(
            &mut a,
            Input::RemoteDescriptionSet {
                peer: id("b"),
                handshake: h.clone()
            }
        ),
        [on("b", &h, Operation::AddIceCandidate(candidate("theirs")))]
    );
}

#[test]
fn when_accepts_cross_the_lower_id_offers_and_the_other_waits() {
    let mut a = joined("a", &[]);
    let mut b = joined("b", &[]);
    feed(&mut a, Input::Join { member: member("b") });
    feed(&mut b, Input::Join { member: member("a") });
    let by_b = Input::Accept {
        from: id("b"),
        handshake: handshake("b", 1),
        keep: false,
        restart: None,
    };
    let by_a = Input::Accept {
        from: id("a"),
        handshake: handshake("a", 1),
        keep: false,
        restart: None,
    };
    assert!(matches!(
        feed(&mut a, by_b)[..],
        [
            Output::Peer {
                operation: Operation::Create(Role::Offerer, Route::Any),
                ..
            },
            _
        ]
    ));
    assert_eq!(feed(&mut b, by_a), []);
}

#[test]
fn messages_of_an_earlier_attempt_are_dropped() {
    let (old, new) = (handshake("b", 1), handshake("b", 2));
    let mut a = offering(&old);
    let again = feed(
        &mut a,
        Input::Accept {
            from: id("b"),
            handshake: new,
            keep: false,
            restart: None,
        },
    );
    assert_eq!(again[0], on("b", &old, Operation::Close));
    for late in [
        Input::Answer {
            from: id("b"),
            handshake: old.clone(),
            sdp: sdp("answer"),
        },
        Input::Candidate {
            from: id("b"),
            handshake: old.clone(),
            candidate: candidate("late"),
        },
        Input::Accept {
            from: id("b"),
            handshake: old.clone(),
            keep: false,
            restart: None,
        },
        Input::Offer {
            from: id("b"),
            handshake: old.clone(),
            sdp: sdp("offer"),
            restart: false,
        },
        Input::OperationFailed {
            peer: id("b"),
            handshake: old.clone(),
        },
        Input::LocalCandidate {
            peer: id("b"),
            handshake: old,
            candidate: candidate("late"),
        },
    ] {
        assert_eq!(feed(&mut a, late.clone()), [], "{late:?}");
    }
}

#[test]
fn a_stable_connection_outlives_the_socket_on_both_sides() {
    let h = handshake("b", 1);
    let mut a = stable(&h);
    assert_eq!(feed(&mut a, Input::SocketLost), []);
    let back = Input::Joined {
        me: id("a"),
        resumed: false,
        members: vec![member("b")],
    };
    assert_eq!(feed(&mut a, back), []);
    assert_eq!(
        feed(
            &mut a,
            Input::Accept {
                from: id("b"),
                handshake: h.clone(),
                keep: true,
                restart: None,
            }
        ),
        []
    );
    assert_eq!(
        feed(&mut a, Input::Join { member: member("b") }),
        [Output::Send(ClientMessage::Accept {
            to: id("b"),
            handshake: h,
            keep: true,
            restart: None,
        })]
    );
}

#[test]
fn whoever_did_not_come_back_after_a_restart_of_the_server_is_gone_in_the_end() {
    let h = handshake("b", 1);
    let mut a = stable(&h);
    feed(&mut a, Input::SocketLost);
    a.handle_input(
        NOW,
        Input::Joined {
            me: id("a"),
            resumed: false,
            members: vec![],
        },
    );
    assert_eq!(
        a.poll_output(),
        Some(Output::Event(Event::Changed(Member {
            away: true,
            ..member("b")
        })))
    );
    let due = a.poll_timeout().expect("it waits for b");
    a.handle_timeout(due);
    assert_eq!(outputs(&mut a), [on("b", &h, Operation::Close)]);
    assert_eq!(a.poll_timeout(), None);
}

#[test]
fn a_failed_operation_is_tried_again_after_a_rest() {
    let mut a = joined("a", &[]);
    feed(&mut a, Input::Join { member: member("b") });
    let next = handshake("a", 1);
    feed(
        &mut a,
        Input::Offer {
            from: id("b"),
            handshake: next.clone(),
            sdp: sdp("offer"),
            restart: false,
        },
    );
    assert_eq!(
        feed(
            &mut a,
            Input::OperationFailed {
                peer: id("b"),
                handshake: next.clone()
            }
        ),
        [on("b", &next, Operation::Close)]
    );
    assert!(a.poll_timeout().expect("it tries again") > NOW);
}

#[test]
fn leaving_closes_every_connection() {
    let h = handshake("b", 1);
    let mut a = stable(&h);
    assert_eq!(
        feed(&mut a, Input::Hangup),
        [Output::Send(ClientMessage::Leave), on("b", &h, Operation::Close)]
    );
    assert_eq!(a.poll_timeout(), None);
}
