//! What separates the values of a file, and whether it is text at all.

/// Separators that spreadsheets and databases write.
const SEPARATORS: [u8; 4] = *b",;\t|";

/// How many rows tell.
const ROWS: usize = 50;

/// The separator by which the first rows have most values, all of them as many.
pub(crate) fn separator(beginning: &[u8]) -> u8 {
    let score = |separator: u8| -> (usize, usize) {
        let mut reader = csv::ReaderBuilder::new();
        reader.has_headers(false).flexible(true).delimiter(separator);
        let mut rows = reader.from_reader(beginning).into_byte_records().map_while(Result::ok);
        let Some(width) = rows.next().map(|header| header.len()) else { return (0, 0) };
        // The last row may be cut short where the beginning ends.
        let widths: Vec<usize> = rows.take(ROWS).map(|row| row.len()).collect();
        let like = widths.iter().filter(|of| **of == width).count();
        if width < 2 { (0, 0) } else { (100 * (like + 1) / (widths.len() + 1), width) }
    };
    // Of equals the first: `max_by_key` would take the last.
    SEPARATORS.into_iter().rev().max_by_key(|separator| score(*separator)).unwrap_or(b',')
}

/// Why a file is no text that can be read, by its first bytes.
pub(crate) fn wrong_text(beginning: &[u8]) -> Option<&'static str> {
    match beginning {
        [] => Some("is empty"),
        [0xff, 0xfe, ..] | [0xfe, 0xff, ..] => Some("is in UTF-16: save it as UTF-8"),
        [b'P', b'K', 3, 4, ..] => Some("is a workbook or an archive: save it as CSV"),
        _ if beginning.contains(&0) => Some("holds bytes of 0, so it is no text: save it as CSV"),
        _ => None,
    }
}
