//! How much was said while nobody looked, and where that begins.

use crate::context::{use_app, use_part};
use dioxus::prelude::*;
use session::view::{Chat, ChatLine, FileTransfer};

/// What the person has not seen. Cheap to copy into event handlers.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Unread {
    /// How much the others said and offered since the panel was last open.
    pub count: Memo<usize>,
    /// The key of the line before which the panel says that what follows is new. It stays there until the panel closes.
    pub mark: Signal<Option<String>>,
}

/// Counts what the others said and offered since the panel was last open.
pub fn use_unread(open: Signal<bool>) -> Unread {
    let app = use_app();
    let told = use_part(|view| told(&view.chat));
    let offered = use_part(|view| offered(&view.files));
    let mut seen = use_signal(|| 0);
    let mut last_seen = use_signal(|| 0);
    let mut mark = use_signal(|| None);
    let mut was_open = use_hook(|| CopyValue::new(false));
    use_effect(move || {
        let (open, told) = (open(), told());
        if open && !*was_open.peek() {
            mark.set(first_new(&app.peek().chat, *seen.peek()));
        } else if !open && mark.peek().is_some() {
            mark.set(None);
        }
        was_open.set(open);
        let last = offered().last().copied().unwrap_or_default();
        if open {
            seen.set(told);
            last_seen.set(last);
        }
    });
    let count = use_memo(move || {
        if open() {
            return 0;
        }
        let files = offered().iter().filter(|key| **key > last_seen()).count();
        told().saturating_sub(seen()) + files
    });
    Unread { count, mark }
}

/// The key of the first line that is news after so many.
fn first_new(chat: &Chat, seen: usize) -> Option<String> {
    let mut new = chat.lines.iter().filter(|line| news(line)).skip(seen);
    new.next().map(|line| line.key.clone())
}

/// How much the others have said since the person came in. It only ever rises: history that is loaded later is not news.
fn told(chat: &Chat) -> usize {
    chat.lines.iter().filter(|line| news(line)).count()
}

/// What the others offer, by the transfers, whose numbers rise.
fn offered(files: &[FileTransfer]) -> Vec<u64> {
    let theirs = files.iter().filter(|file| !file.mine);
    theirs.map(|file| file.key.0).collect()
}

fn news(line: &ChatLine) -> bool {
    !line.mine && !line.history
}

#[cfg(test)]
mod tests {
    use super::*;
    use session::view::Delivery;
    use wire::{ChatText, DisplayName};

    fn line(mine: bool, history: bool) -> ChatLine {
        ChatLine {
            key: "k".into(),
            name: DisplayName::new("Luna").unwrap(),
            mine,
            history,
            gap: false,
            text: ChatText::new("hello").unwrap(),
            state: Delivery::Stored(0),
        }
    }

    #[test]
    fn only_what_others_say_from_now_on_is_news() {
        let lines = vec![
            line(false, true),
            line(true, true),
            line(true, false),
            line(false, false),
            line(false, false),
        ];
        assert_eq!(
            told(&Chat {
                lines,
                more: false,
                loaded: true
            }),
            2
        );
    }

    #[test]
    fn what_is_new_begins_with_the_first_line_that_was_not_seen() {
        let named = |key: &str, mine| ChatLine {
            key: key.into(),
            ..line(mine, false)
        };
        let chat = Chat {
            lines: vec![
                line(false, true),
                named("a", false),
                named("b", true),
                named("c", false),
            ],
            more: false,
            loaded: true,
        };
        assert_eq!(first_new(&chat, 0).as_deref(), Some("a"));
        assert_eq!(first_new(&chat, 1).as_deref(), Some("c"));
        assert_eq!(first_new(&chat, 2), None);
    }

    #[test]
    fn loading_earlier_messages_is_no_news() {
        let mut chat = Chat {
            lines: vec![line(false, false)],
            more: true,
            loaded: true,
        };
        let before = told(&chat);
        chat.lines.insert(0, line(false, true));
        assert_eq!(told(&chat), before);
    }
}
