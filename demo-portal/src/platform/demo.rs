//! The people and enterprises of the demo. All are invented; the credit codes are well-formed.

use rusqlite::Transaction;
use scanseal_pki::{CreditCode, UnixTime};
use serde::{Deserialize, Serialize};

use crate::{
    authority::keys::{DataError, DataFolder},
    platform::{
        accounts::{self, Enterprise, EnterpriseKind, NewAccount, Role},
        password::{self, HashError},
    },
    store::{Store, StoreError},
};

/// The file with the demo's passwords: drawn at the first start, so that no two demos share them.
const PASSWORD_FILE: &str = "demo-accounts.json";

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

/// What is read of the file of another start: an older version had other members beside these two.
#[derive(Deserialize)]
struct KnownPassword {
    login: String,
    password: String,
}

/// Makes the demo's accounts at the first start; later they stay as they are. Who is new since an older version is added.
///
/// # Errors
/// [`DemoError`].
pub async fn seed(
    folder: &DataFolder,
    store: &Store,
    now: UnixTime,
) -> Result<Vec<DemoAccount>, DemoError> {
    let known = known_passwords(folder)?;
    let there = store
        .read(|transaction| {
            let login = |person: &Person| accounts::by_login(transaction, person.login);
            PEOPLE.iter().map(login).collect::<Result<Vec<_>, _>>()
        })
        .await?;
    let mut shown = Vec::new();
    let mut drawn = Vec::new();
    for (person, account) in PEOPLE.iter().zip(there) {
        let kept = known
            .iter()
            .find(|known| known.login == person.login && account.is_some());
        let password = match kept {
            Some(known) => known.password.clone(),
            None => {
                let password = password::draw().map_err(DataError::from)?;
                drawn.push((person, password::hash(&password)?));
                password
            }
        };
        shown.push(person.shown(password));
    }
    if drawn.is_empty() {
        return Ok(shown);
    }
    // The file first: were the process killed between the two, the next start draws new passwords and writes both.
    let json = serde_json::to_vec_pretty(&shown).expect("texts always have a JSON form");
    folder.write(PASSWORD_FILE, &json)?;
    store
        .write(move |transaction| {
            drawn
                .iter()
                .try_for_each(|(person, hash)| person.make(transaction, hash, now))
        })
        .await?;
    Ok(shown)
}

fn known_passwords(folder: &DataFolder) -> Result<Vec<KnownPassword>, DataError> {
    let damaged = |_| DataError::Damaged {
        file: PASSWORD_FILE.to_owned(),
    };
    folder.read(PASSWORD_FILE)?.map_or_else(
        || Ok(Vec::new()),
        |file| serde_json::from_slice(&file).map_err(damaged),
    )
}

impl Person {
    fn credit_code(&self) -> CreditCode {
        CreditCode::parse(self.credit_code).expect("the demo's codes are checked by a test")
    }

    fn shown(&self, password: String) -> DemoAccount {
        DemoAccount {
            login: self.login.to_owned(),
            password,
            name: self.name.to_owned(),
            role: self.role,
            enterprise: self.enterprise.to_owned(),
            kind: self.kind,
            credit_code: self.credit_code.to_owned(),
        }
    }

    /// An account that is there although its password is not known (somebody lost the file) gets the new one.
    fn make(
        &self,
        transaction: &Transaction<'_>,
        password_hash: &str,
        now: UnixTime,
    ) -> Result<(), StoreError> {
        if let Some(account) = accounts::by_login(transaction, self.login)? {
            accounts::set_password(
                transaction,
                account.id,
                &account.password_hash,
                password_hash,
            )?;
            return Ok(());
        }
        let enterprise = Enterprise {
            name: self.enterprise.to_owned(),
            credit_code: self.credit_code(),
            kind: self.kind,
        };
        accounts::insert_enterprise(transaction, &enterprise)?;
        let enterprise = accounts::enterprise_id(transaction, &enterprise.credit_code)?
            .ok_or(StoreError::Damaged("an enterprise that was just made"))?;
        let new = NewAccount {
            login: self.login,
            name: self.name,
            phone: "",
            role: self.role,
            password_hash,
        };
        accounts::insert(transaction, enterprise, &new, now)?;
        Ok(())
    }
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

    async fn seeded(folder: &DataFolder, store: &Store) -> Vec<(String, String)> {
        let shown = seed(folder, store, UnixTime::from_secs(1)).await.unwrap();
        shown
            .into_iter()
            .map(|account| (account.login, account.password))
            .collect()
    }

    #[tokio::test]
    async fn second_start_keeps_the_passwords() {
        let temporary = tempfile::tempdir().unwrap();
        let folder = DataFolder::open(temporary.path()).unwrap();
        let (store, _thread) = Store::open(&folder.database()).unwrap();
        let first = seeded(&folder, &store).await;
        assert_eq!(first, seeded(&folder, &store).await);
        assert_eq!(first.len(), PEOPLE.len());
    }

    #[tokio::test]
    async fn who_is_new_since_an_older_version_is_added_and_the_others_keep_their_passwords() {
        let temporary = tempfile::tempdir().unwrap();
        let folder = DataFolder::open(temporary.path()).unwrap();
        let (store, _thread) = Store::open(&folder.database()).unwrap();
        let first = seeded(&folder, &store).await;
        // As the version before wrote it: fewer people, other roles, no kinds.
        let older: Vec<_> = first
            .iter()
            .filter(|(login, _)| login != "admin")
            .map(|(login, password)| serde_json::json!({ "login": login, "password": password, "role": "purchaser" }))
            .collect();
        folder
            .write(PASSWORD_FILE, &serde_json::to_vec(&older).unwrap())
            .unwrap();
        let second = seeded(&folder, &store).await;
        let password = |accounts: &[(String, String)], wanted: &str| {
            let known = accounts.iter().find(|(login, _)| login == wanted);
            known.unwrap().1.clone()
        };
        assert_eq!(password(&first, "li.na"), password(&second, "li.na"));
        assert_ne!(password(&first, "admin"), password(&second, "admin"));
        assert_eq!(second, seeded(&folder, &store).await);
    }
}
