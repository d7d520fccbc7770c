//! What every component can reach.

use crate::{
    chunk::Chunk,
    door::{Door, Host, Keep},
    i18n::{Language, Words},
    prefs::{self, Theme},
};
use dioxus::prelude::*;
use session::{Command, View};
use std::rc::Rc;
use wire::{DisplayName, RoomId};

/// The door, the session's view and the person's preferences. Cheap to copy into event handlers.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct App {
    door: CopyValue<Rc<Door>>,
    view: Signal<Rc<View>>,
    language: Signal<Language>,
    theme: Signal<Theme>,
    entering: Signal<Entering>,
}

/// On the way into a room, before the server is asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Entering {
    No,
    /// The room's part of the program is on its way.
    Loading,
    /// It did not come.
    Failed,
}

/// Returns the context that [`crate::Root`] provides.
pub fn use_app() -> App {
    use_context()
}

/// Returns the words in the language of the moment; the component is drawn again when it changes.
pub fn use_words() -> Words {
    use_app().words()
}

/// Keeps a part of the session's view; the component is drawn again only when this part changes.
pub fn use_part<T: PartialEq + 'static>(part: impl Fn(&View) -> T + 'static) -> Memo<T> {
    let app = use_app();
    use_memo(move || part(&app.view.read()))
}

/// Sets the title of the document or window to `words`.
pub fn use_title(words: &str) {
    let app = use_app();
    let title = if words.is_empty() {
        "Tsukiyo".to_owned()
    } else {
        format!("{words} · Tsukiyo")
    };
    use_effect(use_reactive!(|title| app.host().set_title(&title)));
}

// Every component calls these: one copy of each is what a browser should download.
impl App {
    /// Makes the context within the root component.
    pub(crate) fn new(door: Rc<Door>) -> Self {
        let language = prefs::language(&*door.host);
        let theme = prefs::theme(&*door.host);
        let view = door.handle.view();
        Self {
            door: CopyValue::new(door),
            view: Signal::new(view),
            language: Signal::new(language),
            theme: Signal::new(theme),
            entering: Signal::new(Entering::No),
        }
    }

    /// Returns the platform's door.
    #[inline(never)]
    pub fn door(&self) -> Rc<Door> {
        self.door.read().clone()
    }

    /// Returns the platform's small services.
    #[inline(never)]
    pub fn host(&self) -> Rc<dyn Host> {
        self.door.read().host.clone()
    }

    /// Asks something of the session.
    #[inline(never)]
    pub fn send(&self, command: Command) {
        self.door.read().handle.send(command);
    }

    /// Goes into a room, as soon as the room's part of the program is here: what happens inside is its matter.
    pub fn enter(mut self, room: RoomId, name: DisplayName) {
        let Some(loading) = self.host().load(Chunk::Room) else {
            return self.send(Command::Join { room, name });
        };
        self.entering.set(Entering::Loading);
        spawn(async move {
            if loading.await {
                self.entering.set(Entering::No);
                self.send(Command::Join { room, name });
            } else {
                self.entering.set(Entering::Failed);
            }
        });
    }

    /// The room's part of the program is on its way, and then the server will be asked.
    pub fn is_entering(&self) -> bool {
        *self.entering.read() == Entering::Loading
    }

    /// The room's part of the program did not come.
    pub fn lacks_room(&self) -> bool {
        *self.entering.read() == Entering::Failed
    }

    /// Returns the words in the language of the moment, and subscribes to it.
    #[inline(never)]
    pub fn words(&self) -> Words {
        Words::of(*self.language.read())
    }

    /// Returns the view of the moment without subscribing to it.
    #[inline(never)]
    pub fn peek(&self) -> Rc<View> {
        self.view.peek().clone()
    }

    /// Returns the view of the moment, and subscribes to it.
    #[inline(never)]
    pub fn view(&self) -> Rc<View> {
        self.view.read().clone()
    }

    pub(crate) fn show(&mut self, view: Rc<View>) {
        self.view.set(view);
    }

    /// Returns the language of the moment, and subscribes to it.
    #[inline(never)]
    pub fn language(&self) -> Language {
        *self.language.read()
    }

    /// Returns the theme of the moment, and subscribes to it.
    #[inline(never)]
    pub fn theme(&self) -> Theme {
        *self.theme.read()
    }

    /// Switches the language, for now and later visits.
    pub fn speak(&mut self, language: Language) {
        self.host()
            .remember(Keep::Always, prefs::LANGUAGE, Some(language.tag()));
        self.language.set(language);
    }

    /// Switches the theme, for now and later visits.
    pub fn dress(&mut self, theme: Theme) {
        self.host().remember(Keep::Always, prefs::THEME, theme.name());
        self.theme.set(theme);
    }
}
