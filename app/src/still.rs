//! A platform that does nothing: components can be drawn on it, for tests and for a rehearsal.

use crate::{
    door::{Host, Keep},
    fetch::{Request, Response},
};
use futures::future::LocalBoxFuture;
use std::time::Duration;

/// Does nothing.
#[derive(Debug, Clone, Copy, Default)]
pub struct Still {
    /// The languages that the person prefers.
    pub languages: &'static [&'static str],
}

impl Host for Still {
    fn languages(&self) -> Vec<String> {
        self.languages.iter().map(|tag| (*tag).to_owned()).collect()
    }

    fn remembered(&self, _: Keep, _: &str) -> Option<String> {
        None
    }

    fn remember(&self, _: Keep, _: &str, _: Option<&str>) {}

    fn copy(&self, _: String) -> LocalBoxFuture<'static, bool> {
        Box::pin(async { false })
    }

    fn fetch(&self, _: Request) -> LocalBoxFuture<'static, Option<Response>> {
        Box::pin(async { None })
    }

    fn set_language(&self, _: &str) {}

    fn set_theme(&self, _: Option<&str>) {}

    fn set_title(&self, _: &str) {}

    fn can_share(&self) -> bool {
        true
    }

    fn test_sound(&self, _: Option<&str>) {}

    fn toggle_full_screen(&self) {}

    fn random(&self) -> [u8; 16] {
        [7; 16]
    }

    fn now(&self) -> u64 {
        0
    }

    fn utc_offset(&self, _: u64) -> i32 {
        0
    }

    fn sleep(&self, _: Duration) -> LocalBoxFuture<'static, ()> {
        Box::pin(std::future::pending())
    }
}
