//! What may be asked of the program while it runs without a window.

use serde::Deserialize;
use session::{Command, FileCommand};
use std::{io::BufRead, path::PathBuf, thread};
use tokio::sync::mpsc;
use wire::ChatText;

/// A request, as a line of JSON: `{"say": "text"}`, `{"microphone": false}`, `{"camera": true}`, `{"share": true}`,
/// `{"give": "a.txt"}`, `"leave"`.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Request {
    /// Says this to the room.
    Say(ChatText),
    /// Mutes or unmutes.
    Microphone(bool),
    /// Switches the camera.
    Camera(bool),
    /// Shares the whole screen, or ceases to.
    Share(bool),
    /// Offers this file to everybody in the room.
    Give(PathBuf),
    /// Leaves the room and ends the program.
    Leave,
}

impl Request {
    /// What the session is to do; `None` is to leave.
    pub fn command(self) -> Option<Command> {
        match self {
            Self::Say(text) => Some(Command::Say(text)),
            Self::Microphone(on) => Some(Command::Microphone(on)),
            Self::Camera(on) => Some(Command::Camera(on)),
            Self::Share(on) => Some(Command::Share(on)),
            // Which file it is, whoever picks knows.
            Self::Give(_) => Some(Command::Files(FileCommand::Give)),
            Self::Leave => None,
        }
    }
}

/// Reads requests from the standard input, in a thread that nobody waits for: reading cannot be given up.
///
/// # Errors
/// The system has no thread for it.
pub fn from_input() -> std::io::Result<mpsc::Receiver<Request>> {
    let (sender, requests) = mpsc::channel(16);
    let thread = thread::Builder::new().name("input".to_owned());
    thread.spawn(move || {
        for line in std::io::stdin().lock().lines().map_while(Result::ok) {
            match serde_json::from_str(&line) {
                Ok(request) => {
                    if sender.blocking_send(request).is_err() {
                        return;
                    }
                }
                Err(error) => tracing::error!(%error, "this is no request"),
            }
        }
    })?;
    Ok(requests)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn requests_are_read() {
        let read = |line| serde_json::from_str::<Request>(line).unwrap().command();
        assert_eq!(read(r#"{"microphone":false}"#), Some(Command::Microphone(false)));
        assert_eq!(
            read(r#"{"say":"hello"}"#),
            Some(Command::Say(ChatText::try_from("hello".to_owned()).unwrap()))
        );
        assert_eq!(read(r#""leave""#), None);
        assert!(serde_json::from_str::<Request>(r#"{"dance":true}"#).is_err());
    }
}
