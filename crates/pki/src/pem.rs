//! PEM (RFC 7468): the blocks of a text file.

use base64ct::{Base64, Encoding};

/// The text holds a block that cannot be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a PEM block does not end, or is damaged")]
pub struct PemInvalid;

/// The contents of all blocks whose label is one of `labels`, in their order; text around them is left aside. Lines may have
/// any length.
///
/// # Errors
/// [`PemInvalid`] if a block does not end, or one of those asked for cannot be decoded.
pub fn blocks(text: &str, labels: &[&str]) -> Result<Vec<Vec<u8>>, PemInvalid> {
    const BEGIN: &str = "-----BEGIN ";
    let mut found = Vec::new();
    let mut rest = text;
    while let Some((_, block)) = rest.split_once(BEGIN) {
        let (label, body) = block.split_once("-----").ok_or(PemInvalid)?;
        let end = format!("-----END {label}-----");
        let (content, after) = body.split_once(&end).ok_or(PemInvalid)?;
        if labels.contains(&label) {
            let content: String = content.split_ascii_whitespace().collect();
            found.push(Base64::decode_vec(&content).map_err(|_| PemInvalid)?);
        }
        rest = after;
    }
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    const TWO: &str = "Subject: one\n-----BEGIN A-----\nAQID\n-----END A-----\n\
                       text\r\n-----BEGIN B-----\r\nBAUG\r\n-----END B-----\r\n";

    #[test]
    fn blocks_of_the_labels_asked_for_come_in_order() {
        assert_eq!(
            blocks(TWO, &["A", "B"]),
            Ok(vec![vec![1, 2, 3], vec![4, 5, 6]])
        );
        assert_eq!(blocks(TWO, &["B"]), Ok(vec![vec![4, 5, 6]]));
        assert_eq!(blocks("no block", &["A"]), Ok(vec![]));
    }

    #[test]
    fn block_without_end_and_damaged_block_are_errors() {
        for text in [
            "-----BEGIN A-----\nAQID\n",
            "-----BEGIN A",
            "-----BEGIN A-----\nAQID\n-----END B-----\n",
            "-----BEGIN A-----\n!\n-----END A-----\n",
            "-----BEGIN A-----\nAQI\n-----END A-----\n",
            "-----BEGIN A-----\nProc-Type: 4,ENCRYPTED\n\nAQID\n-----END A-----\n",
        ] {
            assert_eq!(blocks(text, &["A"]), Err(PemInvalid), "{text}");
        }
    }
}
