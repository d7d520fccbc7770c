//! The person's own microphone and camera.

use super::{
    io::{Happening, Io},
    open::get_user_media,
    plug::Plug,
    remembered::{PROCESSING, SHAPE, device_key, processing, switch_key},
};
use crate::{
    platform::{
        AudioProcessing, Keep, MediaConstraints, MediaKind, MediaStream, MediaStreamTrack, Platform,
        VideoConstraints,
    },
    view::{Device, DeviceKind, Devices, Local, Source, Trouble},
};
use std::rc::Rc;
use wire::MediaState;

/// The person's own microphone and camera.
pub(super) struct Media<P: Platform> {
    io: Io<P>,
    /// Names the openings, so that what comes of an earlier one is recognised.
    number: u64,
    microphone: Input<P::Track>,
    camera: Input<P::Track>,
    /// The camera's picture.
    preview: Shown<P>,
    /// The microphone's sound, for whoever records it.
    voice: Shown<P>,
    devices: Rc<Devices>,
}

/// A stream, with the opening that it came of.
type Shown<P> = Option<(u64, <P as Platform>::Stream)>;

/// One of the two.
struct Input<T> {
    kind: MediaKind,
    /// The person's switch.
    wanted: bool,
    /// The opening that is on its way.
    opening: Option<u64>,
    /// The open track, with the opening that it came of.
    track: Option<(u64, T)>,
    trouble: Option<Trouble>,
    plug: Plug,
}

impl<P: Platform> Media<P> {
    pub fn new(io: Io<P>, shape: Option<VideoConstraints>) -> Self {
        let recall = |key| io.platform.recall(Keep::Always, key);
        let devices = Devices {
            all: Vec::new(),
            camera: recall(device_key(DeviceKind::Camera)),
            microphone: recall(device_key(DeviceKind::Microphone)),
            speaker: recall(device_key(DeviceKind::Speaker)),
            processing: recall(PROCESSING).map_or_else(AudioProcessing::default, |kept| processing(&kept)),
            shape: shape.or_else(|| recall(SHAPE)?.parse().ok()).unwrap_or_default(),
        };
        if let Some(speaker) = &devices.speaker {
            io.platform.set_sink_id(speaker);
        }
        let input = |kind| Input {
            kind,
            wanted: recall(switch_key(kind)).as_deref() != Some("off"),
            opening: None,
            track: None,
            trouble: None,
            plug: Plug::default(),
        };
        Self {
            microphone: input(MediaKind::Audio),
            camera: input(MediaKind::Video),
            number: 0,
            preview: None,
            voice: None,
            devices: Rc::new(devices),
            io,
        }
    }

    /// Opens whatever is switched on and not open.
    pub fn prepare(&mut self) {
        self.list_devices();
        self.open_if(|_| true);
    }

    /// Switches the microphone or the camera.
    pub fn switch(&mut self, kind: MediaKind, on: bool) {
        let value = if on { "on" } else { "off" };
        self.io
            .platform
            .remember(Keep::Always, switch_key(kind), Some(value));
        let input = self.input_mut(kind);
        input.wanted = on;
        match (&input.track, kind) {
            // A muted microphone stays open: unmuting is at once, and asks nobody.
            (Some((_, track)), MediaKind::Audio) => track.set_enabled(on),
            (Some(_), MediaKind::Video) if on => {}
            // A camera that is off lets go of the device, so that its light goes out.
            (Some(_), MediaKind::Video) => self.close(MediaKind::Video),
            (None, _) if on && input.opening.is_none() => self.open([kind]),
            (None, _) => {}
        }
    }

    /// Uses this device from now on.
    pub fn choose(&mut self, kind: DeviceKind, id: String) {
        self.io
            .platform
            .remember(Keep::Always, device_key(kind), Some(&id));
        let devices = Rc::make_mut(&mut self.devices);
        match kind {
            DeviceKind::Camera => devices.camera = Some(id),
            DeviceKind::Microphone => devices.microphone = Some(id),
            DeviceKind::Speaker => {
                self.io.platform.set_sink_id(&id);
                devices.speaker = Some(id);
                return;
            }
        }
        let kind = if kind == DeviceKind::Camera {
            MediaKind::Video
        } else {
            MediaKind::Audio
        };
        // What the person chooses is no longer in the place of another.
        self.input_mut(kind).plug = Plug::default();
        self.open_again(kind);
    }

    /// Treats the voice like this from now on.
    pub fn process(&mut self, processing: AudioProcessing) {
        let switches = [
            processing.echo_cancellation,
            processing.noise_suppression,
            processing.auto_gain_control,
        ];
        let kept: String = switches.map(|on| if on { '1' } else { '0' }).iter().collect();
        self.io.platform.remember(Keep::Always, PROCESSING, Some(&kept));
        Rc::make_mut(&mut self.devices).processing = processing;
        self.open_again(MediaKind::Audio);
    }

    /// Asks this of the camera from now on.
    pub fn shape(&mut self, shape: VideoConstraints) {
        self.io
            .platform
            .remember(Keep::Always, SHAPE, Some(&shape.to_string()));
        Rc::make_mut(&mut self.devices).shape = shape;
        self.open_again(MediaKind::Video);
    }

    /// Takes in what came of an opening.
    pub fn opened(&mut self, number: u64, results: Vec<(MediaKind, Result<P::Track, Trouble>)>) {
        for (kind, result) in results {
            let io = self.io.clone();
            let input = self.input_mut(kind);
            if input.opening != Some(number) {
                result.into_iter().for_each(|track| track.stop());
                continue;
            }
            input.opening = None;
            match result {
                // It was switched off while it was being opened.
                Ok(track) if kind == MediaKind::Video && !input.wanted => track.stop(),
                Ok(track) => {
                    tracing::info!(?kind, "device is open");
                    track.set_enabled(input.wanted);
                    track.on_ended(move || io.report(Happening::Ended(kind, number)));
                    input.trouble = None;
                    if let Some((_, before)) = input.track.replace((number, track)) {
                        before.stop();
                    }
                }
                Err(trouble) => {
                    tracing::warn!(?kind, ?trouble, "device cannot be opened");
                    // Where another device was to take its place, the one that works goes on.
                    if input.track.is_none() {
                        input.trouble = Some(trouble);
                    }
                }
            }
        }
        self.show();
        self.list_devices();
    }

    /// A track ended by itself: its device was unplugged, or permission was taken back.
    pub fn ended(&mut self, kind: MediaKind, number: u64) {
        let input = self.input_mut(kind);
        if input.track.as_ref().is_some_and(|(of, _)| *of == number) {
            tracing::warn!(?kind, "device is gone");
            input.track = None;
            input.trouble = Some(Trouble::Missing);
            input.plug.lose();
            self.show();
            // Any other is better than none; what the person chose is chosen still.
            self.open_if(|input| input.kind == kind);
        }
    }

    /// There are other devices: one that was missing may be back.
    pub fn devices_changed(&mut self) {
        self.list_devices();
        self.open_if(|input| matches!(input.trouble, Some(Trouble::Missing | Trouble::Busy)));
    }

    /// Takes in the list of devices.
    pub fn devices_listed(&mut self, all: Vec<Device>) {
        if self.devices.all != all {
            Rc::make_mut(&mut self.devices).all = all;
        }
        for kind in [MediaKind::Audio, MediaKind::Video] {
            let devices = self.devices.clone();
            let input = self.input_mut(kind);
            let Some((number, track)) = &input.track else {
                continue;
            };
            let (number, used) = (*number, track.device());
            let silent = input.plug.listed(used, &devices.all, kind.device());
            if silent && input.opening.is_none() {
                // Not every browser ends the track of a device that is gone, or was changed for another behind its name.
                tracing::warn!(?kind, number, "device is not what it was");
                self.open([kind]);
            }
        }
    }

    /// Lets go of everything.
    pub fn shut_down(&mut self) {
        for kind in [MediaKind::Audio, MediaKind::Video] {
            self.input_mut(kind).opening = None;
            self.close(kind);
        }
    }

    /// What the others are told of the two.
    pub fn state(&self) -> MediaState {
        let on = |input: &Input<P::Track>| input.wanted && input.track.is_some();
        MediaState {
            audio: on(&self.microphone),
            video: on(&self.camera),
            ..MediaState::default()
        }
    }

    /// What the others are sent: the microphone's track and the camera's, with the numbers of their openings.
    pub fn tracks(&self) -> [Option<(u64, P::Track)>; 2] {
        [self.microphone.track.clone(), self.camera.track.clone()]
    }

    /// The microphone's track, while it can be heard.
    pub fn audible(&self) -> Option<&P::Track> {
        let (_, track) = self
            .microphone
            .track
            .as_ref()
            .filter(|_| self.microphone.wanted)?;
        Some(track)
    }

    /// The microphone's track, while it is open and muted.
    pub fn muted(&self) -> Option<&P::Track> {
        let (_, track) = self
            .microphone
            .track
            .as_ref()
            .filter(|_| !self.microphone.wanted)?;
        Some(track)
    }

    pub fn view(&self) -> Local {
        Local {
            microphone: self.microphone.view(),
            camera: self.camera.view(),
            preview: self.preview.as_ref().map(|(_, stream)| stream.id()),
            voice: self.voice.as_ref().map(|(_, stream)| stream.id()),
            lost: [&self.microphone, &self.camera]
                .into_iter()
                .filter_map(|input| {
                    let used = || input.track.as_ref().and_then(|(_, track)| track.device());
                    input.plug.lost(used, &self.devices.all)
                })
                .collect(),
            ..Local::default()
        }
    }

    pub fn devices(&self) -> Rc<Devices> {
        self.devices.clone()
    }

    /// Opens what is switched on and not open, and of which `when` holds.
    fn open_if(&mut self, when: impl Fn(&Input<P::Track>) -> bool) {
        let idle =
            |input: &&Input<P::Track>| input.wanted && input.track.is_none() && input.opening.is_none();
        let inputs = [&self.microphone, &self.camera].into_iter().filter(idle);
        let kinds: Vec<_> = inputs
            .filter(|input| when(input))
            .map(|input| input.kind)
            .collect();
        self.open(kinds);
    }

    /// Opens devices of these kinds, in one go: people are asked one question, not two.
    fn open(&mut self, kinds: impl IntoIterator<Item = MediaKind>) {
        let kinds: Vec<_> = kinds.into_iter().collect();
        if kinds.is_empty() {
            return;
        }
        self.number += 1;
        let number = self.number;
        for kind in &kinds {
            self.input_mut(*kind).opening = Some(number);
        }
        let wanted = |kind, device: &Option<String>| kinds.contains(&kind).then(|| device.clone());
        let constraints = MediaConstraints {
            audio: wanted(MediaKind::Audio, &self.devices.microphone),
            video: wanted(MediaKind::Video, &self.devices.camera),
            shape: self.devices.shape,
            processing: self.devices.processing,
        };
        let io = self.io.clone();
        self.io.spawn(async move {
            let results = get_user_media(&*io.platform, constraints).await;
            io.report(Happening::Opened(number, results));
        });
    }

    /// Opens a device under other conditions, if it is in use. What is open goes on until the other is there.
    fn open_again(&mut self, kind: MediaKind) {
        let input = self.input(kind);
        if input.wanted || input.track.is_some() {
            self.open([kind]);
        }
    }

    fn close(&mut self, kind: MediaKind) {
        if let Some((_, track)) = self.input_mut(kind).track.take() {
            track.stop();
        }
        self.show();
    }

    /// Makes streams of what is open; what is shown already stays as it is.
    fn show(&mut self) {
        show(&*self.io.platform, &self.camera.track, &mut self.preview);
        show(&*self.io.platform, &self.microphone.track, &mut self.voice);
    }

    fn list_devices(&self) {
        let io = self.io.clone();
        self.io.spawn(async move {
            let all = io.platform.enumerate_devices().await;
            io.report(Happening::Devices(all));
        });
    }

    fn input(&self, kind: MediaKind) -> &Input<P::Track> {
        match kind {
            MediaKind::Audio => &self.microphone,
            MediaKind::Video => &self.camera,
        }
    }

    fn input_mut(&mut self, kind: MediaKind) -> &mut Input<P::Track> {
        match kind {
            MediaKind::Audio => &mut self.microphone,
            MediaKind::Video => &mut self.camera,
        }
    }
}

fn show<P: Platform>(platform: &P, track: &Option<(u64, P::Track)>, shown: &mut Shown<P>) {
    if shown.as_ref().map(|(number, _)| number) != track.as_ref().map(|(number, _)| number) {
        let stream = |(number, track): &(u64, P::Track)| Some((*number, platform.media_stream(track)?));
        *shown = track.as_ref().and_then(stream);
    }
}

impl<T> Input<T> {
    fn view(&self) -> Source {
        match (self.wanted, &self.track, self.opening, self.trouble) {
            (false, ..) => Source::Off,
            (true, Some(_), ..) => Source::On,
            (true, None, Some(_), _) => Source::Starting,
            (true, None, None, Some(trouble)) => Source::Trouble(trouble),
            (true, None, None, None) => Source::Off,
        }
    }
}
