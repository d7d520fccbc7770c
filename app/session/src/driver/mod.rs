//! The driver: one loop that takes in everything that happens and does what follows from it.

mod chat;
mod checkup;
mod coming;
mod connections;
mod earlier;
mod files;
mod gestures;
mod house;
mod io;
mod link;
mod load;
mod media;
mod meter;
mod open;
mod outputs;
mod peek;
mod people;
mod plug;
mod remembered;
mod reports;
mod screen;
mod server;
mod show;
mod stay;
mod unheard;
mod voices;
mod worker;

use crate::{
    Command, Config, Platform, View,
    handle::Request,
    platform::{MediaKind, PeerConnectionEvent, PlatformEvent},
    view::House,
    watch::Watch,
};
use call::{Call, ConnectionState, Input, Role};
use chat::Chat;
use checkup::Checkups;
use connections::{Connections, Tracks};
use files::Files;
use futures::{
    FutureExt, StreamExt,
    channel::mpsc,
    future::{Fuse, LocalBoxFuture},
    select_biased,
    stream::FuturesUnordered,
};
use gestures::Gestures;
use io::{Happening, Io};
use link::{Heard, Link};
use load::Load;
use media::Media;
use meter::LevelMeter;
use peek::Peek;
use people::People;
use reports::Reports;
use screen::Screen;
pub use stay::ACCESS;
use stay::Stay;
use std::{rc::Rc, time::Duration};
use unheard::Unheard;
use voices::Voices;
use wire::{ClientMessage, HandshakeId};

/// How long what is new may wait to be shown. To draw takes long enough that those at the other end would wait for it.
const HOLD: Duration = Duration::from_millis(250);

/// What is done before anything new is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Before {
    /// The first answer is saved: a newcomer sees the room together with somebody in it.
    Answered,
    /// The connection stands: those in the room see the newcomer.
    Connected,
}

/// How long a new connection has the processor for its first pictures, before anything is done for the next one.
const FIRST_PICTURES: Duration = Duration::from_secs(1);

/// Everything that a session consists of.
pub(crate) struct Driver<P: Platform> {
    io: Io<P>,
    inbox: mpsc::UnboundedReceiver<Happening<P>>,
    link: Link<P>,
    stay: Stay<P>,
    call: Call,
    connections: Connections<P>,
    people: People,
    checkups: Checkups,
    reports: Reports,
    load: Load,
    voices: Voices,
    /// Somebody will listen again before long.
    listening: bool,
    media: Media<P>,
    screen: Screen<P>,
    /// The person records what it sees and hears.
    recording: bool,
    meter: LevelMeter<P>,
    unheard: Unheard<P>,
    gestures: Gestures,
    chat: Chat,
    files: Files,
    /// Messages from before this time are on their way.
    paging: Option<u64>,
    /// How many more pages of what was missed may be loaded.
    missed_pages: u32,
    peek: Option<Peek>,
    house: Rc<House>,
    /// When the room is to be asked for again.
    again: Option<Duration>,
    view: Watch<Rc<View>>,
    /// Nothing new is shown before that, or until then.
    hold: Option<(Before, Duration)>,
    /// When a connection is to be made for whoever comes next.
    spare: Option<Duration>,
    /// The session is over.
    over: bool,
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
            checkups: Checkups::default(),
            reports: Reports::new(&*io.platform, config.platform),
            load: Load::new(&*io.platform),
            voices: Voices::default(),
            listening: false,
            media: Media::new(io.clone(), config.video),
            screen: Screen::new(io.clone()),
            recording: false,
            meter: LevelMeter::new(io.clone(), level),
            unheard: Unheard::new(),
            gestures: Gestures::default(),
            chat: Chat::default(),
            files: Files::default(),
            paging: None,
            missed_pages: 0,
            peek: None,
            house: Rc::default(),
            again: None,
            view,
            hold: None,
            spare: None,
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
                    Some(Request::Command(command)) => {
                        // What a person does shows at once, whoever comes meanwhile.
                        self.hold = None;
                        self.obey(command);
                    }
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
                self.reports.ledger.begin(self.io.platform.now());
                self.stay.enter(room, name);
                self.join();
            }
            Command::Access(access) => {
                if self.stay.show_access(&access) {
                    self.join();
                }
            }
            Command::Passcode(passcode) => {
                if self.stay.show_passcode(passcode) {
                    self.reports.ledger.begin(self.io.platform.now());
                    self.join();
                }
            }
            Command::Moderate {
                action,
                member,
                passcode,
            } => self.moderate(&ClientMessage::Moderate {
                action,
                member,
                passcode,
            }),
            Command::Understood => self.understood(),
            Command::Leave => {
                self.leave();
                self.stay.leave();
                self.connections.warm_up(Role::Offerer);
            }
            Command::Microphone(on) => self.media.switch(MediaKind::Audio, on),
            Command::Camera(on) => self.media.switch(MediaKind::Video, on),
            Command::Share(true) if self.stay.is_inside() => self.screen.start(),
            Command::Share(_) => self.screen.stop(),
            Command::Recording(on) => self.recording = on && self.stay.is_inside(),
            Command::Choose { kind, id } => self.media.choose(kind, id),
            Command::Process(processing) => self.media.process(processing),
            Command::Shape(shape) => self.media.shape(shape),
            Command::LookAfter => self.checkups.wanted = true,
            Command::Watch { of, feed, height } if self.stay.is_inside() => self.watch(of, feed, height),
            Command::ShowApart(on) if self.stay.is_inside() => self.show_apart(on),
            Command::SaveData(on) if self.stay.is_inside() => self.save_data(on),
            Command::Watch { .. } | Command::ShowApart(_) | Command::SaveData(_) => {}
            Command::Report(on) => self.let_report(on),
            Command::Hand(raised) => self.raise_hand(raised),
            Command::React(reaction) => self.react(reaction),
            Command::Say(text) => self.say(text),
            Command::SayAgain(key) => {
                if let Some((nonce, text)) = self.chat.say_again(&key) {
                    self.send_chat(nonce, text);
                }
            }
            Command::Files(command) => self.obey_files(command),
            Command::Earlier => self.load_earlier(),
            Command::Missing(key) => self.load_missing(&key),
            Command::Reconnect => self.link.hurry(),
            Command::Shutdown => self.shut_down(),
        }
    }

    fn take(&mut self, happening: Happening<P>) {
        match happening {
            Happening::Platform(PlatformEvent::DevicesChanged) => self.media.devices_changed(),
            Happening::Platform(PlatformEvent::Online) => self.link.hurry(),
            Happening::Platform(PlatformEvent::Visible(visible)) => self.load.hidden = !visible,
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
            Happening::Performed(input) => {
                if let Input::RemoteDescriptionSet { .. } = input {
                    self.hold = self.hold.filter(|(before, _)| *before != Before::Answered);
                }
                self.input(input);
            }
            Happening::Connection(number, of, event) => self.connection_event(number, of, event),
            Happening::Channel(number, event) => self.hear_channel(number, &event),
            Happening::File(happening) => self.file_happened(happening),
            Happening::Opened(number, results) => self.media.opened(number, results),
            Happening::Ended(kind, number) => self.media.ended(kind, number),
            Happening::Picked(number, result) => self.screen.picked(number, result),
            Happening::ScreenEnded(number) => self.screen.ended(number),
            Happening::Devices(all) => self.media.devices_listed(all),
            Happening::Earlier(room, before, page) => self.take_earlier(&room, before, page),
            Happening::Tick => self.meter.tick(),
            Happening::Listen => self.listen(),
            Happening::Look => self.look(),
            Happening::Looked(reports) => self.looked(reports),
            Happening::Glanced(seen) => self.glanced(seen),
        }
    }

    /// Does whatever follows from what was just taken in, and shows it.
    fn settle(&mut self) {
        self.perform();
        let changed = self
            .connections
            .set_tracks(Tracks::new(self.media.tracks(), self.screen.tracks()));
        self.meter.measure(self.media.audible(), changed);
        let muted = self.media.muted().filter(|_| self.stay.is_inside() && !changed);
        self.unheard.follow(&self.io.platform, muted);
        if let Some(message) = self.stay.media(self.media_state()) {
            self.link.send(&message);
        }
        self.forget_order();
        if self.stay.is_inside() {
            self.adapt();
            self.follow_call();
        }
        if self.files.is_busy() {
            self.look_after_files();
        }
        self.listen_on();
        self.look_on();
        if self.hold.is_none() {
            self.view.set(Rc::new(self.view()));
        }
    }

    fn deadline(&self) -> Option<Duration> {
        let peek = self.peek.as_ref().filter(|_| self.may_peek());
        let all = [
            self.call.poll_timeout(),
            self.link.deadline(),
            self.hold.map(|(_, until)| until),
            self.spare,
            self.again,
            peek.map(|peek| peek.next),
            self.gestures.deadline(),
            self.load.due,
            self.reports.due,
        ];
        all.into_iter().flatten().min()
    }

    fn handle_timeout(&mut self) {
        let now = self.io.platform.now();
        // Before a room the call waits for nothing.
        if self.call.poll_timeout().is_some_and(|due| due <= now) {
            self.call.handle_timeout(now);
        }
        self.gestures.handle_timeout(now);
        self.hold = self.hold.filter(|(_, until)| *until > now);
        if self.spare.is_some_and(|spare| spare <= now) {
            self.spare = None;
            // Whoever comes next will offer.
            self.connections.warm_up(Role::Answerer);
        }
        if self.again.is_some_and(|again| again <= now) {
            self.again = None;
            self.join();
        }
        if self.link.handle_timeout(now) {
            self.link_lost();
        }
        if self.reports.due.is_some_and(|due| due <= now) {
            self.report();
        }
        if self.peek.as_ref().is_some_and(|peek| peek.next <= now) {
            self.ask_peek();
        }
    }

    fn input(&mut self, input: Input) {
        self.call.handle_input(self.io.platform.now(), input);
    }

    fn connection_event(&mut self, number: u64, of: Option<HandshakeId>, event: PeerConnectionEvent) {
        let Some((peer, handshake)) = self.connections.owner(number) else {
            return;
        };
        match event {
            PeerConnectionEvent::IceCandidate(candidate) => {
                self.reports.ledger.found(&peer);
                self.input(Input::LocalCandidate {
                    peer,
                    handshake: of.unwrap_or(handshake),
                    candidate,
                });
            }
            PeerConnectionEvent::Track(feed, stream) => self.people.show(&peer, feed, stream),
            PeerConnectionEvent::ConnectionStateChange(state) => {
                self.reports.ledger.state(self.io.platform.now(), &peer, state);
                self.input(Input::ConnectionStateChanged {
                    peer,
                    handshake,
                    state,
                });
                if state == ConnectionState::Connected {
                    self.hold = None;
                    self.spare = Some(self.io.platform.now() + FIRST_PICTURES);
                }
            }
        }
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
