//! The style sheets, for a platform that does not serve them as files. Those in a folder of their own are a chunk's.

/// All of them, in the order in which they apply.
pub const SHEETS: [&str; 16] = [
    include_str!("../assets/00-tokens.css"),
    include_str!("../assets/10-base.css"),
    include_str!("../assets/20-controls.css"),
    include_str!("../assets/30-page.css"),
    include_str!("../assets/40-lobby.css"),
    include_str!("../assets/room/50-room.css"),
    include_str!("../assets/room/51-grid-table.css"),
    include_str!("../assets/room/52-grid.css"),
    include_str!("../assets/room/53-front.css"),
    include_str!("../assets/room/54-menu.css"),
    include_str!("../assets/room/55-house.css"),
    include_str!("../assets/room/55-people.css"),
    include_str!("../assets/room/60-chat.css"),
    include_str!("../assets/posts/70-posts.css"),
    include_str!("../assets/recording/80-recording.css"),
    include_str!("../assets/access/90-access.css"),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_style_sheet_is_forgotten() {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/assets");
        let sheets_in = |folder: String| {
            let files = std::fs::read_dir(folder).expect("the folder is readable");
            let paths = files.map(|file| file.expect("the entry is readable").path());
            paths.filter(|path| path.is_file()).collect::<Vec<_>>()
        };
        let parts =
            ["", "/room", "/posts", "/recording", "/access"].map(|part| sheets_in(format!("{folder}{part}")));
        let mut sheets = parts.concat();
        sheets.sort_by_key(|path| path.file_name().map(ToOwned::to_owned));
        assert_eq!(sheets.len(), SHEETS.len());
        for (path, sheet) in sheets.iter().zip(SHEETS) {
            let text = std::fs::read_to_string(path).expect("a text");
            assert!(text == sheet, "{} is not in its place", path.display());
        }
    }
}
