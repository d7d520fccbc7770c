//! What a client sees of the rooms, one file per behaviour.

mod access;
mod bounds;
mod coming;
mod door;
mod gestures;
mod handshake;
mod moderating;
mod reports;
mod returning;
mod talking;
mod waiting;

use super::*;
use crate::access::Denied;
use serde_json::{Value, json};
use wire::{CallReport, ChatMessage, ChatText, ClientMessage, DisplayName, Nonce, ResumeToken};

/// Some rooms, a clock, and what every socket was sent since it was last looked at.
pub struct Server {
    pub rooms: Rooms,
    pub now: Duration,
    fresh: u32,
    inboxes: BTreeMap<SocketId, Vec<Value>>,
    pub closed: BTreeMap<SocketId, u16>,
    pub opened: Vec<(RoomId, SocketId, Option<u64>)>,
    pub to_store: Vec<(RoomId, ChatMessage, Nonce)>,
    /// What was told of calls.
    pub reports: Vec<CallReport>,
    /// Of every chat message, whether it is to be stored.
    pub kept: Vec<bool>,
    /// The rules in the store.
    pub stored: BTreeMap<RoomId, Rules>,
    /// The store does not answer; these wait for it.
    pub away: bool,
    pub loading: Vec<RoomId>,
    pub saving: Vec<RoomId>,
    /// What was sent about rules and hosts, which most tests are not about.
    asides: BTreeMap<SocketId, Vec<Value>>,
    host_tokens: BTreeMap<SocketId, String>,
    /// Passcodes are not compared before the test does it.
    pub slow_passcodes: bool,
}

impl Server {
    pub fn new() -> Self {
        Self::with(|_| ())
    }

    pub fn with(change: impl FnOnce(&mut Settings)) -> Self {
        let mut settings = Settings::new(b"a key for tests");
        change(&mut settings);
        Self {
            rooms: Rooms::new(settings),
            now: Duration::from_secs(1_800_000_000),
            fresh: 0,
            inboxes: BTreeMap::new(),
            closed: BTreeMap::new(),
            opened: Vec::new(),
            to_store: Vec::new(),
            reports: Vec::new(),
            kept: Vec::new(),
            stored: BTreeMap::new(),
            away: false,
            loading: Vec::new(),
            saving: Vec::new(),
            asides: BTreeMap::new(),
            host_tokens: BTreeMap::new(),
            slow_passcodes: false,
        }
    }

    /// The same server after a crash: the key stays, the memory does not.
    pub fn restarted(self) -> Self {
        let mut server = Self::new();
        server.now = self.now;
        server.fresh = self.fresh;
        server.stored = self.stored;
        server
    }

    pub fn input(&mut self, input: Input) {
        self.rooms.handle_input(self.now, input);
        self.perform();
    }

    pub fn advance(&mut self, by: Duration) {
        self.now += by;
        self.rooms.handle_timeout(self.now);
        self.perform();
    }

    /// Opens a socket and throws its hello away.
    pub fn connect(&mut self, socket: u64) {
        self.connect_from(socket, [192, 0, 2, 1]);
    }

    pub fn connect_from(&mut self, socket: u64, address: [u8; 4]) {
        let socket = SocketId(socket);
        self.input(Input::Connected {
            socket,
            address: Some(address.into()),
        });
        self.inboxes.remove(&socket);
    }

    pub fn disconnect(&mut self, socket: u64) {
        let socket = SocketId(socket);
        self.input(Input::Disconnected { socket });
    }

    /// Says something as a client would write it.
    pub fn say(&mut self, socket: u64, message: Value) {
        self.fresh += 1;
        let fresh = format!("m{}", self.fresh).parse().unwrap();
        let message = serde_json::from_value(message).unwrap();
        let socket = SocketId(socket);
        self.input(Input::Message {
            socket,
            message,
            fresh,
        });
    }

    /// Connects, joins as a new member, and returns id and token. Nobody's inbox keeps anything of it.
    pub fn enter(&mut self, socket: u64, room: &str, name: &str) -> (String, String) {
        self.connect(socket);
        self.say(socket, join(room, name));
        let joined = self.heard(socket).remove(0);
        assert_eq!(joined["type"], "joined", "{joined}");
        self.inboxes.clear();
        let text = |field: &str| joined[field].as_str().unwrap().to_owned();
        (text("member"), text("resume"))
    }

    /// Lets a host do something, which must not be refused. Leaves nothing of it in the host's inbox but what follows.
    pub fn moderate(&mut self, socket: u64, mut message: Value) {
        message["type"] = "moderate".into();
        self.say(socket, message);
        let inbox = self.inboxes.get(&SocketId(socket)).into_iter().flatten();
        let refusals: Vec<_> = inbox.filter(|message| message["type"] == "error").collect();
        assert!(refusals.is_empty(), "{refusals:?}");
    }

    /// Returns the last host's token that a socket was sent.
    pub fn host_token(&mut self, socket: u64) -> String {
        self.host_tokens[&SocketId(socket)].clone()
    }

    /// Comes into the room of the host at socket 1 as the same host, in another tab.
    pub fn enter_as_host(&mut self, socket: u64) -> (String, String) {
        let mut message = join("tsukimi", "Aki");
        message["host"] = self.host_token(1).into();
        self.connect(socket);
        self.say(socket, message);
        let joined = self.heard(socket).remove(0);
        self.inboxes.clear();
        let text = |field: &str| joined[field].as_str().unwrap().to_owned();
        (text("member"), text("resume"))
    }

    /// Takes what a socket was sent since the last time.
    pub fn heard(&mut self, socket: u64) -> Vec<Value> {
        self.inboxes.remove(&SocketId(socket)).unwrap_or_default()
    }

    /// Takes what a socket was sent about rules, hosts and people who wait.
    pub fn asides(&mut self, socket: u64) -> Vec<Value> {
        self.asides.remove(&SocketId(socket)).unwrap_or_default()
    }

    /// Takes what a socket was sent, as `type` or `type:code` for errors.
    pub fn kinds(&mut self, socket: u64) -> Vec<String> {
        let kind = |message: Value| match message["code"].as_str() {
            Some(code) => format!("error:{code}"),
            None => message["type"].as_str().unwrap().to_owned(),
        };
        self.heard(socket).into_iter().map(kind).collect()
    }

    /// Answers everything that waits for the store.
    pub fn store(&mut self) {
        for (room, message, nonce) in std::mem::take(&mut self.to_store) {
            self.input(Input::ChatStored { room, message, nonce });
        }
    }

    fn perform(&mut self) {
        while let Some(output) = self.rooms.poll_output() {
            match output {
                Output::Send { socket, message } => {
                    let message = serde_json::to_value(&*message).unwrap();
                    if let Some(token) = message["token"].as_str() {
                        self.host_tokens.insert(socket, token.to_owned());
                    }
                    let aside = matches!(message["type"].as_str(), Some("rules" | "host" | "knocks"));
                    let inboxes = if aside {
                        &mut self.asides
                    } else {
                        &mut self.inboxes
                    };
                    inboxes.entry(socket).or_default().push(message);
                }
                Output::Close { socket, code, .. } => {
                    self.closed.insert(socket, code);
                }
                Output::Relay { .. } | Output::Peek { .. } | Output::DropRoom { .. } => {
                    panic!("{output:?} is for servers that are not alone")
                }
                Output::OpenRoom { room, socket, since } => self.opened.push((room, socket, since)),
                Output::LoadRules { room } if self.away => self.loading.push(room),
                Output::LoadRules { room } => {
                    let rules = Some(Box::new(self.stored.get(&room).cloned().unwrap_or_default()));
                    self.rooms
                        .handle_input(self.now, Input::RulesLoaded { room, rules });
                }
                Output::SaveRules { room, .. } if self.away => self.saving.push(room),
                Output::SaveRules { room, rules } => {
                    self.stored.insert(room.clone(), *rules);
                    let outcome = Saved::Stored;
                    self.rooms
                        .handle_input(self.now, Input::RulesSaved { room, outcome });
                }
                Output::CheckPasscode { .. } if self.slow_passcodes => {}
                // As slow as the real ones, these would make slow tests.
                Output::CheckPasscode {
                    socket,
                    passcode,
                    hash,
                } => {
                    let right = Some(hash == format!("hash of {}", passcode.as_str()));
                    let checked = Input::PasscodeChecked { socket, hash, right };
                    self.rooms.handle_input(self.now, checked);
                }
                Output::CheckAccess { socket, access } => {
                    let outcome = match access.as_str() {
                        "good" => Ok(()),
                        "away" => Err(Denied::Unreachable),
                        _ => Err(Denied::Bad),
                    };
                    self.rooms
                        .handle_input(self.now, Input::AccessChecked { socket, outcome });
                }
                Output::HashPasscode { socket, passcode } => {
                    let hash = Some(format!("hash of {}", passcode.as_str()));
                    self.rooms
                        .handle_input(self.now, Input::PasscodeHashed { socket, hash });
                }
                Output::Report { report } => self.reports.push(report),
                Output::StoreChat {
                    keep,
                    room,
                    id,
                    member: member_id,
                    name,
                    text,
                    nonce,
                } => {
                    let sent_at = u64::try_from(self.now.as_millis()).unwrap();
                    let message = ChatMessage {
                        id,
                        member_id,
                        name,
                        text,
                        sent_at,
                    };
                    self.to_store.push((room, message, nonce));
                    self.kept.push(keep);
                }
            }
        }
    }
}

pub fn join(room: &str, name: &str) -> Value {
    json!({"type": "join", "room": room, "name": name, "media": {"audio": true, "video": true}})
}

pub fn rejoin(room: &str, name: &str, token: &str, keep: bool) -> Value {
    let mut message = join(room, name);
    message["resume"] = token.into();
    message["keep"] = keep.into();
    message
}

pub fn member(id: &str, name: &str, away: bool) -> Value {
    json!({"id": id, "name": name, "media": {"audio": true, "video": true}, "away": away})
}

pub fn seconds(seconds: u64) -> Duration {
    Duration::from_secs(seconds)
}
