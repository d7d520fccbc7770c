//! The system's cameras. `video4linux` is the only module that knows how a system has them; other systems have none here yet.

mod mode;
#[cfg(target_os = "linux")]
mod video4linux;

#[cfg(not(target_os = "linux"))]
pub use elsewhere::{Webcam, devices};
#[cfg(target_os = "linux")]
pub use video4linux::{Webcam, devices};

#[cfg(not(target_os = "linux"))]
mod elsewhere {
    use crate::media::{camera::Camera, picture::Picture};
    use session::{
        platform::{Exception, VideoConstraints},
        view::Device,
    };

    /// There is none.
    #[derive(Debug)]
    pub enum Webcam {}

    /// Lists nothing.
    pub fn devices() -> Vec<Device> {
        Vec::new()
    }

    impl Webcam {
        /// Finds nothing.
        pub fn open(_: Option<&str>, _: VideoConstraints) -> Result<Self, Exception> {
            Err(Exception::new(
                "NotFoundError",
                "this system's cameras are not known",
            ))
        }

        pub fn id(&self) -> &str {
            match *self {}
        }
    }

    impl Camera for Webcam {
        fn frame_rate(&self) -> u32 {
            match *self {}
        }

        fn capture(&mut self) -> Option<&Picture> {
            match *self {}
        }

        fn skip(&mut self) -> bool {
            match *self {}
        }
    }
}
