//! The best number of columns, and the proof that the style sheet has it.

use std::fmt::Write;
use wire::limits::ROOM_MEMBERS;

/// Width over height of a tile.
const TILE: f64 = 16.0 / 9.0;

/// One way to lay tiles out, and from which shape of the space on it is the best.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Way {
    columns: usize,
    rows: usize,
    /// Width over height of the space.
    from: f64,
}

/// Every way that is best for some shape, from the tallest space to the widest.
fn ways(count: usize) -> Vec<Way> {
    let mut ways: Vec<Way> = Vec::new();
    for rows in (1..=count).rev() {
        let columns = count.div_ceil(rows);
        if count.div_ceil(columns) != rows {
            continue;
        }
        // The way before is as high as the space where this one becomes as wide as it.
        let from = ways
            .last()
            .map_or(0.0, |before| TILE * columns as f64 / before.rows as f64);
        ways.push(Way { columns, rows, from });
    }
    ways
}

/// Width of a tile in a space of this width and height.
fn tile_width(way: Way, width: f64, height: f64) -> f64 {
    (width / way.columns as f64).min(height / way.rows as f64 * TILE)
}

fn style_sheet() -> String {
    let mut css = String::from(
        "/* Columns and rows for every count of tiles and shape of the space. Written by the test in room/grid/layout.rs:\n   \
         UPDATE=1 cargo test -p app layout */\n",
    );
    for count in 1..=ROOM_MEMBERS {
        for Way { columns, rows, from } in ways(count) {
            let rule = format!(".grid[data-n=\"{count}\"] {{ --columns: {columns}; --rows: {rows} }}");
            if from == 0.0 {
                writeln!(css, "{rule}").expect("a string takes everything");
            } else {
                writeln!(
                    css,
                    "@container space (min-aspect-ratio: {:.0}/1000) {{ {rule} }}",
                    from * 1000.0
                )
                .expect("a string takes everything");
            }
        }
    }
    css
}

#[test]
fn the_style_sheet_holds_the_best_layouts() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/assets/room/51-grid-table.css");
    if std::env::var_os("UPDATE").is_some() {
        std::fs::write(path, style_sheet()).expect("the style sheet is writable");
    }
    let there = std::fs::read_to_string(path).expect("the style sheet is there");
    assert_eq!(there, style_sheet(), "run UPDATE=1 cargo test -p app layout");
}

#[test]
fn no_other_layout_has_larger_tiles() {
    for count in 1..=ROOM_MEMBERS {
        for (width, height) in [
            (1280.0, 800.0),
            (360.0, 740.0),
            (844.0, 390.0),
            (800.0, 800.0),
            (2560.0, 600.0),
        ] {
            let ways = ways(count);
            let chosen = *ways
                .iter()
                .rfind(|way| width / height >= way.from)
                .expect("the first begins at zero");
            let best = (1..=count)
                .map(|columns| Way {
                    columns,
                    rows: count.div_ceil(columns),
                    from: 0.0,
                })
                .map(|way| tile_width(way, width, height))
                .fold(0.0, f64::max);
            let got = tile_width(chosen, width, height);
            assert!(
                got > best * 0.999,
                "{count} in {width}×{height}: {chosen:?} gives {got}, not {best}"
            );
        }
    }
}
