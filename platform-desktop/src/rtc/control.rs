//! Listens to RTCP: lets requests for key frames (PLI, FIR) through to the application, and takes note of when senders say that
//! they captured what they send. webrtc keeps all the rest to itself.

use super::lips::{Report, SenderReports};
use rtc::{
    interceptor::{Attribute, Interceptor, Packet, StreamInfo, TaggedPacket},
    rtcp::{
        payload_feedbacks::{
            full_intra_request::FullIntraRequest, picture_loss_indication::PictureLossIndication,
        },
        sender_report::SenderReport,
    },
    sansio::Protocol,
    shared::error::Error,
};
use std::{collections::VecDeque, time::Instant};

/// The last link of the chain.
pub struct Control {
    reports: SenderReports,
    read: VecDeque<TaggedPacket>,
    written: VecDeque<TaggedPacket>,
}

impl Control {
    /// Takes note of what senders report in these.
    pub fn new(reports: SenderReports) -> Self {
        Self {
            reports,
            read: VecDeque::new(),
            written: VecDeque::new(),
        }
    }
}

impl Protocol<TaggedPacket, TaggedPacket, ()> for Control {
    type Rout = TaggedPacket;
    type Wout = TaggedPacket;
    type Eout = ();
    type Error = Error;
    type Time = Instant;

    fn handle_read(&mut self, mut message: TaggedPacket) -> Result<(), Error> {
        if let Packet::Rtcp(packets) = &message.message.packet {
            for packet in packets {
                if let Some(said) = packet.as_any().downcast_ref::<SenderReport>() {
                    self.reports
                        .note(said.ssrc, Report::new(said.ntp_time, said.rtp_time));
                }
            }
            let wanted = packets.iter().filter(|packet| {
                let packet = packet.as_any();
                packet.is::<PictureLossIndication>() || packet.is::<FullIntraRequest>()
            });
            let wanted: Vec<_> = wanted.cloned().collect();
            if wanted.is_empty() {
                return Ok(());
            }
            message.message.packet = Packet::Rtcp(wanted);
            message.message.add(Attribute::DeliverToApplication);
        }
        self.read.push_back(message);
        Ok(())
    }

    fn poll_read(&mut self) -> Option<TaggedPacket> {
        self.read.pop_front()
    }

    fn handle_write(&mut self, message: TaggedPacket) -> Result<(), Error> {
        self.written.push_back(message);
        Ok(())
    }

    fn poll_write(&mut self) -> Option<TaggedPacket> {
        self.written.pop_front()
    }
}

/// It is the same for all streams.
impl Interceptor for Control {
    fn bind_local_stream(&mut self, _: &StreamInfo) {}
    fn unbind_local_stream(&mut self, _: &StreamInfo) {}
    fn bind_remote_stream(&mut self, _: &StreamInfo) {}
    fn unbind_remote_stream(&mut self, _: &StreamInfo) {}
}
