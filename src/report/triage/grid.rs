//! Columns as wide as what stands in them.

use super::super::{style::width, wrap::padded};

/// Lines of cells, each column as wide as its widest cell, two blanks between them.
pub(super) fn grid(rows: &[Vec<String>]) -> String {
    let columns = rows.iter().map(Vec::len).max().unwrap_or_default();
    let cells = |column: usize| rows.iter().filter_map(move |row| row.get(column));
    let widths: Vec<_> =
        (0..columns).map(|column| width(cells(column).map(String::as_str))).collect();
    let line = |row: &Vec<String>| {
        let cells = row.iter().zip(&widths).map(|(cell, width)| padded(cell, *width));
        let line = cells.collect::<Vec<_>>().join("  ");
        format!("{}\n", line.trim_end())
    };
    rows.iter().map(line).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_stand_below_each_other() {
        let row = |cells: [&str; 3]| cells.map(str::to_owned).to_vec();
        let rows = [row(["NAME", "A", "B"]), row(["a-long-name", "", "漢"])];
        assert_eq!(grid(&rows), "NAME         A  B\na-long-name     漢\n");
        assert_eq!(grid(&[]), "");
    }
}
