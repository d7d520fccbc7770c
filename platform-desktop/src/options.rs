//! What the program is told when it is started.

use clap::Parser;
use percent_encoding::percent_decode_str;
use session::{Config, platform::VideoConstraints};
use std::path::{Path, PathBuf};
use wire::{ClientPlatform, DisplayName, RoomId, routes::SIGNALING};

/// Where the server is, unless somebody says otherwise.
pub const USUAL_SERVER: &str = "http://localhost:3000";

/// Video rooms in a window, or without one.
#[derive(Debug, Clone, Parser)]
#[command(name = "tsukiyo-desktop", version)]
pub struct Options {
    /// A link to a room: tsukiyo://room/ID
    #[arg(value_name = "LINK", value_parser = link, conflicts_with = "room")]
    pub link: Option<RoomId>,

    /// The server: scheme, host and port [without it: the one of the last window, or else http://localhost:3000]
    #[arg(long, env = "TSUKIYO_SERVER", value_parser = origin)]
    pub server: Option<String>,

    /// Goes into this room
    #[arg(long)]
    pub room: Option<RoomId>,

    /// Goes by this name
    #[arg(long, value_parser = name)]
    pub name: Option<DisplayName>,

    /// Goes in at once, without a stay in the lobby; the name of the last time will do
    #[arg(long)]
    pub join: bool,

    /// Opens no window: joins the room, tells on the standard output what comes in, and takes requests on the input
    #[arg(long, requires = "room")]
    pub headless: bool,

    /// What is sent in place of a camera and a microphone: "pattern", or files with the endings .y4m or .ivf (pictures) and
    /// .wav (sound)
    #[arg(long, value_name = "pattern|FILE")]
    pub source: Vec<PathBuf>,

    /// Records what comes in to this new file (WebM): a track for everybody's pictures, and one for each voice
    #[arg(long, value_name = "FILE", requires = "headless")]
    pub record: Option<PathBuf>,

    /// Takes every file that is offered, and saves it in this folder
    #[arg(long, value_name = "FOLDER", requires = "headless")]
    pub files: Option<PathBuf>,

    /// The size and the pictures per second of the test pattern
    #[arg(long, value_name = "WxH@N", value_parser = shape)]
    pub video: Option<VideoConstraints>,
}

impl Options {
    /// What the session is told.
    pub fn config(&self, server: &str) -> Config {
        Config {
            // http becomes ws, and https becomes wss.
            server: format!("{}{SIGNALING}", server.replacen("http", "ws", 1)),
            video: self.video,
            platform: ClientPlatform::Desktop,
        }
    }

    /// The room to go to, if one is named.
    pub fn room(&self) -> Option<&RoomId> {
        self.link.as_ref().or(self.room.as_ref())
    }

    /// The file with this ending, if one is named.
    pub fn file(&self, ending: &str) -> Option<PathBuf> {
        let ends = |path: &&PathBuf| path.extension().is_some_and(|is| is.eq_ignore_ascii_case(ending));
        self.source.iter().find(ends).cloned()
    }

    /// The first source that is none.
    pub fn unknown_source(&self) -> Option<&Path> {
        let known = |path: &Path| {
            let ending = path.extension().and_then(|ending| ending.to_str());
            path == Path::new("pattern")
                || ending.is_some_and(|ending| {
                    ["y4m", "ivf", "wav"]
                        .iter()
                        .any(|known| ending.eq_ignore_ascii_case(known))
                })
        };
        self.source.iter().map(PathBuf::as_path).find(|path| !known(path))
    }
}

/// Reads the origin of a server.
///
/// # Errors
/// It is none.
pub fn origin(text: &str) -> Result<String, String> {
    let origin = text.trim_end_matches('/');
    let host = ["http://", "https://"]
        .iter()
        .find_map(|scheme| origin.strip_prefix(scheme));
    match host {
        Some(host) if !host.is_empty() && !host.contains(['/', '?', '#', '@']) => Ok(origin.to_owned()),
        _ => Err("write http://host:port or https://host".to_owned()),
    }
}

fn link(text: &str) -> Result<RoomId, String> {
    let wrong = || "write it like tsukiyo://room/ID".to_owned();
    let room = text.strip_prefix("tsukiyo://room/").ok_or_else(wrong)?;
    let room = percent_decode_str(room.trim_end_matches('/')).decode_utf8();
    let room = room.map_err(|_| wrong())?;
    RoomId::try_from(room.into_owned()).map_err(|error| error.to_string())
}

fn name(text: &str) -> Result<DisplayName, String> {
    DisplayName::try_from(text.to_owned()).map_err(|error| error.to_string())
}

fn shape(text: &str) -> Result<VideoConstraints, String> {
    let wrong = |()| "write it like 640x480@30".to_owned();
    text.parse().map_err(wrong)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(line: &str) -> Result<Options, clap::Error> {
        Options::try_parse_from(line.split(' '))
    }

    #[test]
    fn the_socket_is_at_the_server() {
        let options = read("x --server https://rooms.example/").unwrap();
        let server = options.server.as_deref().unwrap();
        assert_eq!(options.config(server).server, "wss://rooms.example/ws");
        for wrong in ["rooms.example", "ftp://a", "http://", "http://a/b"] {
            assert!(read(&format!("x --server {wrong}")).is_err(), "{wrong}");
        }
    }

    #[test]
    fn a_link_names_a_room() {
        let options = read("x tsukiyo://room/moon-rise").unwrap();
        assert_eq!(options.room(), Some(&"moon-rise".parse().unwrap()));
        let options = read("x tsukiyo://room/%E6%9C%88/").unwrap();
        assert_eq!(options.room().map(ToString::to_string).as_deref(), Some("月"));
        for wrong in [
            "tsukiyo://posts",
            "https://room/a",
            "tsukiyo://room/",
            "tsukiyo://room/%ff",
        ] {
            assert!(read(&format!("x {wrong}")).is_err(), "{wrong}");
        }
    }

    #[test]
    fn files_are_told_by_their_endings() {
        let options = read("x --headless --room a --source b.y4m --source c.WAV --source pattern").unwrap();
        assert_eq!(options.file("y4m"), Some("b.y4m".into()));
        assert_eq!(options.file("wav"), Some("c.WAV".into()));
        let options = read("x --headless --room a --source d.mp4").unwrap();
        assert_eq!(options.unknown_source(), Some(Path::new("d.mp4")));
    }

    #[test]
    fn without_a_window_there_must_be_a_room() {
        assert!(read("x --headless").is_err());
    }
}
