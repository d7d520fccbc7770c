//! The small window above everything else, and what can be done in it.

use crate::{
    context::App,
    i18n::Words,
    icons,
    lobby::is_on,
    recorder::{Scene, Told, Tool, Wish},
    room::Record,
};
use futures::{StreamExt, channel::mpsc};
use session::{Command, view::Local};

/// The buttons: what one wants at once, also while one does something else.
pub fn tools(local: &Local, words: Words) -> [Tool; 3] {
    let tool = |wish| {
        let switch = |label, on: bool, [icon_on, icon_off]: [&'static str; 2]| Tool {
            wish,
            label: words.say(label),
            icon: if on { icon_on } else { icon_off },
            on: Some(on),
        };
        match wish {
            Wish::Microphone => {
                let on = is_on(&local.microphone);
                switch("control-microphone", on, [icons::MIC, icons::MIC_OFF])
            }
            Wish::Camera => {
                let on = is_on(&local.camera);
                switch("control-camera", on, [icons::VIDEO, icons::VIDEO_OFF])
            }
            Wish::Leave => Tool {
                wish,
                label: words.say("control-leave"),
                icon: icons::LOG_OUT,
                on: None,
            },
        }
    };
    Wish::ALL.map(tool)
}

/// Opens the small window, and does what is wanted there until it is closed.
pub async fn open(app: App, mut record: Record, scene: Scene, tools: [Tool; 3]) {
    let Some(recorder) = app.host().recorder() else {
        return;
    };
    let (tell, mut told) = mpsc::unbounded();
    record.set_apart(recorder.apart(&scene, &tools, tell).await);
    if !record.is_apart() {
        return;
    }
    while let Some(Told::Wish(wish)) = told.next().await {
        let local = app.peek().local.clone();
        app.send(match wish {
            Wish::Microphone => Command::Microphone(!is_on(&local.microphone)),
            Wish::Camera => Command::Camera(!is_on(&local.camera)),
            Wish::Leave => Command::Leave,
        });
    }
    record.set_apart(None);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::i18n::Language;
    use session::view::Source;

    #[test]
    fn the_buttons_say_what_is_on() {
        let local = Local {
            microphone: Source::On,
            camera: Source::Off,
            ..Local::default()
        };
        let [microphone, camera, leave] = tools(&local, Words::of(Language::English));
        assert_eq!(
            (microphone.on, camera.on, leave.on),
            (Some(true), Some(false), None)
        );
        assert_eq!((microphone.icon, camera.icon), (icons::MIC, icons::VIDEO_OFF));
        assert_eq!(microphone.label, "Microphone");
    }
}
