//! Where the person is, and the key to come back with.

use crate::{
    platform::{Keep, Platform},
    view::{Phase, Refusal},
};
use std::rc::Rc;
use wire::{
    AccessToken, ClientMessage, DisplayName, HostToken, MediaState, MemberId, Passcode, ResumeToken, RoomId,
};

/// Holds what a reload needs: room, token and the ids that the person had there, separated by spaces.
const KEY: &str = "tsukiyo.stay";
/// Holds the proof that the person is host of a room; the room's name follows.
const HOST_KEY: &str = "tsukiyo.host.";
/// Holds what shows that the person may make rooms and write posts, where not everybody may.
pub const ACCESS: &str = "tsukiyo.access";
/// The ids of earlier loads that are kept, to tell which chat messages are the person's own.
const IDS: usize = 16;

/// Where the person is.
pub(super) struct Stay<P: Platform> {
    platform: Rc<P>,
    pub phase: Phase,
    name: Option<DisplayName>,
    token: Option<ResumeToken>,
    /// Who the person is here, and was before the page was loaded anew.
    ids: Vec<MemberId>,
    /// Joins that the server has not answered. Only the last one's answer is of interest.
    unanswered: usize,
    /// What the server was told last.
    media: MediaState,
    /// What the person was told to get in with.
    passcode: Option<Passcode>,
    /// The last order of a host that was followed.
    order: u32,
}

impl<P: Platform> Stay<P> {
    pub fn new(platform: Rc<P>) -> Self {
        Self {
            platform,
            phase: Phase::Lobby,
            name: None,
            token: None,
            ids: Vec::new(),
            unanswered: 0,
            media: MediaState::default(),
            passcode: None,
            order: 0,
        }
    }

    /// The person wants to go in.
    pub fn enter(&mut self, room: RoomId, name: DisplayName) {
        (self.token, self.ids) = self.recall(&room);
        self.passcode = None;
        self.order = 0;
        self.name = Some(name);
        self.phase = Phase::Joining { room };
    }

    /// The person shows a passcode to the room that asked for one. Returns whether there is such a room.
    pub fn show_passcode(&mut self, passcode: Passcode) -> bool {
        let Phase::Refused { room, .. } = &self.phase else {
            return false;
        };
        let room = room.clone();
        self.passcode = Some(passcode);
        self.phase = Phase::Joining { room };
        true
    }

    /// The person shows an access token, and asks to come in again. Returns whether there is a room that wanted one.
    pub fn show_access(&mut self, access: &AccessToken) -> bool {
        let Phase::Refused { room, .. } = &self.phase else {
            return false;
        };
        let room = room.clone();
        self.platform.remember(Keep::Tab, ACCESS, Some(access.as_str()));
        self.phase = Phase::Joining { room };
        true
    }

    /// What is to be said on an open link to get in, or in again.
    pub fn join(&mut self, media: MediaState) -> Option<ClientMessage> {
        let (room, keep) = match &self.phase {
            Phase::Joining { room } | Phase::Waiting { room } => (room.clone(), false),
            Phase::Inside { room, .. } => (room.clone(), true),
            Phase::Lobby | Phase::Refused { .. } => return None,
        };
        self.unanswered += 1;
        self.media = media;
        Some(ClientMessage::Join {
            passcode: self.passcode.clone(),
            host: self.host_token(&room),
            access: self.access(),
            order: self.order,
            room,
            name: self.name.clone()?,
            media,
            resume: self.token.clone(),
            keep,
        })
    }

    /// The server let somebody in. Returns whether that concerns the present stay.
    pub fn joined(&mut self, room: &RoomId, me: &MemberId, token: ResumeToken) -> bool {
        self.unanswered = self.unanswered.saturating_sub(1);
        let Some(name) = self.name.clone() else {
            return false;
        };
        if self.unanswered > 0 || self.room() != Some(room) {
            return false;
        }
        self.phase = Phase::Inside {
            room: room.clone(),
            me: me.clone(),
            name,
        };
        self.token = Some(token);
        if !self.ids.contains(me) {
            self.ids.push(me.clone());
        }
        self.remember();
        true
    }

    /// The server lets the person wait. Returns whether that concerns the present stay.
    pub fn waits(&mut self, room: &RoomId) -> bool {
        if !self.is_answered() || self.room() != Some(room) {
            return false;
        }
        self.phase = Phase::Waiting { room: room.clone() };
        true
    }

    /// One more join is answered. Returns whether it was the last, whose answer is the only one of interest.
    pub fn is_answered(&mut self) -> bool {
        self.unanswered = self.unanswered.saturating_sub(1);
        self.unanswered == 0
    }

    /// A host has switched something off, and the others know it.
    pub fn ordered(&mut self, order: u32, media: MediaState) {
        self.order = order;
        self.media = media;
    }

    /// The server counts a host's orders from the beginning.
    pub fn forget_orders(&mut self) {
        self.order = 0;
    }

    /// Keeps the proof that the person is host here.
    pub fn keep_host_token(&self, token: &HostToken) {
        if let Some(room) = self.room() {
            self.platform
                .remember(Keep::Always, &host_key(room), Some(token.as_str()));
        }
    }

    /// One that is no token is one that a sign-in has not brought.
    fn access(&self) -> Option<AccessToken> {
        self.platform.recall(Keep::Tab, ACCESS)?.parse().ok()
    }

    fn host_token(&self, room: &RoomId) -> Option<HostToken> {
        self.platform.recall(Keep::Always, &host_key(room))?.parse().ok()
    }

    /// What is to be said when other media are sent.
    pub fn media(&mut self, media: MediaState) -> Option<ClientMessage> {
        if !self.is_inside() || media == self.media || self.unanswered > 0 {
            return None;
        }
        self.media = media;
        let order = self.order;
        Some(ClientMessage::Media { media, order })
    }

    /// The link is lost, and with it every answer.
    pub fn link_lost(&mut self) {
        self.unanswered = 0;
    }

    /// The server does not let the person in, or puts it out.
    pub fn refused(&mut self, why: Refusal) {
        let Some(room) = self.room().cloned() else { return };
        // Who was put out says who it is when it comes again; the server would not let it in under another name either.
        if why != Refusal::Removed {
            self.forget();
        }
        self.phase = Phase::Refused { room, why };
    }

    /// The person leaves.
    pub fn leave(&mut self) {
        let removed = matches!(
            &self.phase,
            Phase::Refused {
                why: Refusal::Removed,
                ..
            }
        );
        if !removed {
            self.forget();
        }
        self.phase = Phase::Lobby;
    }

    /// Tells whether a join is on its way to the server, or its answer back.
    pub fn is_asking(&self) -> bool {
        self.unanswered > 0
    }

    pub fn is_waiting(&self) -> bool {
        matches!(self.phase, Phase::Waiting { .. })
    }

    pub fn is_inside(&self) -> bool {
        matches!(self.phase, Phase::Inside { .. })
    }

    /// The room that the person is in, or on the way to.
    pub fn room(&self) -> Option<&RoomId> {
        match &self.phase {
            Phase::Joining { room } | Phase::Waiting { room } | Phase::Inside { room, .. } => Some(room),
            Phase::Lobby | Phase::Refused { .. } => None,
        }
    }

    /// Tells whether a member is this person, now.
    pub fn is_now(&self, id: &MemberId) -> bool {
        matches!(&self.phase, Phase::Inside { me, .. } if me == id)
    }

    /// Tells whether a member is, or was, this person.
    pub fn is_me(&self, id: &MemberId) -> bool {
        self.ids.contains(id)
    }

    /// Who the person is in the room that it is in.
    pub fn me(&self) -> Option<&MemberId> {
        match &self.phase {
            Phase::Inside { me, .. } => Some(me),
            Phase::Lobby | Phase::Joining { .. } | Phase::Waiting { .. } | Phase::Refused { .. } => None,
        }
    }

    /// What proves who the person is here.
    pub fn token(&self) -> Option<&ResumeToken> {
        self.token.as_ref()
    }

    pub fn name(&self) -> Option<&DisplayName> {
        self.name.as_ref()
    }

    fn remember(&self) {
        let (Some(room), Some(token)) = (self.room(), &self.token) else {
            return;
        };
        let mut kept = format!("{room} {}", token.as_str());
        for id in self.ids.iter().rev().take(IDS).rev() {
            kept.push(' ');
            kept.push_str(id.as_str());
        }
        self.platform.remember(Keep::Tab, KEY, Some(&kept));
    }

    fn recall(&self, room: &RoomId) -> (Option<ResumeToken>, Vec<MemberId>) {
        let kept = self.platform.recall(Keep::Tab, KEY).unwrap_or_default();
        let mut parts = kept.split(' ');
        if parts.next() != Some(room.as_str()) {
            return (None, Vec::new());
        }
        let token = parts.next().and_then(|token| token.parse().ok());
        (token, parts.filter_map(|id| id.parse().ok()).collect())
    }

    fn forget(&mut self) {
        self.token = None;
        self.platform.remember(Keep::Tab, KEY, None);
    }
}

fn host_key(room: &RoomId) -> String {
    format!("{HOST_KEY}{room}")
}
