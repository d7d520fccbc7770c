//! What people do with their hands: raise one, or clap.

use serde::{Deserialize, Serialize};

/// A short sign to everyone, which is shown for a moment and kept nowhere.
///
/// There are few of them, so that a client can put nothing else on the others' screens.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Reaction {
    /// 👍
    ThumbsUp,
    /// ❤️
    Heart,
    /// 👏
    Clap,
    /// 😂
    Laugh,
    /// 😮
    Surprise,
    /// 🎉
    Party,
}

impl Reaction {
    /// All of them, in the order in which they are offered.
    pub const ALL: [Reaction; 6] = [
        Reaction::ThumbsUp,
        Reaction::Heart,
        Reaction::Clap,
        Reaction::Laugh,
        Reaction::Surprise,
        Reaction::Party,
    ];

    /// Returns the emoji, with the variation selector of a picture where there is a choice.
    pub fn emoji(self) -> &'static str {
        match self {
            Reaction::ThumbsUp => "👍",
            Reaction::Heart => "❤\u{fe0f}",
            Reaction::Clap => "👏",
            Reaction::Laugh => "😂",
            Reaction::Surprise => "😮",
            Reaction::Party => "🎉",
        }
    }
}
