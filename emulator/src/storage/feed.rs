//! Tells listeners what commits changed: those whose targets a change may concern, and no others.
//!
//! An inbox has bounds, and all of them together have one. One that overflows forgets its changes and says so; its owner
//! then reads what it missed from the history, as a client does that was away.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicU64, AtomicUsize, Ordering},
    },
};

use tokio::sync::watch;

use super::{
    Row,
    inbox::{Inbox, MAX_HELD, weight},
};
use crate::{
    path::{CollectionName, DatabaseName, DocumentName, ParentName, key},
    proto::Document,
    time::Micros,
};

/// A document before and after one commit.
#[derive(Debug, PartialEq)]
pub(crate) struct Change {
    /// The document's key.
    pub(crate) key: Vec<u8>,
    /// The document's name.
    pub(crate) name: DocumentName,
    /// When the commit happened.
    pub(crate) time: Micros,
    /// What the document was, if it existed.
    pub(crate) before: Option<Document>,
    /// What it is since, if it exists.
    pub(crate) after: Option<(Document, Row)>,
}

/// What a listener wants to hear of.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Topic {
    /// One document, by its key.
    Document(Vec<u8>),
    /// The documents of one collection, by its prefix.
    Collection(Vec<u8>),
    /// The collections of one id in a database.
    Group(Vec<u8>, String),
    /// Everything in a database.
    Database(Vec<u8>),
}

impl Topic {
    /// Names a document.
    pub(crate) fn document(name: &DocumentName) -> Self {
        Self::Document(key::document(name))
    }

    /// Names a collection.
    pub(crate) fn collection(name: &CollectionName) -> Self {
        Self::Collection(key::collection(name))
    }

    /// Names what lies below a parent, in collections of one id or in all.
    pub(crate) fn descendants(parent: &ParentName, id: Option<&String>) -> Self {
        let database = key::database(&parent.database);
        match id {
            Some(id) => Self::Group(database, id.clone()),
            None => Self::Database(database),
        }
    }

    fn of(change: &Change) -> [Self; 4] {
        let database = key::database(&change.name.database);
        let collection = change.name.collection();
        [
            Self::Document(change.key.clone()),
            Self::collection(&collection),
            Self::Group(database.clone(), collection.id().to_owned()),
            Self::Database(database),
        ]
    }
}

/// The listeners and what they want to hear of.
#[derive(Debug)]
pub(crate) struct Feed {
    listeners: Mutex<Listeners>,
    next: AtomicU64,
    /// Bytes that all inboxes hold.
    held: Arc<AtomicUsize>,
    closed: watch::Sender<bool>,
    changed: watch::Sender<()>,
}

#[derive(Debug, Default)]
struct Listeners {
    inboxes: BTreeMap<u64, (Vec<u8>, Arc<Inbox>)>,
    /// Who wants to hear of a topic.
    topics: BTreeMap<Topic, BTreeSet<u64>>,
}

/// A listener's place in the feed, which it leaves when this is dropped.
#[derive(Debug)]
pub(crate) struct Subscription {
    feed: Arc<Feed>,
    id: u64,
    /// Where changes are put.
    pub(crate) inbox: Arc<Inbox>,
    /// How many targets want to hear of each topic.
    topics: BTreeMap<Topic, usize>,
}

/// What a batch of commits did.
#[derive(Debug, Default)]
pub(super) struct News {
    pub(super) changes: Vec<Change>,
    /// Databases that were emptied, and when.
    pub(super) cleared: Vec<(DatabaseName, Micros)>,
}

impl News {
    /// Tells whether there is none: an index may have grown, but no document is another.
    fn is_empty(&self) -> bool {
        self.changes.is_empty() && self.cleared.is_empty()
    }
}

impl Default for Feed {
    fn default() -> Self {
        Self {
            listeners: Mutex::default(),
            next: AtomicU64::new(0),
            held: Arc::default(),
            closed: watch::Sender::new(false),
            changed: watch::Sender::new(()),
        }
    }
}

impl Feed {
    /// Takes in a listener to a database.
    pub(crate) fn subscribe(self: &Arc<Self>, database: &DatabaseName) -> Subscription {
        let id = self.next.fetch_add(1, Ordering::Relaxed);
        let inbox = Arc::new(Inbox::new(Arc::clone(&self.held)));
        self.lock()
            .inboxes
            .insert(id, (key::database(database), Arc::clone(&inbox)));
        Subscription {
            feed: Arc::clone(self),
            id,
            inbox,
            topics: BTreeMap::new(),
        }
    }

    /// Tells that something changed, whatever and wherever, for those who then ask anew.
    pub(crate) fn changes(&self) -> watch::Receiver<()> {
        self.changed.subscribe()
    }

    /// Ends all streams.
    pub(crate) fn close(&self) {
        self.closed.send_replace(true);
    }

    /// Waits until the server closes.
    pub(crate) fn closed(&self) -> impl Future<Output = ()> + Send + use<> {
        let mut closed = self.closed.subscribe();
        // An error means that the feed itself is gone.
        async move { drop(closed.wait_for(|closed| *closed).await) }
    }

    /// Puts news into the inboxes that it concerns, makes it visible, and wakes their owners.
    ///
    /// Nobody can begin to listen in between: whoever wanted to hear of a topic before finds the news in the inbox, and
    /// whoever comes later sees it in the state.
    pub(super) fn publish(&self, news: News, make_visible: impl FnOnce()) {
        let mut filled: BTreeMap<u64, Arc<Inbox>> = BTreeMap::new();
        let is_news = !news.is_empty();
        let listeners = self.lock();
        if !listeners.inboxes.is_empty() {
            listeners.fill(news, &self.held, &mut filled);
        }
        make_visible();
        drop(listeners);
        for inbox in filled.into_values() {
            inbox.wake();
        }
        if is_news {
            self.changed.send_replace(());
        }
    }

    fn lock(&self) -> MutexGuard<'_, Listeners> {
        self.listeners.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Subscription {
    /// Wants to hear of topics as well.
    pub(crate) fn add(&mut self, topics: &BTreeSet<Topic>) {
        let mut listeners = self.feed.lock();
        for topic in topics {
            *self.topics.entry(topic.clone()).or_default() += 1;
            listeners.topics.entry(topic.clone()).or_default().insert(self.id);
        }
    }

    /// Does not want to hear of topics any more that were added before.
    pub(crate) fn remove(&mut self, topics: &BTreeSet<Topic>) {
        let mut listeners = self.feed.lock();
        for topic in topics {
            let Some(targets) = self.topics.get_mut(topic) else {
                continue;
            };
            *targets -= 1;
            if *targets == 0 {
                self.topics.remove(topic);
                listeners.leave(topic, self.id);
            }
        }
    }
}

impl Drop for Subscription {
    fn drop(&mut self) {
        let mut listeners = self.feed.lock();
        listeners.inboxes.remove(&self.id);
        for topic in self.topics.keys() {
            listeners.leave(topic, self.id);
        }
    }
}

impl Listeners {
    fn fill(&self, news: News, held: &AtomicUsize, filled: &mut BTreeMap<u64, Arc<Inbox>>) {
        for change in news.changes {
            let weight = weight(&change);
            let change = Arc::new(change);
            for topic in Topic::of(&change) {
                for id in self.topics.get(&topic).into_iter().flatten() {
                    let Some((_, inbox)) = self.inboxes.get(id) else {
                        continue;
                    };
                    inbox.push(&change, weight);
                    filled.entry(*id).or_insert_with(|| Arc::clone(inbox));
                }
            }
        }
        if held.load(Ordering::Acquire) > MAX_HELD {
            self.relieve(held.load(Ordering::Acquire));
        }
        // More happened to these than can be listed.
        for (name, time) in news.cleared {
            let database = key::database(&name);
            for (id, (_, inbox)) in self.inboxes.iter().filter(|(_, (own, _))| *own == database) {
                inbox.overflow(time);
                filled.insert(*id, Arc::clone(inbox));
            }
        }
    }

    /// Lets those inboxes overflow that hold much, compared with the others: more than half of all that is held.
    fn relieve(&self, held: usize) {
        let much = held / self.inboxes.len().max(1) / 2;
        for (_, inbox) in self.inboxes.values() {
            inbox.overflow_if_above(much);
        }
    }

    fn leave(&mut self, topic: &Topic, id: u64) {
        let Some(wanted) = self.topics.get_mut(topic) else {
            return;
        };
        wanted.remove(&id);
        if wanted.is_empty() {
            self.topics.remove(topic);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{
        super::inbox::{Held, MAX_CHANGES},
        *,
    };

    fn change(collection: &str, time: i64) -> Change {
        let name = format!("projects/p/databases/d/documents/{collection}/x");
        let name = DocumentName::parse(&name).unwrap();
        Change {
            key: key::document(&name),
            name,
            time: Micros(time),
            before: None,
            after: None,
        }
    }

    fn listener(feed: &Arc<Feed>, collection: &str) -> Subscription {
        let name = change(collection, 0).name;
        let mut subscription = feed.subscribe(&name.database);
        subscription.add(&[Topic::collection(&name.collection()), Topic::document(&name)].into());
        subscription
    }

    fn publish(feed: &Feed, changes: Vec<Change>) {
        let news = News {
            changes,
            ..News::default()
        };
        feed.publish(news, || {});
    }

    fn times(held: Held<Arc<Change>>) -> Held<i64> {
        match held {
            Held::Changes(changes) => Held::Changes(changes.iter().map(|change| change.time.0).collect()),
            Held::TooMany => Held::TooMany,
        }
    }

    #[test]
    fn a_listener_hears_once_of_what_it_asked_for_and_of_nothing_else() {
        let feed = Arc::new(Feed::default());
        let (mine, other) = (listener(&feed, "mine"), listener(&feed, "other"));
        publish(&feed, vec![change("mine", 1), change("mine", 2)]);
        assert_eq!(times(mine.inbox.take(Micros(1))), Held::Changes(vec![1]));
        assert_eq!(times(mine.inbox.take(Micros(2))), Held::Changes(vec![2]));
        assert_eq!(times(other.inbox.take(Micros(2))), Held::Changes(vec![]));
    }

    #[test]
    fn who_does_not_look_holds_nothing_and_learns_that_there_was_more() {
        let feed = Arc::new(Feed::default());
        let slow = listener(&feed, "c");
        let last = i64::try_from(MAX_CHANGES).unwrap() + 10;
        for time in 1..=last {
            publish(&feed, vec![change("c", time)]);
        }
        assert_eq!(feed.held.load(Ordering::Acquire), 0);
        // The last changes are not visible yet: they count as missed until they are.
        assert_eq!(times(slow.inbox.take(Micros(last - 1))), Held::TooMany);
        assert_eq!(times(slow.inbox.take(Micros(last))), Held::TooMany);
        assert_eq!(times(slow.inbox.take(Micros(last))), Held::Changes(vec![]));
    }

    #[test]
    fn who_asks_anew_hears_that_something_changed_but_not_that_an_index_grew() {
        let feed = Feed::default();
        let mut changes = feed.changes();
        publish(&feed, Vec::new());
        assert!(!changes.has_changed().unwrap());
        publish(&feed, vec![change("c", 1)]);
        assert!(changes.has_changed().unwrap());
        changes.mark_unchanged();
        let cleared = vec![(change("c", 1).name.database, Micros(2))];
        let news = News {
            cleared,
            ..News::default()
        };
        feed.publish(news, || {});
        assert!(changes.has_changed().unwrap());
    }

    #[test]
    fn many_who_do_not_look_hold_no_more_than_a_few_may() {
        let feed = Arc::new(Feed::default());
        let collections: Vec<String> = (0..400).map(|number| format!("c{number}")).collect();
        let slow: Vec<_> = collections
            .iter()
            .map(|collection| listener(&feed, collection))
            .collect();
        let brisk = listener(&feed, "brisk");
        let row = Row::encode(&Document {
            name: "x".repeat(200_000),
            ..Document::default()
        });
        for time in 1..=5 {
            for collection in &collections {
                let after = Some((Document::default(), row.clone()));
                publish(
                    &feed,
                    vec![Change {
                        after,
                        ..change(collection, time)
                    }],
                );
                assert!(feed.held.load(Ordering::Acquire) <= MAX_HELD);
            }
            publish(&feed, vec![change("brisk", time)]);
            assert_eq!(times(brisk.inbox.take(Micros(time))), Held::Changes(vec![time]));
        }
        let forgot = slow
            .iter()
            .filter(|slow| slow.inbox.take(Micros(5)) == Held::TooMany);
        assert!(forgot.count() > 0);
        drop(slow);
        assert_eq!(feed.held.load(Ordering::Acquire), 0);
    }

    #[test]
    fn who_leaves_leaves_nothing_behind() {
        let feed = Arc::new(Feed::default());
        drop(listener(&feed, "c"));
        assert!(feed.lock().inboxes.is_empty() && feed.lock().topics.is_empty());
    }
}
