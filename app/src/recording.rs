//! Recording: everything that only those need who record. It is a chunk of its own, with its own words.
//!
//! [`Recording`] is drawn from the moment somebody wants to record until the room is left. What the room itself has to know
//! is in [`crate::room::Record`].

mod apart;
mod ask;
mod bar;
pub(crate) mod figures;
mod kept;
mod scene;

pub use bar::RecordingBar;
pub use kept::Leftovers;

use crate::{
    context::{App, use_app},
    door::Keep,
    i18n::{RECORDING, Words},
    prefs::RECORDINGS,
    recorder::{Phase, Plan, Problem, Progress, What},
    room::{Panels, Stage},
    ui::dialog::Dialog,
};
use ask::Ask;
use dioxus::prelude::*;
use figures::file_name;
use futures::{StreamExt, channel::mpsc};
use kept::KeptList;
use scene::{Sight, scene};
use session::Command;
use wire::{DisplayName, RoomId};

/// The words of this part, and of all of it.
fn use_own_words() -> Words {
    use_hook(|| {
        RECORDING.add([
            include_str!("../locales/recording/en.ftl"),
            include_str!("../locales/recording/ja.ftl"),
        ]);
    });
    use_app().words()
}

/// The dialogues, and what follows the recording while it goes on.
#[component]
pub fn Recording(room: RoomId, name: DisplayName, panels: Panels) -> Element {
    let app = use_app();
    let words = use_own_words();
    let record = panels.record;
    let mut ended = use_signal(|| None::<Problem>);
    let now = use_memo(move || {
        let sight = Sight {
            name: name.clone(),
            pinned: panels.pinned(),
            speaker_view: panels.speaker_view(),
            hides_self: panels.hides_self(),
        };
        scene(&app.view(), &sight, app.words())
    });
    use_effect(move || {
        if let Some(recording) = record.running() {
            recording.show(&now.read());
        }
    });
    use_effect(move || {
        if let Some(window) = record.apart() {
            window.show(&now.read());
        }
    });
    use_effect(move || app.send(Command::ShowApart(record.is_apart())));
    let tools = use_memo(move || apart::tools(&app.view().local, app.words()));
    use_effect(move || {
        if let Some(window) = record.apart() {
            window.equip(&*tools.read());
        }
    });
    use_effect(move || {
        if record.wants_apart() {
            let (scene, tools) = (now.peek().clone(), *tools.peek());
            spawn(apart::open(app, record, scene, tools));
        }
    });
    use_drop(move || {
        record.stop();
        if let Some(window) = record.apart() {
            window.close();
        }
    });
    let onstart = move |(what, format): (What, String)| {
        let plan = Plan {
            name: file_name(app, &room, &format),
            format,
            what,
            scene: now.peek().clone(),
        };
        ended.set(None);
        async move { begin(app, panels, plan, ended).await }
    };

    rsx! {
        match record.stage() {
            Stage::Closed => VNode::empty(),
            Stage::Asking => rsx! {
                Dialog {
                    title: words.say("record-title"),
                    onclose: move |()| {
                        ended.set(None);
                        panels.close_record();
                    },
                    Ask { onstart, problem: ended() }
                    // After a reload one is back in the room without seeing the lobby.
                    if !record.is_on() {
                        Leftovers {}
                    }
                }
            },
            Stage::Done => rsx! {
                Dialog { title: words.say("record-done"), onclose: move |()| panels.close_record(),
                    match ended() {
                        Some(Problem::Full) => rsx! {
                            p { class: "problem", role: "alert", {words.say("record-ended-full")} }
                        },
                        Some(Problem::Failed) => rsx! {
                            p { class: "problem", role: "alert", {words.say("record-ended-failed")} }
                        },
                        Some(Problem::Cancelled) | None => VNode::empty(),
                    }
                    KeptList {}
                }
            },
        }
    }
}

/// Begins, and follows it to its end.
async fn begin(app: App, panels: Panels, plan: Plan, mut ended: Signal<Option<Problem>>) {
    let mut record = panels.record;
    let Some(recorder) = app.host().recorder() else {
        return;
    };
    let (tell, mut told) = mpsc::unbounded();
    // Before anything is written: whatever happens next, the next visit looks for what is there.
    app.host().remember(Keep::Always, RECORDINGS, Some("yes"));
    match recorder.start(&plan, tell).await {
        Ok(recording) => {
            record.begin(recording);
            app.send(Command::Recording(true));
            panels.close_record();
        }
        Err(problem) => {
            ended.set(Some(problem));
            return;
        }
    }
    // The room may be left before it is over, and this with it: the lobby shows what there is.
    spawn(async move {
        while let Some(progress) = told.next().await {
            let Progress { phase, problem, .. } = progress;
            record.goes(progress);
            if phase == Phase::Ending {
                app.send(Command::Recording(false));
            }
            if phase == Phase::Over {
                ended.set(problem);
                record.end();
                panels.show_record(Stage::Done);
                return;
            }
        }
    });
}
