//! The cameras and microphones that there are.

use super::{
    camera,
    echo::FarEnd,
    file::{Pictures, Sound, Unplayable},
    ivf::Film,
    microphone::{self, Tone},
    pattern::Pattern,
    screen::{ScreenCamera, Target},
    system::{self, SystemMicrophone},
    track::Source,
    webcam::{self, Webcam},
};
use crate::{host::language, options::Options};
use session::{
    platform::{AudioProcessing, Exception, MediaConstraints, MediaKind, VideoConstraints},
    view::{Device, DeviceKind},
};
use std::{
    io,
    path::{Path, PathBuf},
    sync::{Arc, Mutex, PoisonError},
};

/// The test pattern as a camera, and its tone as a microphone.
const PATTERN: &str = "pattern";
/// A file that the person picks, as a camera.
pub const FILE: &str = "file";
/// The pitch of the tone, in hertz.
const PITCH: f32 = 440.0;

/// What can be opened, beyond what the system has.
#[derive(Debug, Clone, Default)]
pub struct Studio {
    /// Pictures of a file.
    pub pictures: Option<PathBuf>,
    /// Sound of a file.
    pub sound: Option<PathBuf>,
    /// The file that the person has picked.
    pub picked: Arc<Mutex<Option<PathBuf>>>,
    /// Nobody has to choose: the file, or else the test pattern, is what one gets.
    pub played: bool,
    /// What the speaker plays, which is no part of a voice.
    pub far: FarEnd,
}

impl Studio {
    /// Makes one with the files that the program was started with.
    pub fn new(options: &Options) -> Self {
        Self {
            pictures: options.file("y4m").or_else(|| options.file("ivf")),
            sound: options.file("wav"),
            played: !options.source.is_empty(),
            far: FarEnd::default(),
            picked: Arc::default(),
        }
    }

    /// The person has picked this file as a camera.
    pub fn pick(&self, path: PathBuf) {
        *self.picked.lock().unwrap_or_else(PoisonError::into_inner) = Some(path);
    }

    /// Lists all devices. It may take a moment.
    pub fn devices(&self) -> Vec<Device> {
        let files = [
            (DeviceKind::Camera, &self.pictures),
            (DeviceKind::Microphone, &self.sound),
        ];
        let files = files.into_iter().filter_map(|(kind, path)| {
            let path = path.as_ref()?;
            Some(Device {
                kind,
                id: path.display().to_string(),
                label: path.file_name()?.to_string_lossy().into_owned(),
            })
        });
        let ja = language().starts_with("ja");
        let patterns = [
            (DeviceKind::Camera, FILE, ["Media file…", "メディアファイル…"]),
            (DeviceKind::Camera, PATTERN, ["Test pattern", "テスト映像"]),
            (DeviceKind::Microphone, PATTERN, ["Test tone", "テスト音"]),
        ];
        let patterns = patterns.map(|(kind, id, label)| Device {
            kind,
            id: id.to_owned(),
            label: label[usize::from(ja)].to_owned(),
        });
        let own = if self.played {
            Vec::new()
        } else {
            [webcam::devices(), system::devices()].concat()
        };
        own.into_iter().chain(files).chain(patterns).collect()
    }

    /// `getUserMedia`
    pub fn open(&self, constraints: &MediaConstraints) -> Result<Vec<Arc<Source>>, Exception> {
        let mut opened = Opened::default();
        if let Some(device) = &constraints.audio {
            opened
                .0
                .push(self.open_microphone(device.as_deref(), constraints.processing)?);
        }
        if let Some(device) = &constraints.video {
            opened
                .0
                .push(self.open_camera(device.as_deref(), constraints.shape)?);
        }
        Ok(std::mem::take(&mut opened.0))
    }

    /// `getDisplayMedia`, once it is known what of.
    pub fn open_screen(&self, target: Target, frame_rate: u32) -> Result<Arc<Source>, Exception> {
        let source = Source::new(MediaKind::Video);
        let camera = ScreenCamera::open(target, frame_rate)?;
        camera::run(camera, source.clone()).map_err(|error| broken(&error))?;
        Ok(source)
    }

    fn open_camera(&self, device: Option<&str>, shape: VideoConstraints) -> Result<Arc<Source>, Exception> {
        let source = Source::of(MediaKind::Video, device.map(str::to_owned));
        let started = match self.choose(device, &self.pictures) {
            Ok(Some(path)) => play(path, source.clone())?,
            Ok(None) => camera::run(Pattern::new(shape), source.clone()),
            Err(missing) if self.played => return Err(missing),
            Err(missing) if device == Some(FILE) => {
                let picked = self.picked.lock().unwrap_or_else(PoisonError::into_inner).clone();
                play(&picked.ok_or(missing)?, source.clone())?
            }
            Err(_) => {
                let webcam = Webcam::open(device, shape)?;
                let source = Source::of(MediaKind::Video, Some(webcam.id().to_owned()));
                camera::run(webcam, source.clone()).map_err(|error| broken(&error))?;
                return Ok(source);
            }
        };
        started.map_err(|error| broken(&error))?;
        Ok(source)
    }

    fn open_microphone(
        &self,
        device: Option<&str>,
        processing: AudioProcessing,
    ) -> Result<Arc<Source>, Exception> {
        let source = Source::new(MediaKind::Audio);
        let started = match self.choose(device, &self.sound) {
            Ok(Some(path)) => {
                let sound = Sound::open(path).map_err(|error| unplayable(&error))?;
                microphone::run(sound, source.clone())
            }
            Ok(None) => microphone::run(Tone::new(PITCH), source.clone()),
            Err(missing) if self.played => return Err(missing),
            Err(_) => {
                let microphone = SystemMicrophone::open(device)?;
                let source = Source::of(MediaKind::Audio, microphone.id());
                let clean = self.far.clean(microphone, processing);
                microphone::run(clean, source.clone()).map_err(|error| broken(&error))?;
                return Ok(source);
            }
        };
        started.map_err(|error| broken(&error))?;
        Ok(source)
    }

    /// Chooses between a file and the pattern, which is `None`.
    fn choose<'a>(
        &self,
        device: Option<&str>,
        file: &'a Option<PathBuf>,
    ) -> Result<Option<&'a PathBuf>, Exception> {
        let missing = || Exception::new("NotFoundError", "there is no such device");
        match (device, file) {
            (Some(PATTERN), _) => Ok(None),
            (Some(id), Some(path)) if path.display().to_string() == id => Ok(Some(path)),
            (Some(_), _) => Err(missing()),
            (None, file) if self.played => Ok(file.as_ref()),
            (None, _) => Err(missing()),
        }
    }
}

/// What is open, until all is: if one device cannot be had, the others are let go.
#[derive(Debug, Default)]
struct Opened(Vec<Arc<Source>>);

impl Drop for Opened {
    fn drop(&mut self) {
        self.0.iter().for_each(|source| source.stop());
    }
}

/// Plays a file of either kind.
fn play(path: &Path, source: Arc<Source>) -> Result<io::Result<()>, Exception> {
    let is_ivf = path
        .extension()
        .is_some_and(|ending| ending.eq_ignore_ascii_case("ivf"));
    Ok(if is_ivf {
        let film = Film::open(path).map_err(|error| unplayable(&error))?;
        camera::run(film, source)
    } else {
        let pictures = Pictures::open(path).map_err(|error| unplayable(&error))?;
        camera::run(pictures, source)
    })
}

fn unplayable(error: &Unplayable) -> Exception {
    let name = match error {
        Unplayable::Io(error) if error.kind() == io::ErrorKind::NotFound => "NotFoundError",
        Unplayable::Io(_) | Unplayable::Kind(_) => "NotReadableError",
    };
    Exception::new(name, error.to_string())
}

fn broken(error: &io::Error) -> Exception {
    Exception::new("NotReadableError", error.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn both(video: Option<&str>) -> MediaConstraints {
        MediaConstraints {
            audio: Some(None),
            video: Some(video.map(str::to_owned)),
            ..MediaConstraints::default()
        }
    }

    #[test]
    fn the_pattern_is_there_for_whoever_chooses_it_and_for_nobody_else() {
        let studio = Studio::default();
        let camera = MediaConstraints {
            video: Some(None),
            ..MediaConstraints::default()
        };
        if webcam::devices().is_empty() {
            assert_eq!(studio.open(&camera).unwrap_err().name, "NotFoundError");
        }
        let picked = MediaConstraints {
            video: Some(Some(FILE.to_owned())),
            ..MediaConstraints::default()
        };
        assert_eq!(studio.open(&picked).unwrap_err().name, "NotFoundError");
        studio.pick("/nowhere.ivf".into());
        assert_eq!(studio.open(&picked).unwrap_err().name, "NotFoundError");
        let chosen = MediaConstraints {
            video: Some(Some(PATTERN.to_owned())),
            ..MediaConstraints::default()
        };
        let tracks = studio.open(&chosen).unwrap();
        assert_eq!(tracks.len(), 1);
        tracks.iter().for_each(|track| track.stop());
        assert!(studio.devices().iter().any(|device| device.id == PATTERN));
    }

    #[test]
    fn a_file_that_is_not_there_is_a_missing_device() {
        let studio = Studio {
            pictures: Some("/nowhere.y4m".into()),
            played: true,
            ..Studio::default()
        };
        assert_eq!(studio.open(&both(None)).unwrap_err().name, "NotFoundError");
        assert_eq!(
            studio.open(&both(Some("gone"))).unwrap_err().name,
            "NotFoundError"
        );
    }
}
