//! How webrtc is set up: what is spoken, and how losses and narrow ways are dealt with.

use super::{channel::TRANSPORT, control::Control, estimate::Estimate, lips::SenderReports};
use crate::media::hub::Budget;
use call::Route;
use rtc::{
    interceptor::{CongestionControlBuilder, NackGeneratorBuilder, NackResponderBuilder, Slot},
    peer_connection::transport::RTCDtlsRole,
    rtp_transceiver::rtp_sender::{RTCPFeedback, RTCRtpCodec, RTCRtpCodecParameters, RtpCodecKind},
    shared::error::Error,
};
use std::{sync::Arc, time::Duration};
use webrtc::peer_connection::{
    MediaEngine, PeerConnection, PeerConnectionBuilder, PeerConnectionEventHandler, RTCBundlePolicy,
    RTCConfigurationBuilder, RTCIceServer, RTCIceTransportPolicy, Registry, SettingEngineBuilder,
    configure_rtcp_reports, configure_twcc,
};
use wire::IceServer;

/// A packet is asked for at most this often. Without a bound, asking costs more than the pictures where much is lost.
const NACKS: u16 = 5;
/// How long a better way is hoped for before one is taken that leads through a NAT, or has not been told of yet: what a browser that
/// was told of us first has tried already. Of itself, webrtc waits for a second.
const BETTER: Duration = Duration::from_millis(50);
/// How long a direct way is hoped for before the relay is taken.
const DIRECT: Duration = Duration::from_millis(500);
/// The place behind all that webrtc itself puts into the chain.
const LAST: usize = 14_000;

/// Makes a connection.
pub async fn connection(
    ice_servers: &[IceServer],
    route: Route,
    handler: Arc<dyn PeerConnectionEventHandler>,
    budget: Budget,
    reports: SenderReports,
) -> Result<Arc<dyn PeerConnection>, Error> {
    let mut media = codecs()?;
    let chain = chain(&mut media, budget, reports)?;
    let configuration = RTCConfigurationBuilder::new()
        .with_ice_servers(ice_servers.iter().map(server).collect())
        .with_bundle_policy(RTCBundlePolicy::MaxBundle)
        .with_ice_transport_policy(match route {
            Route::Any => RTCIceTransportPolicy::All,
            Route::Relay => RTCIceTransportPolicy::Relay,
        })
        .build();
    // Whoever offers decides which way is taken, and is the last to know that it is open: its greeting (DTLS) is heard, where
    // the other's would be lost, and said again only after a second.
    let settings = SettingEngineBuilder::new()
        .with_answering_dtls_role(RTCDtlsRole::Server)
        .with_prflx_acceptance_min_wait(Some(BETTER))
        .with_srflx_acceptance_min_wait(Some(BETTER))
        .with_relay_acceptance_min_wait(Some(match route {
            Route::Any => DIRECT,
            Route::Relay => Duration::ZERO,
        }))
        .build();
    let connection = PeerConnectionBuilder::new()
        .with_configuration(configuration)
        .with_media_engine(media)
        .with_setting_engine(settings)
        .with_interceptor_registry(chain)
        .with_handler(handler)
        .with_data_channel_send_buffer_limit(TRANSPORT)
        // A port on each of this computer's addresses.
        .with_udp_addrs(vec!["0.0.0.0:0"])
        .build()
        .await?;
    Ok(Arc::new(connection))
}

/// What every browser speaks, and nothing that this program does not.
fn codecs() -> Result<MediaEngine, Error> {
    let mut media = MediaEngine::default();
    let feedback = [("goog-remb", ""), ("ccm", "fir"), ("nack", ""), ("nack", "pli")];
    media.register_codec(
        codec(96, "video/VP8", 90_000, 0, "", &feedback),
        RtpCodecKind::Video,
    )?;
    media.register_codec(
        codec(97, "video/rtx", 90_000, 0, "apt=96", &[]),
        RtpCodecKind::Video,
    )?;
    let opus = "minptime=10;useinbandfec=1;usedtx=1";
    media.register_codec(
        codec(111, "audio/opus", 48_000, 2, opus, &[]),
        RtpCodecKind::Audio,
    )?;
    Ok(media)
}

fn codec(
    payload_type: u8,
    mime_type: &str,
    clock_rate: u32,
    channels: u16,
    parameters: &str,
    feedback: &[(&str, &str)],
) -> RTCRtpCodecParameters {
    let feedback = feedback.iter().map(|(kind, parameter)| RTCPFeedback {
        typ: (*kind).to_owned(),
        parameter: (*parameter).to_owned(),
    });
    RTCRtpCodecParameters {
        rtp_codec: RTCRtpCodec {
            mime_type: mime_type.to_owned(),
            clock_rate,
            channels,
            sdp_fmtp_line: parameters.to_owned(),
            rtcp_feedback: feedback.collect(),
        },
        payload_type,
    }
}

/// No pacer: where packets are lost it holds back the sound behind the pictures.
fn chain(media: &mut MediaEngine, budget: Budget, reports: SenderReports) -> Result<Registry, Error> {
    let control = CongestionControlBuilder::new(Estimate::new(budget)).build();
    let chain = configure_twcc(Registry::new(), media)?
        .with(Slot::CongestionControl, control)
        .with(Slot::NackResponder, NackResponderBuilder::new().build())
        .with(
            Slot::NackGenerator,
            NackGeneratorBuilder::new()
                .with_max_nacks_per_packet(NACKS)
                .build(),
        );
    Ok(configure_rtcp_reports(chain).with(Slot::from(LAST), Control::new(reports)))
}

fn server(server: &IceServer) -> RTCIceServer {
    RTCIceServer {
        urls: server.urls.clone(),
        username: server.username.clone().unwrap_or_default(),
        credential: server.credential.clone().unwrap_or_default(),
    }
}
