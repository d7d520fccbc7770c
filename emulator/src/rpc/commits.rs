//! RPCs of transactions and of several writes.

use gcloud_sdk::google::rpc;
use tonic::Code;

use super::Service;
use crate::{
    engine::Write,
    error::{Error, Result},
    path::{DatabaseName, key},
    proto::{
        BatchWriteRequest, BatchWriteResponse, BeginTransactionRequest, BeginTransactionResponse,
        CommitRequest, CommitResponse, RollbackRequest, WriteResult,
    },
    storage::{Commit, Committed},
};

/// Writes that one BatchWrite may hold.
const MAX_BATCH_WRITES: usize = 500;

impl Service {
    pub(super) fn begin_transaction(
        &self,
        request: &BeginTransactionRequest,
    ) -> Result<BeginTransactionResponse> {
        let database = DatabaseName::parse(&request.database)?;
        Ok(BeginTransactionResponse {
            transaction: self.begin(&database, request.options.as_ref())?,
        })
    }

    pub(super) fn rollback_transaction(&self, request: &RollbackRequest) -> Result<()> {
        self.transactions
            .rollback(&request.transaction, &DatabaseName::parse(&request.database)?)
    }

    pub(super) async fn commit_writes(&self, request: CommitRequest) -> Result<CommitResponse> {
        let database = DatabaseName::parse(&request.database)?;
        let writes: Vec<Write> = request
            .writes
            .into_iter()
            .map(|write| Write::parse(write, &database))
            .collect::<Result<_>>()?;
        let _ending = self.transactions.ending(&request.transaction);
        let reads = match request.transaction.as_slice() {
            [] => None,
            id => Some(self.transactions.finish(id, &database, !writes.is_empty())?),
        };
        // What was read was one state: without writes there is nothing that it could contradict.
        let reads = reads.filter(|_| !writes.is_empty());
        let committed = self.apply(Commit { writes, reads }, &request.transaction).await?;
        Ok(CommitResponse {
            write_results: committed.results,
            commit_time: Some(committed.time.into()),
        })
    }

    /// Applies writes, of a transaction unless its id is empty, as soon as no other keeps what they write.
    pub(super) async fn apply(&self, commit: Commit, transaction: &[u8]) -> Result<Committed> {
        let keys: Vec<_> = commit
            .writes
            .iter()
            .map(|write| key::document(&write.name))
            .collect();
        self.transactions.wait(transaction, &keys).await?;
        self.storage.commit(commit).await
    }

    /// Each write happens or fails on its own, and says so; one that makes no sense fails the request.
    pub(super) async fn batch_writes(&self, request: BatchWriteRequest) -> Result<BatchWriteResponse> {
        let database = DatabaseName::parse(&request.database)?;
        if request.writes.len() > MAX_BATCH_WRITES {
            return Err(Error::invalid(format!(
                "A batch may hold {MAX_BATCH_WRITES} writes at most."
            )));
        }
        let mut names = std::collections::BTreeSet::new();
        let mut writes = Vec::with_capacity(request.writes.len());
        for write in request.writes {
            let write = Write::parse(write, &database)?;
            if !names.insert(write.name.clone()) {
                return Err(Error::invalid(format!(
                    "A batch may write \"{}\" only once.",
                    write.name
                )));
            }
            writes.push(write);
        }
        // All are queued before the first is awaited, so that they share their syncs.
        let pending: Vec<_> = writes
            .into_iter()
            .map(|write| tokio::spawn(self.clone().commit_alone(write)))
            .collect();
        let mut response = BatchWriteResponse::default();
        for task in pending {
            let result = task.await.unwrap_or(Err(Error::Closing));
            response.status.push(status(result.as_ref().err()));
            response.write_results.push(result.unwrap_or_default());
        }
        Ok(response)
    }

    async fn commit_alone(self, write: Write) -> Result<WriteResult> {
        let committed = self
            .apply(
                Commit {
                    writes: vec![write],
                    reads: None,
                },
                &[],
            )
            .await?;
        Ok(committed.results.into_iter().next().unwrap_or_default())
    }
}

fn status(error: Option<&Error>) -> rpc::Status {
    rpc::Status {
        code: error.map_or(Code::Ok, Error::code).into(),
        message: error.map(ToString::to_string).unwrap_or_default(),
        details: Vec::new(),
    }
}
