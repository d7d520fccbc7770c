//! What happens in a test, as data: any world may run it.

use std::time::Duration;

/// A person in a scenario, from 0 upwards. The same person keeps the number over any number of stays in the room.
pub type Who = usize;

/// Something to run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Scenario {
    /// How many people there are. None of them is in the room at first.
    pub people: usize,
    /// Who orders their joins.
    pub servers: Servers,
    /// What happens, one after another.
    pub steps: Vec<Step>,
}

/// Who orders the joins.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Servers {
    /// One server: of two members one came first, always.
    One,
    /// Two servers which tell each other what happens, with a delay: joins may cross, so that each of two members is
    /// announced to the other. Even numbers use the first, odd ones the second.
    Two,
    /// Three servers, each of which has some of the rooms; every socket is on any of them.
    Three,
}

/// One thing that happens.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Step {
    /// Goes into the room, unless inside.
    Join(Who),
    /// Leaves by the button.
    Leave(Who),
    /// Is gone without a word: a killed process. May join again later.
    Crash(Who),
    /// Loads the page anew and comes back with the token of before, as another member.
    Reload(Who),
    /// Loses the network: whatever is under way is lost, and both ends take a while to notice.
    DropLink(Who),
    /// Has a network again.
    RestoreLink(Who),
    /// All servers lose their memory and every socket; after that time they are up again.
    RestartServers(Duration),
    /// One of several servers is killed; after that time it is up again, as another.
    KillServer(usize, Duration),
    /// Nothing passes between two servers for that time.
    Part(usize, usize, Duration),
    /// No server reaches another for that time, and each knows it.
    CutBus(Duration),
    /// Mutes or unmutes.
    Mute(Who, bool),
    /// Says something in the chat.
    Say(Who),
    /// The next operation on a peer connection of that person fails.
    FailOperation(Who),
    /// The connection between two people loses its media path for good.
    BreakConnection(Who, Who),
    /// Time passes.
    Advance(Duration),
    /// Time passes until nothing happens any more. Every link is restored first.
    Settle,
    /// Something must be true now.
    Expect(Expect),
}

/// Something that must be true.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Expect {
    /// Exactly these are in the room, each connected to each, each shown to each as it is.
    Together(Vec<Who>),
    /// That person sees exactly these others.
    Sees(Who, Vec<Who>),
    /// This many connections were ever made, on all sides.
    ConnectionsMade(usize),
    /// Nobody was told that a member left, ever.
    NobodyLeft,
    /// Nobody was told that a connection restarted, ever.
    NothingRestarted,
}
