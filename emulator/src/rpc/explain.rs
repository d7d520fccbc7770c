//! Query explain: which index a query uses, and, where it was asked to run, what that took.

use std::{collections::BTreeMap, time::Instant};

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

    /// Ends with what the query found, if it ran.
    pub(super) fn end(&self, outcome: Option<&Outcome>) -> ExplainMetrics {
        let stats = outcome.map(|outcome| {
            let visited = outcome.visited.to_string();
            ExecutionStats {
                results_returned: i64::try_from(outcome.found.len()).unwrap_or(i64::MAX),
                execution_duration: prost_types::Duration::try_from(self.began.elapsed()).ok(),
                // A query that finds nothing costs a read as well.
                read_operations: i64::try_from(outcome.found.len().max(1)).unwrap_or(i64::MAX),
                debug_stats: Some(Struct {
                    fields: BTreeMap::from([("documents_scanned".to_owned(), text(&visited))]),
                }),
            }
        });
        ExplainMetrics {
            plan_summary: Some(self.summary.clone()),
            execution_stats: stats,
        }
    }
}

fn text(text: &str) -> Value {
    Value {
        kind: Some(Kind::StringValue(text.to_owned())),
    }
}
