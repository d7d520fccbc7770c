//! A Firestore so simple that one sees that it is right: a map of documents, and queries that look at all of them.

use std::{cmp::Ordering, collections::BTreeMap};

use super::support::{array, boolean, double, int, null, text};
use gcloud_sdk::google::firestore::v1::Value;

/// A value. The variants are in the order of types.
#[derive(Clone, Debug, PartialEq)]
pub enum Val {
    Null,
    Bool(bool),
    Int(i64),
    /// A half, so that sums and comparisons are exact.
    Half(i64),
    Text(String),
    List(Vec<i64>),
}

pub type Fields = BTreeMap<&'static str, Val>;

#[derive(Clone, Debug)]
pub enum Op {
    Set(usize, Fields),
    Merge(usize, Fields),
    Delete(usize),
    Increment(usize, &'static str, i64),
    Union(usize, &'static str, Vec<i64>),
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Compare {
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
    Equal,
    NotEqual,
    Contains,
    In,
    NotIn,
}

#[derive(Clone, Debug)]
pub struct Query {
    pub filters: Vec<(&'static str, Compare, Vec<Val>)>,
    pub orders: Vec<(&'static str, bool)>,
    pub start: Option<(Val, bool)>,
    pub offset: usize,
    pub limit: Option<usize>,
}

#[derive(Default)]
pub struct Model(pub BTreeMap<usize, Fields>);

impl Val {
    pub fn to_value(&self) -> Value {
        match self {
            Self::Null => null(),
            Self::Bool(it) => boolean(*it),
            Self::Int(it) => int(*it),
            Self::Half(it) => double(halves(*it)),
            Self::Text(it) => text(it),
            Self::List(it) => array(it.iter().map(|it| int(*it)).collect::<Vec<_>>()),
        }
    }

    fn kind(&self) -> u8 {
        match self {
            Self::Null => 0,
            Self::Bool(_) => 1,
            Self::Int(_) | Self::Half(_) => 2,
            Self::Text(_) => 3,
            Self::List(_) => 4,
        }
    }

    /// Twice the number.
    fn doubled(&self) -> Option<i64> {
        match self {
            Self::Int(it) => Some(2 * it),
            Self::Half(it) => Some(*it),
            Self::Null | Self::Bool(_) | Self::Text(_) | Self::List(_) => None,
        }
    }

    fn compare(&self, other: &Self) -> Ordering {
        self.kind().cmp(&other.kind()).then_with(|| match (self, other) {
            (Self::Bool(a), Self::Bool(b)) => a.cmp(b),
            (Self::Text(a), Self::Text(b)) => a.cmp(b),
            (Self::List(a), Self::List(b)) => a.cmp(b),
            _ => self.doubled().cmp(&other.doubled()),
        })
    }
}

fn halves(number: i64) -> f64 {
    f64::from(i32::try_from(number).unwrap()) / 2.0
}

impl Model {
    pub fn apply(&mut self, op: &Op) {
        match op.clone() {
            Op::Set(id, fields) => drop(self.0.insert(id, fields)),
            Op::Merge(id, fields) => self.0.entry(id).or_default().extend(fields),
            Op::Delete(id) => drop(self.0.remove(&id)),
            Op::Increment(id, field, by) => {
                let fields = self.0.entry(id).or_default();
                let sum = match fields.get(field) {
                    Some(Val::Int(it)) => Val::Int(it + by),
                    Some(Val::Half(it)) => Val::Half(it + 2 * by),
                    _ => Val::Int(by),
                };
                fields.insert(field, sum);
            }
            Op::Union(id, field, elements) => {
                let fields = self.0.entry(id).or_default();
                let mut list = match fields.get(field) {
                    Some(Val::List(list)) => list.clone(),
                    _ => Vec::new(),
                };
                for element in elements {
                    if !list.contains(&element) {
                        list.push(element);
                    }
                }
                fields.insert(field, Val::List(list));
            }
        }
    }

    pub fn run(&self, query: &Query) -> Vec<usize> {
        let orders = query.all_orders();
        let mut found: Vec<(Vec<&Val>, usize)> = Vec::new();
        for (id, fields) in &self.0 {
            let key: Option<Vec<&Val>> = orders.iter().map(|(field, _)| fields.get(field)).collect();
            let matches = query.filters.iter().all(|(field, compare, operands)| {
                fields
                    .get(field)
                    .is_some_and(|value| compare.holds(value, operands))
            });
            if let Some(key) = key.filter(|_| matches) {
                found.push((key, *id));
            }
        }
        let last_descends = orders.last().is_some_and(|(_, descends)| *descends);
        let directed = |order: Ordering, descends: bool| if descends { order.reverse() } else { order };
        found.sort_by(|(a, a_id), (b, b_id)| {
            let keys = a.iter().zip(b).zip(&orders);
            keys.map(|((a, b), (_, descends))| directed(a.compare(b), *descends))
                .find(|order| order.is_ne())
                .unwrap_or_else(|| directed(a_id.cmp(b_id), last_descends))
        });
        if let (Some((start, before)), Some((_, descends))) = (&query.start, orders.first()) {
            found.retain(|(key, _)| {
                let order = directed(key[0].compare(start), *descends);
                order.is_gt() || (*before && order.is_eq())
            });
        }
        let limit = query.limit.unwrap_or(usize::MAX);
        found
            .into_iter()
            .skip(query.offset)
            .take(limit)
            .map(|(_, id)| id)
            .collect()
    }
}

impl Query {
    /// The explicit orders, then the fields of inequalities.
    fn all_orders(&self) -> Vec<(&'static str, bool)> {
        let mut orders = self.orders.clone();
        let descends = orders.last().is_some_and(|(_, descends)| *descends);
        let mut implied: Vec<_> = self
            .filters
            .iter()
            .filter(|(_, compare, _)| compare.is_inequality())
            .collect();
        implied.sort_by_key(|(field, _, _)| *field);
        for (field, _, _) in implied {
            if orders.iter().all(|(other, _)| other != field) {
                orders.push((field, descends));
            }
        }
        orders
    }
}

impl Compare {
    pub fn is_inequality(self) -> bool {
        !matches!(self, Self::Equal | Self::Contains | Self::In)
    }

    fn holds(self, value: &Val, operands: &[Val]) -> bool {
        let operand = &operands[0];
        let same_kind = value.kind() == operand.kind();
        let order = value.compare(operand);
        match self {
            Self::Less => same_kind && order.is_lt(),
            Self::LessOrEqual => same_kind && order.is_le(),
            Self::Greater => same_kind && order.is_gt(),
            Self::GreaterOrEqual => same_kind && order.is_ge(),
            Self::Equal => order.is_eq(),
            Self::NotEqual => *value != Val::Null && order.is_ne(),
            Self::Contains => match (value, operand) {
                (Val::List(list), Val::Int(it)) => list.contains(it),
                _ => false,
            },
            Self::In => operands.iter().any(|operand| value.compare(operand).is_eq()),
            Self::NotIn => {
                *value != Val::Null && operands.iter().all(|operand| value.compare(operand).is_ne())
            }
        }
    }
}
