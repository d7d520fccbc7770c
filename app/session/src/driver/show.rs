//! What there is to show, and what the others are told to be shown.

use super::Driver;
use crate::{Platform, View, view::Local};
use wire::MediaState;

impl<P: Platform> Driver<P> {
    pub(super) fn view(&self) -> View {
        View {
            link: self.link.view(),
            phase: self.stay.phase.clone(),
            local: Local {
                screen: self.screen.view(),
                screen_preview: self.screen.preview(),
                screen_sound: self.screen.sound(),
                unheard: self.unheard.is_speaking(),
                hand: self.gestures.raised,
                ..self.media.view()
            },
            devices: self.media.devices(),
            peek: self.peek.as_ref().and_then(|peek| peek.info.clone()),
            people: self.people.view(),
            active_speaker: self.voices.active().cloned(),
            qualities: self.checkups.qualities.clone(),
            hands: self.gestures.hands.clone(),
            signs: self.gestures.signs.clone(),
            chat: self.chat.view(),
            files: self.files.view(),
            house: self.house.clone(),
            load: self.load.view(),
            reports: self.reports.view(),
        }
    }

    pub(super) fn media_state(&self) -> MediaState {
        MediaState {
            screen: self.screen.is_on(),
            recording: self.recording,
            ..self.media.state()
        }
    }
}
