//! Finds events again: the latest for a page, all in their order for an export.

use rusqlite::{Transaction, params};
use scanseal_platform::audit::{Entry, Event, Hash, Head, SALT};
use serde::{Deserialize, Serialize};

use super::{number, seq_of, stored};
use crate::{http::Problem, platform::rights::Member, store::StoreError};

/// Events of one page, unless fewer are asked for.
const PAGE: u32 = 50;
/// The most that may be asked for.
const LARGEST_PAGE: u32 = 200;
/// Events in which a word is looked for at once; who wants more asks again from `next`. So nobody waits long for the
/// database's thread.
const SEARCHED: u64 = 50_000;
/// Entries that an export reads at once.
const CHUNK: u32 = 256;

/// Whose events may be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scope {
    /// Those that concern this account.
    Account(i64),
    /// Those that concern the accounts of this enterprise.
    Enterprise(i64),
    /// All.
    Everything,
}

impl Scope {
    /// What a person reads of the log: their own events; who administers an enterprise, all of it.
    pub fn own(member: &Member) -> Self {
        if member.is_administrator() {
            Self::Enterprise(member.enterprise_id)
        } else {
            Self::Account(member.account_id)
        }
    }

    /// As two parameters of a query: which account, which enterprise. Nothing stands for all.
    const fn parameters(self) -> (Option<i64>, Option<i64>) {
        match self {
            Self::Account(account) => (Some(account), None),
            Self::Enterprise(enterprise) => (None, Some(enterprise)),
            Self::Everything => (None, None),
        }
    }

    /// The condition on those two, by which SQLite finds the right index.
    const fn condition(self) -> &'static str {
        match self {
            Self::Account(_) => "account_id = ?1 AND ?2 IS NULL",
            Self::Enterprise(_) => "enterprise_id = ?2 AND ?1 IS NULL",
            Self::Everything => "?1 IS NULL AND ?2 IS NULL",
        }
    }
}

/// Which page is asked for, as it stands in the address.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PageQuery {
    /// Only events before this one.
    before: Option<u64>,
    /// How many.
    limit: Option<u32>,
}

impl PageQuery {
    /// Checks the limit; nothing stands for the usual one.
    ///
    /// # Errors
    /// 400 `malformed`.
    pub fn new(before: Option<u64>, limit: Option<u32>) -> Result<Self, Problem> {
        if limit.is_some_and(|limit| limit == 0 || limit > LARGEST_PAGE) {
            let detail = format!("`limit` must be 1 to {LARGEST_PAGE}.");
            return Err(Problem::malformed(detail));
        }
        Ok(Self { before, limit })
    }

    /// As [`PageQuery::new`], for one that was read.
    ///
    /// # Errors
    /// 400 `malformed`.
    pub fn checked(self) -> Result<Self, Problem> {
        Self::new(self.before, self.limit)
    }
}

/// An event with its number.
#[derive(Clone, Debug, Serialize)]
pub struct Listed {
    seq: u64,
    #[serde(flatten)]
    event: Event,
}

/// Events, the latest first.
#[derive(Clone, Debug, Serialize)]
pub struct Page {
    events: Vec<Listed>,
    /// What to ask `before` for more; nothing at the end.
    next: Option<u64>,
}

/// The latest events that hold `word`.
///
/// # Errors
/// [`StoreError`].
pub fn page(
    transaction: &Transaction<'_>,
    scope: Scope,
    PageQuery { before, limit }: &PageQuery,
    word: &str,
) -> Result<Page, StoreError> {
    let head = super::head(transaction)?.seq;
    let before = before.unwrap_or(u64::MAX).min(head + 1);
    let from = if word.is_empty() {
        0
    } else {
        before.saturating_sub(SEARCHED)
    };
    let limit = limit.unwrap_or(PAGE);
    let select = format!(
        "SELECT seq, event, hash FROM audit_event
         WHERE {} AND seq < ?3 AND seq >= ?4 AND (?5 = '' OR instr(event, ?5) > 0)
         ORDER BY seq DESC LIMIT ?6",
        scope.condition()
    );
    let (account, enterprise) = scope.parameters();
    let mut statement = transaction.prepare_cached(&select)?;
    // One more tells whether there is a next page.
    let rows = statement.query_map(
        params![
            account,
            enterprise,
            number(before)?,
            number(from)?,
            word,
            i64::from(limit) + 1
        ],
        stored,
    )?;
    let mut events = Vec::new();
    for row in rows {
        let (seq, event, _) = row?;
        let mut event: Event = serde_json::from_str(&event)
            .map_err(|_| StoreError::Damaged("an audit event that cannot be read"))?;
        // It is there for the hash, and tells a person nothing.
        event.facts.remove(SALT);
        events.push(Listed {
            seq: seq_of(seq)?,
            event,
        });
    }
    let more = events.len() > usize::try_from(limit).unwrap_or(usize::MAX);
    if more {
        events.pop();
    }
    let next = if more {
        events.last().map(|event| event.seq)
    } else {
        (from > 1).then_some(from)
    };
    Ok(Page { events, next })
}

/// Number of the first event of a scope.
///
/// # Errors
/// [`StoreError`].
pub fn first(transaction: &Transaction<'_>, scope: Scope) -> Result<Option<u64>, StoreError> {
    let (account, enterprise) = scope.parameters();
    let select = format!(
        "SELECT min(seq) FROM audit_event WHERE {}",
        scope.condition()
    );
    let first: Option<i64> =
        transaction.query_row(&select, params![account, enterprise], |row| row.get(0))?;
    first.map(seq_of).transpose()
}

/// The next entries after `after`, and for each whether it lies within the scope.
///
/// # Errors
/// [`StoreError`].
pub fn entries(
    transaction: &Transaction<'_>,
    after: Head,
    scope: Scope,
) -> Result<Vec<(Entry, bool)>, StoreError> {
    let select = "SELECT seq, event, hash, account_id, enterprise_id FROM audit_event
                  WHERE seq > ?1 ORDER BY seq LIMIT ?2";
    let mut statement = transaction.prepare_cached(select)?;
    let rows = statement.query_map(params![number(after.seq)?, CHUNK], |row| {
        let (account, enterprise): (Option<i64>, Option<i64>) = (row.get(3)?, row.get(4)?);
        let own = match scope {
            Scope::Account(own) => account == Some(own),
            Scope::Enterprise(own) => enterprise == Some(own),
            Scope::Everything => true,
        };
        Ok((stored(row)?, own))
    })?;
    let mut prev = after.hash;
    rows.map(|row| {
        let ((seq, event, hash), own) = row?;
        let entry = Entry {
            seq: seq_of(seq)?,
            prev,
            event,
            hash: Hash::from_bytes(hash),
        };
        prev = entry.hash;
        Ok((entry, own))
    })
    .collect()
}
