//! Bringing in others: the link, the same as a QR code for the telephone that lies beside, and text for a calendar.

use crate::{
    context::use_words,
    ui::{copy::CopyLink, dialog::Dialog},
};
use dioxus::prelude::*;
use qrcodegen::{QrCode, QrCodeEcc};
use wire::RoomId;

/// Light modules around a code, ISO/IEC 18004 §6.3.8.
const QUIET: i32 = 4;

/// The dialogue.
#[component]
pub fn Invite(room: RoomId, link: String, onclose: EventHandler<()>) -> Element {
    let words = use_words();
    let text = words.fill("invite-text", &[("room", room.as_str()), ("link", &link)]);
    // A calendar wants lines; a message of a locale file is one.
    let text = text.replace(" | ", "\n");

    rsx! {
        Dialog { title: words.say("invite-title"), onclose,
            p { class: "invite-link", "{link}" }
            if let Some(code) = Code::of(&link) {
                // Dark on light in both themes: some cameras read nothing else.
                svg { class: "qr", view_box: "0 0 {code.size} {code.size}", role: "img", "aria-label": words.say("invite-code"),
                    path { d: "{code.path}" }
                }
            }
            div { class: "actions",
                CopyLink { link, class: "button primary", label: "copy-invite" }
                CopyLink { link: text, class: "button quiet", label: "invite-copy-text" }
            }
        }
    }
}

/// A QR code as a picture.
#[derive(Debug, PartialEq)]
struct Code {
    /// Its edge, in modules, with the quiet zone.
    size: i32,
    /// The dark modules, as the data of an SVG path: a run of them is a rectangle.
    path: String,
}

impl Code {
    /// Draws a link. `None` when it is too long for any code, which no room's link is.
    fn of(link: &str) -> Option<Self> {
        let code = QrCode::encode_text(link, QrCodeEcc::Medium).ok()?;
        let mut path = String::new();
        for y in 0..code.size() {
            let mut x = 0;
            while x < code.size() {
                let run = (x..code.size()).take_while(|x| code.get_module(*x, y)).count();
                let run = i32::try_from(run).unwrap_or(0);
                if run > 0 {
                    path.push_str(&format!("M{} {}h{run}v1h-{run}z", x + QUIET, y + QUIET));
                }
                x += run.max(1);
            }
        }
        Some(Self {
            size: code.size() + 2 * QUIET,
            path,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_has_its_three_finders_within_a_quiet_zone() {
        let code = Code::of("https://tsukiyo.example/room/tsukimi").expect("a short link");
        let far = code.size - QUIET - 7;
        for (x, y) in [(QUIET, QUIET), (far, QUIET), (QUIET, far)] {
            assert!(
                code.path.contains(&format!("M{x} {y}h7v1h-7z")),
                "finder at {x}, {y}"
            );
        }
        assert!(!code.path.contains("M3 ") && !code.path.contains("M0 "));
    }

    #[test]
    fn the_longest_room_there_can_be_has_a_code() {
        let link = format!(
            "https://{}.example/room/{}",
            "x".repeat(60),
            "%E6%9C%88".repeat(64)
        );
        assert!(Code::of(&link).is_some());
    }
}
