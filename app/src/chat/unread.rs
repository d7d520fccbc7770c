//! How much was said while nobody looked.

use crate::context::use_part;
use dioxus::prelude::*;
use session::view::{Chat, ChatLine};

/// Counts what the others said since the panel was last open.
pub fn use_unread(open: Signal<bool>) -> Memo<usize> {
    let told = use_part(|view| told(&view.chat));
    let mut seen = use_signal(|| 0);
    use_effect(move || {
        let told = told();
        if open() {
            seen.set(told);
        }
    });
    use_memo(move || if open() { 0 } else { told().saturating_sub(seen()) })
}

/// How much the others have said since the person came in. It only ever rises: history that is loaded later is not news.
fn told(chat: &Chat) -> usize {
    chat.lines.iter().filter(|line| news(line)).count()
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
