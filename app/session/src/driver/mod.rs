//! The driver: one loop that takes in everything that happens and does what follows from it.

mod chat;
mod connections;
mod earlier;
mod io;
mod link;
mod media;
mod meter;
mod people;
mod server;
mod stay;

use crate::{
    Command, Config, Platform, View,
    handle::Request,
    platform::{MediaKind, PeerConnectionEvent, PlatformEvent},
    view::Phase,
    watch::Watch,
};
use call::{Call, ConnectionState, Input, Output};
use chat::Chat;
use connections::Connections;
use futures::{
    FutureExt, StreamExt,
    channel::mpsc,
    future::{Fuse, LocalBoxFuture},
    select_biased,
    stream::FuturesUnordered,
};
use io::{Happening, Io};
use link::{Heard, Link};
use media::Media;
use meter::LevelMeter;
use people::People;
use stay::Stay;
use std::{rc::Rc, time::Duration};
use wire::{ChatText, ClientMessage, Nonce, RoomId, RoomInfo};

/// How old the news of who is in a room may be.
const PEEK: Duration = Duration::from_secs(3);

/// Everything that a session consists of.
pub(crate) struct Driver<P: Platform> {
    io: Io<P>,
    inbox: mpsc::UnboundedReceiver<Happening<P>>,
    link: Link<P>,
    stay: Stay<P>,
    call: Call,
    connections: Connections<P>,
    people: People,
    media: Media<P>,
    meter: LevelMeter<P>,
    chat: Chat,
    /// Earlier messages are on their way.
    paging: bool,
    peek: Option<Peek>,
    view: Watch<Rc<View>>,
    /// The session is over.
    over: bool,
}

/// Who is in a room, asked for again and again.
struct Peek {
    room: RoomId,
    info: Option<Rc<RoomInfo>>,
    next: Duration,
}

impl<P: Platform> Driver<P> {
    pub fn new(platform: P, config: Config, view: Watch<Rc<View>>, level: Watch<f32>) -> Self {
        let (io, inbox) = Io::new(platform);
        Self {
            link: Link::new(io.clone(), config.server),
            stay: Stay::new(io.platform.clone()),
            call: Call::new(),
            connections: Connections::new(io.clone()),
            people: People::default(),
            media: Media::new(io.clone(), config.video),
            meter: LevelMeter::new(io.clone(), level),
            chat: Chat::default(),
            paging: false,
            peek: None,
            view,
            over: false,
            io,
            inbox,
        }
    }

    /// Runs until the session is over.
    pub async fn run(mut self, mut requests: mpsc::UnboundedReceiver<Request>) {
        self.io.platform.watch(self.io.events(Happening::Platform));
        self.link.hurry();
        let mut tasks = FuturesUnordered::new();
        let mut due = None;
        let mut alarm: Fuse<LocalBoxFuture<'static, ()>> = Fuse::terminated();
        loop {
            self.settle();
            if self.over {
                return;
            }
            tasks.extend(self.io.started());
            // A deadline that stays does not start another timer.
            if due != self.deadline() {
                due = self.deadline();
                alarm = due.map_or_else(Fuse::terminated, |due| alarm_at(&self.io, due));
            }
            select_biased! {
                happening = self.inbox.next() => match happening {
                    Some(happening) => self.take(happening),
                    None => return,
                },
                request = requests.next() => match request {
                    Some(Request::Command(command)) => self.obey(command),
                    Some(Request::Listen(true)) => self.meter.listeners += 1,
                    Some(Request::Listen(false)) => {
                        self.meter.listeners = self.meter.listeners.saturating_sub(1);
                    }
                    None => self.shut_down(),
                },
                () = tasks.select_next_some() => {}
                () = alarm => {
                    due = None;
                    self.handle_timeout();
                }
            }
        }
    }

    fn obey(&mut self, command: Command) {
        match command {
            Command::Prepare => self.media.prepare(),
            Command::Peek(room) => self.set_peek(room),
            Command::Join { room, name } => {
                self.leave();
                self.stay.enter(room, name);
                self.join();
            }
            Command::Leave => {
                self.leave();
                self.stay.leave();
            }
            Command::Microphone(on) => self.media.switch(MediaKind::Audio, on),
            Command::Camera(on) => self.media.switch(MediaKind::Video, on),
            Command::Choose { kind, id } => self.media.choose(kind, id),
            Command::Say(text) => self.say(text),
            Command::SayAgain(key) => {
                if let Some((nonce, text)) = self.chat.say_again(&key) {
                    self.send_chat(nonce, text);
                }
            }
            Command::Earlier => self.load_earlier(),
            Command::Reconnect => self.link.hurry(),
            Command::Shutdown => self.shut_down(),
        }
    }

    fn take(&mut self, happening: Happening<P>) {
        match happening {
            Happening::Platform(PlatformEvent::DevicesChanged) => self.media.devices_changed(),
            Happening::Platform(PlatformEvent::Online) => self.link.hurry(),
            Happening::Platform(PlatformEvent::Leaving) => self.shut_down(),
            Happening::Connected(number, result) => {
                if self.link.connected(number, result) {
                    self.join();
                    self.ask_peek();
                }
            }
            Happening::Socket(number, event) => match self.link.event(number, event) {
                Heard::Nothing => {}
                Heard::Message(message) => self.hear(*message),
                Heard::Lost => self.link_lost(),
            },
            Happening::Performed(input) => self.input(input),
            Happening::Connection(number, event) => self.connection_event(number, event),
            Happening::Opened(number, results) => self.media.opened(number, results),
            Happening::Ended(kind, number) => self.media.ended(kind, number),
            Happening::Devices(all) => self.media.devices_listed(all),
            Happening::Earlier(room, page) => self.take_earlier(&room, page),
            Happening::Tick => self.meter.tick(),
        }
    }

    /// Does whatever follows from what was just taken in, and shows it.
    fn settle(&mut self) {
        self.perform();
        let changed = self.connections.set_tracks(self.media.tracks());
        let in_lobby = matches!(self.stay.phase, Phase::Lobby | Phase::Refused { .. });
        let track = self.media.audible().filter(|_| in_lobby);
        self.meter.measure(track, changed);
        if let Some(message) = self.stay.media(self.media.state()) {
            self.link.send(&message);
        }
        self.view.set(Rc::new(self.view()));
    }

    /// Performs what the call wants, in its order.
    fn perform(&mut self) {
        while let Some(output) = self.call.poll_output() {
            match output {
                Output::Send(message) => {
                    self.link.send(&message);
                }
                Output::Peer {
                    peer,
                    handshake,
                    operation,
                } => self.connections.perform(peer, handshake, operation),
                Output::Event(event) => self.people.apply(event),
            }
        }
    }

    fn view(&self) -> View {
        View {
            link: self.link.view(),
            phase: self.stay.phase.clone(),
            local: self.media.view(),
            devices: self.media.devices(),
            peek: self.peek.as_ref().and_then(|peek| peek.info.clone()),
            people: self.people.view(),
            chat: self.chat.view(),
        }
    }

    fn deadline(&self) -> Option<Duration> {
        let peek = self.peek.as_ref().filter(|_| self.may_peek());
        let all = [
            self.call.poll_timeout(),
            self.link.deadline(),
            peek.map(|peek| peek.next),
        ];
        all.into_iter().flatten().min()
    }

    fn handle_timeout(&mut self) {
        let now = self.io.platform.now();
        self.call.handle_timeout(now);
        if self.link.handle_timeout(now) {
            self.link_lost();
        }
        if self.peek.as_ref().is_some_and(|peek| peek.next <= now) {
            self.ask_peek();
        }
    }

    fn input(&mut self, input: Input) {
        self.call.handle_input(self.io.platform.now(), input);
    }

    fn connection_event(&mut self, number: u64, event: PeerConnectionEvent) {
        let Some((peer, handshake)) = self.connections.owner(number) else {
            return;
        };
        match event {
            PeerConnectionEvent::IceCandidate(candidate) => self.input(Input::LocalCandidate {
                peer,
                handshake,
                candidate,
            }),
            PeerConnectionEvent::Track(stream) => self.people.show(&peer, stream),
            PeerConnectionEvent::ConnectionStateChange(state) => {
                self.input(Input::ConnectionStateChanged {
                    peer,
                    handshake,
                    state,
                });
                if state == ConnectionState::Connected {
                    // The way is free: make ready for the next one.
                    self.connections.warm_up();
                }
            }
        }
    }

    /// Goes into the room, or into it again, as soon as the link is open.
    fn join(&mut self) {
        if !self.link.is_open() {
            return;
        }
        if let Some(message) = self.stay.join(self.media.state()) {
            self.link.send(&message);
        }
    }

    /// Leaves the room, if the person is in one or on the way into one.
    fn leave(&mut self) {
        if self.stay.is_inside() {
            self.input(Input::Hangup);
        }
        if self.stay.is_asking() {
            // The server is about to let us in, or in again. The call does not know, so its hang-up says nothing.
            self.link.send(&ClientMessage::Leave);
        }
        self.clear();
    }

    /// Forgets what belongs to a stay, once what the call still wants is done.
    fn clear(&mut self) {
        self.perform();
        self.people.clear();
        self.chat = Chat::default();
        self.paging = false;
    }

    fn link_lost(&mut self) {
        self.stay.link_lost();
        if self.stay.is_inside() {
            self.input(Input::SocketLost);
        }
    }

    fn say(&mut self, text: ChatText) {
        let (Some(name), true) = (self.stay.name().cloned(), self.stay.is_inside()) else {
            return;
        };
        let Ok(nonce) = format!("{:016x}", self.io.platform.random()).parse::<Nonce>() else {
            return;
        };
        self.chat.say(nonce.clone(), name, text.clone());
        self.send_chat(nonce, text);
    }

    /// Says it now if the server listens; else it is said when the server has let the person in again.
    fn send_chat(&self, nonce: Nonce, text: ChatText) {
        if self.stay.is_inside() && !self.stay.is_asking() {
            self.link.send(&ClientMessage::Chat { text, nonce });
        }
    }

    fn set_peek(&mut self, room: Option<RoomId>) {
        if self.peek.as_ref().map(|peek| &peek.room) == room.as_ref() {
            return;
        }
        self.peek = room.map(|room| Peek {
            room,
            info: None,
            next: Duration::ZERO,
        });
        self.ask_peek();
    }

    fn ask_peek(&mut self) {
        if !self.may_peek() {
            return;
        }
        if let Some(peek) = &mut self.peek {
            peek.next = self.io.platform.now() + PEEK;
            self.link.send(&ClientMessage::Peek {
                room: peek.room.clone(),
            });
        }
    }

    fn may_peek(&self) -> bool {
        self.link.is_open() && matches!(self.stay.phase, Phase::Lobby | Phase::Refused { .. })
    }

    fn shut_down(&mut self) {
        self.leave();
        self.connections.close();
        self.media.shut_down();
        self.link.close();
        self.over = true;
    }
}

/// Completes at `due`.
fn alarm_at<P: Platform>(io: &Io<P>, due: Duration) -> Fuse<LocalBoxFuture<'static, ()>> {
    let platform = io.platform.clone();
    let sleep = async move { platform.sleep(due.saturating_sub(platform.now())).await };
    sleep.boxed_local().fuse()
}
