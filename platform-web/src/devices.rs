//! `MediaDevices` and `MediaStreamTrack`

use crate::{
    exception::exception,
    js::{Listener, dictionary, text, window},
};
use session::{
    platform::{Exception, MediaConstraints, MediaKind, MediaStreamTrack},
    view::{Device, DeviceKind},
};
use std::{cell::RefCell, rc::Rc};
use wasm_bindgen::{JsCast, JsValue, prelude::wasm_bindgen};
use wasm_bindgen_futures::JsFuture;
use web_sys::{MediaDeviceInfo, MediaDeviceKind, MediaDevices, MediaStream, MediaStreamConstraints};

#[wasm_bindgen]
extern "C" {
    /// `getSettings`, of which one text is wanted and not all that web-sys knows.
    type Settings;
    #[wasm_bindgen(method, js_name = getSettings)]
    fn get_settings(this: &Settings) -> JsValue;
}

/// A track of a camera or microphone.
#[derive(Clone)]
pub struct Track {
    pub track: web_sys::MediaStreamTrack,
    ended: Rc<RefCell<Option<Listener>>>,
}

/// The devices. `None` on pages that are not served securely.
pub fn devices() -> Option<MediaDevices> {
    let devices = window().navigator().media_devices().ok()?;
    (!devices.is_undefined()).then_some(devices)
}

/// `getUserMedia`
pub async fn get_user_media(constraints: &MediaConstraints) -> Result<Vec<Track>, Exception> {
    let asked: MediaStreamConstraints =
        dictionary([("audio", audio(constraints)), ("video", video(constraints))]).unchecked_into();
    let stream = devices()
        .ok_or_else(unsupported)?
        .get_user_media_with_constraints(&asked)
        .map_err(exception)?;
    let stream: MediaStream = JsFuture::from(stream).await.map_err(exception)?.unchecked_into();
    let tracks = stream.get_tracks().into_iter();
    Ok(tracks.map(|track| Track::new(track.unchecked_into())).collect())
}

/// Pages that are not served securely have none of the interfaces.
pub fn unsupported() -> Exception {
    Exception::new("NotSupportedError", "this page has no access to devices")
}

/// `enumerateDevices`
pub async fn enumerate_devices() -> Vec<Device> {
    let Some(Ok(list)) = devices().map(|devices| devices.enumerate_devices()) else {
        return Vec::new();
    };
    let Ok(list) = JsFuture::from(list).await else {
        return Vec::new();
    };
    let list: js_sys::Array = list.unchecked_into();
    list.iter()
        .filter_map(|device| describe(&device.unchecked_into()))
        .collect()
}

fn describe(device: &MediaDeviceInfo) -> Option<Device> {
    let kind = match device.kind() {
        MediaDeviceKind::Audioinput => DeviceKind::Microphone,
        MediaDeviceKind::Audiooutput => DeviceKind::Speaker,
        MediaDeviceKind::Videoinput => DeviceKind::Camera,
        _ => return None,
    };
    // Without permission there is neither id nor name, and so nothing to choose.
    let id = Some(device.device_id()).filter(|id| !id.is_empty())?;
    Some(Device {
        kind,
        id,
        label: device.label(),
    })
}

fn audio(constraints: &MediaConstraints) -> JsValue {
    let Some(device) = &constraints.audio else {
        return JsValue::FALSE;
    };
    let processing = constraints.processing;
    let constraints = dictionary([
        ("echoCancellation", processing.echo_cancellation.into()),
        ("noiseSuppression", processing.noise_suppression.into()),
        ("autoGainControl", processing.auto_gain_control.into()),
    ]);
    choose(constraints, device)
}

fn video(constraints: &MediaConstraints) -> JsValue {
    let Some(device) = &constraints.video else {
        return JsValue::FALSE;
    };
    let shape = constraints.shape;
    let constraints = dictionary([
        ("width", ideal(shape.width)),
        ("height", ideal(shape.height)),
        ("frameRate", ideal(shape.frame_rate)),
    ]);
    choose(constraints, device)
}

/// Asks for one device and no other. As an ideal it would be outweighed: Chromium then gives the system's own microphone.
fn choose(constraints: js_sys::Object, device: &Option<String>) -> JsValue {
    if let Some(device) = device {
        let exact = dictionary([("exact", device.into())]);
        // A plain object takes every property.
        let _ = js_sys::Reflect::set(&constraints, &"deviceId".into(), &exact);
    }
    constraints.into()
}

fn ideal(value: impl Into<JsValue>) -> JsValue {
    dictionary([("ideal", value.into())]).into()
}

impl Track {
    pub fn new(track: web_sys::MediaStreamTrack) -> Self {
        Self {
            track,
            ended: Rc::default(),
        }
    }
}

impl MediaStreamTrack for Track {
    fn kind(&self) -> MediaKind {
        kind(&self.track)
    }

    fn device(&self) -> Option<String> {
        let settings = self.track.unchecked_ref::<Settings>().get_settings();
        text(&settings, "deviceId").filter(|id| !id.is_empty())
    }

    fn height(&self) -> Option<u32> {
        let settings = self.track.unchecked_ref::<Settings>().get_settings();
        let height = js_sys::Reflect::get(&settings, &"height".into()).ok()?;
        Some(height.as_f64()? as u32)
    }

    fn set_enabled(&self, enabled: bool) {
        self.track.set_enabled(enabled);
    }

    fn stop(&self) {
        self.ended.replace(None);
        self.track.stop();
    }

    fn on_ended(&self, then: impl FnOnce() + 'static) {
        let mut then = Some(then);
        // Not `track.clone()`: that is the browser's, which opens the device a second time.
        let track = Clone::clone(&self.track);
        let listener = Listener::new(track, "ended", move |_| {
            if let Some(then) = then.take() {
                then();
            }
        });
        self.ended.replace(Some(listener));
    }
}

/// `kind` of a track.
pub fn kind(track: &web_sys::MediaStreamTrack) -> MediaKind {
    if track.kind() == "audio" {
        MediaKind::Audio
    } else {
        MediaKind::Video
    }
}
