//! Whether a tile is in sight, and how large. Nobody need send what is not, and a small tile takes a small picture.

use crate::context::{App, use_app};
use dioxus::prelude::*;
use session::{Command, platform::Feed};
use wire::MemberId;

/// Follows a tile. Its two handlers belong to the tile's element. Cheap to copy into event handlers.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Sight {
    app: App,
    of: CopyValue<MemberId>,
    feed: Feed,
    height: CopyValue<u32>,
    in_sight: CopyValue<bool>,
    told: CopyValue<Option<u32>>,
}

/// Follows the tile of somebody's face or screen, for as long as it is drawn.
pub fn use_sight(of: &MemberId, feed: Feed) -> Sight {
    let app = use_app();
    let sight = use_hook(|| Sight {
        app,
        of: CopyValue::new(of.clone()),
        feed,
        height: CopyValue::new(0),
        in_sight: CopyValue::new(true),
        told: CopyValue::new(None),
    });
    use_drop(move || sight.tell(None));
    sight
}

impl Sight {
    /// The tile has another size.
    pub fn resized(mut self, event: &Event<ResizeData>) {
        if let Ok(size) = event.get_border_box_size() {
            // A picture fills its tile: of one that is wider than the picture, it is cut above and below.
            let height = size.height.max(size.width * 9.0 / 16.0);
            self.height.set(height.round() as u32);
            self.changed();
        }
    }

    /// The tile came in sight, or went out of it.
    pub fn moved(mut self, event: &Event<VisibleData>) {
        if let Ok(in_sight) = event.is_intersecting() {
            self.in_sight.set(in_sight);
            self.changed();
        }
    }

    fn changed(mut self) {
        let height = (self.height)();
        let seen = Some(if (self.in_sight)() { height } else { 0 });
        // Before it has a size, nothing is known of it.
        if (height > 0 || seen == Some(0) && !(self.in_sight)()) && *self.told.peek() != seen {
            self.told.set(seen);
            self.tell(seen);
        }
    }

    fn tell(self, height: Option<u32>) {
        self.app.send(Command::Watch {
            of: self.of.peek().clone(),
            feed: self.feed,
            height,
        });
    }
}
