//! A stream on a canvas.

// `rsx!` writes whole paths.
#![allow(unused_qualifications)]

use super::viewer::{Ticket, Viewer};
use app::SurfaceProps;
use dioxus::prelude::*;
use std::rc::Rc;

/// Draws a stream; the page's script does the work. Its sound plays for as long as the connection lives, at this volume.
pub fn surface(SurfaceProps { stream, volume, .. }: SurfaceProps) -> Element {
    let viewer: Viewer = use_context();
    let voice = use_hook(|| viewer.streams().get(&stream.0).and_then(|shown| shown.voice));
    use_effect(use_reactive!(|volume| {
        if let Some(voice) = &voice {
            voice.set_volume(volume as f32);
        }
    }));
    // It lapses with the canvas, if that did not use it.
    let ticket: Option<Rc<Ticket>> = use_hook(|| viewer.ticket(&stream.0).map(Rc::new));

    rsx! {
        canvas { "data-frames": ticket.map(|ticket| ticket.url()) }
    }
}
