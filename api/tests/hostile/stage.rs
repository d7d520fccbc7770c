//! What every row is tried in front of: two people who talk, and a book of what failed.

use crate::{client::Client, world::World};
use serde_json::json;
use std::{
    fmt::Display,
    io::Write,
    panic,
    sync::{
        Mutex, Once, PoisonError,
        atomic::{AtomicUsize, Ordering},
    },
};

/// How many themes there are; the last one that ends counts the rows of all.
const THEMES: usize = 15;
/// How many rows the suite must have.
const LEAST: usize = 100;

static ROWS: AtomicUsize = AtomicUsize::new(0);
static ENDED: AtomicUsize = AtomicUsize::new(0);
/// Where the server panicked, which it must not, whatever is sent to it.
static PANICS: Mutex<Vec<String>> = Mutex::new(Vec::new());

/// Two people in a room of a server, and what has been tried before them.
pub struct Stage {
    theme: &'static str,
    talkers: [Client; 2],
    rows: usize,
    failures: Vec<String>,
}

impl Stage {
    pub async fn set(theme: &'static str, world: &World) -> Self {
        watch_for_panics();
        let mut first = world.enter("bystanders", "Aki").await;
        first.hear_a("history").await;
        let mut second = world.enter("bystanders", "Bo").await;
        second.hear_a("history").await;
        first.hear_a("join").await;
        let mut stage = Self {
            theme,
            talkers: [first, second],
            rows: 0,
            failures: Vec::new(),
        };
        // What else comes with coming in comes before the answer to this.
        for talker in &mut stage.talkers {
            talker.is_served().await;
        }
        stage.talk().await.expect("they talk before anything is tried");
        stage
    }

    /// Tries something, and looks that the others do not notice.
    pub async fn row(&mut self, what: impl Display, attack: impl Future<Output = anyhow::Result<()>>) {
        // Shown if the row fails in a way that ends the test.
        println!("{}: {what}", self.theme);
        self.rows += 1;
        if let Err(error) = attack.await {
            self.fail(format!("{what}: {error:#}"));
        }
        if let Err(error) = self.talk().await {
            self.fail(format!("{what}: the others noticed: {error:#}"));
        }
    }

    fn fail(&mut self, why: String) {
        println!("failed: {why}");
        self.failures.push(why);
    }

    /// One of the two says something, which is the next thing that the other hears.
    async fn talk(&mut self) -> anyhow::Result<()> {
        let [speaker, listener] = &mut self.talkers;
        let nonce = format!("n{}", self.rows);
        speaker
            .say(json!({"type": "chat", "text": nonce, "nonce": nonce}))
            .await;
        for (who, hears) in [("the other", listener), ("the author", speaker)] {
            let heard = hears.hear().await;
            anyhow::ensure!(heard["message"]["text"] == nonce, "{who} heard {heard}");
        }
        self.talkers.swap(0, 1);
        Ok(())
    }

    /// Fails with everything that failed, and counts.
    pub async fn end(self, world: World) {
        world.server.shutdown().await;
        let panics = PANICS.lock().unwrap_or_else(PoisonError::into_inner).clone();
        assert!(
            self.failures.is_empty(),
            "{} of {} rows:\n{}",
            self.failures.len(),
            self.rows,
            self.failures.join("\n")
        );
        assert!(panics.is_empty(), "something panicked: {panics:?}");
        let rows = ROWS.fetch_add(self.rows, Ordering::SeqCst) + self.rows;
        let ended = ENDED.fetch_add(1, Ordering::SeqCst) + 1;
        say(&format!("hostile clients: {}: {} rows", self.theme, self.rows));
        if ended == THEMES {
            say(&format!("hostile clients: {rows} rows in all"));
            assert!(rows >= LEAST, "only {rows} rows");
        }
    }
}

/// Tells also where the output of tests that pass is kept back.
fn say(text: &str) {
    let _ = writeln!(std::io::stderr(), "{text}");
}

fn watch_for_panics() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        let before = panic::take_hook();
        panic::set_hook(Box::new(move |panic| {
            let place = panic.location().map(ToString::to_string).unwrap_or_default();
            if !place.contains("tests/") {
                PANICS.lock().unwrap_or_else(PoisonError::into_inner).push(place);
            }
            before(panic);
        }));
    });
}
