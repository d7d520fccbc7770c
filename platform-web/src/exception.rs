//! What JavaScript throws.

use crate::js;
use session::platform::Exception;
use wasm_bindgen::JsValue;

/// Takes the name and the message of whatever was thrown.
pub fn exception(thrown: JsValue) -> Exception {
    let name = js::text(&thrown, "name").unwrap_or_else(|| "Error".to_owned());
    let message = js::text(&thrown, "message").or_else(|| thrown.as_string());
    Exception::new(&name, message.unwrap_or_default())
}
