//! The picture of a QR code, as one SVG path.

use qrcode::{Color, EcLevel, QrCode};

/// A drawn code: `size` modules a side, without the quiet zone, and the dark modules as SVG path data.
pub(crate) struct QrPath {
    pub(crate) size: u32,
    pub(crate) path: String,
}

/// Draws `text` at error correction M, which survives the reflections of a screen; `None` if it does not fit a code.
pub(crate) fn draw(text: &str) -> Option<QrPath> {
    let code = QrCode::with_error_correction_level(text, EcLevel::M).ok()?;
    let size = code.width();
    let mut path = String::with_capacity(size * size * 4);
    for (y, row) in code.to_colors().chunks(size).enumerate() {
        push_row(&mut path, y, row);
    }
    Some(QrPath {
        size: u32::try_from(size).ok()?,
        path,
    })
}

/// One rectangle per run of dark modules: a third of the length that one per module would take.
fn push_row(path: &mut String, y: usize, row: &[Color]) {
    let mut x = 0;
    for run in row.chunk_by(|left, right| left == right) {
        let length = run.len();
        if run.first() == Some(&Color::Dark) {
            for (command, number) in [("M", x), (" ", y), ("h", length)] {
                path.push_str(command);
                push_number(path, number);
            }
            path.push_str("v1h-");
            push_number(path, length);
            path.push('z');
        }
        x += length;
    }
}

/// Decimal digits of a coordinate below 1,000. The formatting machinery would cost the module kilobytes.
fn push_number(path: &mut String, number: usize) {
    const DIGITS: &[u8; 10] = b"0123456789";
    let mut started = false;
    for place in [100, 10, 1] {
        let digit = number / place % 10;
        started |= digit > 0 || place == 1;
        if started {
            path.push(char::from(DIGITS[digit]));
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn path_covers_exactly_the_dark_modules() {
        let text = "HTTPS://SCAN.EXAMPLE.COM/S#ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
        let drawn = draw(text).unwrap();
        let code = QrCode::with_error_correction_level(text, EcLevel::M).unwrap();
        let size = code.width();
        let mut painted = vec![Color::Light; size * size];
        for rectangle in drawn.path.split('M').skip(1) {
            let (origin, rest) = rectangle.split_once('h').unwrap();
            let (x, y) = origin.split_once(' ').unwrap();
            let (length, tail) = rest.split_once('v').unwrap();
            let (x, y, run): (usize, usize, usize) = (
                x.parse().unwrap(),
                y.parse().unwrap(),
                length.parse().unwrap(),
            );
            assert_eq!(tail, format!("1h-{run}z"));
            painted[y * size + x..][..run].fill(Color::Dark);
        }
        assert_eq!(drawn.size as usize, size);
        assert!(painted == code.to_colors());
    }

    #[test]
    fn text_beyond_the_largest_code_is_not_drawn() {
        assert!(draw(&"A".repeat(3_391)).is_some());
        assert!(draw(&"A".repeat(3_392)).is_none());
    }

    #[test]
    fn numbers_have_no_leading_zeros() {
        for number in [0, 7, 10, 99, 100, 176] {
            let mut text = String::new();
            push_number(&mut text, number);
            assert_eq!(text, number.to_string());
        }
    }
}
