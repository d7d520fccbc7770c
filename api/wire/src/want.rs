//! What one member wants to see of another: a picture that nobody looks at need not be sent.

use crate::limits::PICTURE_HEIGHT;
use serde::{Deserialize, Serialize};

/// How high the pictures of a member need be where they are shown. Sound is not a matter of wanting.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Want {
    /// The camera's.
    pub camera: Height,
    /// The shared screen's.
    pub screen: Height,
}

/// A height in pixels, at most [`PICTURE_HEIGHT`], which is any height at all.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "u16", into = "u16")]
pub struct Height(u16);

/// A height beyond [`PICTURE_HEIGHT`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a picture is at most {PICTURE_HEIGHT} pixels high")]
pub struct TooHigh;

impl Height {
    /// Not seen: the picture need not be sent.
    pub const NONE: Height = Height(0);
    /// As high as it is.
    pub const FULL: Height = Height(PICTURE_HEIGHT);

    /// Makes one of a number of pixels; what is too high becomes [`Height::FULL`].
    pub fn of(pixels: u32) -> Self {
        Self(
            u16::try_from(pixels)
                .unwrap_or(PICTURE_HEIGHT)
                .min(PICTURE_HEIGHT),
        )
    }

    /// The number of pixels.
    pub fn pixels(self) -> u32 {
        self.0.into()
    }
}

/// Who has said nothing wants everything.
impl Default for Height {
    fn default() -> Self {
        Self::FULL
    }
}

impl TryFrom<u16> for Height {
    type Error = TooHigh;

    fn try_from(pixels: u16) -> Result<Self, TooHigh> {
        (pixels <= PICTURE_HEIGHT).then_some(Self(pixels)).ok_or(TooHigh)
    }
}

impl From<Height> for u16 {
    fn from(height: Height) -> u16 {
        height.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_height_beyond_all_screens_is_no_height() {
        let read = |json: &str| serde_json::from_str::<Want>(json).ok();
        let want = Want {
            camera: Height::of(180),
            screen: Height::NONE,
        };
        assert_eq!(read(r#"{"camera":180,"screen":0}"#), Some(want));
        for json in [
            r#"{"camera":4321,"screen":0}"#,
            r#"{"camera":-1,"screen":0}"#,
            r#"{"camera":1.5,"screen":0}"#,
            r#"{"camera":180}"#,
        ] {
            assert_eq!(read(json), None, "{json}");
        }
        assert_eq!(Height::of(1_000_000), Height::FULL);
    }
}
