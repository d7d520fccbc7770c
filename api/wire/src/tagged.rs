//! Enums as one flat JSON object, told apart by `type`: `{"type": "leave", "member": "a"}`.
//!
//! serde can derive this format itself (`#[serde(tag = "type")]`), but not knowing where `type` stands it first keeps the
//! whole message in a tree of its own and then reads that: an allocation for every field on the server, and a fifth of the
//! program that a browser downloads. A message is text in memory, so reading it twice is cheaper: once for the `type`,
//! once for the fields of that variant.
//!
//! The enum derives both traits with `#[serde(remote = "Self")]`, which makes of them inherent functions for serde's own
//! format, and [`tagged!`] makes of those the traits for this one.

mod read;
mod write;

pub(crate) use read::{from_text, from_value};
pub(crate) use write::Flat;

/// Implements `from_json` and serde's traits for an enum whose variants are unit, newtype (of a struct) or struct variants.
macro_rules! tagged {
    ($message:ty) => {
        impl $message {
            /// Reads a message. Fields that it does not have are ignored.
            ///
            /// # Errors
            /// When the text is not one JSON object, its `type` is unknown, or a field is missing, wrong or out of bounds.
            pub fn from_json(text: &str) -> Result<Self, serde_json::Error> {
                $crate::tagged::from_text(text, |message| Self::deserialize(message))
            }
        }

        /// For tools and tests, by way of a tree; [`Self::from_json`] needs none.
        impl<'de> serde::Deserialize<'de> for $message {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                $crate::tagged::from_value(serde::Deserialize::deserialize(deserializer)?, |message| {
                    Self::deserialize(message)
                })
                .map_err(serde::de::Error::custom)
            }
        }

        impl serde::Serialize for $message {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                Self::serialize(self, $crate::tagged::Flat::new(serializer))
            }
        }
    };
}

pub(crate) use tagged;

#[cfg(test)]
mod tests;
