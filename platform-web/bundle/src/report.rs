//! The table that is printed after a build: what a first visit downloads.

use std::path::Path;

use crate::compress::Compressed;

/// Prints one line a file, and the sum.
pub fn print(out: &Path, files: &[Compressed]) {
    println!("{}", out.display());
    println!("{:<40} {:>10} {:>10} {:>10}", "", "plain", "gzip", "brotli");
    for file in files {
        let gzip = file.gzip.as_ref().map_or(file.plain.len(), Vec::len);
        line(&file.path, [file.plain.len(), gzip, file.transferred()]);
    }
    let plain = files.iter().map(|file| file.plain.len()).sum();
    let gzip = files
        .iter()
        .map(|file| file.gzip.as_ref().map_or(file.plain.len(), Vec::len))
        .sum();
    let brotli = files.iter().map(Compressed::transferred).sum();
    line(&format!("{} files", files.len()), [plain, gzip, brotli]);
}

fn line(name: &str, sizes: [usize; 3]) {
    let [plain, gzip, brotli] = sizes.map(kilobytes);
    println!("{name:<40} {plain:>10} {gzip:>10} {brotli:>10}");
}

/// Writes a size in thousands of bytes, as network figures are given.
fn kilobytes(bytes: usize) -> String {
    format!("{}.{} kB", bytes / 1000, bytes % 1000 / 100)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_are_in_thousands() {
        assert_eq!(kilobytes(0), "0.0 kB");
        assert_eq!(kilobytes(1_250), "1.2 kB");
        assert_eq!(kilobytes(377_999), "377.9 kB");
    }
}
