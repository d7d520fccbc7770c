//! `getDisplayMedia`

use crate::{
    devices::{Track, devices, unsupported},
    exception::exception,
    js::dictionary,
};
use js_sys::Promise;
use session::platform::{DisplayConstraints, Exception, MediaKind, MediaStreamTrack};
use wasm_bindgen::{JsCast, JsValue, prelude::wasm_bindgen};
use wasm_bindgen_futures::JsFuture;
use web_sys::MediaStream;

#[wasm_bindgen]
extern "C" {
    /// Every browser of a telephone lacks it, which web-sys cannot say.
    type Displays;
    #[wasm_bindgen(method, catch, js_name = getDisplayMedia)]
    fn get_display_media(this: &Displays, options: &JsValue) -> Result<Promise, JsValue>;

    /// `contentHint`, which web-sys does not have.
    type Hinted;
    #[wasm_bindgen(method, setter, js_name = contentHint)]
    fn set_content_hint(this: &Hinted, hint: &str);
}

/// Asks the person what to share.
pub async fn get_display_media(constraints: DisplayConstraints) -> Result<Vec<Track>, Exception> {
    let devices = devices().ok_or_else(unsupported)?;
    let picking = devices
        .unchecked_ref::<Displays>()
        .get_display_media(&options(constraints))
        .map_err(|_| unsupported())?;
    let stream: MediaStream = JsFuture::from(picking).await.map_err(exception)?.unchecked_into();
    let tracks = stream.get_tracks().into_iter();
    let tracks: Vec<_> = tracks.map(|track| Track::new(track.unchecked_into())).collect();
    for track in tracks.iter().filter(|track| track.kind() == MediaKind::Video) {
        track.track.unchecked_ref::<Hinted>().set_content_hint("detail");
    }
    Ok(tracks)
}

/// Whether there is such an interface.
pub fn possible() -> bool {
    let exists = |devices| js_sys::Reflect::has(&devices, &"getDisplayMedia".into());
    devices().is_some_and(|devices| exists(devices.into()).unwrap_or(false))
}

fn options(constraints: DisplayConstraints) -> JsValue {
    let rate = dictionary([("max", constraints.frame_rate.into())]);
    // What is shared is to be heard as it is, and the call's own voices not a second time.
    let sound = dictionary([
        ("echoCancellation", false.into()),
        ("noiseSuppression", false.into()),
        ("autoGainControl", false.into()),
        ("suppressLocalAudioPlayback", false.into()),
    ]);
    dictionary([
        ("video", dictionary([("frameRate", rate.into())]).into()),
        ("audio", sound.into()),
        ("systemAudio", "include".into()),
        ("surfaceSwitching", "include".into()),
        ("selfBrowserSurface", "exclude".into()),
    ])
    .into()
}
