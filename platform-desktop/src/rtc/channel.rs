//! `RTCDataChannel`: its end on the session's thread, and the one on Tokio.

use crate::local::Local;
use bytes::BytesMut;
use session::platform::{DataChannel, DataChannelEvent, Events, Exception};
use std::{
    cell::RefCell,
    rc::Rc,
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
};
use tokio::sync::mpsc::{self, UnboundedReceiver, UnboundedSender};
use webrtc::data_channel::{DataChannel as Remote, DataChannelEvent as Happened, RTCDataChannelInit};

/// What the transport may hold back, in bytes. What waits before that is counted, as the standard has it.
pub const TRANSPORT: usize = 256 * 1024;
/// As the standard's, with the number that both sides know.
pub const LABEL: &str = "files";

/// The end on the session's thread. Clones are the same.
#[derive(Debug, Clone)]
pub struct Near {
    state: Arc<State>,
    messages: UnboundedSender<BytesMut>,
    events: Rc<RefCell<Option<UnboundedReceiver<DataChannelEvent>>>>,
}

/// The end on Tokio.
#[derive(Debug)]
pub struct Far {
    state: Arc<State>,
    messages: UnboundedReceiver<BytesMut>,
    events: UnboundedSender<DataChannelEvent>,
}

#[derive(Debug, Default)]
struct State {
    open: AtomicBool,
    /// Bytes that wait to be handed to the transport.
    waiting: AtomicU64,
    /// `bufferedAmountLowThreshold`
    low: AtomicU64,
}

/// Makes both ends.
pub fn ends() -> (Near, Far) {
    let (state, (messages, sent)) = (Arc::<State>::default(), mpsc::unbounded_channel());
    let (tell, events) = mpsc::unbounded_channel();
    let near = Near {
        state: state.clone(),
        messages,
        events: Rc::new(RefCell::new(Some(events))),
    };
    let far = Far {
        state,
        messages: sent,
        events: tell,
    };
    (near, far)
}

/// `{ negotiated: true, id: 0 }`: it is in the first handshake, and nobody has to announce it.
pub fn negotiated() -> RTCDataChannelInit {
    RTCDataChannelInit {
        negotiated: Some(0),
        ..RTCDataChannelInit::default()
    }
}

impl Near {
    /// Tells these of what happens. What happened before is told first.
    pub fn listen(&self, local: &Local, low: u64, events: Events<DataChannelEvent>) -> Rc<dyn DataChannel> {
        self.state.low.store(low, Ordering::Relaxed);
        if let Some(mut happened) = self.events.take() {
            local.spawn(async move {
                while let Some(event) = happened.recv().await {
                    events.send(event);
                }
            });
        }
        Rc::new(self.clone())
    }
}

impl DataChannel for Near {
    fn is_open(&self) -> bool {
        self.state.open.load(Ordering::Relaxed)
    }

    fn send(&self, bytes: &[u8]) -> Result<(), Exception> {
        let closed = || Exception::new("InvalidStateError", "the channel is not open");
        if !self.is_open() {
            return Err(closed());
        }
        self.state
            .waiting
            .fetch_add(bytes.len() as u64, Ordering::Relaxed);
        self.messages.send(BytesMut::from(bytes)).map_err(|_| closed())
    }

    fn buffered_amount(&self) -> u64 {
        self.state.waiting.load(Ordering::Relaxed)
    }
}

impl Far {
    /// Carries messages both ways until the channel is closed.
    pub async fn run(mut self, channel: Arc<dyn Remote>) {
        loop {
            tokio::select! {
                event = channel.poll() => match event {
                    Some(event) => if !self.heed(event) {
                        break;
                    },
                    None => break,
                },
                message = self.messages.recv() => match message {
                    // While the transport is full nothing is sent, but what comes is heard.
                    Some(message) => if !self.carry(&*channel, message).await {
                        break;
                    },
                    None => break,
                },
            }
        }
        self.state.open.store(false, Ordering::Relaxed);
        self.tell(DataChannelEvent::Close);
    }

    /// Takes in what happened, and tells whether anything more can.
    fn heed(&self, event: Happened) -> bool {
        match event {
            Happened::OnOpen => self.state.open.store(true, Ordering::Relaxed),
            Happened::OnMessage(message) if !message.is_string => {
                self.tell(DataChannelEvent::Message(message.data.to_vec()));
            }
            Happened::OnClose => return false,
            // The low-water mark is that of the transport, which nobody asks for. The list is open in webrtc.
            Happened::OnMessage(_)
            | Happened::OnError
            | Happened::OnClosing
            | Happened::OnBufferedAmountLow
            | Happened::OnBufferedAmountHigh
            | _ => {}
        }
        true
    }

    /// Hands a message to the transport as soon as that has room, and tells whether it could.
    async fn carry(&self, channel: &dyn Remote, message: BytesMut) -> bool {
        let size = message.len() as u64;
        let mut sending = channel.send(message);
        let sent = loop {
            tokio::select! {
                sent = &mut sending => break sent,
                event = channel.poll() => match event {
                    Some(event) if self.heed(event.clone()) => {}
                    _ => return false,
                },
            }
        };
        let before = self.state.waiting.fetch_sub(size, Ordering::Relaxed);
        let low = self.state.low.load(Ordering::Relaxed);
        if before > low && before - size <= low {
            self.tell(DataChannelEvent::BufferedAmountLow);
        }
        sent.inspect_err(|error| tracing::debug!(%error, "a message is not sent"))
            .is_ok()
    }

    fn tell(&self, event: DataChannelEvent) {
        // The session may have dropped its end a moment ago.
        let _ = self.events.send(event);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_open_sends_nothing() {
        let (near, _far) = ends();
        assert!(!near.is_open());
        assert_eq!(near.send(b"x").unwrap_err().name, "InvalidStateError");
        assert_eq!(near.buffered_amount(), 0);
    }

    #[test]
    fn what_waits_is_counted_and_binary_is_told() {
        let (near, mut far) = ends();
        assert!(far.heed(Happened::OnOpen));
        near.send(&[1, 2, 3]).unwrap();
        assert_eq!(near.buffered_amount(), 3);
        assert_eq!(&far.messages.try_recv().unwrap()[..], [1, 2, 3]);
        let message = |is_string| {
            Happened::OnMessage(webrtc::data_channel::RTCDataChannelMessage {
                is_string,
                data: BytesMut::from(&b"x"[..]),
            })
        };
        assert!(far.heed(message(true)) && far.heed(message(false)));
        let mut events = near.events.take().unwrap();
        assert_eq!(events.try_recv(), Ok(DataChannelEvent::Message(b"x".to_vec())));
        assert!(events.try_recv().is_err(), "text is none");
        assert!(!far.heed(Happened::OnClose));
    }
}
