//! VP8 by libvpx. The one module that calls it, and so the one that may be unsafe about it.
#![allow(
    unsafe_code,
    reason = "libvpx is a C library: every result is checked, and every buffer outlives its use"
)]

use super::picture::Picture;
use bytes::Bytes;
use std::{fmt, mem::MaybeUninit, ptr, slice, time::Duration};
use vpx_sys::{
    VPX_DECODER_ABI_VERSION, VPX_DL_REALTIME, VPX_EFLAG_FORCE_KF, VPX_ENCODER_ABI_VERSION,
    VPX_ERROR_RESILIENT_DEFAULT, VPX_FRAME_IS_KEY, vp8e_enc_control_id, vpx_codec_control_, vpx_codec_ctx_t,
    vpx_codec_cx_pkt_kind, vpx_codec_dec_cfg_t, vpx_codec_dec_init_ver, vpx_codec_decode, vpx_codec_destroy,
    vpx_codec_enc_cfg_t, vpx_codec_enc_config_default, vpx_codec_enc_config_set, vpx_codec_enc_init_ver,
    vpx_codec_encode, vpx_codec_err_t, vpx_codec_get_cx_data, vpx_codec_get_frame, vpx_codec_vp8_cx,
    vpx_codec_vp8_dx, vpx_enc_pass, vpx_image_t, vpx_img_fmt, vpx_img_wrap, vpx_kf_mode, vpx_rc_mode,
};

/// The clock of RTP for pictures, in which the encoder is told of time.
const CLOCK: i32 = 90_000;

/// libvpx refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("libvpx, {doing}: {code:?}")]
pub struct Error {
    doing: &'static str,
    code: vpx_codec_err_t,
}

/// Compresses pictures of one size.
pub struct Encoder {
    context: Box<vpx_codec_ctx_t>,
    settings: vpx_codec_enc_cfg_t,
}

// SAFETY: a context belongs to no thread; it must only not be used by two at a time, for which `&mut self` stands.
unsafe impl Send for Encoder {}

impl Encoder {
    /// Makes one for pictures of this width and height, at these bits per second.
    pub fn new((width, height): (usize, usize), bit_rate: u32) -> Result<Self, Error> {
        // SAFETY: the settings are plain data, which the library fills in before anybody reads them.
        let settings = unsafe {
            let mut settings = MaybeUninit::<vpx_codec_enc_cfg_t>::zeroed();
            let code = vpx_codec_enc_config_default(vpx_codec_vp8_cx(), settings.as_mut_ptr(), 0);
            check("encoder's defaults", code)?;
            settings.assume_init()
        };
        let settings = for_a_call(settings, width as u32, height as u32, bit_rate);
        // SAFETY: zeroes are what a context begins with, and it stays where it is (in its box) for as long as it is used.
        let context = unsafe {
            let mut context = Box::new(MaybeUninit::<vpx_codec_ctx_t>::zeroed().assume_init());
            let version = VPX_ENCODER_ABI_VERSION as i32;
            let code = vpx_codec_enc_init_ver(&mut *context, vpx_codec_vp8_cx(), &settings, 0, version);
            check("encoder", code)?;
            context
        };
        let mut encoder = Self { context, settings };
        // As fast as may be; a still background costs nothing; a key frame may cost what five others do.
        encoder.control(vp8e_enc_control_id::VP8E_SET_CPUUSED, -6)?;
        encoder.control(vp8e_enc_control_id::VP8E_SET_STATIC_THRESHOLD, 1)?;
        encoder.control(vp8e_enc_control_id::VP8E_SET_MAX_INTRA_BITRATE_PCT, 450)?;
        Ok(encoder)
    }

    /// Returns the width and height of the pictures that it takes.
    pub fn size(&self) -> (usize, usize) {
        (self.settings.g_w as usize, self.settings.g_h as usize)
    }

    /// Spends this many bits per second from now on. Small changes are not worth the bother.
    pub fn set_bit_rate(&mut self, bit_rate: u32) -> Result<(), Error> {
        let kilobits = (bit_rate / 1000).max(1);
        let now = self.settings.rc_target_bitrate;
        if kilobits.abs_diff(now) <= now / 20 {
            return Ok(());
        }
        self.settings.rc_target_bitrate = kilobits;
        // SAFETY: both are alive, and of one another.
        check("bit rate", unsafe {
            vpx_codec_enc_config_set(&mut *self.context, &self.settings)
        })
    }

    /// Compresses a picture of the right size, taken `at` since any beginning and shown for `duration`. Returns the frame
    /// and whether it is a key frame, or nothing where the encoder would rather save the bits.
    pub fn encode(
        &mut self,
        picture: &Picture,
        at: Duration,
        duration: Duration,
        key: bool,
    ) -> Result<Option<(Bytes, bool)>, Error> {
        if (picture.width(), picture.height()) != self.size() {
            return Err(Error {
                doing: "size",
                code: vpx_codec_err_t::VPX_CODEC_INVALID_PARAM,
            });
        }
        let clock = |time: Duration| (time.as_micros() * CLOCK as u128 / 1_000_000) as i64;
        let flags = if key { VPX_EFLAG_FORCE_KF } else { 0 };
        // SAFETY: the image borrows the picture, whose planes are as long as its size says, and is gone before the picture.
        // The library does not write to it.
        unsafe {
            let mut image = MaybeUninit::<vpx_image_t>::zeroed().assume_init();
            let data = picture.data().as_ptr().cast_mut();
            let (width, height) = (self.settings.g_w, self.settings.g_h);
            let wrapped = vpx_img_wrap(&mut image, vpx_img_fmt::VPX_IMG_FMT_I420, width, height, 1, data);
            if wrapped.is_null() {
                return Err(Error {
                    doing: "image",
                    code: vpx_codec_err_t::VPX_CODEC_MEM_ERROR,
                });
            }
            let duration = clock(duration).max(1);
            let code = vpx_codec_encode(
                &mut *self.context,
                &image,
                clock(at),
                duration as _,
                flags as _,
                VPX_DL_REALTIME as _,
            );
            check("encoding", code)?;
        }
        Ok(self.take_frame())
    }

    fn take_frame(&mut self) -> Option<(Bytes, bool)> {
        let mut next = ptr::null();
        loop {
            // SAFETY: a packet is alive until the next call on the context, and is copied before that.
            unsafe {
                let packet = vpx_codec_get_cx_data(&mut *self.context, &mut next);
                if packet.is_null() {
                    return None;
                }
                if (*packet).kind == vpx_codec_cx_pkt_kind::VPX_CODEC_CX_FRAME_PKT {
                    let frame = &(*packet).data.frame;
                    let data = slice::from_raw_parts(frame.buf.cast::<u8>(), frame.sz as usize);
                    return Some((Bytes::copy_from_slice(data), frame.flags & VPX_FRAME_IS_KEY != 0));
                }
            }
        }
    }

    fn control(&mut self, what: vp8e_enc_control_id, value: i32) -> Result<(), Error> {
        // SAFETY: each of the controls above takes one int.
        check("control", unsafe {
            vpx_codec_control_(&mut *self.context, what as _, value)
        })
    }
}

impl Drop for Encoder {
    fn drop(&mut self) {
        // SAFETY: it was made, and nobody uses it after this.
        unsafe { vpx_codec_destroy(&mut *self.context) };
    }
}

impl fmt::Debug for Encoder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Encoder")
            .field("size", &self.size())
            .finish_non_exhaustive()
    }
}

/// Settings for a call: one pass, nothing held back, constant bits, and frames left out rather than late.
fn for_a_call(
    mut settings: vpx_codec_enc_cfg_t,
    width: u32,
    height: u32,
    bit_rate: u32,
) -> vpx_codec_enc_cfg_t {
    settings.g_w = width;
    settings.g_h = height;
    settings.g_timebase.num = 1;
    settings.g_timebase.den = CLOCK;
    settings.g_threads = 1;
    settings.g_error_resilient = VPX_ERROR_RESILIENT_DEFAULT;
    settings.g_pass = vpx_enc_pass::VPX_RC_ONE_PASS;
    settings.g_lag_in_frames = 0;
    settings.rc_dropframe_thresh = 30;
    settings.rc_end_usage = vpx_rc_mode::VPX_CBR;
    settings.rc_target_bitrate = (bit_rate / 1000).max(1);
    settings.rc_min_quantizer = 2;
    settings.rc_max_quantizer = 56;
    settings.rc_undershoot_pct = 100;
    settings.rc_overshoot_pct = 15;
    settings.rc_buf_sz = 1000;
    settings.rc_buf_initial_sz = 500;
    settings.rc_buf_optimal_sz = 600;
    settings.kf_mode = vpx_kf_mode::VPX_KF_AUTO;
    settings.kf_max_dist = 3000;
    settings
}

/// Decompresses pictures.
pub struct Decoder {
    context: Box<vpx_codec_ctx_t>,
}

// SAFETY: as for the encoder.
unsafe impl Send for Decoder {}

impl Decoder {
    /// Makes one.
    pub fn new() -> Result<Self, Error> {
        let settings = vpx_codec_dec_cfg_t {
            threads: 1,
            w: 0,
            h: 0,
        };
        // SAFETY: as for the encoder.
        unsafe {
            let mut context = Box::new(MaybeUninit::<vpx_codec_ctx_t>::zeroed().assume_init());
            let version = VPX_DECODER_ABI_VERSION as i32;
            let code = vpx_codec_dec_init_ver(&mut *context, vpx_codec_vp8_dx(), &settings, 0, version);
            check("decoder", code)?;
            Ok(Self { context })
        }
    }

    /// Decompresses a frame; not every frame is to be shown. A frame that is broken is refused, and the next key frame sets
    /// things right.
    pub fn decode(&mut self, frame: &[u8]) -> Result<Option<Picture>, Error> {
        let length = u32::try_from(frame.len()).map_err(|_| Error {
            doing: "frame's size",
            code: vpx_codec_err_t::VPX_CODEC_INVALID_PARAM,
        })?;
        let mut next = ptr::null();
        // SAFETY: the frame is read during the call only; an image is alive until the next call, and is copied before that.
        unsafe {
            let code = vpx_codec_decode(&mut *self.context, frame.as_ptr(), length, ptr::null_mut(), 0);
            check("decoding", code)?;
            let image = vpx_codec_get_frame(&mut *self.context, &mut next);
            Ok((!image.is_null()).then(|| copied(&*image)))
        }
    }
}

impl Drop for Decoder {
    fn drop(&mut self) {
        // SAFETY: as for the encoder.
        unsafe { vpx_codec_destroy(&mut *self.context) };
    }
}

impl fmt::Debug for Decoder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Decoder").finish_non_exhaustive()
    }
}

/// Copies an image of the decoder.
///
/// # Safety
/// The image is alive and in I420, which is all that VP8 has.
unsafe fn copied(image: &vpx_image_t) -> Picture {
    let (shown_width, shown_height) = (image.d_w as usize, image.d_h as usize);
    let mut picture = Picture::black(shown_width, shown_height);
    let width = picture.width();
    let sizes = [
        (width, shown_width, shown_height),
        (width / 2, shown_width.div_ceil(2), shown_height.div_ceil(2)),
        (width / 2, shown_width.div_ceil(2), shown_height.div_ceil(2)),
    ];
    let planes = picture.planes_mut().into_iter().zip(sizes);
    for (place, (plane, (stride, columns, rows))) in planes.enumerate() {
        for row in 0..rows {
            // SAFETY: the library's planes have at least as many rows and columns as it says are to be shown.
            let from = unsafe {
                let first = image.planes[place].offset(row as isize * image.stride[place] as isize);
                slice::from_raw_parts(first, columns)
            };
            plane[row * stride..][..columns].copy_from_slice(from);
        }
    }
    picture
}

fn check(doing: &'static str, code: vpx_codec_err_t) -> Result<(), Error> {
    if code == vpx_codec_err_t::VPX_CODEC_OK {
        Ok(())
    } else {
        Err(Error { doing, code })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::media::{camera::Camera, pattern::Pattern};
    use session::platform::VideoConstraints;

    const STEP: Duration = Duration::from_millis(33);

    fn pattern(width: u32, height: u32) -> Pattern {
        Pattern::new(VideoConstraints {
            width,
            height,
            frame_rate: 30,
        })
    }

    fn distance(one: &Picture, other: &Picture) -> f64 {
        let pixels = one.planes()[0].iter().zip(other.planes()[0]);
        let sum: f64 = pixels.map(|(a, b)| f64::from(a.abs_diff(*b))).sum();
        sum / one.planes()[0].len() as f64
    }

    #[test]
    fn what_is_decoded_looks_like_what_was_encoded() {
        let mut pattern = pattern(320, 240);
        let mut encoder = Encoder::new((320, 240), 800_000).unwrap();
        let mut decoder = Decoder::new().unwrap();
        for number in 0..30 {
            let picture = pattern.capture().unwrap().clone();
            let Some((frame, key)) = encoder.encode(&picture, STEP * number, STEP, false).unwrap() else {
                continue;
            };
            assert_eq!(key, number == 0);
            let decoded = decoder.decode(&frame).unwrap().unwrap();
            assert!(distance(&picture, &decoded) < 4.0, "frame {number}");
        }
    }

    #[test]
    fn a_key_frame_comes_when_it_is_asked_for_and_stands_alone() {
        let mut pattern = pattern(160, 120);
        let mut encoder = Encoder::new((160, 120), 500_000).unwrap();
        for number in 0..5 {
            encoder
                .encode(pattern.capture().unwrap(), STEP * number, STEP, false)
                .unwrap();
        }
        let (frame, key) = encoder
            .encode(pattern.capture().unwrap(), STEP * 5, STEP, true)
            .unwrap()
            .unwrap();
        assert!(key);
        assert!(Decoder::new().unwrap().decode(&frame).unwrap().is_some());
    }

    #[test]
    fn fewer_bits_are_spent_when_fewer_are_allowed() {
        let spent = |bit_rate: u32| {
            let mut pattern = pattern(320, 240);
            let mut encoder = Encoder::new((320, 240), 1_000_000).unwrap();
            encoder.set_bit_rate(bit_rate).unwrap();
            let frames = (0..60).filter_map(|number| {
                encoder
                    .encode(pattern.capture().unwrap(), STEP * number, STEP, false)
                    .unwrap()
            });
            frames.map(|(frame, _)| frame.len()).sum::<usize>()
        };
        assert!(spent(60_000) * 2 < spent(1_000_000));
    }

    #[test]
    fn rubbish_and_wrong_sizes_are_refused() {
        let mut decoder = Decoder::new().unwrap();
        assert!(decoder.decode(&[0xff; 40]).is_err() || decoder.decode(&[0xff; 40]).is_err());
        let mut encoder = Encoder::new((160, 120), 500_000).unwrap();
        let picture = Picture::black(320, 240);
        assert!(encoder.encode(&picture, STEP, STEP, false).is_err());
    }
}
