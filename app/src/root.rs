//! The root of the component tree.

use crate::{
    context::App,
    door::{Door, Keep},
    prefs::INSIDE,
    route::Route,
};
use dioxus::prelude::*;
use futures::StreamExt;
use session::view::Phase;
use std::rc::Rc;

/// Everything there is to see. It wants an `Rc<`[`Door`]`>` in its context.
#[component]
pub fn Root() -> Element {
    let door: Rc<Door> = use_context();
    let app = use_context_provider(|| App::new(door.clone()));

    use_hook(|| {
        if let Some(driver) = door.driver.borrow_mut().take() {
            spawn(driver);
        }
        spawn(follow(app));
    });
    use_effect(move || app.host().set_language(app.language().tag()));
    use_effect(move || app.host().set_theme(app.theme().name()));

    rsx! {
        Router::<Route> {}
    }
}

/// Shows every view of the session, and keeps in mind which room this tab is in: a reload goes back there by itself.
async fn follow(mut app: App) {
    let mut views = app.door().handle.views();
    while let Some(view) = views.next().await {
        let before = app.peek();
        match (&before.phase, &view.phase) {
            (_, Phase::Inside { room, .. }) => app.host().remember(Keep::Tab, INSIDE, Some(room.as_str())),
            (
                Phase::Inside { .. } | Phase::Joining { .. } | Phase::Waiting { .. },
                Phase::Lobby | Phase::Refused { .. },
            ) => {
                app.host().remember(Keep::Tab, INSIDE, None);
            }
            // The lobby of a page that was just loaded: what is remembered has yet to be read.
            (Phase::Lobby | Phase::Refused { .. }, Phase::Lobby | Phase::Refused { .. })
            | (_, Phase::Joining { .. } | Phase::Waiting { .. }) => {}
        }
        app.show(view);
    }
}
