//! A warning that the line or the device carries no more, with what is done about it.

use crate::{
    context::{use_app, use_part, use_words},
    icons::{self, Icon},
};
use dioxus::prelude::*;
use session::{
    Command,
    load::{Rung, Strain},
};

/// What is near its end, if anything is. It goes by itself when there is room again.
#[component]
pub fn Strained() -> Element {
    let app = use_app();
    let words = use_words();
    let load = use_part(|view| view.load);
    let load = load();

    rsx! {
        div { class: "banner strained", role: "status",
            if let Some(strain) = load.warning {
                Icon { d: icons::SIGNAL_LOW }
                span {
                    {words.say(match strain {
                        Strain::Uplink => "load-uplink",
                        Strain::Cpu => "load-cpu",
                    })}
                    if load.rung > Rung::All {
                        " "
                        {words.say("load-lowered")}
                    }
                }
                if !load.saver {
                    button { class: "quiet", r#type: "button", onclick: move |_| app.send(Command::SaveData(true)),
                        {words.say("settings-saver")}
                    }
                }
            }
        }
    }
}
