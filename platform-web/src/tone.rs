//! Sounds: soft notes, from the speaker that was chosen.

use crate::surface::route_to;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{AudioContext, HtmlAudioElement, OscillatorNode};

/// The notes of the test sound, in hertz, and when each begins, in seconds.
pub const TEST: &[(f32, f64)] = &[(523.25, 0.0), (659.25, 0.25)];

/// How notes are played.
#[derive(Debug, Clone, Copy)]
pub enum Touch {
    /// To be heard well.
    Full,
    /// Beside a conversation.
    Soft,
}

impl Touch {
    /// How long a note is, in seconds, and how loud at its loudest.
    fn measures(self) -> (f64, f32) {
        match self {
            Touch::Full => (0.5, 0.25),
            Touch::Soft => (0.3, 0.07),
        }
    }
}

/// Plays notes once. It begins a chunk (`dc.sh`), so it must stay a function.
#[inline(never)]
pub fn play(notes: &[(f32, f64)], touch: Touch, speaker: Option<&str>) {
    if let Err(error) = try_to_play(notes, touch, speaker) {
        tracing::warn!(?error, "sound is not played");
    }
}

/// An element plays it, because it is elements that can be sent to a speaker everywhere (`setSinkId`).
fn try_to_play(notes: &[(f32, f64)], touch: Touch, speaker: Option<&str>) -> Result<(), JsValue> {
    let (length, loudest) = touch.measures();
    let context = AudioContext::new()?;
    let out = context.create_media_stream_destination()?;
    let start = context.current_time();
    let mut last = None;
    for (frequency, after) in notes {
        let (from, until) = (start + after, start + after + length);
        let note = context.create_oscillator()?;
        note.frequency().set_value(*frequency);
        let gain = context.create_gain()?;
        // A note that begins or ends at once would click.
        gain.gain().set_value_at_time(0.0, from)?;
        gain.gain().linear_ramp_to_value_at_time(loudest, from + 0.03)?;
        gain.gain().linear_ramp_to_value_at_time(0.0, until)?;
        note.connect_with_audio_node(&gain)?;
        gain.connect_with_audio_node(&out)?;
        note.start_with_when(from)?;
        note.stop_with_when(until)?;
        last = Some(note);
    }
    let element = HtmlAudioElement::new()?;
    element.set_src_object(Some(&out.stream()));
    if let Some(speaker) = speaker {
        route_to(&element, speaker);
    }
    let _ = element.play()?;
    if let Some(note) = last {
        end_with(&note, context, element);
    }
    Ok(())
}

/// Lets go of everything when the last note is over.
fn end_with(note: &OscillatorNode, context: AudioContext, element: HtmlAudioElement) {
    let over = wasm_bindgen::closure::Closure::once_into_js(move || {
        element.set_src_object(None);
        let _ = context.close();
    });
    note.set_onended(Some(over.unchecked_ref()));
}
