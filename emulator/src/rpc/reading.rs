//! What a read sees: the newest state, or a transaction's.

use std::sync::Arc;

use prost_types::Timestamp;

use super::Service;
use crate::{
    error::{Error, Result},
    path::{DatabaseName, DocumentName, key},
    proto::{
        TransactionOptions,
        transaction_options::{ConcurrencyMode, Mode},
    },
    query::{Found, Query},
    storage::{Row, Snapshot, State},
    time::Micros,
    transaction::Kind,
};

/// How a request says what it wants to see; the several messages of Google's come down to this.
pub(super) enum Selector {
    Newest,
    Transaction(Vec<u8>),
    NewTransaction(TransactionOptions),
    At(Timestamp),
}

/// A state to read, and the transaction that must remember what was read.
pub(super) struct Reading<'a> {
    service: &'a Service,
    database: DatabaseName,
    snapshot: Arc<Snapshot>,
    transaction: Option<Vec<u8>>,
    /// The transaction that began with this read, of which the client must hear.
    pub(super) began: Vec<u8>,
}

impl Service {
    /// Chooses the state that a request sees.
    pub(super) fn reading(&self, database: &DatabaseName, selector: Selector) -> Result<Reading<'_>> {
        let (snapshot, transaction, began) = match selector {
            Selector::Newest => (self.storage.snapshot(), None, Vec::new()),
            Selector::Transaction(id) => (self.snapshot_of(&id, database)?, Some(id), Vec::new()),
            Selector::NewTransaction(options) => {
                let id = self.begin(database, Some(&options))?;
                (self.snapshot_of(&id, database)?, Some(id.clone()), id)
            }
            Selector::At(time) => (self.at(&time, database)?, None, Vec::new()),
        };
        Ok(Reading {
            service: self,
            database: database.clone(),
            snapshot,
            transaction,
            began,
        })
    }

    /// Opens a transaction.
    pub(super) fn begin(
        &self,
        database: &DatabaseName,
        options: Option<&TransactionOptions>,
    ) -> Result<Vec<u8>> {
        let (kind, time) = match options.and_then(|options| options.mode.as_ref()) {
            Some(Mode::ReadWrite(write)) if write.concurrency_mode() == ConcurrencyMode::Pessimistic => {
                (Kind::Pessimistic, None)
            }
            None | Some(Mode::ReadWrite(_)) => (Kind::Optimistic, None),
            Some(Mode::ReadOnly(read)) => (Kind::ReadOnly, read.consistency_selector.as_ref()),
        };
        let snapshot = match time {
            None => self.storage.snapshot(),
            Some(crate::proto::transaction_options::read_only::ConsistencySelector::ReadTime(time)) => {
                self.at(time, database)?
            }
        };
        self.transactions.begin(database, kind, snapshot)
    }

    fn snapshot_of(&self, id: &[u8], database: &DatabaseName) -> Result<Arc<Snapshot>> {
        self.transactions
            .snapshot(id, database, || self.storage.snapshot())
    }

    /// Returns the state at a time.
    fn at(&self, time: &Timestamp, database: &DatabaseName) -> Result<Arc<Snapshot>> {
        let snapshot = self.storage.snapshot();
        let time = Micros::from(time);
        if time > Micros::now() && time > snapshot.time {
            return Err(Error::invalid("The read time must not be in the future."));
        }
        if time < snapshot.time {
            return snapshot.at(time, database).map(Arc::new);
        }
        Ok(snapshot)
    }
}

impl Reading<'_> {
    /// Returns the time of the state.
    pub(super) fn time(&self) -> Timestamp {
        self.snapshot.time.into()
    }

    /// Returns the state, for reads which no transaction need remember.
    pub(super) fn snapshot(&self) -> &Arc<Snapshot> {
        &self.snapshot
    }

    /// Locks documents before they are read, where the transaction wants that, and goes on to a state that they are of.
    pub(super) fn lock(&mut self, names: &[DocumentName]) -> Result<()> {
        if let Some(id) = &self.transaction {
            let keys: Vec<_> = names.iter().map(key::document).collect();
            self.service
                .transactions
                .lock_documents(id, &self.database, &keys)?;
            self.snapshot = self.service.snapshot_of(id, &self.database)?;
        }
        Ok(())
    }

    /// Reads a document.
    pub(super) fn document(&self, name: &DocumentName) -> Result<Option<Row>> {
        let key = key::document(name);
        let row = self.snapshot.row(&key)?;
        if let Some(id) = &self.transaction {
            let version = row.as_ref().map(Row::version);
            self.service
                .transactions
                .read_document(id, &self.database, key, version)?;
        }
        Ok(row)
    }

    /// Runs a query; one that may take long leaves the thread to others.
    pub(super) async fn query(&self, query: Query) -> Result<crate::query::Outcome> {
        let outcome = if query.may_be_long(self.snapshot.composites()) {
            let (snapshot, query) = (Arc::clone(&self.snapshot), query.clone());
            tokio::task::spawn_blocking(move || query.run(&snapshot))
                .await
                .unwrap_or_else(|error| Err(Error::Storage(format!("a query broke off: {error}"))))?
        } else {
            query.run(&self.snapshot)?
        };
        if let Some(shape) = query.wish(&outcome) {
            self.service.storage.suggest(shape);
        }
        self.remember(query, &outcome.found)?;
        Ok(outcome)
    }

    fn remember(&self, query: Query, found: &[Found]) -> Result<()> {
        match &self.transaction {
            Some(id) => self
                .service
                .transactions
                .read_query(id, &self.database, query, found),
            None => Ok(()),
        }
    }
}
