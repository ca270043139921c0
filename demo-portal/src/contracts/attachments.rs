//! Files beside a contract. They are not sealed, and not looked at either: a browser that gets one only saves it.

use percent_encoding::percent_decode_str;
use rusqlite::{OptionalExtension, Transaction, params};
use scanseal_pki::UnixTime;
use scanseal_protocol::error::Code;

use super::{files::Kept, form, rows::Contract};
use crate::{
    authority::registry::{seconds, time},
    http::Problem,
    platform::{
        fields::{self, FieldError},
        rights::Member,
    },
    store::StoreError,
};

/// Bytes of an attachment: a scanned specification.
pub const ATTACHMENT_BYTES: u64 = 32 * 1024 * 1024;
/// Attachments of a contract.
pub const ATTACHMENTS: u32 = 20;
/// Characters of a name.
pub const NAME_CHARACTERS: usize = 80;

/// An attachment.
#[derive(Clone, Debug)]
pub struct Attachment {
    /// Its name; each once in a contract.
    pub name: String,
    /// Its bytes.
    pub file: Kept,
    /// Who attached it.
    pub account_id: i64,
    /// When.
    pub at: UnixTime,
}

/// Reads a name from an address.
///
/// # Errors
/// 422 with `fields`.
pub fn name(encoded: &str) -> Result<String, Problem> {
    let decoded = percent_decode_str(encoded)
        .decode_utf8()
        .map_err(|_| fields::one("name", FieldError::Characters))?;
    let name = form::required(form::line(&decoded, NAME_CHARACTERS))
        .map_err(|error| fields::one("name", error))?;
    // Nobody's computer shall take it for another folder's file, or hide it.
    if name.contains(['/', '\\', ':', '"', '<', '>', '|', '?', '*']) || name.starts_with('.') {
        return Err(fields::one("name", FieldError::Characters));
    }
    Ok(name)
}

/// All of a contract, by name.
///
/// # Errors
/// [`StoreError`].
pub fn list(transaction: &Transaction<'_>, contract: i64) -> Result<Vec<Attachment>, StoreError> {
    let select = "SELECT name, file, size, account_id, at FROM contract_attachment WHERE contract_id = ?1 ORDER BY name";
    let mut select = transaction.prepare_cached(select)?;
    let rows = select.query_map([contract], |row| {
        Ok(Attachment {
            name: row.get(0)?,
            file: Kept {
                hash: row.get(1)?,
                size: row.get::<_, i64>(2)?.unsigned_abs(),
            },
            account_id: row.get(3)?,
            at: time(row.get(4)?),
        })
    })?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// The file of an attachment.
///
/// # Errors
/// [`StoreError`].
pub fn find(
    transaction: &Transaction<'_>,
    contract: i64,
    name: &str,
) -> Result<Option<Kept>, StoreError> {
    let select = "SELECT file, size FROM contract_attachment WHERE contract_id = ?1 AND name = ?2";
    let row = transaction.query_row(select, params![contract, name], |row| {
        Ok(Kept {
            hash: row.get(0)?,
            size: row.get::<_, i64>(1)?.unsigned_abs(),
        })
    });
    Ok(row.optional()?)
}

/// Attaches a file that is on the disk.
///
/// # Errors
/// 409 `full`.
pub fn put(
    transaction: &Transaction<'_>,
    contract: &Contract,
    member: &Member,
    (name, file): (&str, Kept),
    now: UnixTime,
) -> Result<(), Problem> {
    let count = "SELECT count(*) FROM contract_attachment WHERE contract_id = ?1 AND name <> ?2";
    let count: u32 = transaction
        .query_row(count, params![contract.id, name], |row| row.get(0))
        .map_err(StoreError::from)?;
    if count >= ATTACHMENTS {
        let detail = format!("A contract has at most {ATTACHMENTS} attachments.");
        return Err(Problem::new(
            hyper::StatusCode::CONFLICT,
            Code::Full,
            detail,
        ));
    }
    let size = i64::try_from(file.size).unwrap_or(i64::MAX);
    let insert = "INSERT INTO contract_attachment (contract_id, name, file, size, account_id, at) VALUES (?1, ?2, ?3, ?4, ?5, ?6)
                  ON CONFLICT (contract_id, name) DO UPDATE SET file = excluded.file, size = excluded.size,
                  account_id = excluded.account_id, at = excluded.at";
    let values = params![
        contract.id,
        name,
        file.hash,
        size,
        member.account_id,
        seconds(now)
    ];
    transaction
        .execute(insert, values)
        .map_err(StoreError::from)?;
    Ok(())
}

/// Takes an attachment away.
///
/// # Errors
/// 404.
pub fn remove(
    transaction: &Transaction<'_>,
    contract: &Contract,
    name: &str,
) -> Result<(), Problem> {
    let delete = "DELETE FROM contract_attachment WHERE contract_id = ?1 AND name = ?2";
    let removed = transaction
        .execute(delete, params![contract.id, name])
        .map_err(StoreError::from)?;
    if removed == 1 {
        Ok(())
    } else {
        Err(Problem::not_found("There is no such attachment."))
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn names_are_those_of_files_in_one_folder() {
        assert_eq!(
            name("%E6%8A%80%E6%9C%AF%E8%A7%84%E6%A0%BC.pdf").unwrap(),
            "技术规格.pdf"
        );
        assert!(name(&"a".repeat(NAME_CHARACTERS)).is_ok());
        for wrong in [
            "",
            "%2e%2e",
            ".hidden",
            "a%2fb",
            "a%5Cb",
            "a%00b",
            "%FF",
            "a%0Ab",
            "C%3A",
            &"a".repeat(NAME_CHARACTERS + 1),
        ] {
            assert!(name(wrong).is_err(), "{wrong}");
        }
    }
}
