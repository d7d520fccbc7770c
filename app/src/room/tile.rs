//! One person, seen or not.

use super::{
    house::HostTools,
    keep_space,
    quality::{QualityMark, trouble},
    react::Gestures,
    sight::use_sight,
    stage::{Pin, Spot},
    volume::{VolumeControl, use_volume},
};
use crate::{
    context::{use_part, use_words},
    icons::{self, Icon},
    lobby::is_on,
    surface::Picture,
};
use dioxus::prelude::*;
use session::platform::Feed;
use session::view::{Checkup, Connection, Person, Source};
use wire::DisplayName;

/// Somebody else.
///
/// The surface stays where it is while the camera is off, because the voice comes from it: the avatar only covers it.
#[component]
pub fn Tile(person: Person, front: bool, pin: Pin) -> Element {
    let words = use_words();
    let state = state(&person);
    let volume = use_volume(&person.name);
    let sight = use_sight(&person.id, Feed::Person);
    let seen = person.media.video && person.stream.is_some() && state != "connecting";

    rsx! {
        li {
            class: "tile",
            "data-member": "{person.id}",
            "data-state": state,
            "data-muted": !person.media.audio,
            "data-camera-off": !person.media.video,
            "data-front": front,
            "data-speaking": person.speaking,
            onresize: move |event| sight.resized(&event),
            onvisible: move |event| sight.moved(&event),
            if let Some(stream) = person.stream.clone() {
                // Who is muted is not heard, whatever it sends: what it may say is the server's to tell.
                Picture { stream, volume: if person.media.audio { volume.share() } else { 0.0 } }
            }
            if !seen {
                Avatar { name: person.name.clone() }
            }
            match state {
                "connecting" => rsx! {
                    p { class: "tile-state", {words.say("tile-connecting")} }
                },
                "away" => rsx! {
                    p { class: "tile-state", {words.say("tile-interrupted")} }
                },
                "interrupted" => rsx! {
                    p { class: "tile-state", role: "status", {words.fill("tile-silent", &[("name", person.name.as_str())])} }
                },
                "failed" => rsx! {
                    p { class: "tile-state", role: "status", {words.fill("tile-lost", &[("name", person.name.as_str())])} }
                },
                _ => match trouble(words, person.name.as_str(), person.checkup) {
                    Some(trouble) => rsx! {
                        p { class: "tile-state", role: "status", "{trouble}" }
                    },
                    None => VNode::empty(),
                },
            }
            NameTag { name: person.name.to_string(), muted: !person.media.audio, checkup: person.checkup, recording: person.media.recording }
            Gestures { of: Some(person.id.clone()) }
            div { class: "tile-tools", onkeydown: keep_space,
                HostTools { person: person.clone() }
                VolumeControl { name: person.name.clone(), volume }
                PinButton { spot: Spot::Face(person.id.clone()), name: person.name.to_string(), pin }
            }
        }
    }
}

/// The person itself, mirrored and without sound.
#[component]
pub fn MyTile(name: DisplayName, front: bool, pin: Pin) -> Element {
    let words = use_words();
    let local = use_part(|view| view.local.clone());
    let local = local();

    rsx! {
        li {
            class: "tile mine",
            "data-state": "connected",
            "data-muted": !is_on(&local.microphone),
            "data-camera-off": !is_on(&local.camera),
            "data-front": front,
            match local.preview.filter(|_| local.camera == Source::On) {
                Some(stream) => rsx! {
                    Picture { stream, mirrored: true, muted: true }
                },
                None => rsx! {
                    Avatar { name: name.clone() }
                },
            }
            NameTag { name: words.fill("tile-you", &[("name", name.as_str())]), muted: !is_on(&local.microphone) }
            Gestures {}
            div { class: "tile-tools", onkeydown: keep_space,
                PinButton { spot: Spot::Me, name: name.to_string(), pin }
            }
        }
    }
}

/// Brings a tile to the front, or lets it go back.
#[component]
pub fn PinButton(spot: Spot, name: String, pin: Pin) -> Element {
    let words = use_words();
    let pinned = pin.spot().as_ref() == Some(&spot);
    let label = words.fill(if pinned { "tile-unpin" } else { "tile-pin" }, &[("name", &name)]);

    rsx! {
        button {
            class: "tile-tool",
            r#type: "button",
            "aria-pressed": pinned,
            "aria-label": "{label}",
            title: "{label}",
            onclick: move |_| pin.toggle(spot.clone()),
            Icon { d: icons::PIN }
        }
    }
}

#[component]
fn Avatar(name: DisplayName) -> Element {
    rsx! {
        div { class: "cover", "aria-hidden": "true",
            span { class: "avatar", {initials(name.as_str())} }
        }
    }
}

/// A name in the corner of a tile.
#[component]
pub fn NameTag(
    name: String,
    muted: bool,
    #[props(default)] checkup: Checkup,
    #[props(default)] recording: bool,
) -> Element {
    let words = use_words();

    rsx! {
        p { class: "name-tag",
            if recording {
                span { class: "recording", role: "img", "aria-label": words.say("tile-recording"), Icon { d: icons::RECORD } }
            }
            if muted {
                span { class: "muted", role: "img", "aria-label": words.say("tile-muted"), Icon { d: icons::MIC_OFF } }
            }
            span { class: "name", "{name}" }
            QualityMark { checkup }
        }
    }
}

/// What the tile should say about the way to the person, as the style sheets name it.
fn state(person: &Person) -> &'static str {
    match person.connection {
        Connection::Connecting => "connecting",
        Connection::Failed => "failed",
        Connection::Interrupted => "interrupted",
        // The server has lost the person, and yet media may flow: it is said, but the picture is not dimmed.
        Connection::Connected if person.away => "away",
        Connection::Connected => "connected",
    }
}

/// The first letters of the first two words; of a name without spaces the first letter.
pub fn initials(name: &str) -> String {
    name.split_whitespace()
        .take(2)
        .filter_map(|word| word.chars().next())
        .flat_map(char::to_uppercase)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn initials_are_letters_of_any_script() {
        assert_eq!(initials("Kaguya"), "K");
        assert_eq!(initials("luna de la nuit"), "LD");
        assert_eq!(initials("かぐや"), "か");
        assert_eq!(initials("ßeta"), "SS");
        assert_eq!(initials("🌕"), "🌕");
    }
}
