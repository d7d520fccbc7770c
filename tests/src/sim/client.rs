//! One person's page: the core, and what a driver must remember around it.

use super::core::{Core, MakeCore};
use super::fake::FakeId;
use super::view::View;
use api::rooms::SocketId;
use std::collections::{BTreeMap, BTreeSet};
use wire::{
    ChatMessage, ChatText, ClientMessage, DisplayName, HandshakeId, MediaState, MemberId, MessageId, Nonce,
    ResumeToken, RoomId,
};

/// One person. A reload or a crash makes everything new but the name, the token and what was said.
pub struct Client {
    /// The state machine.
    pub core: Box<dyn Core>,
    /// How many pages came before this one.
    pub life: u32,
    /// The person wants to be in the room.
    pub wanted: bool,
    /// There is a network.
    pub link: bool,
    /// The socket in hand, open or about to be.
    pub socket: Option<SocketId>,
    /// It is open.
    pub open: bool,
    /// Joins that were sent over it and are not answered yet.
    pub asked: u32,
    /// We are in the room, by what we know.
    pub entered: bool,
    /// Who we are.
    pub me: Option<MemberId>,
    /// The key to come back with.
    pub token: Option<ResumeToken>,
    /// This page has been in the room, so it may hold connections.
    pub keep: bool,
    /// What is sent.
    pub media: MediaState,
    /// What the person sees.
    pub view: View,
    /// The live connections.
    pub fakes: BTreeMap<(MemberId, HandshakeId), FakeId>,
    /// Every name that a connection of this page ever had.
    pub names: BTreeSet<(MemberId, HandshakeId)>,
    /// The next operation fails.
    pub fails_next: bool,
    /// What was said and is not acknowledged.
    pub unheard: BTreeMap<Nonce, ChatText>,
    /// What was acknowledged.
    pub heard: BTreeSet<Nonce>,
    /// What the chat panel shows, by id.
    pub shown: BTreeMap<MessageId, ChatMessage>,
    /// The name to go by.
    pub name: DisplayName,
}

impl Client {
    /// A page that was just loaded for the first time.
    pub fn new(who: usize, make: MakeCore) -> Self {
        Self {
            core: make(),
            life: 0,
            wanted: false,
            link: true,
            socket: None,
            open: false,
            asked: 0,
            entered: false,
            me: None,
            token: None,
            keep: false,
            media: MediaState {
                audio: true,
                video: true,
                screen: false,
                recording: false,
            },
            view: View::default(),
            fakes: BTreeMap::new(),
            names: BTreeSet::new(),
            fails_next: false,
            unheard: BTreeMap::new(),
            heard: BTreeSet::new(),
            shown: BTreeMap::new(),
            name: DisplayName::new(&format!("person {who}")).expect("a name"),
        }
    }

    /// The page is gone; another is loaded. Only the session storage is left, and the person.
    pub fn load_anew(&mut self, make: MakeCore) {
        self.core = make();
        self.life += 1;
        self.socket = None;
        self.open = false;
        self.out_of_room();
        self.keep = false;
        self.view.clear();
        self.fakes.clear();
        self.names.clear();
        self.shown.clear();
        // What was typed and not yet sent goes with the page, as everywhere.
        self.unheard.clear();
    }

    /// The socket is gone, or the person has left.
    pub fn out_of_room(&mut self) {
        self.entered = false;
        self.me = None;
        self.asked = 0;
    }

    /// The message of step 1.
    pub fn join(&self) -> ClientMessage {
        ClientMessage::Join {
            room: room(),
            name: self.name.clone(),
            media: self.media,
            resume: self.token.clone(),
            keep: self.keep,
            passcode: None,
            host: None,
            access: None,
            order: 0,
        }
    }

    /// The connections to one member.
    pub fn connections_to(&self, peer: &MemberId) -> Vec<FakeId> {
        let mine = self.fakes.iter().filter(|((of, _), _)| of == peer);
        mine.map(|(_, fake)| *fake).collect()
    }
}

/// The room of every scenario.
pub fn room() -> RoomId {
    "tsukimi".parse().expect("a room's name")
}
