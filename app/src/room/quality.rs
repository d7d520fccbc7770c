//! How good the connections are: a mark where one is not good, words where something does not come, and all figures on a
//! sheet that can be copied.

use crate::{
    context::{use_part, use_words},
    i18n::Words,
    icons::{self, Icon},
    ui::{copy::CopyLink, dialog::Dialog},
};
use dioxus::prelude::*;
use session::{
    platform::Slot,
    quality::{Cause, Flow, Quality, Rating},
    view::{Checkup, Person},
};
use wire::MemberId;

/// A mark for a connection that is not good, with the reason. A good one needs none.
#[component]
pub fn QualityMark(checkup: Checkup) -> Element {
    let words = use_words();
    let Some(cause) = checkup.cause else {
        return VNode::empty();
    };
    let label = format!(
        "{}: {}",
        words.say(rating_key(checkup.rating)),
        words.say(cause_key(cause))
    );

    rsx! {
        span {
            class: "quality",
            "data-rating": rating_key(checkup.rating),
            role: "img",
            "aria-label": "{label}",
            title: "{label}",
            Icon { d: if checkup.rating == Rating::Poor { icons::SIGNAL_LOW } else { icons::SIGNAL_MEDIUM } }
        }
    }
}

/// What a tile says of a direction that is silent, if one is.
pub fn trouble(words: Words, name: &str, checkup: Checkup) -> Option<String> {
    let key = match (checkup.missing, checkup.missed) {
        (missing, _) if missing.picture && missing.sound => "missing-all",
        (missing, _) if missing.picture => "missing-picture",
        (missing, _) if missing.sound => "missing-sound",
        (_, missed) if missed.sound => "missed-sound",
        (_, missed) if missed.picture => "missed-picture",
        _ if checkup.mended => "missing-mended",
        _ => return None,
    };
    Some(words.fill(key, &[("name", name)]))
}

/// The sheet.
#[component]
pub fn Connections(onclose: EventHandler<()>) -> Element {
    let words = use_words();
    let all = use_part(|view| (view.people.clone(), view.qualities.clone()));
    let all = all.read();
    let (people, qualities) = &*all;
    let known = |person: &Person| Some((person.clone(), qualities.get(&person.id)?.clone()));
    let known: Vec<_> = people.iter().filter_map(known).collect();
    let text = report(words, &known);

    rsx! {
        Dialog { title: words.say("stats-title"), onclose,
            if known.is_empty() {
                p { class: "hint", {words.say(if people.is_empty() { "stats-alone" } else { "stats-soon" })} }
            }
            for (person, quality) in known {
                Sheet { key: "{person.id}", id: person.id.clone(), name: person.name.to_string(), quality }
            }
            if !text.is_empty() {
                div { class: "actions",
                    CopyLink { link: text, class: "button quiet", label: "stats-copy" }
                }
            }
        }
    }
}

#[component]
fn Sheet(id: MemberId, name: String, quality: Quality) -> Element {
    let words = use_words();
    let facts = facts(words, &quality);

    rsx! {
        section { class: "settings-part stats", "data-of": "{id}",
            h3 {
                "{name} "
                small { {verdict(words, &quality)} }
            }
            dl {
                for (name, value) in facts {
                    div { key: "{name}", dt { "{name}" } dd { "{value}" } }
                }
            }
            table {
                caption { class: "visually-hidden", "{name}" }
                thead {
                    tr {
                        for key in COLUMNS {
                            th { key: "{key}", scope: "col", {words.say(key)} }
                        }
                    }
                }
                tbody {
                    for (nth, row) in rows(words, &quality).into_iter().enumerate() {
                        tr { key: "{nth}",
                            for (nth, cell) in row.into_iter().enumerate() {
                                td { key: "{nth}", "{cell}" }
                            }
                        }
                    }
                }
            }
        }
    }
}

const COLUMNS: [&str; 5] = [
    "stats-what",
    "stats-rate",
    "stats-loss",
    "stats-picture",
    "stats-codec",
];

fn verdict(words: Words, quality: &Quality) -> String {
    let rating = words.say(rating_key(quality.rating));
    match quality.cause {
        Some(cause) => format!("{rating}: {}", words.say(cause_key(cause))),
        None => rating.to_owned(),
    }
}

fn facts(words: Words, quality: &Quality) -> Vec<(&'static str, String)> {
    let round_trip = quality.round_trip.map(|millis| format!("{millis} ms"));
    let available = quality.available.map(|rate| format!("{rate} kbit/s"));
    let (local, remote) = (&quality.local, &quality.remote);
    let route = (!local.candidate_type.is_empty()).then(|| {
        format!(
            "{} {} – {} {}",
            local.candidate_type, local.protocol, remote.candidate_type, remote.protocol
        )
    });
    let facts = [
        ("stats-round-trip", round_trip),
        ("stats-available", available),
        ("stats-route", route),
    ];
    facts
        .into_iter()
        .filter_map(|(key, value)| Some((words.say(key), value?)))
        .collect()
}

fn rows(words: Words, quality: &Quality) -> Vec<[String; 5]> {
    let row = |arrow: &str, flow: &Flow| {
        let size = flow.size.map(|(width, height)| format!("{width}×{height}"));
        let frames = flow.frames.map(|frames| format!("{frames}/s"));
        let limit = flow.limited_by.as_ref().map(|reason| format!("({reason})"));
        let picture = [size, frames, limit]
            .into_iter()
            .flatten()
            .collect::<Vec<_>>()
            .join(" ");
        [
            format!("{arrow} {}", words.say(slot_key(flow.slot))),
            format!("{} kbit/s", flow.bitrate),
            flow.loss.map_or_else(String::new, |loss| format!("{loss:.1} %")),
            picture,
            flow.codec.clone().unwrap_or_default(),
        ]
    };
    let received = quality.received.iter().map(|flow| row("↓", flow));
    let sent = quality.sent.iter().map(|flow| row("↑", flow));
    received.chain(sent).collect()
}

/// All of it as text, for whoever is asked for help.
fn report(words: Words, known: &[(Person, Quality)]) -> String {
    let mut lines = Vec::new();
    for (person, quality) in known {
        lines.push(format!("{} – {}", person.name, verdict(words, quality)));
        lines.extend(
            facts(words, quality)
                .into_iter()
                .map(|(name, value)| format!("  {name}: {value}")),
        );
        lines.extend(
            rows(words, quality)
                .into_iter()
                .map(|row| format!("  {}", row.join("  ").trim_end())),
        );
    }
    lines.join("\n")
}

fn slot_key(slot: Slot) -> &'static str {
    match slot {
        Slot::Microphone => "control-microphone",
        Slot::Camera => "control-camera",
        Slot::Screen => "stats-screen",
        Slot::ScreenSound => "stats-screen-sound",
    }
}

fn rating_key(rating: Rating) -> &'static str {
    match rating {
        Rating::Good => "quality-good",
        Rating::Fair => "quality-fair",
        Rating::Poor => "quality-poor",
    }
}

fn cause_key(cause: Cause) -> &'static str {
    match cause {
        Cause::LossIn => "cause-loss-in",
        Cause::LossOut => "cause-loss-out",
        Cause::Delay => "cause-delay",
        Cause::Freezes => "cause-freezes",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::i18n::Language;
    use wire::Missing;

    #[test]
    fn what_one_misses_oneself_is_said_before_what_the_other_misses() {
        crate::room::add_words();
        let words = Words::of(Language::English);
        let none = Missing::default();
        let sound = Missing { sound: true, ..none };
        let both = Missing {
            picture: true,
            sound: true,
        };
        let said = |missing, missed, mended| {
            trouble(
                words,
                "Luna",
                Checkup {
                    missing,
                    missed,
                    mended,
                    ..Checkup::default()
                },
            )
        };
        assert_eq!(said(none, none, false), None);
        assert!(said(both, sound, false).is_some_and(|said| said.starts_with("Nothing comes from Luna")));
        assert!(said(none, sound, true).is_some_and(|said| said.starts_with("Luna cannot hear you")));
        assert!(said(none, none, true).is_some_and(|said| said.contains("again")));
    }
}
