//! Why an operation of a platform failed.

use crate::view::Trouble;

/// `DOMException`, [Web IDL §2.8.1](https://webidl.spec.whatwg.org/#idl-DOMException-error-names).
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{name}: {message}")]
pub struct Exception {
    /// Says what is wrong, such as `NotAllowedError`.
    pub name: String,
    /// Says it for a person who looks for the fault.
    pub message: String,
}

impl Exception {
    /// Makes an exception of this name.
    pub fn new(name: &str, message: impl Into<String>) -> Self {
        Self {
            name: name.to_owned(),
            message: message.into(),
        }
    }

    /// Tells why a device cannot be used, from what `getUserMedia` threw.
    pub fn trouble(&self) -> Trouble {
        match self.name.as_str() {
            "NotAllowedError" | "SecurityError" => Trouble::Refused,
            "NotFoundError" | "OverconstrainedError" => Trouble::Missing,
            "NotReadableError" | "AbortError" => Trouble::Busy,
            _ => Trouble::Unsupported,
        }
    }
}
