//! What a window has of the one before it: the server, and its size.

use crate::{memory::Memory, options};
use app::Keep;

const SERVER: &str = "tsukiyo.server";
const WINDOW: &str = "tsukiyo.window";
/// What a window may be wide and high, in logical pixels: no note can make one that cannot be seen or used.
const SMALLEST: (u32, u32) = (360, 480);
const LARGEST: (u32, u32) = (7680, 4320);

/// How large a window is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Size {
    /// The width in logical pixels, before it was maximized.
    pub width: u32,
    /// The height.
    pub height: u32,
    /// It fills the screen.
    pub maximized: bool,
}

impl Default for Size {
    fn default() -> Self {
        Self {
            width: 1180,
            height: 760,
            maximized: false,
        }
    }
}

/// Returns the server that is asked for, or the one of the last time, or else the usual one. It is remembered.
pub fn server(memory: &Memory, asked: Option<&str>) -> String {
    if let Some(asked) = asked {
        memory.set(Keep::Always, SERVER, Some(asked));
        return asked.to_owned();
    }
    let remembered = memory.get(Keep::Always, SERVER);
    let remembered = remembered.and_then(|server| options::origin(&server).ok());
    remembered.unwrap_or_else(|| options::USUAL_SERVER.to_owned())
}

/// Returns the size of the last window.
pub fn size(memory: &Memory) -> Size {
    let read = || {
        let note = memory.get(Keep::Always, WINDOW)?;
        let mut parts = note.split(' ');
        let (width, height) = parts.next()?.split_once('x')?;
        Some(Size {
            width: width.parse::<u32>().ok()?.clamp(SMALLEST.0, LARGEST.0),
            height: height.parse::<u32>().ok()?.clamp(SMALLEST.1, LARGEST.1),
            maximized: parts.next() == Some("maximized"),
        })
    };
    read().unwrap_or_default()
}

/// Remembers the size of a window that closes.
pub fn remember(memory: &Memory, now: Size) {
    // A maximized window has the screen's size; what it had before is what it is to have again.
    let Size { width, height, .. } = if now.maximized { size(memory) } else { now };
    let maximized = if now.maximized { " maximized" } else { "" };
    memory.set(
        Keep::Always,
        WINDOW,
        Some(&format!("{width}x{height}{maximized}")),
    );
}

#[cfg(test)]
mod tests {
    use super::*;

    fn memory() -> Memory {
        Memory::at(None)
    }

    #[test]
    fn the_server_of_the_last_time_is_asked_for_again() {
        let memory = memory();
        assert_eq!(server(&memory, None), options::USUAL_SERVER);
        assert_eq!(
            server(&memory, Some("https://rooms.example")),
            "https://rooms.example"
        );
        assert_eq!(server(&memory, None), "https://rooms.example");
        memory.set(Keep::Always, SERVER, Some("rubbish"));
        assert_eq!(server(&memory, None), options::USUAL_SERVER);
    }

    #[test]
    fn a_window_has_the_size_of_the_one_before_it_and_can_always_be_seen() {
        let memory = memory();
        let small = Size {
            width: 800,
            height: 600,
            maximized: false,
        };
        remember(&memory, small);
        assert_eq!(size(&memory), small);
        let maximized = Size {
            width: 1920,
            height: 1080,
            maximized: true,
        };
        remember(&memory, maximized);
        assert_eq!(
            size(&memory),
            Size {
                maximized: true,
                ..small
            }
        );
        memory.set(Keep::Always, WINDOW, Some("1x99999"));
        assert_eq!((size(&memory).width, size(&memory).height), (360, 4320));
        memory.set(Keep::Always, WINDOW, Some("x"));
        assert_eq!(size(&memory), Size::default());
    }
}
