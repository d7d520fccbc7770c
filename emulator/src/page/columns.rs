//! Which fields a table shows.

use std::collections::BTreeMap;

use super::value::kind;
use crate::proto::Document;

/// Columns beside the id.
const COLUMNS: usize = 5;

/// Chooses the fields that most of the documents have; of equals, those which fit into a cell come first. `wanted` are
/// fields that a person asked about: they are shown whatever holds.
pub(super) fn choose(documents: &[Document], wanted: &[&str]) -> Vec<String> {
    let mut counts: BTreeMap<&str, (usize, usize)> = BTreeMap::new();
    for (name, value) in documents.iter().flat_map(|document| &document.fields) {
        let (count, awkward) = counts.entry(name).or_default();
        *count += 1;
        *awkward += usize::from(matches!(kind(value), "map" | "array" | "bytes" | "vector"));
    }
    let mut columns: Vec<String> = Vec::new();
    for name in wanted {
        let name = (*name).to_owned();
        if counts.contains_key(name.as_str()) && !columns.contains(&name) {
            columns.push(name);
        }
    }
    let mut names: Vec<_> = counts.into_iter().collect();
    names.sort_by(|(a, (many_a, awkward_a)), (b, (many_b, awkward_b))| {
        many_b.cmp(many_a).then(awkward_a.cmp(awkward_b)).then(a.cmp(b))
    });
    for (name, _) in names {
        if columns.len() >= COLUMNS {
            break;
        }
        if !columns.iter().any(|column| column == name) {
            columns.push(name.to_owned());
        }
    }
    columns
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::value::{array, null};

    #[test]
    fn what_most_have_and_what_was_asked_for_is_shown() {
        let document = |names: &[&str]| Document {
            fields: names
                .iter()
                .map(|&name| {
                    (
                        name.to_owned(),
                        if name == "list" { array(vec![]) } else { null() },
                    )
                })
                .collect(),
            ..Default::default()
        };
        let documents = [document(&["list", "a", "b"]), document(&["list", "b", "z"])];
        assert_eq!(choose(&documents, &["z", "nowhere"]), ["z", "b", "list", "a"]);
        let wide: Vec<String> = (0..20).map(|number| format!("f{number:02}")).collect();
        let wide: Vec<&str> = wide.iter().map(String::as_str).collect();
        assert_eq!(choose(&[document(&wide)], &[]).len(), COLUMNS);
    }
}
