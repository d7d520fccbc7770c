//! How loud a track is, from Web Audio.

use crate::devices::Track;
use wasm_bindgen_futures::spawn_local;
use web_sys::{AnalyserNode, AudioContext, AudioContextState, MediaStream, MediaStreamTrack};

/// Samples that are looked at: some 20 ms.
const WINDOW: u32 = 1024;

/// Measures a track until it is dropped.
pub struct Meter {
    /// The browser's clone: it is heard by the analyser even while the track itself is muted.
    track: MediaStreamTrack,
    context: AudioContext,
    analyser: AnalyserNode,
}

impl Meter {
    pub fn new(track: &Track) -> Option<Self> {
        let track = track.track.clone();
        track.set_enabled(true);
        let stream = MediaStream::new().ok()?;
        stream.add_track(&track);
        let context = AudioContext::new().ok()?;
        let analyser = context.create_analyser().ok()?;
        analyser.set_fft_size(WINDOW);
        let source = context.create_media_stream_source(&stream).ok()?;
        source.connect_with_audio_node(&analyser).ok()?;
        Some(Self {
            track,
            context,
            analyser,
        })
    }
}

impl session::platform::Meter for Meter {
    fn level(&self) -> f32 {
        if self.context.state() == AudioContextState::Suspended {
            // A browser may hold sound back until the page is first touched.
            settle(self.context.resume());
            return 0.0;
        }
        let mut samples = [0.0; WINDOW as usize];
        self.analyser.get_float_time_domain_data(&mut samples);
        let power = samples.iter().map(|sample| sample * sample).sum::<f32>() / WINDOW as f32;
        power.sqrt().clamp(0.0, 1.0)
    }
}

impl Drop for Meter {
    fn drop(&mut self) {
        self.track.stop();
        settle(self.context.close());
    }
}

/// Lets it come to its end, whatever that is.
fn settle(promise: Result<js_sys::Promise, wasm_bindgen::JsValue>) {
    if let Ok(promise) = promise {
        spawn_local(async move {
            let _ = wasm_bindgen_futures::JsFuture::from(promise).await;
        });
    }
}
