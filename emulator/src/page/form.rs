//! The query form: what a person asks of a collection, as parameters of the address.

use std::fmt::Write as _;

use super::{html::escape, read};
use crate::{
    error::{Error, Result},
    proto::{
        Cursor, StructuredQuery, Value,
        structured_query::{
            CompositeFilter, Direction, FieldFilter, FieldReference, Filter, Order, composite_filter,
            field_filter::Operator, filter::FilterType,
        },
        value::ValueType,
    },
    value::{array, null, value},
};

/// Documents on one page unless a person wants others.
const PAGE: usize = 50;
/// Documents on one page at most.
const MAX_PAGE: usize = 500;

const OPERATORS: [(&str, &str, Operator); 10] = [
    ("eq", "=", Operator::Equal),
    ("ne", "≠", Operator::NotEqual),
    ("lt", "<", Operator::LessThan),
    ("le", "≤", Operator::LessThanOrEqual),
    ("gt", ">", Operator::GreaterThan),
    ("ge", "≥", Operator::GreaterThanOrEqual),
    ("in", "in", Operator::In),
    ("not-in", "not in", Operator::NotIn),
    ("has", "has element", Operator::ArrayContains),
    ("has-any", "has any of", Operator::ArrayContainsAny),
];

const TYPES: [&str; 8] = [
    "auto",
    "string",
    "integer",
    "double",
    "boolean",
    "timestamp",
    "reference",
    "null",
];

/// What was asked.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Form {
    conditions: Vec<Condition>,
    order: String,
    descending: bool,
    limit: Option<usize>,
    /// The document behind which a list goes on.
    after: String,
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Condition {
    field: String,
    operator: String,
    kind: String,
    text: String,
}

impl Form {
    /// Reads the parameters. Those of one condition follow each other, beginning with its field.
    pub(super) fn parse(parameters: Vec<(String, String)>) -> Self {
        let mut form = Self::default();
        for (name, text) in parameters {
            match (name.as_str(), form.conditions.last_mut()) {
                ("field", _) => form.conditions.push(Condition {
                    field: text.trim().to_owned(),
                    ..Condition::default()
                }),
                ("op", Some(condition)) => condition.operator = text,
                ("type", Some(condition)) => condition.kind = text,
                ("value", Some(condition)) => condition.text = text,
                ("order", _) => text.trim().clone_into(&mut form.order),
                ("dir", _) => form.descending = text == "desc",
                ("limit", _) => form.limit = text.trim().parse().ok(),
                ("after", _) => form.after = text,
                _ => {}
            }
        }
        form.conditions.retain(|condition| !condition.field.is_empty());
        form
    }

    /// Tells whether this is more than a list of all documents.
    pub(super) fn is_query(&self) -> bool {
        !self.conditions.is_empty() || !self.order.is_empty()
    }

    /// Returns the fields that are asked about.
    pub(super) fn fields(&self) -> Vec<&str> {
        let conditions = self.conditions.iter().map(|condition| condition.field.as_str());
        conditions
            .chain((!self.order.is_empty()).then_some(self.order.as_str()))
            .collect()
    }

    /// Returns how many documents a page has.
    pub(super) fn page(&self) -> usize {
        self.limit.map_or(PAGE, |limit| limit.clamp(1, MAX_PAGE))
    }

    /// Makes the query. It asks for one more document than fits on the page, to tell whether there are more.
    ///
    /// # Errors
    /// If a value is not of the type that it was said to be.
    pub(super) fn query(&self, collection: &str, parent: &str) -> Result<StructuredQuery> {
        let mut query = read::from(collection);
        query.limit = i32::try_from(self.page() + 1).ok();
        let filters: Vec<Filter> = self
            .conditions
            .iter()
            .map(|condition| condition.filter(parent))
            .collect::<Result<_>>()?;
        if !filters.is_empty() {
            query.r#where = Some(Filter {
                filter_type: Some(FilterType::CompositeFilter(CompositeFilter {
                    op: composite_filter::Operator::And.into(),
                    filters,
                })),
            });
        }
        if !self.order.is_empty() {
            let direction = if self.descending {
                Direction::Descending
            } else {
                Direction::Ascending
            };
            query.order_by = vec![Order {
                field: field(&self.order),
                direction: direction.into(),
            }];
        } else if !self.after.is_empty() && !self.is_query() {
            query.order_by = vec![Order {
                field: field("__name__"),
                direction: Direction::Ascending.into(),
            }];
            let last = value(ValueType::ReferenceValue(format!(
                "{parent}/{collection}/{}",
                self.after
            )));
            query.start_at = Some(Cursor {
                values: vec![last],
                before: false,
            });
        }
        Ok(query)
    }

    /// Writes the form with what was asked.
    pub(super) fn html(&self) -> String {
        let open = if self.is_query() { " open" } else { "" };
        let mut out = format!(
            "<details class=\"query\" id=\"query\"{open}><summary>Query</summary><form method=\"get\"><div id=\"conditions\">"
        );
        let blank = [Condition::default()];
        let conditions = if self.conditions.is_empty() {
            &blank[..]
        } else {
            &self.conditions
        };
        for condition in conditions {
            out.push_str(&condition.html());
        }
        let chosen = |is: bool| if is { " selected" } else { "" };
        // Writing to a string cannot fail.
        let _ = write!(
            out,
            "</div><div class=\"line\"><label>Order by <input name=\"order\" value=\"{}\" placeholder=\"field\" autocomplete=\"off\" spellcheck=\"false\"></label>\
             <label><span class=\"unseen\">Direction</span><select name=\"dir\"><option value=\"asc\">ascending</option>\
             <option value=\"desc\"{}>descending</option></select></label>\
             <label>Limit <input name=\"limit\" type=\"number\" min=\"1\" max=\"{MAX_PAGE}\" value=\"{}\"></label></div>\
             <div class=\"line\"><button>Run</button>\
             <button type=\"button\" data-act=\"condition\">Add condition</button>{}</div></form></details>",
            escape(&self.order),
            chosen(self.descending),
            self.page(),
            if self.is_query() {
                "<a class=\"button\" href=\"?\">Clear</a>"
            } else {
                ""
            },
        );
        out
    }
}

impl Condition {
    fn filter(&self, parent: &str) -> Result<Filter> {
        let (.., operator) = OPERATORS
            .iter()
            .find(|(name, ..)| *name == self.operator)
            .unwrap_or(&OPERATORS[0]);
        let one = |text: &str| read_value(&self.kind, text.trim(), parent);
        let takes_list = matches!(
            operator,
            Operator::In | Operator::NotIn | Operator::ArrayContainsAny
        );
        let operand = if takes_list {
            array(self.text.split(',').map(one).collect::<Result<_>>()?)
        } else {
            one(&self.text)?
        };
        Ok(Filter {
            filter_type: Some(FilterType::FieldFilter(FieldFilter {
                field: field(&self.field),
                op: (*operator).into(),
                value: Some(operand),
            })),
        })
    }

    fn html(&self) -> String {
        let options = |all: &mut dyn Iterator<Item = (&str, &str)>, chosen: &str| {
            all.fold(String::new(), |out, (name, label)| {
                let selected = if name == chosen { " selected" } else { "" };
                out + &format!("<option value=\"{name}\"{selected}>{label}</option>")
            })
        };
        format!(
            "<fieldset class=\"line condition\"><legend class=\"unseen\">Condition</legend>\
             <label>Where <input name=\"field\" value=\"{}\" placeholder=\"field\" autocomplete=\"off\" spellcheck=\"false\"></label>\
             <label><span class=\"unseen\">Operator</span><select name=\"op\">{}</select></label>\
             <label class=\"grow\"><span class=\"unseen\">Value</span><input name=\"value\" value=\"{}\" placeholder=\"value\" autocomplete=\"off\"></label>\
             <label><span class=\"unseen\">Type</span><select name=\"type\">{}</select></label></fieldset>",
            escape(&self.field),
            options(
                &mut OPERATORS.iter().map(|(name, label, _)| (*name, *label)),
                &self.operator
            ),
            escape(&self.text),
            options(&mut TYPES.iter().map(|name| (*name, *name)), &self.kind),
        )
    }
}

fn field(path: &str) -> Option<FieldReference> {
    Some(FieldReference {
        field_path: path.to_owned(),
    })
}

/// Reads a value of a type, or of the type that it looks like.
fn read_value(kind: &str, text: &str, parent: &str) -> Result<Value> {
    let wrong = || Error::invalid(format!("\"{text}\" is no {kind}."));
    let value_type = match kind {
        "string" => ValueType::StringValue(text.to_owned()),
        "integer" => ValueType::IntegerValue(text.parse().map_err(|_| wrong())?),
        "double" => ValueType::DoubleValue(text.parse().map_err(|_| wrong())?),
        "boolean" => ValueType::BooleanValue(text.parse().map_err(|_| wrong())?),
        "timestamp" => ValueType::TimestampValue(text.parse().map_err(|_| wrong())?),
        "reference" => {
            // The root of the database is the beginning of every parent's name.
            let root: Vec<&str> = parent.splitn(6, '/').take(5).collect();
            let name = if text.starts_with("projects/") {
                text.to_owned()
            } else {
                format!("{}/{text}", root.join("/"))
            };
            ValueType::ReferenceValue(name)
        }
        "null" => return Ok(null()),
        _ => return Ok(guess(text)),
    };
    Ok(value(value_type))
}

fn guess(text: &str) -> Value {
    let quoted = text.strip_prefix('"').and_then(|rest| rest.strip_suffix('"'));
    value(match text {
        "null" => return null(),
        "true" => ValueType::BooleanValue(true),
        "false" => ValueType::BooleanValue(false),
        _ if quoted.is_some() => ValueType::StringValue(quoted.unwrap_or_default().to_owned()),
        _ => match (text.parse(), text.parse()) {
            (Ok(integer), _) => ValueType::IntegerValue(integer),
            (_, Ok(double)) => ValueType::DoubleValue(double),
            _ => ValueType::StringValue(text.to_owned()),
        },
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn form(query: &str) -> Form {
        Form::parse(form_urlencoded::parse(query.as_bytes()).into_owned().collect())
    }

    #[test]
    fn conditions_keep_their_parts_together() {
        let form = form(
            "field=a&op=lt&value=1&type=integer&field=&op=eq&value=x&field=b&value=y&order=c&dir=desc&limit=7",
        );
        assert_eq!(form.fields(), ["a", "b", "c"]);
        assert_eq!(form.page(), 7);
        let query = form.query("c", "projects/p/databases/d/documents").unwrap();
        assert_eq!((query.limit, query.order_by.len()), (Some(8), 1));
        let html = form.html();
        assert!(
            html.contains("value=\"lt\" selected") && html.contains("value=\"desc\" selected"),
            "{html}"
        );
    }

    #[test]
    fn nothing_that_was_asked_becomes_a_tag() {
        let html = form("field=%22%3E%3Cscript%3E&value=%3Cb%3E&order=%22%3E").html();
        assert!(
            !html.contains("<script") && !html.contains("<b>") && !html.contains("\"\">"),
            "{html}"
        );
    }

    #[test]
    fn types_are_guessed_or_as_said() {
        let read = |kind, text| read_value(kind, text, "projects/p/databases/d/documents/c/x").unwrap();
        assert_eq!(read("auto", "12"), value(ValueType::IntegerValue(12)));
        assert_eq!(read("auto", "1.5"), value(ValueType::DoubleValue(1.5)));
        assert_eq!(read("auto", "\"12\""), value(ValueType::StringValue("12".into())));
        assert_eq!(read("auto", "moon"), value(ValueType::StringValue("moon".into())));
        assert_eq!(
            read("reference", "c/y"),
            value(ValueType::ReferenceValue(
                "projects/p/databases/d/documents/c/y".into()
            ))
        );
        assert!(read_value("integer", "x", "").is_err());
    }
}
