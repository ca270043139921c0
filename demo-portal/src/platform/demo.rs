//! The people and enterprises of the demo. All are invented; the credit codes are well-formed.

use scanseal_pki::CreditCode;
use serde::{Deserialize, Serialize};

use crate::{
    authority::keys::{DataError, DataFolder},
    platform::{
        accounts::{self, EnterpriseKind, NewAccount, Role},
        password::{self, HashError},
    },
    store::{Store, StoreError},
};

/// The file with the demo's passwords: drawn at the first start, so that no two demos share them.
const PASSWORD_FILE: &str = "demo-accounts.json";
/// Letters of a demo password: none that look alike, since people type it.
const PASSWORD_LETTERS: &[u8; 32] = b"abcdefghijkmnpqrstuvwxyz23456789";

struct Person {
    login: &'static str,
    name: &'static str,
    role: Role,
    enterprise: &'static str,
    kind: EnterpriseKind,
    credit_code: &'static str,
}

const PEOPLE: &[Person] = &[
    Person {
        login: "zhang.wei",
        name: "张伟",
        role: Role::Administrator,
        enterprise: "云岭市第一人民医院",
        kind: EnterpriseKind::Purchaser,
        credit_code: "12650100MB1A22606J",
    },
    Person {
        login: "ayguli",
        name: "阿依古丽·买买提",
        role: Role::Administrator,
        enterprise: "云岭市教育局",
        kind: EnterpriseKind::Purchaser,
        credit_code: "11650100MB0F883179",
    },
    Person {
        login: "li.na",
        name: "李娜",
        role: Role::Administrator,
        enterprise: "天山博康医疗器械有限公司",
        kind: EnterpriseKind::Supplier,
        credit_code: "91650100MA77C0R54J",
    },
    Person {
        login: "wang.qiang",
        name: "王强",
        role: Role::Administrator,
        enterprise: "云岭智联信息技术有限公司",
        kind: EnterpriseKind::Supplier,
        credit_code: "91650104MA78E3K920",
    },
    Person {
        login: "chen.jing",
        name: "陈静",
        role: Role::Operator,
        enterprise: "天山博康医疗器械有限公司",
        kind: EnterpriseKind::Supplier,
        credit_code: "91650100MA77C0R54J",
    },
    Person {
        login: "admin",
        name: "平台管理员",
        role: Role::Administrator,
        enterprise: "云岭公共资源交易中心",
        kind: EnterpriseKind::Platform,
        credit_code: "12650100MB1D402870",
    },
];

/// A demo account with its password, to be printed at start.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct DemoAccount {
    /// User name.
    pub login: String,
    /// Password, for the demo's visitors.
    pub password: String,
    /// The person.
    pub name: String,
    /// 企业管理员 or 经办人.
    pub role: Role,
    /// Registered name of the enterprise, for enrolling.
    pub enterprise: String,
    /// 采购人, 供应商 or who runs the platform.
    pub kind: EnterpriseKind,
    /// Its credit code, for enrolling.
    pub credit_code: String,
}

/// Why the demo's accounts cannot be made.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum DemoError {
    /// The file with the passwords.
    #[error(transparent)]
    Data(#[from] DataError),
    /// A password cannot be hashed.
    #[error(transparent)]
    Hash(#[from] HashError),
    /// The database.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Makes the demo's accounts at the first start; later they stay as they are.
///
/// # Errors
/// [`DemoError`].
pub async fn seed(folder: &DataFolder, store: &Store) -> Result<Vec<DemoAccount>, DemoError> {
    if let Some(known) = folder.read(PASSWORD_FILE)? {
        let damaged = |_| DataError::Damaged {
            file: PASSWORD_FILE.to_owned(),
        };
        let accounts: Vec<DemoAccount> = serde_json::from_slice(&known).map_err(damaged)?;
        let missing = store
            .read(|transaction| Ok(accounts::password_of(transaction, PEOPLE[0].login)?.is_none()))
            .await?;
        if !missing {
            return Ok(accounts);
        }
    }
    let mut shown = Vec::new();
    let mut stored = Vec::new();
    for person in PEOPLE {
        let password = draw_password()?;
        let credit_code =
            CreditCode::parse(person.credit_code).expect("the demo's codes are checked by a test");
        stored.push(NewAccount {
            login: person.login,
            name: person.name,
            role: person.role,
            enterprise: person.enterprise,
            kind: person.kind,
            credit_code,
            password_hash: password::hash(&password)?,
        });
        shown.push(DemoAccount {
            login: person.login.to_owned(),
            password,
            name: person.name.to_owned(),
            role: person.role,
            enterprise: person.enterprise.to_owned(),
            kind: person.kind,
            credit_code: credit_code.to_string(),
        });
    }
    // The file first: were the process killed between the two, the next start draws new passwords and writes both.
    let json = serde_json::to_vec_pretty(&shown).expect("texts always have a JSON form");
    folder.write(PASSWORD_FILE, &json)?;
    store
        .write(move |transaction| {
            stored
                .iter()
                .try_for_each(|account| accounts::create(transaction, account))
        })
        .await?;
    Ok(shown)
}

/// 12 letters of 5 bits: 60 bits, and each guess is limited and costs 30 ms.
fn draw_password() -> Result<String, DemoError> {
    let mut bytes = [0; 12];
    getrandom::fill(&mut bytes).map_err(DataError::from)?;
    Ok(bytes
        .iter()
        .map(|byte| char::from(PASSWORD_LETTERS[usize::from(byte % 32)]))
        .collect())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn every_demo_enterprise_has_one_valid_credit_code_of_its_own() {
        let enterprises: BTreeSet<_> = PEOPLE
            .iter()
            .map(|person| {
                (
                    person.enterprise,
                    CreditCode::parse(person.credit_code).unwrap(),
                )
            })
            .collect();
        let codes: BTreeSet<_> = enterprises.iter().map(|(_, code)| code).collect();
        let names: BTreeSet<_> = enterprises.iter().map(|(name, _)| name).collect();
        assert_eq!(
            (codes.len(), names.len()),
            (enterprises.len(), enterprises.len())
        );
    }

    #[tokio::test]
    async fn second_start_keeps_the_passwords() {
        let temporary = tempfile::tempdir().unwrap();
        let folder = DataFolder::open(temporary.path()).unwrap();
        let (store, _thread) = Store::open(&folder.database()).unwrap();
        let first = seed(&folder, &store).await.unwrap();
        let second = seed(&folder, &store).await.unwrap();
        let passwords = |accounts: &[DemoAccount]| {
            accounts
                .iter()
                .map(|account| account.password.clone())
                .collect::<Vec<_>>()
        };
        assert_eq!(passwords(&first), passwords(&second));
    }
}
