//! People at their devices.

use super::{
    air::{Air, End},
    connection::Connection,
    device::Device,
    server::Server,
};
use api::rooms::Settings;
use futures::StreamExt;
use session::{
    Command, Config, Handle, View,
    platform::{RtpEncodingParameters, Slot},
    view::{Connection as Shown, Delivery, Phase, StreamId},
};
use std::{cell::Cell, fmt::Debug, rc::Rc, time::Duration};
use tokio::{
    task::{LocalSet, spawn_local},
    time::timeout,
};
use wire::{ChatText, DisplayName, RoomId};

/// How long anything may take. Nothing takes a hundredth of it, unless it never comes.
const DEADLINE: Duration = Duration::from_secs(20);

/// A server, and people who may come.
#[derive(Debug, Clone)]
pub struct World {
    /// The server.
    pub server: Server,
    /// What is between the people.
    pub air: Air,
    people: Rc<Cell<u64>>,
}

/// Somebody at a device.
#[derive(Debug)]
pub struct Person {
    /// The device.
    pub device: Device,
    /// The page's session.
    pub handle: Handle,
    name: String,
    air: Air,
}

impl World {
    /// Runs a test in a world of its own.
    pub fn run<F: Future<Output = ()>>(test: impl FnOnce(World) -> F) {
        Self::run_with(Settings::new(b"a key for tests that is long enough"), test);
    }

    /// The same with another server than usual.
    pub fn run_with<F: Future<Output = ()>>(settings: Settings, test: impl FnOnce(World) -> F) {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .expect("a runtime");
        LocalSet::new().block_on(&runtime, async {
            let world = World {
                server: Server::start(settings).await,
                air: Air::default(),
                people: Rc::default(),
            };
            test(world.clone()).await;
            world.server.shutdown().await;
        });
    }

    /// Somebody opens the page.
    pub fn person(&self, name: &str) -> Person {
        self.people.set(self.people.get() + 1);
        let device = Device::new(self.server.clone(), self.air.clone(), self.people.get());
        Person::at(device, name, &self.air)
    }

    /// Somebody opens the page and goes in, with camera and microphone.
    pub async fn enter(&self, name: &str, room: &str) -> Person {
        let person = self.person(name);
        person.prepare().await;
        person.join(room);
        person.inside().await;
        person
    }
}

impl Person {
    fn at(device: Device, name: &str, air: &Air) -> Self {
        let config = Config {
            server: "ws://localhost/ws".to_owned(),
            video: None,
        };
        let (handle, driver) = session::session(device.clone(), config);
        spawn_local(driver);
        Self {
            device,
            handle,
            name: name.to_owned(),
            air: air.clone(),
        }
    }

    /// Loads the page anew: everything is gone but the storage.
    pub fn reload(self) -> Self {
        self.device.happen(session::platform::PlatformEvent::Leaving);
        Self::at(self.device.clone(), &self.name, &self.air)
    }

    /// Opens a second tab with a copy of the first one's storage, as "duplicate tab" does.
    pub fn duplicate(&self) -> Self {
        Self::at(self.device.clone(), &self.name, &self.air)
    }

    /// Opens camera and microphone, as far as they can be had.
    pub async fn prepare(&self) {
        self.handle.send(Command::Prepare);
        self.until("the devices are tried", |view| {
            let idle = |source: &session::view::Source| *source != session::view::Source::Starting;
            !view.devices.all.is_empty() && idle(&view.local.camera) && idle(&view.local.microphone)
        })
        .await;
    }

    /// Clicks on Join.
    pub fn join(&self, room: &str) {
        let room: RoomId = room.parse().expect("a room's name");
        let name = DisplayName::new(&self.name).expect("a name");
        self.handle.send(Command::Join { room, name });
    }

    /// Says something.
    pub fn say(&self, text: &str) {
        let text = ChatText::new(text).expect("something to say");
        self.handle.send(Command::Say(text));
    }

    /// Waits until the person is in the room.
    pub async fn inside(&self) -> Rc<View> {
        self.until("inside", |view| matches!(view.phase, Phase::Inside { .. }))
            .await
    }

    /// Waits until exactly these others are there and connected, with streams.
    pub async fn connected_to(&self, names: &[&str]) -> Rc<View> {
        self.until(&format!("connected to {names:?}"), |view| {
            let mut seen: Vec<_> = view.people.iter().map(|person| person.name.as_str()).collect();
            seen.sort_unstable();
            let connected = view.people.iter().all(|person| {
                person.connection == Shown::Connected && person.stream.is_some() && !person.away
            });
            seen == names && connected
        })
        .await
    }

    /// What comes from each of the others: another stream would come through another connection.
    pub fn streams(&self) -> Vec<Option<StreamId>> {
        let view = self.handle.view();
        view.people.iter().map(|person| person.stream.clone()).collect()
    }

    /// Waits until the chat shows exactly this, all of it stored.
    pub async fn reads(&self, texts: &[&str]) {
        self.until(&format!("the chat says {texts:?}"), |view| {
            let lines = &view.chat.lines;
            let stored = lines.iter().all(|line| matches!(line.state, Delivery::Stored(_)));
            stored
                && lines
                    .iter()
                    .map(|line| line.text.as_str())
                    .eq(texts.iter().copied())
        })
        .await;
    }

    /// Tells whether something that somebody sends arrives here.
    pub fn receives(&self, slot: Slot, name: &str) -> bool {
        let end = self.end(name);
        end.is_some_and(|end| self.air.receives(end, slot))
    }

    /// How what somebody sends is compressed for this person.
    pub fn encoding(&self, slot: Slot, name: &str) -> Option<RtpEncodingParameters> {
        Some(self.air.encoding(self.end(name)?, slot))
    }

    /// How often the connection to somebody was looked at.
    pub fn looks(&self, name: &str) -> usize {
        self.end(name).map_or(0, |end| self.air.looks(end))
    }

    /// From now on, what somebody sends is lost on the way here.
    pub fn loses(&self, name: &str) {
        let end = self.end(name).expect("there is a connection");
        self.air.block(end);
    }

    fn end(&self, name: &str) -> Option<End> {
        let view = self.handle.view();
        let mut people = view.people.iter().filter(|person| person.name.as_str() == name);
        let stream = people.find_map(|person| person.stream.clone());
        stream.and_then(|stream| Connection::end_of(&stream))
    }

    /// Waits until something shows.
    pub async fn until(&self, what: &str, holds: impl Fn(&View) -> bool) -> Rc<View> {
        let mut views = self.handle.views();
        let found = async {
            loop {
                let Some(view) = views.next().await else { continue };
                if holds(&view) {
                    return view;
                }
            }
        };
        match timeout(DEADLINE, found).await {
            Ok(view) => view,
            Err(_) => panic!("{}: {what} did not come; {:#?}", self.name, self.handle.view()),
        }
    }
}

/// Waits until something holds that no view shows.
pub async fn eventually(what: impl Debug, holds: impl Fn() -> bool) {
    let found = async {
        while !holds() {
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
    };
    assert!(timeout(DEADLINE, found).await.is_ok(), "{what:?} did not come");
}
