//! Cameras by Video4Linux.

use super::mode::{Mode, choose, fitting};
use crate::media::{camera::Camera, picture::Picture, pixels::Pixels};
use rscam::{IntervalInfo, ResolutionInfo};
use session::{
    platform::{Exception, VideoConstraints},
    view::{Device, DeviceKind},
};
use std::{fmt, fs, io, path::Path};

/// Pictures that the kernel has room for. More would be the past.
const BUFFERS: u32 = 3;
/// So many broken pictures in a row are a broken camera. One now and then is a loose plug.
const BROKEN: u32 = 30;
/// What a camera is taken to do that does not say how fast it is.
const USUAL: (u32, u32) = (1, 30);

/// A camera that is open.
pub struct Webcam {
    id: String,
    mode: Mode,
    device: rscam::Camera,
    picture: Picture,
}

/// Lists what is plugged in.
pub fn devices() -> Vec<Device> {
    listed(Path::new("/sys/class/video4linux"), Path::new("/dev"))
}

/// Lists the cameras that the kernel names in one folder and has in another.
fn listed(names: &Path, nodes: &Path) -> Vec<Device> {
    let mut entries: Vec<_> = fs::read_dir(names).into_iter().flatten().flatten().collect();
    entries.sort_by_key(fs::DirEntry::file_name);
    let camera = |entry: fs::DirEntry| {
        let told = |what: &str| fs::read_to_string(entry.path().join(what)).ok();
        // A camera's other nodes tell of the pictures, and give none.
        let is_first = told("index").is_none_or(|index| index.trim() == "0");
        let node = nodes.join(entry.file_name());
        (is_first && node.exists()).then(|| Device {
            kind: DeviceKind::Camera,
            label: told("name").map_or_else(
                || entry.file_name().to_string_lossy().into_owned(),
                |name| name.trim().to_owned(),
            ),
            id: steady(&node, nodes).unwrap_or_else(|| node.display().to_string()),
        })
    };
    entries.into_iter().filter_map(camera).collect()
}

/// The name under which a camera is found also when it was plugged in again, after others.
fn steady(node: &Path, nodes: &Path) -> Option<String> {
    let node = node.canonicalize().ok()?;
    let links = fs::read_dir(nodes.join("v4l/by-id")).ok()?.flatten();
    let mut own: Vec<_> = links
        .map(|link| link.path())
        .filter(|link| link.canonicalize().is_ok_and(|to| to == node))
        .collect();
    own.sort();
    Some(own.first()?.display().to_string())
}

impl Webcam {
    /// Opens the camera of this id, or the first.
    ///
    /// # Errors
    /// `NotFoundError`, `NotAllowedError`, `NotReadableError`
    pub fn open(id: Option<&str>, wanted: VideoConstraints) -> Result<Self, Exception> {
        let all = devices();
        let missing = || Exception::new("NotFoundError", "there is no such camera");
        // Only what is listed is opened: an id may come from a note of another day.
        let found = match id {
            Some(id) => all.into_iter().find(|device| device.id == id),
            None => all.into_iter().next(),
        };
        let id = found.ok_or_else(missing)?.id;
        let mut device = rscam::Camera::new(&id).map_err(|error| refused(&error))?;
        let mode = choose(modes(&device, wanted), wanted).ok_or_else(|| {
            Exception::new("NotReadableError", "the camera gives no pictures of a known kind")
        })?;
        let started = device.start(&rscam::Config {
            interval: mode.interval,
            resolution: mode.size,
            format: mode.pixels.code(),
            nbuffers: BUFFERS,
            ..rscam::Config::default()
        });
        started.map_err(|error| {
            if let rscam::Error::Io(error) = &error {
                return refused(error);
            }
            Exception::new("NotReadableError", error.to_string())
        })?;
        tracing::info!(?mode, "camera is open");
        let (width, height) = mode.size;
        Ok(Self {
            id,
            mode,
            device,
            picture: Picture::black(width as usize, height as usize),
        })
    }

    /// The id under which it is listed.
    pub fn id(&self) -> &str {
        &self.id
    }
}

impl Camera for Webcam {
    fn frame_rate(&self) -> u32 {
        self.mode.rate().max(1)
    }

    fn waits(&self) -> bool {
        true
    }

    fn capture(&mut self) -> Option<&Picture> {
        for _ in 0..BROKEN {
            // An error is a camera that was unplugged.
            let frame = self.device.capture();
            let frame = frame
                .inspect_err(|error| tracing::warn!(%error, "camera is gone"))
                .ok()?;
            match self.mode.pixels.draw(&frame, &mut self.picture) {
                Ok(()) => return Some(&self.picture),
                Err(error) => tracing::debug!(%error, "a picture is left out"),
            }
        }
        tracing::warn!("the camera gives no pictures");
        None
    }

    fn skip(&mut self) -> bool {
        self.device.capture().is_ok()
    }
}

/// What a camera can do, near to what is wanted.
fn modes(device: &rscam::Camera, wanted: VideoConstraints) -> Vec<Mode> {
    let offered = device.formats().filter_map(Result::ok);
    let offered: Vec<_> = offered.map(|format| format.format).collect();
    let mut modes = Vec::new();
    for pixels in Pixels::ALL {
        let code = pixels.code();
        if !offered.contains(code) {
            continue;
        }
        let sizes = match device.resolutions(code) {
            Ok(ResolutionInfo::Discretes(sizes)) => sizes,
            Ok(ResolutionInfo::Stepwise { min, max, step }) => {
                vec![fitting((wanted.width, wanted.height), min, max, step)]
            }
            Err(_) => continue,
        };
        let even =
            |(width, height): &(u32, u32)| width % 2 == 0 && height % 2 == 0 && *width > 0 && *height > 0;
        for size in sizes.into_iter().filter(even) {
            let intervals = match device.intervals(code, size) {
                Ok(IntervalInfo::Discretes(intervals)) => intervals,
                Ok(IntervalInfo::Stepwise { min, .. }) => vec![min],
                Err(_) => vec![USUAL],
            };
            modes.extend(intervals.into_iter().map(|interval| Mode {
                pixels,
                size,
                interval,
            }));
        }
    }
    modes
}

/// Says why a camera cannot be opened, in the words of the standard.
fn refused(error: &io::Error) -> Exception {
    let kind = error.kind();
    let name = if kind == io::ErrorKind::NotFound {
        "NotFoundError"
    } else if kind == io::ErrorKind::PermissionDenied {
        "NotAllowedError"
    } else {
        // Another program has it, as a rule.
        "NotReadableError"
    };
    Exception::new(name, error.to_string())
}

impl fmt::Debug for Webcam {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Webcam")
            .field("id", &self.id)
            .field("mode", &self.mode)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_camera_is_listed_once_by_a_name_that_lasts() {
        let folder = tempfile::tempdir().unwrap();
        let (names, nodes) = (folder.path().join("sys"), folder.path().join("dev"));
        let plug = |number: usize, name: &str, index: &str| {
            let place = names.join(format!("video{number}"));
            fs::create_dir_all(&place).unwrap();
            fs::create_dir_all(nodes.join("v4l/by-id")).unwrap();
            fs::write(place.join("name"), format!("{name}\n")).unwrap();
            fs::write(place.join("index"), format!("{index}\n")).unwrap();
            fs::write(nodes.join(format!("video{number}")), "").unwrap();
        };
        assert_eq!(listed(&names, &nodes), []);
        plug(0, "Moon Cam", "0");
        plug(1, "Moon Cam", "1");
        plug(2, "月", "0");
        std::os::unix::fs::symlink("../../video2", nodes.join("v4l/by-id/usb-moon-index0")).unwrap();
        let seen: Vec<_> = listed(&names, &nodes)
            .into_iter()
            .map(|device| (device.label, device.id))
            .collect();
        let place = |name: &str| nodes.join(name).display().to_string();
        assert_eq!(
            seen,
            [
                ("Moon Cam".to_owned(), place("video0")),
                ("月".to_owned(), place("v4l/by-id/usb-moon-index0"))
            ]
        );
        fs::remove_file(nodes.join("video0")).unwrap();
        assert_eq!(
            listed(&names, &nodes).len(),
            1,
            "the kernel takes the node away first"
        );
    }

    #[test]
    fn what_is_not_there_is_not_found_and_nothing_else_is_opened() {
        for id in ["/dev/null", "/nowhere", ""] {
            let refused = Webcam::open(Some(id), VideoConstraints::default()).unwrap_err();
            assert_eq!(refused.name, "NotFoundError", "{id}");
        }
        let kinds = [
            io::ErrorKind::NotFound,
            io::ErrorKind::PermissionDenied,
            io::ErrorKind::ResourceBusy,
        ];
        let names = kinds.map(|kind| refused(&kind.into()).name);
        assert_eq!(names, ["NotFoundError", "NotAllowedError", "NotReadableError"]);
    }
}
