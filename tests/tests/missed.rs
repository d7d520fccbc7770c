//! What was said while somebody was away, with the real server between the people.

use api::rooms::{Rate, Settings};
use session::{
    platform::PlatformEvent,
    view::{Delivery, Link},
};
use std::time::Duration;
use tests::driver::{Person, Trait, World};

/// One person says in a second what a room full of people says in an hour, and who is away may be for long.
fn change(settings: &mut Settings) {
    settings.limits.chats = Rate::UNLIMITED;
    settings.limits.grace = Duration::from_secs(60);
}

/// Loses somebody's network, and waits until the server knows.
async fn cut(person: &Person, seen_by: &Person) {
    person.device.lose_network();
    seen_by
        .until("the others see that the link is lost", |view| {
            view.people.iter().all(|person| person.away)
        })
        .await;
}

/// Gives the network back, once the page has noticed that it was away.
async fn mend(person: &Person) {
    person.device.set(Trait::Offline, false);
    person
        .until("the silence is noticed", |view| view.link == Link::Lost)
        .await;
    person.device.happen(PlatformEvent::Online);
}

/// Waits until the last that somebody has said is stored.
async fn stored(person: &Person, text: &str) {
    person
        .until("all is stored", |view| {
            let last = view.chat.lines.last();
            last.is_some_and(|line| line.text.as_str() == text && matches!(line.state, Delivery::Stored(_)))
        })
        .await;
}

#[test]
fn all_that_was_said_while_a_socket_was_cut_is_there_once_and_in_order() {
    World::with(change, async |world| {
        let kaguya = world.enter("Kaguya", "月見").await;
        let okina = world.enter("Okina", "月見").await;
        okina.connected_to(&["Kaguya"]).await;
        let texts: Vec<String> = (0..410).map(|number| number.to_string()).collect();
        let texts: Vec<&str> = texts.iter().map(String::as_str).collect();
        for text in &texts[..20] {
            kaguya.say(text);
        }
        okina.reads(&texts[..20]).await;

        cut(&okina, &kaguya).await;
        for text in &texts[20..370] {
            kaguya.say(text);
        }
        stored(&kaguya, texts[369]).await;
        mend(&okina).await;
        // The talk goes on while it comes back and reads what it has missed.
        for text in &texts[370..] {
            kaguya.say(text);
        }

        okina.reads(&texts).await;
        let view = okina
            .until("nothing is missing", |view| {
                !view.chat.more && !view.chat.lines.iter().any(|line| line.gap)
            })
            .await;
        assert!(
            view.chat.lines.iter().all(|line| !line.history),
            "all of it is news"
        );
        okina.connected_to(&["Kaguya"]).await;
        assert_eq!(world.air.live(), 2, "no connection was made anew");
    });
}

#[test]
fn who_is_cut_off_again_while_it_reads_what_it_missed_misses_nothing_either() {
    World::with(change, async |world| {
        let kaguya = world.enter("Kaguya", "tsukimi").await;
        let okina = world.enter("Okina", "tsukimi").await;
        okina.connected_to(&["Kaguya"]).await;
        // Before that one is a newcomer, who is told of the newest and may ask for the rest.
        okina.until("the chat is there", |view| view.chat.loaded).await;
        let texts: Vec<String> = (0..360).map(|number| number.to_string()).collect();
        let texts: Vec<&str> = texts.iter().map(String::as_str).collect();
        for part in texts.chunks(120) {
            cut(&okina, &kaguya).await;
            for text in part {
                kaguya.say(text);
            }
            stored(&kaguya, part[119]).await;
            mend(&okina).await;
            okina
                .until("the link is back", |view| view.link == Link::Open)
                .await;
        }
        okina.reads(&texts).await;
    });
}
