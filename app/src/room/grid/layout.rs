//! Where tiles go: the best number of columns, and what follows from it.
//!
//! On the screen the style sheet does this, by a table that a test keeps equal to `ways`. A recording has no style sheet.

use crate::recorder::Place;

/// Width over height of a tile.
const TILE: f64 = 16.0 / 9.0;
/// The share of the width that a strip of tiles takes beside the one in front, and its bounds in pixels. As in `53-front.css`.
const STRIP: f64 = 0.17;
const STRIP_BOUNDS: (f64, f64) = (120.0, 260.0);

/// One way to lay tiles out, and from which shape of the space on it is the best.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Way {
    columns: usize,
    rows: usize,
    /// Width over height of the space.
    from: f64,
}

/// Places tiles of one size, as large as fits.
pub fn grid(count: usize, width: f64, height: f64, gap: f64) -> Vec<Place> {
    let Some(way) = ways(count).into_iter().rfind(|way| width / height >= way.from) else {
        return Vec::new();
    };
    let share = |space: f64, parts: usize| (space - (parts as f64 - 1.0) * gap) / parts as f64;
    let tile_width = share(width, way.columns)
        .min(share(height, way.rows) * TILE)
        .floor();
    let tile_height = (tile_width / TILE).floor();
    let span = |tiles: usize, size: f64| tiles as f64 * size + (tiles as f64 - 1.0) * gap;
    let top = (height - span(way.rows, tile_height)) / 2.0;
    (0..count)
        .map(|index| {
            let (row, column) = (index / way.columns, index % way.columns);
            // The last row may have fewer, which stand in the middle.
            let in_row = way.columns.min(count - row * way.columns);
            Place {
                x: ((width - span(in_row, tile_width)) / 2.0 + column as f64 * (tile_width + gap)).round(),
                y: (top + row as f64 * (tile_height + gap)).round(),
                width: tile_width,
                height: tile_height,
            }
        })
        .collect()
}

/// Places one tile in front, and `others` in a strip to its right.
pub fn front(others: usize, width: f64, height: f64, gap: f64) -> (Place, Vec<Place>) {
    if others == 0 {
        let whole = Place {
            x: 0.0,
            y: 0.0,
            width,
            height,
        };
        return (whole, Vec::new());
    }
    let wide = (width * STRIP).clamp(STRIP_BOUNDS.0, STRIP_BOUNDS.1);
    // A screen scrolls. In a file, all of them have to fit.
    let high = ((height - (others as f64 - 1.0) * gap) / others as f64)
        .min(wide / TILE)
        .floor();
    let strip = (high * TILE).floor();
    let places = (0..others).map(|index| Place {
        x: width - strip,
        y: index as f64 * (high + gap),
        width: strip,
        height: high,
    });
    let before = Place {
        x: 0.0,
        y: 0.0,
        width: width - strip - gap,
        height,
    };
    (before, places.collect())
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

#[cfg(test)]
mod tests {
    use super::*;
    use std::fmt::Write;
    use wire::limits::ROOM_MEMBERS;

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

    fn apart(places: &[Place], width: f64, height: f64) -> bool {
        let inside =
            |a: &Place| a.x >= 0.0 && a.y >= 0.0 && a.x + a.width <= width && a.y + a.height <= height;
        let beside = |a: &Place, b: &Place| {
            a.x + a.width <= b.x || b.x + b.width <= a.x || a.y + a.height <= b.y || b.y + b.height <= a.y
        };
        let pairs = |(index, a): (usize, &Place)| places[index + 1..].iter().all(|b| beside(a, b));
        places.iter().all(inside) && places.iter().enumerate().all(pairs)
    }

    #[test]
    fn no_tile_of_a_grid_covers_another_or_leaves_the_space() {
        for count in 1..=ROOM_MEMBERS {
            let places = grid(count, 1264.0, 704.0, 8.0);
            assert_eq!(places.len(), count);
            assert!(apart(&places, 1264.0, 704.0), "{places:?}");
        }
        assert!(grid(0, 1264.0, 704.0, 8.0).is_empty());
    }

    #[test]
    fn the_last_row_stands_in_the_middle() {
        let places = grid(3, 1264.0, 704.0, 8.0);
        assert_eq!(places[0].y, places[1].y);
        assert!(places[2].y > places[0].y);
        assert!(
            (places[2].x + places[2].width / 2.0 - 632.0).abs() <= 1.0,
            "{places:?}"
        );
    }

    #[test]
    fn beside_the_one_in_front_everybody_else_has_a_place() {
        for others in 0..ROOM_MEMBERS {
            let (front, mut places) = front(others, 1264.0, 704.0, 8.0);
            assert_eq!(places.len(), others);
            places.push(front);
            assert!(apart(&places, 1264.0, 704.0), "{places:?}");
            assert!(front.width > 960.0, "{others}: {front:?}");
        }
    }
}
