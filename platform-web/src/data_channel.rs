//! `RTCDataChannel`

use crate::{exception::exception, js::Listener};
use js_sys::{ArrayBuffer, Uint8Array};
use session::platform::{DataChannel, DataChannelEvent, Events, Exception};
use std::rc::Rc;
use wasm_bindgen::JsCast;
use web_sys::{MessageEvent, RtcDataChannel, RtcDataChannelState, RtcDataChannelType};

/// A channel, and who listens to it.
struct Channel {
    channel: RtcDataChannel,
    _listeners: [Listener; 3],
}

/// Listens to a channel from now on. It begins a chunk (`dc.sh`), so it must stay a function.
#[inline(never)]
pub fn open(channel: &RtcDataChannel, low: u64, events: &Events<DataChannelEvent>) -> Rc<dyn DataChannel> {
    channel.set_binary_type(RtcDataChannelType::Arraybuffer);
    channel.set_buffered_amount_low_threshold(u32::try_from(low).unwrap_or(u32::MAX));
    let tell = |name, event: DataChannelEvent| {
        let events = events.clone();
        Listener::new(channel.clone(), name, move |_| events.send(event.clone()))
    };
    let on_message = {
        let events = events.clone();
        move |event: web_sys::Event| {
            let data = event.unchecked_into::<MessageEvent>().data();
            if let Ok(data) = data.dyn_into::<ArrayBuffer>() {
                events.send(DataChannelEvent::Message(Uint8Array::new(&data).to_vec()));
            }
        }
    };
    Rc::new(Channel {
        channel: channel.clone(),
        _listeners: [
            Listener::new(channel.clone(), "message", on_message),
            tell("bufferedamountlow", DataChannelEvent::BufferedAmountLow),
            tell("close", DataChannelEvent::Close),
        ],
    })
}

impl DataChannel for Channel {
    fn is_open(&self) -> bool {
        self.channel.ready_state() == RtcDataChannelState::Open
    }

    fn send(&self, bytes: &[u8]) -> Result<(), Exception> {
        self.channel.send_with_u8_array(bytes).map_err(exception)
    }

    fn buffered_amount(&self) -> u64 {
        u64::from(self.channel.buffered_amount())
    }
}
