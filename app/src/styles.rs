//! The style sheets, for a platform that does not serve them as a file.

/// All of them, in the order in which they apply.
pub const SHEETS: [&str; 10] = [
    include_str!("../assets/00-tokens.css"),
    include_str!("../assets/10-base.css"),
    include_str!("../assets/20-controls.css"),
    include_str!("../assets/30-page.css"),
    include_str!("../assets/40-lobby.css"),
    include_str!("../assets/50-room.css"),
    include_str!("../assets/51-grid-table.css"),
    include_str!("../assets/52-grid.css"),
    include_str!("../assets/60-chat.css"),
    include_str!("../assets/70-posts.css"),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_style_sheet_is_forgotten() {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/assets");
        let files = std::fs::read_dir(folder).expect("the folder is readable");
        let mut sheets: Vec<_> = files
            .map(|file| file.expect("the entry is readable").path())
            .collect();
        sheets.sort();
        let texts: Vec<_> = sheets
            .iter()
            .map(|path| std::fs::read_to_string(path).expect("a text"))
            .collect();
        assert_eq!(texts, SHEETS);
    }
}
