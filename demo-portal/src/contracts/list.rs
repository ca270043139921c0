//! The contracts of an enterprise: by state, by a word, page by page.

use rusqlite::{Transaction, params_from_iter, types::Value};
use serde::{Deserialize, Serialize};

use super::{
    rows::{self, State},
    view::{self, RowView},
};
use crate::{
    authority::registry::seconds, http::Problem, platform::rights::Member, store::StoreError,
};

/// Contracts on a page.
const SHOWN: usize = 20;
/// Characters of a word that is searched for.
const WORD_CHARACTERS: usize = 80;

/// What stands behind `?`.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ListQuery {
    state: Option<State>,
    #[serde(default)]
    q: String,
    after: Option<String>,
}

/// A page of contracts.
#[derive(Clone, Debug, Serialize)]
pub struct ContractList {
    counts: Counts,
    contracts: Vec<RowView>,
    next: Option<String>,
}

#[derive(Clone, Copy, Debug, Default, Serialize)]
struct Counts {
    all: u32,
    draft: u32,
    signing: u32,
    done: u32,
    returned: u32,
}

/// Which contracts a member sees, and in which of them a word occurs. `?1` is the enterprise, `?2` the word.
const FITS: &str = "FROM contract c WHERE (c.enterprise_id = ?1 OR (c.submitted IS NOT NULL AND EXISTS
    (SELECT 1 FROM contract_party p WHERE p.contract_id = c.id AND p.enterprise_id = ?1)))
    AND (?2 = '' OR instr(c.number, upper(?2)) OR instr(lower(c.title), lower(?2)) OR instr(lower(c.order_number), lower(?2)) OR EXISTS
    (SELECT 1 FROM contract_party p JOIN enterprise e ON e.id = p.enterprise_id WHERE p.contract_id = c.id AND instr(e.name, ?2)))";

/// The page that was asked for.
///
/// # Errors
/// 400 `malformed` for a place that no answer has named.
pub fn page(
    transaction: &Transaction<'_>,
    member: &Member,
    query: &ListQuery,
) -> Result<ContractList, Problem> {
    let word = query.q.trim();
    if word.chars().count() > WORD_CHARACTERS {
        return Err(Problem::malformed("`q` is too long."));
    }
    let after = query.after.as_deref().map(place).transpose()?;
    Ok(ContractList {
        counts: counts(transaction, member, word)?,
        ..found(transaction, member, (word, query.state, after))?
    })
}

fn place(text: &str) -> Result<(i64, i64), Problem> {
    text.split_once('-')
        .and_then(|(updated, id)| Some((updated.parse().ok()?, id.parse().ok()?)))
        .ok_or_else(|| Problem::malformed("`after` must be `next` of an answer before."))
}

fn counts(
    transaction: &Transaction<'_>,
    member: &Member,
    word: &str,
) -> Result<Counts, StoreError> {
    let select = format!("SELECT c.state, count(*) {FITS} GROUP BY c.state");
    let mut select = transaction.prepare_cached(&select)?;
    let mut rows = select.query(rusqlite::params![member.enterprise_id, word])?;
    let mut counts = Counts::default();
    while let Some(row) = rows.next()? {
        let (state, count): (String, u32) = (row.get(0)?, row.get(1)?);
        match state.as_str() {
            "draft" => counts.draft = count,
            "signing" => counts.signing = count,
            "done" => counts.done = count,
            "returned" => counts.returned = count,
            _ => return Err(StoreError::Damaged("a contract of no known state")),
        }
        counts.all += count;
    }
    Ok(counts)
}

fn found(
    transaction: &Transaction<'_>,
    member: &Member,
    (word, state, after): (&str, Option<State>, Option<(i64, i64)>),
) -> Result<ContractList, StoreError> {
    let mut select = format!("SELECT c.id {FITS}");
    let mut values: Vec<Value> = vec![member.enterprise_id.into(), word.to_owned().into()];
    if let Some(state) = state {
        values.push(state.as_str().to_owned().into());
        select.push_str(&format!(" AND c.state = ?{}", values.len()));
    }
    if let Some((updated, id)) = after {
        values.extend([updated.into(), id.into()]);
        let (first, second) = (values.len() - 1, values.len());
        select.push_str(&format!(" AND (c.updated, c.id) < (?{first}, ?{second})"));
    }
    // One more than is shown tells whether there are more.
    select.push_str(&format!(
        " ORDER BY c.updated DESC, c.id DESC LIMIT {}",
        SHOWN + 1
    ));
    let mut select = transaction.prepare_cached(&select)?;
    let ids: Vec<i64> = select
        .query_map(params_from_iter(values), |row| row.get(0))?
        .collect::<Result<_, _>>()?;
    let mut contracts = Vec::new();
    let mut next = None;
    for id in ids.iter().take(SHOWN) {
        let contract = rows::load(transaction, *id)?.ok_or(StoreError::Damaged(
            "a contract that was there a moment ago",
        ))?;
        if ids.len() > SHOWN {
            next = Some(format!("{}-{}", seconds(contract.updated), contract.id));
        }
        contracts.push(view::row(&contract, member));
    }
    Ok(ContractList {
        counts: Counts::default(),
        contracts,
        next,
    })
}
