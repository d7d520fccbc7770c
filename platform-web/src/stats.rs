//! `getStats()`: a map of dictionaries that name each other.

use crate::js;
use js_sys::{Map, Reflect};
use session::platform::{
    CandidatePairStats, CandidateStats, InboundRtpStats, OutboundRtpStats, Slot, StatsReport,
};
use wasm_bindgen::{JsCast, JsValue};

/// Reads a report; `slot` tells what a `mid` is for. It begins a chunk (`dc.sh`), so it must stay a function.
#[inline(never)]
pub fn read(report: &JsValue, slot: &dyn Fn(&str) -> Option<Slot>) -> StatsReport {
    let all = Entries(report.unchecked_ref());
    let mut read = StatsReport::default();
    for entry in all.0.values().into_iter().flatten() {
        match js::text(&entry, "type").as_deref() {
            Some("transport") => {
                let pair = all.get(&entry, "selectedCandidatePairId");
                read.pair = read.pair.or(pair.map(|pair| all.pair(&pair)));
            }
            // Firefox has no transport.
            Some("candidate-pair")
                if read.pair.is_none() && is(&entry, "nominated") && is(&entry, "selected") =>
            {
                read.pair = Some(all.pair(&entry));
            }
            Some("inbound-rtp") => read.inbound.push(all.inbound(&entry, slot)),
            Some("outbound-rtp") => read.outbound.push(all.outbound(&entry, slot)),
            _ => {}
        }
    }
    read
}

struct Entries<'a>(&'a Map);

impl Entries<'_> {
    /// Follows a reference.
    fn get(&self, entry: &JsValue, key: &str) -> Option<JsValue> {
        let found = self.0.get(&JsValue::from(js::text(entry, key)?));
        found.is_object().then_some(found)
    }

    fn pair(&self, entry: &JsValue) -> CandidatePairStats {
        CandidatePairStats {
            round_trip_time: number(entry, "currentRoundTripTime"),
            available_outgoing_bitrate: number(entry, "availableOutgoingBitrate"),
            local: self.candidate(entry, "localCandidateId"),
            remote: self.candidate(entry, "remoteCandidateId"),
        }
    }

    fn candidate(&self, entry: &JsValue, key: &str) -> CandidateStats {
        let Some(candidate) = self.get(entry, key) else {
            return CandidateStats::default();
        };
        let protocol = js::text(&candidate, "relayProtocol").or_else(|| js::text(&candidate, "protocol"));
        CandidateStats {
            candidate_type: js::text(&candidate, "candidateType").unwrap_or_default(),
            protocol: protocol.unwrap_or_default(),
        }
    }

    fn inbound(&self, entry: &JsValue, slot: &dyn Fn(&str) -> Option<Slot>) -> InboundRtpStats {
        InboundRtpStats {
            slot: js::text(entry, "mid").and_then(|mid| slot(&mid)),
            bytes: count(entry, "bytesReceived"),
            packets: count(entry, "packetsReceived"),
            lost: count(entry, "packetsLost"),
            frames: count(entry, "framesDecoded"),
            freezes: count(entry, "freezeCount"),
            freezes_duration: count(entry, "totalFreezesDuration"),
            size: size(entry),
            codec: self.codec(entry),
        }
    }

    fn outbound(&self, entry: &JsValue, slot: &dyn Fn(&str) -> Option<Slot>) -> OutboundRtpStats {
        OutboundRtpStats {
            slot: js::text(entry, "mid").and_then(|mid| slot(&mid)),
            bytes: count(entry, "bytesSent"),
            frames: count(entry, "framesEncoded"),
            size: size(entry),
            codec: self.codec(entry),
            limited_by: js::text(entry, "qualityLimitationReason"),
            fraction_lost: (self.get(entry, "remoteId")).and_then(|remote| number(&remote, "fractionLost")),
        }
    }

    fn codec(&self, entry: &JsValue) -> Option<String> {
        let mime = js::text(&self.get(entry, "codecId")?, "mimeType")?;
        Some(mime.split('/').next_back()?.to_owned())
    }
}

fn size(entry: &JsValue) -> Option<(u32, u32)> {
    Some((
        number(entry, "frameWidth")? as u32,
        number(entry, "frameHeight")? as u32,
    ))
}

fn number(entry: &JsValue, key: &str) -> Option<f64> {
    Reflect::get(entry, &key.into()).ok()?.as_f64()
}

fn count(entry: &JsValue, key: &str) -> f64 {
    number(entry, key).unwrap_or_default()
}

fn is(entry: &JsValue, key: &str) -> bool {
    Reflect::get(entry, &key.into()).is_ok_and(|value| value.is_truthy())
}
