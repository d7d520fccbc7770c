//! The log: `tracing` to the browser's console, without the subscriber crates, which would double the download.

use crate::storage;
use session::platform::Keep;
use std::fmt::{Debug, Write};
use tracing::{
    Event, Level, Metadata, Subscriber,
    field::{Field, Visit},
    level_filters::LevelFilter,
    span,
};
use web_sys::console;

/// Starts the log, and sends panics there as well.
///
/// `localStorage["tsukiyo.log"]` may name another level than `info`.
pub fn install() {
    let level = storage::recall(Keep::Always, "tsukiyo.log")
        .and_then(|level| level.parse().ok())
        .unwrap_or(LevelFilter::INFO);
    // There is no other: this is the first thing that the page does.
    let _ = tracing::subscriber::set_global_default(Console { level });
    std::panic::set_hook(Box::new(|panic| console::error_1(&panic.to_string().into())));
}

struct Console {
    level: LevelFilter,
}

impl Subscriber for Console {
    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        *metadata.level() <= self.level
    }

    fn max_level_hint(&self) -> Option<LevelFilter> {
        Some(self.level)
    }

    fn event(&self, event: &Event<'_>) {
        let metadata = event.metadata();
        let mut line = Line::default();
        event.record(&mut line);
        let line = format!("{}:{}{}", metadata.target(), line.message, line.fields).into();
        match *metadata.level() {
            Level::ERROR => console::error_1(&line),
            Level::WARN => console::warn_1(&line),
            Level::INFO => console::info_1(&line),
            Level::DEBUG | Level::TRACE => console::debug_1(&line),
        }
    }

    // One page is one session: spans would say the same on every line.
    fn new_span(&self, _: &span::Attributes<'_>) -> span::Id {
        span::Id::from_u64(1)
    }

    fn record(&self, _: &span::Id, _: &span::Record<'_>) {}

    fn record_follows_from(&self, _: &span::Id, _: &span::Id) {}

    fn enter(&self, _: &span::Id) {}

    fn exit(&self, _: &span::Id) {}
}

#[derive(Default)]
struct Line {
    message: String,
    fields: String,
}

impl Visit for Line {
    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        // Writing to a string cannot fail.
        let _ = if field.name() == "message" {
            write!(self.message, " {value:?}")
        } else {
            write!(self.fields, " {}={value:?}", field.name())
        };
    }
}
