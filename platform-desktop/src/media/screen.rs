//! Screens and windows of X11, as cameras. The one module that knows which system of windows there is.

use super::{camera::Camera, picture::Picture};
use session::platform::Exception;
use std::fmt;
use x11rb::{
    connection::Connection as _,
    errors::ReplyError,
    protocol::{
        composite::{ConnectionExt as _, Redirect},
        xproto::{AtomEnum, ConnectionExt as _, ImageFormat, MapState, Window},
    },
    rust_connection::RustConnection,
};

/// Wider pictures than this are made half as wide: nobody's line carries them.
const WIDEST: usize = 1920;
/// Texts that are longer are cut: four bytes each.
const LONGEST_NAME: u32 = 64;
/// How many windows are offered.
const MOST_WINDOWS: usize = 40;

/// What can be shared.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Target {
    /// All of the screen.
    Screen,
    /// A window, whatever covers it.
    Window(Window),
}

/// What can be shared, to be chosen.
#[derive(Debug, Clone)]
pub struct Offer {
    /// What it is.
    pub target: Target,
    /// What the window is called.
    pub label: Option<String>,
    /// What it looks like now.
    pub shot: Shot,
}

/// A picture as the system has it.
#[derive(Debug, Clone)]
pub struct Shot {
    /// The width in pixels.
    pub width: usize,
    /// The height in pixels.
    pub height: usize,
    /// Rows from the top; blue, green, red and nothing.
    pub pixels: Vec<u8>,
}

/// A screen or a window that is looked at.
pub struct ScreenCamera {
    display: Display,
    target: Target,
    frame_rate: u32,
    picture: Picture,
}

struct Display {
    connection: RustConnection,
    root: Window,
}

/// Lists what can be shared. It takes a moment.
///
/// # Errors
/// `NotSupportedError`: there is no X11 here.
pub fn offers() -> Result<Vec<Offer>, Exception> {
    let display = Display::open()?;
    let screen = display.shot(Target::Screen).map(|shot| Offer {
        target: Target::Screen,
        label: None,
        shot,
    });
    let windows = display.windows().unwrap_or_default();
    let windows = windows.into_iter().filter_map(|window| {
        let target = Target::Window(window);
        display.watch(target).ok()?;
        Some(Offer {
            target,
            label: Some(display.name(window)?),
            shot: display.shot(target).ok()?,
        })
    });
    let windows = windows.take(MOST_WINDOWS);
    Ok(screen.into_iter().chain(windows).collect())
}

impl ScreenCamera {
    /// Begins to look.
    ///
    /// # Errors
    /// `NotSupportedError`, or `NotFoundError`: the window is gone.
    pub fn open(target: Target, frame_rate: u32) -> Result<Self, Exception> {
        let display = Display::open()?;
        let gone = |error: ReplyError| Exception::new("NotFoundError", error.to_string());
        display.watch(target).map_err(gone)?;
        let picture = display.shot(target).map_err(gone)?.picture();
        Ok(Self {
            display,
            target,
            frame_rate,
            picture,
        })
    }
}

impl Camera for ScreenCamera {
    fn frame_rate(&self) -> u32 {
        self.frame_rate
    }

    fn capture(&mut self) -> Option<&Picture> {
        match self.display.shot(self.target) {
            Ok(shot) => self.picture = shot.picture(),
            // A window that is put away has no picture; one that is closed has no geometry either.
            Err(error) if self.display.is_gone(self.target) => {
                tracing::info!(%error, "what was shared is gone");
                return None;
            }
            Err(_) => {}
        }
        Some(&self.picture)
    }

    fn skip(&mut self) -> bool {
        true
    }
}

impl Display {
    fn open() -> Result<Self, Exception> {
        let missing = |error: &dyn fmt::Display| {
            Exception::new(
                "NotSupportedError",
                format!("screens are shared by X11 only: {error}"),
            )
        };
        let (connection, number) = x11rb::connect(None).map_err(|error| missing(&error))?;
        let screen = connection.setup().roots.get(number);
        let root = screen
            .map(|screen| screen.root)
            .ok_or_else(|| missing(&"there is no screen"))?;
        Ok(Self { connection, root })
    }

    /// Has a window drawn on a page of its own, so that what covers it is not in the picture.
    fn watch(&self, target: Target) -> Result<(), ReplyError> {
        let Target::Window(window) = target else {
            return Ok(());
        };
        self.connection.composite_query_version(0, 4)?.reply()?;
        self.connection
            .composite_redirect_window(window, Redirect::AUTOMATIC)?
            .check()
    }

    fn windows(&self) -> Result<Vec<Window>, ReplyError> {
        let list = self.atom("_NET_CLIENT_LIST")?;
        let property = self
            .connection
            .get_property(false, self.root, list, AtomEnum::WINDOW, 0, 1024)?;
        let windows: Vec<_> = property.reply()?.value32().into_iter().flatten().collect();
        let is_shown = |window: &Window| {
            let attributes = self.connection.get_window_attributes(*window).ok();
            attributes
                .and_then(|asked| asked.reply().ok())
                .is_some_and(|attributes| attributes.map_state == MapState::VIEWABLE)
        };
        Ok(windows.into_iter().filter(is_shown).collect())
    }

    fn name(&self, window: Window) -> Option<String> {
        let (modern, text) = (self.atom("_NET_WM_NAME").ok()?, self.atom("UTF8_STRING").ok()?);
        let kinds = [
            (modern, text),
            (AtomEnum::WM_NAME.into(), AtomEnum::STRING.into()),
        ];
        kinds.into_iter().find_map(|(name, kind)| {
            let property = self
                .connection
                .get_property(false, window, name, kind, 0, LONGEST_NAME);
            let value = property.ok()?.reply().ok()?.value;
            let name = String::from_utf8_lossy(&value).trim().to_owned();
            (!name.is_empty()).then_some(name)
        })
    }

    fn atom(&self, name: &str) -> Result<u32, ReplyError> {
        Ok(self.connection.intern_atom(false, name.as_bytes())?.reply()?.atom)
    }

    fn is_gone(&self, target: Target) -> bool {
        let drawable = match target {
            Target::Screen => self.root,
            Target::Window(window) => window,
        };
        let asked = self.connection.get_geometry(drawable).ok();
        asked.and_then(|asked| asked.reply().ok()).is_none()
    }

    fn shot(&self, target: Target) -> Result<Shot, ReplyError> {
        let Target::Window(window) = target else {
            return self.image(self.root);
        };
        let page = self.connection.generate_id().map_err(|_| {
            // There are no more names, as on a connection that is lost.
            ReplyError::ConnectionError(x11rb::errors::ConnectionError::UnknownError)
        })?;
        self.connection
            .composite_name_window_pixmap(window, page)?
            .check()?;
        let image = self.image(page);
        self.connection.free_pixmap(page)?;
        image
    }

    fn image(&self, drawable: u32) -> Result<Shot, ReplyError> {
        let size = self.connection.get_geometry(drawable)?.reply()?;
        let (width, height) = (size.width, size.height);
        let image =
            self.connection
                .get_image(ImageFormat::Z_PIXMAP, drawable, 0, 0, width, height, u32::MAX)?;
        Ok(Shot {
            width: width.into(),
            height: height.into(),
            pixels: image.reply()?.data,
        })
    }
}

impl Shot {
    /// Returns it as codecs want it, in BT.601; a wide one is made smaller.
    pub fn picture(&self) -> Picture {
        let mut picture = Picture::black(self.width, self.height);
        let (stride, width) = (self.width * 4, picture.width());
        let rows = self.pixels.chunks_exact(stride.max(4)).take(self.height);
        let [brightness, blue, red] = picture.planes_mut();
        for (number, row) in rows.enumerate() {
            for (pixel, y) in row.chunks_exact(4).zip(&mut brightness[number * width..]) {
                let [b, g, r] = rgb(pixel);
                *y = (((66 * r + 129 * g + 25 * b + 128) >> 8) + 16) as u8;
            }
            if number % 2 == 1 {
                continue;
            }
            let begin = number / 2 * (width / 2);
            let colours = blue[begin..].iter_mut().zip(&mut red[begin..]);
            for (pixel, (u, v)) in row.chunks_exact(4).step_by(2).zip(colours) {
                let [b, g, r] = rgb(pixel);
                *u = (((-38 * r - 74 * g + 112 * b + 128) >> 8) + 128) as u8;
                *v = (((112 * r - 94 * g - 18 * b + 128) >> 8) + 128) as u8;
            }
        }
        while picture.width() > WIDEST {
            picture = picture.halved();
        }
        picture
    }

    /// Returns it as a small bitmap (BMP), no wider and higher than this.
    pub fn thumbnail(&self, width: usize, height: usize) -> Vec<u8> {
        let step = self
            .width
            .div_ceil(width)
            .max(self.height.div_ceil(height))
            .max(1);
        let (width, height) = (self.width / step, self.height / step);
        let size = |size: usize| u32::try_from(size).unwrap_or(u32::MAX).to_le_bytes();
        let mut file = b"BM".to_vec();
        for field in [54 + width * height * 4, 0, 54, 40, width] {
            file.extend(size(field));
        }
        // A height below zero says that the first row is the uppermost.
        file.extend(
            i32::try_from(height)
                .unwrap_or_default()
                .wrapping_neg()
                .to_le_bytes(),
        );
        file.extend([1, 0, 32, 0]);
        file.extend([0; 24]);
        let rows = self.pixels.chunks_exact((self.width * 4).max(4)).step_by(step);
        for row in rows.take(height) {
            let pixels = row.chunks_exact(4).step_by(step).take(width);
            pixels.for_each(|pixel| file.extend([pixel[0], pixel[1], pixel[2], 255]));
        }
        file
    }
}

fn rgb(pixel: &[u8]) -> [i32; 3] {
    let part = |place| pixel.get(place).copied().map_or(0, i32::from);
    [part(0), part(1), part(2)]
}

impl fmt::Debug for ScreenCamera {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ScreenCamera")
            .field("target", &self.target)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shot(width: usize, height: usize, bgr: [u8; 3]) -> Shot {
        let pixel = [bgr[0], bgr[1], bgr[2], 0];
        Shot {
            width,
            height,
            pixels: pixel.repeat(width * height),
        }
    }

    #[test]
    fn colours_are_what_they_are_and_odd_sizes_fit() {
        // Rec. ITU-R BT.601: white is 235, 128, 128, and red is 81.5, 90, 240.
        let white = shot(5, 3, [255; 3]).picture();
        assert_eq!((white.width(), white.height()), (6, 4));
        assert_eq!([white.planes()[0][0], white.planes()[1][0]], [235, 128]);
        let red = shot(4, 2, [0, 0, 255]).picture();
        assert_eq!(red.planes().map(|plane| plane[0]), [82, 90, 240]);
    }

    #[test]
    fn what_is_too_wide_is_made_smaller() {
        assert_eq!(shot(3840, 4, [0; 3]).picture().width(), 1920);
        let small = shot(640, 400, [1, 2, 3]).thumbnail(160, 100);
        assert_eq!(small.len(), 54 + 160 * 100 * 4);
        assert_eq!(small[54..58], [1, 2, 3, 255]);
    }
}
