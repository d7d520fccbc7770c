//! Where a stream is seen and heard.

use crate::context::use_app;
use dioxus::prelude::*;
use session::view::StreamId;

/// What a platform's surface is told.
///
/// It draws one `video` or `canvas` element (and, if its platform plays sound so, an `audio`) without style of its own; the style sheets size it, crop it and mirror it
/// (by the parent's `data-mirrored`). Sound plays for as long as the surface is mounted, seen or not.
#[derive(Debug, Clone, PartialEq, Props)]
pub struct SurfaceProps {
    /// What to show. It never changes for a mounted surface: another stream is another surface.
    pub stream: StreamId,
    /// It is the person's own picture. The style sheets turn it already.
    pub mirrored: bool,
    /// Its sound must not play (one's own voice).
    pub muted: bool,
    /// How loud its sound plays, from 0 to 1. It may change while the surface is mounted.
    pub volume: f64,
}

/// A stream, drawn by the platform.
#[component]
pub fn Picture(
    stream: StreamId,
    #[props(default)] mirrored: bool,
    #[props(default)] muted: bool,
    #[props(default = 1.0)] volume: f64,
) -> Element {
    rsx! {
        div { class: "surface", "data-mirrored": mirrored,
            for stream in [stream] {
                Drawn { key: "{stream.0}", stream, mirrored, muted, volume }
            }
        }
    }
}

#[component]
fn Drawn(stream: StreamId, mirrored: bool, muted: bool, volume: f64) -> Element {
    (use_app().door().surface)(SurfaceProps {
        stream,
        mirrored,
        muted,
        volume,
    })
}
