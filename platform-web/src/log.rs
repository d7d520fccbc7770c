//! The log: `tracing` to the browser's console, without the subscriber crates, which would double the download.

use crate::{clock, storage};
use session::platform::Keep;
use std::{
    cell::RefCell,
    fmt::{Debug, Write},
    time::Duration,
};
use tracing::{
    Event, Level, Metadata, Subscriber,
    field::{Field, Visit},
    level_filters::LevelFilter,
    span,
};
use wasm_bindgen::JsValue;
use web_sys::console;

/// A line that nobody has to hear of at once waits until none has followed for so long. A console that somebody looks at takes a
/// millisecond for each, and most are written while a call begins.
const QUIET: Duration = Duration::from_secs(1);

/// So many lines do not wait any longer.
const MANY: usize = 1000;

thread_local! {
    /// Lines that wait, the eldest first.
    static WAITING: RefCell<Vec<(Level, String)>> = const { RefCell::new(Vec::new()) };
}

/// Starts the log, and sends panics there as well.
///
/// `localStorage["tsukiyo.log"]` may name another level than `info`.
pub fn install() {
    let level = storage::recall(Keep::Always, "tsukiyo.log")
        .and_then(|level| level.parse().ok())
        .unwrap_or(LevelFilter::INFO);
    // There is no other: this is the first thing that the page does.
    let _ = tracing::subscriber::set_global_default(Console { level });
    std::panic::set_hook(Box::new(|panic| write(Level::ERROR, panic.to_string())));
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
        let now = clock::now().as_secs_f64();
        let target = metadata.target();
        write(
            *metadata.level(),
            format!("{now:.3} {target}:{}{}", line.message, line.fields),
        );
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

/// Writes a line: what went wrong at once, everything else soon, and all in the order in which it happened.
fn write(level: Level, line: String) {
    let waiting = WAITING.with_borrow_mut(|waiting| {
        waiting.push((level, line));
        waiting.len()
    });
    if level <= Level::WARN || waiting >= MANY {
        flush();
    } else if waiting == 1 {
        wasm_bindgen_futures::spawn_local(flush_when_quiet());
    }
}

async fn flush_when_quiet() {
    let mut seen = 0;
    loop {
        clock::sleep(QUIET).await;
        let waiting = WAITING.with_borrow(Vec::len);
        if waiting <= seen {
            return flush();
        }
        seen = waiting;
    }
}

fn flush() {
    for (level, line) in WAITING.take() {
        let line = JsValue::from(line);
        match level {
            Level::ERROR => console::error_1(&line),
            Level::WARN => console::warn_1(&line),
            Level::INFO => console::info_1(&line),
            Level::DEBUG | Level::TRACE => console::debug_1(&line),
        }
    }
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
