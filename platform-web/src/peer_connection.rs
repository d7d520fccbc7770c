//! `RTCPeerConnection`

use crate::{
    data_channel,
    devices::Track,
    exception::exception,
    js::{self, Listener, dictionary},
    sender, stats,
    streams::Stream,
};
use call::{ConnectionState, Description, Route};
use js_sys::{Array, Promise, Reflect};
use session::platform::{
    DataChannel, DataChannelEvent, Events, Exception, MediaKind, MediaStream, PeerConnection,
    PeerConnectionEvent, RtpEncodingParameters, RtpTransceiver, Slot, StatsReport,
};
use std::{collections::BTreeMap, rc::Rc};
use wasm_bindgen::{JsCast, JsValue, prelude::wasm_bindgen};
use wasm_bindgen_futures::JsFuture;
use web_sys::{
    RtcConfiguration, RtcDataChannel, RtcDataChannelInit, RtcPeerConnection, RtcPeerConnectionIceEvent,
    RtcPeerConnectionState, RtcRtpTransceiver, RtcRtpTransceiverDirection, RtcTrackEvent,
};
use wire::{IceCandidate, IceServer, Sdp};

/// A peer connection, with the stream of all that it receives.
pub struct Connection {
    connection: RtcPeerConnection,
    channel: RtcDataChannel,
    listeners: std::cell::RefCell<Vec<Listener>>,
}

#[wasm_bindgen]
extern "C" {
    /// `RTCPeerConnection`, with what web-sys does not have of it.
    type Restartable;
    #[wasm_bindgen(method, js_name = restartIce)]
    fn restart_ice(this: &Restartable);

    /// `RTCRtpReceiver`, with what web-sys does not have of it.
    type Receiver;
    #[wasm_bindgen(method, js_name = getSynchronizationSources)]
    fn synchronization_sources(this: &Receiver) -> Array;
    #[wasm_bindgen(catch, static_method_of = Receiver, js_class = "RTCRtpReceiver", js_name = getCapabilities)]
    fn capabilities(kind: &str) -> Result<JsValue, JsValue>;

    /// `RTCRtpTransceiver`, with what not every browser has of it.
    type Choosing;
    #[wasm_bindgen(method, catch, js_name = setCodecPreferences)]
    fn set_codec_preferences(this: &Choosing, codecs: &Array) -> Result<(), JsValue>;
}

/// A transceiver.
#[derive(Clone)]
pub struct Transceiver(RtcRtpTransceiver);

impl Connection {
    pub fn new(
        ice_servers: &[IceServer],
        route: Route,
        events: Events<PeerConnectionEvent>,
    ) -> Result<Self, Exception> {
        let policy = match route {
            Route::Any => "all",
            Route::Relay => "relay",
        };
        let configuration: RtcConfiguration = dictionary([
            (
                "iceServers",
                ice_servers.iter().map(server).collect::<Array>().into(),
            ),
            // Everything shares one transport, from the first packet on: there is less to gather and to check.
            ("bundlePolicy", "max-bundle".into()),
            ("iceTransportPolicy", policy.into()),
        ])
        .unchecked_into();
        let connection = RtcPeerConnection::new_with_configuration(&configuration).map_err(exception)?;
        // It is in the first offer, costs no round trip, and is open as soon as media flows.
        let negotiated: RtcDataChannelInit =
            dictionary([("negotiated", true.into()), ("id", 0.into())]).unchecked_into();
        let channel = connection.create_data_channel_with_data_channel_dict("files", &negotiated);
        let listeners = listen(&connection, &events).into();
        Ok(Self {
            connection,
            channel,
            listeners,
        })
    }
}

impl PeerConnection for Connection {
    type Track = Track;
    type Transceiver = Transceiver;

    async fn create_offer(&self) -> Result<Sdp, Exception> {
        sdp(self.connection.create_offer()).await
    }

    async fn create_answer(&self) -> Result<Sdp, Exception> {
        sdp(self.connection.create_answer()).await
    }

    async fn set_local_description(&self, description: &Description) -> Result<(), Exception> {
        done(
            self.connection
                .set_local_description(dictionary_of(description).unchecked_ref()),
        )
        .await
    }

    async fn set_remote_description(&self, description: &Description) -> Result<(), Exception> {
        done(
            self.connection
                .set_remote_description(dictionary_of(description).unchecked_ref()),
        )
        .await
    }

    async fn add_ice_candidate(&self, candidate: &IceCandidate) -> Result<(), Exception> {
        let text = |text: &Option<String>| text.as_deref().map_or(JsValue::NULL, JsValue::from);
        let candidate = dictionary([
            ("candidate", candidate.candidate.as_str().into()),
            ("sdpMid", text(&candidate.sdp_mid)),
            (
                "sdpMLineIndex",
                candidate.sdp_m_line_index.map_or(JsValue::NULL, JsValue::from),
            ),
            ("usernameFragment", text(&candidate.username_fragment)),
        ]);
        let adding = self
            .connection
            .add_ice_candidate_with_opt_rtc_ice_candidate_init(Some(candidate.unchecked_ref()));
        done(adding).await
    }

    fn add_transceiver(&self, kind: MediaKind, track: Option<&Track>) -> Result<Transceiver, Exception> {
        // `sendrecv` is what it begins with.
        let transceiver = match (track, kind) {
            (Some(track), _) => self
                .connection
                .add_transceiver_with_media_stream_track(&track.track),
            (None, MediaKind::Audio) => self.connection.add_transceiver_with_str("audio"),
            (None, MediaKind::Video) => self.connection.add_transceiver_with_str("video"),
        };
        Ok(Transceiver(transceiver))
    }

    fn transceivers(&self) -> Vec<Transceiver> {
        let all = self.connection.get_transceivers().into_iter();
        all.map(|transceiver| Transceiver(transceiver.unchecked_into()))
            .collect()
    }

    fn data_channel(
        &self,
        low: u64,
        events: Events<DataChannelEvent>,
    ) -> Result<Rc<dyn DataChannel>, Exception> {
        Ok(data_channel::open(&self.channel, low, &events))
    }

    fn restart_ice(&self) {
        self.connection.unchecked_ref::<Restartable>().restart_ice();
    }

    async fn get_stats(&self) -> Result<StatsReport, Exception> {
        let report = JsFuture::from(self.connection.get_stats())
            .await
            .map_err(exception)?;
        let transceivers = self.connection.get_transceivers();
        let place = |mid: &str| {
            let mut all = transceivers.iter();
            all.position(|transceiver| {
                let transceiver: &RtcRtpTransceiver = transceiver.unchecked_ref();
                transceiver.mid().as_deref() == Some(mid)
            })
        };
        let slot = |mid: &str| Slot::ALL.get(place(mid)?).copied();
        Ok(stats::read(&report, &slot))
    }

    fn close(&self) {
        self.listeners.take();
        self.connection.close();
    }
}

impl Drop for Connection {
    fn drop(&mut self) {
        self.close();
    }
}

impl RtpTransceiver for Transceiver {
    type Track = Track;

    fn audio_level(&self) -> Option<f32> {
        let receiver = self.0.receiver();
        let sources = receiver.unchecked_ref::<Receiver>().synchronization_sources();
        let source = sources.get(0).dyn_into::<js_sys::Object>().ok()?;
        let level = Reflect::get(&source, &"audioLevel".into()).ok()?;
        Some(level.as_f64()? as f32)
    }

    fn set_sendrecv(&self) {
        self.0.set_direction(RtcRtpTransceiverDirection::Sendrecv);
    }

    fn set_codec_preferences(&self, kind: MediaKind, mime_types: &[&str]) {
        // A browser that has no such interface offers everything, which works as well.
        let _ = choose(&self.0, kind, mime_types);
    }

    async fn replace_track(&self, track: Option<&Track>) -> Result<(), Exception> {
        done(self.0.sender().replace_track(track.map(|track| &track.track))).await
    }

    async fn set_parameters(&self, encoding: &RtpEncodingParameters) -> Result<(), Exception> {
        done(sender::set_parameters(&self.0.sender(), encoding)?).await
    }
}

/// Wires steps 3-2 and 3-3: candidates to the signaling server, tracks to a stream.
fn listen(connection: &RtcPeerConnection, events: &Events<PeerConnectionEvent>) -> Vec<Listener> {
    let on_candidate = {
        let events = events.clone();
        move |event: web_sys::Event| {
            let event: RtcPeerConnectionIceEvent = event.unchecked_into();
            if let Some(candidate) = event.candidate() {
                events.send(PeerConnectionEvent::IceCandidate(IceCandidate {
                    candidate: candidate.candidate(),
                    sdp_mid: candidate.sdp_mid(),
                    sdp_m_line_index: candidate.sdp_m_line_index(),
                    username_fragment: js::text(&candidate, "usernameFragment"),
                }));
            }
        }
    };
    let on_track = {
        let (connection, events) = (connection.clone(), events.clone());
        let mut streams = BTreeMap::new();
        move |event: web_sys::Event| {
            let event: RtcTrackEvent = event.unchecked_into();
            let Some(feed) = slot(&connection, &event.transceiver()).map(Slot::feed) else {
                return;
            };
            if let Some(stream) = streams.entry(feed).or_insert_with(Stream::new) {
                stream.add(&event.track());
                events.send(PeerConnectionEvent::Track(feed, stream.id()));
            }
        }
    };
    let on_state = {
        let (connection, events) = (connection.clone(), events.clone());
        move |_| {
            let state = state(connection.connection_state());
            events.send(PeerConnectionEvent::ConnectionStateChange(state));
        }
    };
    vec![
        Listener::new(connection.clone(), "icecandidate", on_candidate),
        Listener::new(connection.clone(), "track", on_track),
        Listener::new(connection.clone(), "connectionstatechange", on_state),
    ]
}

fn choose(transceiver: &RtcRtpTransceiver, kind: MediaKind, mime_types: &[&str]) -> Result<(), JsValue> {
    let capabilities = Receiver::capabilities(match kind {
        MediaKind::Audio => "audio",
        MediaKind::Video => "video",
    })?;
    let all: Array = Reflect::get(&capabilities, &"codecs".into())?.dyn_into()?;
    let name = |codec: &JsValue| js::text(codec, "mimeType").unwrap_or_default();
    let first = name(&all.get(0));
    let chosen = all.iter().filter(|codec| {
        let name = name(codec);
        name == first || mime_types.iter().any(|wanted| name.eq_ignore_ascii_case(wanted))
    });
    transceiver
        .unchecked_ref::<Choosing>()
        .set_codec_preferences(&chosen.collect())
}

/// What a transceiver is for.
fn slot(connection: &RtcPeerConnection, transceiver: &RtcRtpTransceiver) -> Option<Slot> {
    let all = connection.get_transceivers();
    let place = all
        .iter()
        .position(|other| other == *AsRef::<JsValue>::as_ref(transceiver))?;
    Slot::ALL.get(place).copied()
}

fn state(state: RtcPeerConnectionState) -> ConnectionState {
    match state {
        RtcPeerConnectionState::New => ConnectionState::New,
        RtcPeerConnectionState::Closed => ConnectionState::Closed,
        RtcPeerConnectionState::Failed => ConnectionState::Failed,
        RtcPeerConnectionState::Disconnected => ConnectionState::Disconnected,
        RtcPeerConnectionState::Connecting => ConnectionState::Connecting,
        RtcPeerConnectionState::Connected => ConnectionState::Connected,
        // The list of states is closed in the standard, and open in web-sys.
        _ => ConnectionState::New,
    }
}

fn server(server: &IceServer) -> JsValue {
    let urls: Array = server.urls.iter().map(JsValue::from).collect();
    let text = |text: &Option<String>| text.as_deref().map_or(JsValue::UNDEFINED, JsValue::from);
    dictionary([
        ("urls", urls.into()),
        ("username", text(&server.username)),
        ("credential", text(&server.credential)),
    ])
    .into()
}

fn dictionary_of(description: &Description) -> js_sys::Object {
    let (kind, sdp) = match description {
        Description::Offer(sdp) => ("offer", sdp),
        Description::Answer(sdp) => ("answer", sdp),
    };
    dictionary([("type", kind.into()), ("sdp", sdp.as_str().into())])
}

async fn sdp(created: Promise) -> Result<Sdp, Exception> {
    let description = JsFuture::from(created).await.map_err(exception)?;
    let sdp = js::text(&description, "sdp").unwrap_or_default();
    Sdp::try_from(sdp).map_err(|error| Exception::new("OperationError", error.to_string()))
}

async fn done(promise: Promise) -> Result<(), Exception> {
    JsFuture::from(promise).await.map(drop).map_err(exception)
}
