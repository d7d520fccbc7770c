//! Query explain: which index a query uses, and, where it was asked to run, what that took.

use std::time::Instant;

use prost_types::{Struct, Value, value::Kind};

use super::reading::Reading;
use crate::{
    proto::{ExecutionStats, ExplainMetrics, ExplainOptions, PlanSummary},
    query::{Outcome, Query},
    storage::State,
};

/// An explanation that waits for the query to have run.
pub(super) struct Explaining {
    summary: PlanSummary,
    began: Instant,
    /// Whether the query is to be run at all.
    pub(super) runs: bool,
}

impl Explaining {
    /// Begins, if an explanation is wanted.
    pub(super) fn begin(
        options: Option<&ExplainOptions>,
        query: &Query,
        reading: &Reading<'_>,
    ) -> Option<Self> {
        let plan = query.plan(reading.snapshot().composites());
        let used = Struct {
            fields: [
                ("query_scope".to_owned(), text(plan.scope)),
                ("properties".to_owned(), text(&plan.properties)),
            ]
            .into(),
        };
        options.map(|options| Self {
            summary: PlanSummary {
                indexes_used: vec![used],
            },
            began: Instant::now(),
            runs: options.analyze,
        })
    }

    /// Ends without having run.
    pub(super) fn planned(&self) -> ExplainMetrics {
        self.end(None)
    }

    /// Ends with the documents that a query found.
    pub(super) fn found(&self, outcome: &Outcome) -> ExplainMetrics {
        let read = outcome.found.len() + outcome.skipped;
        self.end(Some(Bill {
            results: outcome.found.len(),
            documents: read,
            entries: 0,
            // A query that finds nothing costs a read as well.
            reads: read.max(1),
            visited: outcome.visited,
        }))
    }

    /// Ends with the documents that were counted or added up.
    pub(super) fn aggregated(&self, outcome: &Outcome) -> ExplainMetrics {
        let entries = outcome.found.len() + outcome.skipped;
        self.end(Some(Bill {
            results: 1,
            documents: 0,
            entries,
            reads: entries.div_ceil(ENTRIES_A_READ).max(1),
            visited: outcome.visited,
        }))
    }

    fn end(&self, bill: Option<Bill>) -> ExplainMetrics {
        ExplainMetrics {
            plan_summary: Some(self.summary.clone()),
            execution_stats: bill.map(|bill| ExecutionStats {
                results_returned: i64::try_from(bill.results).unwrap_or(i64::MAX),
                execution_duration: prost_types::Duration::try_from(self.began.elapsed()).ok(),
                read_operations: i64::try_from(bill.reads).unwrap_or(i64::MAX),
                debug_stats: Some(bill.details()),
            }),
        }
    }
}

/// How many entries of an index an aggregation has for the price of a read.
const ENTRIES_A_READ: usize = 1_000;

/// What a query that ran would cost.
struct Bill {
    results: usize,
    documents: usize,
    entries: usize,
    reads: usize,
    visited: usize,
}

impl Bill {
    /// Numbers are strings there, as Firestore has them.
    fn details(&self) -> Struct {
        let number = |name: &str, number: usize| (name.to_owned(), text(&number.to_string()));
        let cost = Struct {
            fields: [
                number("documents_billable", self.documents),
                number("index_entries_billable", self.entries),
                number("min_query_cost", usize::from(self.documents + self.entries == 0)),
            ]
            .into(),
        };
        let cost = Value {
            kind: Some(Kind::StructValue(cost)),
        };
        Struct {
            fields: [
                number("documents_scanned", self.visited),
                number("index_entries_scanned", self.visited),
                ("billing_details".to_owned(), cost),
            ]
            .into(),
        }
    }
}

fn text(text: &str) -> Value {
    Value {
        kind: Some(Kind::StringValue(text.to_owned())),
    }
}
