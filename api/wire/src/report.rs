//! How a call went, in figures that are of nobody: what a client tells a server that asks for it, if its person lets it.

use crate::limits::{REPORT_MILLISECONDS, REPORT_TALLY};
use serde::{Deserialize, Serialize};

/// What has happened in a call since the report before. It holds numbers and words of closed sets, and no field in which a
/// name, a room or an address would fit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct CallReport {
    /// What the fields mean.
    pub version: ReportVersion,
    /// What the client runs on.
    pub platform: ClientPlatform,
    /// From the wish to come in, or from the coming of the first other, to the first picture of somebody else.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub first_frame: Option<Milliseconds>,
    /// Connections that were made.
    pub connected: Tally,
    /// Connections that were not made, or were lost.
    pub failed: Failures,
    /// Restarts of ICE.
    pub restarts: Tally,
    /// `freezeCount`, of all pictures together.
    pub freezes: Tally,
    /// `totalFreezesDuration`, of all pictures together.
    pub frozen: Milliseconds,
    /// How long there was a connection to anybody.
    pub lasted: Milliseconds,
    /// A connection went through a relay.
    pub relayed: bool,
}

/// Connections that were not made or were lost, by what a client can tell of the cause. ICE and DTLS it cannot tell apart:
/// `connectionState` is of both.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Failures {
    /// The two did not come so far as to have each other's descriptions.
    pub handshake: Tally,
    /// This side found no candidate.
    pub no_candidates: Tally,
    /// Both have described themselves, and no way was found.
    pub ice: Tally,
    /// It carried, and failed.
    pub disconnected: Tally,
}

/// What a client runs on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum ClientPlatform {
    /// A browser.
    #[default]
    Web,
    /// The program.
    Desktop,
}

/// The version of a [`CallReport`]: 1, and no other yet.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(try_from = "u8", into = "u8")]
pub struct ReportVersion;

/// A version that this server does not know.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("reports have version 1")]
pub struct UnknownVersion;

/// How often something happened.
pub type Tally = UpTo<REPORT_TALLY>;

/// A duration in milliseconds.
pub type Milliseconds = UpTo<REPORT_MILLISECONDS>;

/// A whole number that is at most `MOST`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default, Serialize, Deserialize)]
#[serde(try_from = "u32", into = "u32")]
pub struct UpTo<const MOST: u32>(u32);

/// A number beyond its bound.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("in a report this number is at most {0}")]
pub struct TooMuch(u32);

impl<const MOST: u32> UpTo<MOST> {
    /// Makes one of a number; what is beyond the bound becomes the bound.
    pub fn of(number: u64) -> Self {
        Self(u32::try_from(number).unwrap_or(MOST).min(MOST))
    }

    /// The number.
    pub fn get(self) -> u32 {
        self.0
    }
}

impl<const MOST: u32> TryFrom<u32> for UpTo<MOST> {
    type Error = TooMuch;

    fn try_from(number: u32) -> Result<Self, TooMuch> {
        (number <= MOST).then_some(Self(number)).ok_or(TooMuch(MOST))
    }
}

impl<const MOST: u32> From<UpTo<MOST>> for u32 {
    fn from(number: UpTo<MOST>) -> u32 {
        number.0
    }
}

impl TryFrom<u8> for ReportVersion {
    type Error = UnknownVersion;

    fn try_from(version: u8) -> Result<Self, UnknownVersion> {
        (version == 1).then_some(Self).ok_or(UnknownVersion)
    }
}

impl From<ReportVersion> for u8 {
    fn from(_: ReportVersion) -> u8 {
        1
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ClientMessage;
    use serde_json::{Value, json};

    fn written() -> Value {
        json!({
            "type": "report", "version": 1, "platform": "desktop", "firstFrame": 850, "connected": 2,
            "failed": {"handshake": 0, "noCandidates": 0, "ice": 1, "disconnected": 3},
            "restarts": 4, "freezes": 5, "frozen": 1_250, "lasted": 60_000, "relayed": true
        })
    }

    #[test]
    fn a_report_is_written_as_it_is_read() {
        let report = CallReport {
            version: ReportVersion,
            platform: ClientPlatform::Desktop,
            first_frame: Some(Milliseconds::of(850)),
            connected: Tally::of(2),
            failed: Failures {
                ice: Tally::of(1),
                disconnected: Tally::of(3),
                ..Failures::default()
            },
            restarts: Tally::of(4),
            freezes: Tally::of(5),
            frozen: Milliseconds::of(1_250),
            lasted: Milliseconds::of(60_000),
            relayed: true,
        };
        let message = ClientMessage::Report(report);
        assert_eq!(serde_json::to_value(&message).unwrap(), written());
        assert_eq!(ClientMessage::from_json(&written().to_string()).unwrap(), message);
        let without = json!({
            "type": "report", "version": 1, "platform": "web", "connected": 0,
            "failed": {"handshake": 0, "noCandidates": 0, "ice": 0, "disconnected": 0},
            "restarts": 0, "freezes": 0, "frozen": 0, "lasted": 0, "relayed": false
        });
        let nothing = ClientMessage::Report(CallReport::default());
        assert_eq!(serde_json::to_value(&nothing).unwrap(), without);
    }

    #[test]
    fn what_cannot_be_is_refused() {
        let lies = [
            ("version", json!(2)),
            ("platform", json!("<script>")),
            ("platform", json!("fridge")),
            ("firstFrame", json!(-1)),
            ("firstFrame", json!(0.5)),
            ("firstFrame", json!("soon")),
            ("firstFrame", json!(REPORT_MILLISECONDS + 1)),
            ("connected", json!(REPORT_TALLY + 1)),
            ("connected", json!(u64::MAX)),
            (
                "failed",
                json!({"handshake": 0, "noCandidates": 0, "ice": -1, "disconnected": 0}),
            ),
            ("failed", json!({"weather": 1})),
            ("failed", json!([0, 0, 0, 1e9])),
            ("restarts", json!(null)),
            ("freezes", json!(1e300)),
            ("frozen", json!(REPORT_MILLISECONDS + 1)),
            ("lasted", json!(1e10)),
            ("relayed", json!(1)),
        ];
        for (field, lie) in lies {
            let mut report = written();
            report[field] = lie;
            ClientMessage::from_json(&report.to_string()).expect_err(&report.to_string());
        }
        for no_number in ["NaN", "Infinity", "-Infinity", "1e999"] {
            let text = written().to_string().replace("60000", no_number);
            ClientMessage::from_json(&text).expect_err(&text);
        }
    }

    #[test]
    fn what_is_more_than_fits_is_as_much_as_fits() {
        assert_eq!(Tally::of(u64::MAX).get(), REPORT_TALLY);
        assert_eq!(Milliseconds::of(7).get(), 7);
    }
}
