//! `RTCRtpSender`: what it is set to.

use crate::exception::exception;
use js_sys::{Array, Object, Promise, Reflect};
use session::platform::{Exception, RtpEncodingParameters};
use wasm_bindgen::{JsCast, JsValue, prelude::wasm_bindgen};
use web_sys::RtcRtpSender;

#[wasm_bindgen]
extern "C" {
    /// `RTCRtpSender`, whose parameters are passed through as they are: what is not changed must come back unchanged.
    type Sender;
    #[wasm_bindgen(method, catch, js_name = getParameters)]
    fn get_parameters(this: &Sender) -> Result<JsValue, JsValue>;
    #[wasm_bindgen(method, catch, js_name = setParameters)]
    fn set_parameters(this: &Sender, parameters: &JsValue) -> Result<Promise, JsValue>;
}

/// Changes the only encoding of a sender. It begins a chunk (`dc.sh`), so it must stay a function.
#[inline(never)]
pub fn set_parameters(sender: &RtcRtpSender, encoding: &RtpEncodingParameters) -> Result<Promise, Exception> {
    let sender: &Sender = sender.unchecked_ref();
    let parameters = sender.get_parameters().map_err(exception)?;
    let set =
        |target: &JsValue, key: &str, value: JsValue| Reflect::set(target, &key.into(), &value).map(drop);
    let encodings = Reflect::get(&parameters, &"encodings".into()).map_err(exception)?;
    let encodings: Array = encodings.dyn_into().unwrap_or_default();
    let one = encodings.get(0);
    if !one.is_object() {
        return Err(Exception::new("InvalidStateError", "the sender has no encoding"));
    }
    let scale = encoding.scale_resolution_down_by;
    let changed = set(&one, "active", encoding.active.into())
        // A voice has no such member, and a browser may refuse it.
        .and_then(|()| {
            if scale == 1.0 && !has(&one, "scaleResolutionDownBy") {
                Ok(())
            } else {
                set(&one, "scaleResolutionDownBy", scale.into())
            }
        })
        .and_then(|()| match encoding.max_bitrate {
            Some(bitrate) => set(&one, "maxBitrate", bitrate.into()),
            None => Reflect::delete_property(one.unchecked_ref::<Object>(), &"maxBitrate".into()).map(drop),
        });
    changed.map_err(exception)?;
    sender.set_parameters(&parameters).map_err(exception)
}

fn has(dictionary: &JsValue, key: &str) -> bool {
    Reflect::has(dictionary, &key.into()).unwrap_or(false)
}
