//! Devices that are unplugged and plugged in again while they are in use.

use crate::view::{Device, DeviceKind, Lost};

/// What is known of the device behind a track. Pure.
#[derive(Debug, Default)]
pub(super) struct Plug {
    /// The device as it was listed when it was last looked at.
    used: Option<Device>,
    /// The device that was in use when it was unplugged.
    lost: Option<Device>,
}

impl Plug {
    /// The track ended by itself.
    pub fn lose(&mut self) {
        // Whoever loses the stand-in as well still wants the first.
        self.lost = self.lost.take().or(self.used.take());
        self.used = None;
    }

    /// There is a new list, while the device with the id `used` is in use. Returns whether another has to be opened.
    pub fn listed(&mut self, used: Option<String>, all: &[Device], kind: DeviceKind) -> bool {
        let Some(used) = used else { return false };
        let there = all.iter().find(|device| device.kind == kind && device.id == used);
        let before = self.used.as_ref().filter(|device| device.id == used);
        match (before, there) {
            // Without names (no permission, or a device of a test) nothing can be told.
            (None, there) => {
                self.used = there.cloned();
                false
            }
            (Some(_), None) => {
                self.lose();
                true
            }
            // The name stands for another device now ("Default – Headset").
            (Some(before), Some(there)) if before.label != there.label && !before.label.is_empty() => {
                self.used = Some(there.clone());
                true
            }
            (Some(_), Some(_)) => false,
        }
    }

    /// What the person should know, while the device with the id `used` is in use. To ask which it is takes time, and mostly
    /// nothing is lost.
    pub fn lost(&self, used: impl FnOnce() -> Option<String>, all: &[Device]) -> Option<Lost> {
        let lost = self.lost.clone()?;
        let used = used();
        let find = |id: &str| {
            all.iter()
                .find(|device| device.kind == lost.kind && device.id == id)
        };
        if used.as_ref() == Some(&lost.id) {
            return None;
        }
        Some(Lost {
            back: find(&lost.id).is_some(),
            instead: used.and_then(|used| find(&used).cloned()),
            device: lost,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn microphone(id: &str, label: &str) -> Device {
        Device {
            kind: DeviceKind::Microphone,
            id: id.to_owned(),
            label: label.to_owned(),
        }
    }

    fn listed(plug: &mut Plug, used: &str, all: &[Device]) -> bool {
        plug.listed(Some(used.to_owned()), all, DeviceKind::Microphone)
    }

    #[test]
    fn a_device_that_vanishes_from_the_list_is_replaced_and_offered_when_it_is_back() {
        let (headset, built_in) = (microphone("h", "Headset"), microphone("b", "Built-in"));
        let both = [headset.clone(), built_in.clone()];
        let mut plug = Plug::default();
        assert!(!listed(&mut plug, "h", &both));
        assert!(
            listed(&mut plug, "h", &both[1..]),
            "its track may be silent for ever"
        );
        assert!(!listed(&mut plug, "b", &both[1..]));
        let lost = plug
            .lost(|| Some("b".to_owned()), &both[1..])
            .expect("it is told");
        assert_eq!((lost.back, lost.instead), (false, Some(built_in)));
        let lost = plug.lost(|| Some("b".to_owned()), &both).expect("it is told");
        assert_eq!((lost.back, lost.device), (true, headset));
        assert_eq!(
            plug.lost(|| Some("h".to_owned()), &both),
            None,
            "it is in use again"
        );
    }

    #[test]
    fn a_name_that_stands_for_another_device_is_opened_again() {
        let mut plug = Plug::default();
        assert!(!listed(
            &mut plug,
            "default",
            &[microphone("default", "Default - Headset")]
        ));
        assert!(listed(
            &mut plug,
            "default",
            &[microphone("default", "Default - Built-in")]
        ));
        assert!(!listed(
            &mut plug,
            "default",
            &[microphone("default", "Default - Built-in")]
        ));
    }

    #[test]
    fn who_loses_the_stand_in_as_well_is_offered_the_first() {
        let all = [microphone("a", "A"), microphone("b", "B")];
        let mut plug = Plug::default();
        listed(&mut plug, "a", &all);
        plug.lose();
        listed(&mut plug, "b", &all);
        plug.lose();
        assert_eq!(
            plug.lost(|| None, &all).map(|lost| lost.device.id),
            Some("a".to_owned())
        );
    }

    #[test]
    fn permission_that_comes_late_is_no_change() {
        let mut plug = Plug::default();
        assert!(!listed(&mut plug, "a", &[]));
        assert!(!listed(&mut plug, "a", &[microphone("a", "")]));
        assert!(!listed(&mut plug, "a", &[microphone("a", "A")]));
    }
}
