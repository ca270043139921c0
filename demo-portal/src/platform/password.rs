//! Login with user name and password.
//!
//! Whoever guesses learns nothing: unknown name, wrong password and an account that is being guessed at answer with one
//! text after the same work (an unknown name is checked against a hash that fits no password). Argon2id makes each guess
//! cost 19 MiB and some 30 ms; guesses per account and per address are limited.

use std::sync::Arc;

use argon2::{
    Algorithm, Argon2, Params, Version,
    password_hash::{PasswordHasher, PasswordVerifier, phc::PasswordHash},
};
use hyper::StatusCode;
use scanseal_pki::UnixTime;
use scanseal_protocol::error::Code;
use serde::Deserialize;
use serde_json::json;
use tokio::sync::Semaphore;
use zeroize::Zeroizing;

use crate::{
    http::{Problem, caller::Caller},
    platform::{
        accounts::{self, Account},
        certificates::Showing,
        events::Doer,
        fields::{self, FieldError, Fields, Login, MAX_TYPED_BYTES, NewPassword, secret},
        logins::NewLogin,
        rights,
        session::{self, SessionId},
        sessions,
        view::{self, AccountView},
    },
    store::Store,
};

/// Hashes computed at once: bounds memory (19 MiB each) and leaves processor time for the rest.
const HASHES_AT_ONCE: usize = 2;
/// Letters of a drawn password: none that look alike, since people type it.
const DRAWN_LETTERS: &[u8; 32] = b"abcdefghijkmnpqrstuvwxyz23456789";

/// What the login form sends.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LoginBody {
    /// User name.
    pub login: String,
    #[serde(deserialize_with = "secret")]
    password: Zeroizing<String>,
}

impl LoginBody {
    /// The user name as accounts are counted and looked up.
    pub fn account_key(&self) -> String {
        let mut key = self.login.trim().to_ascii_lowercase();
        if key.len() > MAX_TYPED_BYTES {
            key.clear();
        }
        key
    }
}

/// What the form for another password sends.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PasswordBody {
    #[serde(deserialize_with = "secret")]
    current: Zeroizing<String>,
    #[serde(deserialize_with = "secret")]
    next: Zeroizing<String>,
}

/// Checks passwords.
pub struct Passwords {
    dummy: Arc<str>,
    turns: Arc<Semaphore>,
}

/// A password cannot be hashed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a password could not be hashed")]
pub struct HashError;

impl Passwords {
    /// Makes the hash against which unknown names are checked.
    ///
    /// # Errors
    /// [`HashError`].
    pub fn new() -> Result<Self, HashError> {
        let mut nobody = Zeroizing::new([0; 32]);
        getrandom::fill(nobody.as_mut()).map_err(|_| HashError)?;
        let dummy = hash(&data_encoding::BASE64.encode(nobody.as_ref()))?;
        Ok(Self {
            dummy: dummy.into(),
            turns: Arc::new(Semaphore::new(HASHES_AT_ONCE)),
        })
    }

    /// Logs in: checks the password and starts a session with a new id.
    ///
    /// # Errors
    /// `login-failed`, whatever was wrong; `account-disabled` to who has the right password.
    pub async fn login(
        &self,
        store: &Store,
        body: LoginBody,
        before: &SessionId,
        caller: &Caller,
        showing: Showing,
    ) -> Result<(SessionId, AccountView), Problem> {
        let key = body.account_key();
        let account = store
            .read(move |transaction| accounts::by_login(transaction, &key))
            .await?;
        let stored = account.as_ref().map_or_else(
            || self.dummy.to_string(),
            |account| account.password_hash.clone(),
        );
        let fits = self.fits(body.password, stored).await?;
        let id = SessionId::random().map_err(|error| Problem::internal(&error))?;
        let (new, old, caller) = (id.clone(), before.clone(), caller.clone());
        let view = store.write(move |transaction| {
            let refused = |account: Option<i64>, code: Code| {
                let doer = Doer {
                    login: None,
                    caller: &caller,
                    at: showing.now,
                };
                let facts = json!({ "code": code, "method": "password" });
                doer.record(transaction, "login.refused", account, facts)
            };
            let whose = account.as_ref().map(|account| account.id);
            let Some(account) = account.filter(|_| fits) else {
                refused(whose, Code::LoginFailed)?;
                return Ok(Err(failed()));
            };
            // Read again: it may have been closed, or have got another password, while this one was checked.
            let now: Account = accounts::find(transaction, account.id)?;
            if now.password_hash != account.password_hash {
                refused(whose, Code::LoginFailed)?;
                return Ok(Err(failed()));
            }
            if now.disabled {
                refused(Some(account.id), Code::AccountDisabled)?;
                return Ok(Err(disabled()));
            }
            session::end(transaction, &old)?;
            let login = NewLogin {
                account_id: account.id,
                certificate: None,
                caller: &caller,
                at: showing.now,
            };
            let login_id = session::start(transaction, &new, &login)?;
            view::account(transaction, account.id, login_id, &showing).map(Ok)
        });
        view.await?.map(|view| (id, view))
    }

    /// Changes the password of who is logged in, and ends their other sessions.
    ///
    /// # Errors
    /// 422 with `fields`: `current` is wrong, or `next` cannot be taken.
    pub async fn change(
        &self,
        store: &Store,
        body: PasswordBody,
        session: &SessionId,
        caller: &Caller,
        now: UnixTime,
    ) -> Result<(), Problem> {
        let asking = session.clone();
        let account = store
            .decide(move |transaction| {
                let member = rights::require(transaction, &asking, now)?;
                Ok::<_, Problem>(accounts::find(transaction, member.account_id)?)
            })
            .await?;
        let mut fields = Fields::default();
        let login = Login::parse(&account.login).ok();
        let next = fields.take("next", NewPassword::parse(body.next, login.as_ref()));
        let fits = self
            .fits(body.current, account.password_hash.clone())
            .await?;
        let current = if fits { Ok(()) } else { Err(FieldError::Wrong) };
        let current = fields.take("current", current);
        let (Some(next), Some(())) = (next, current) else {
            return Err(fields.refuse());
        };
        let hash = self.hash(&next).await?;
        let (session, caller) = (session.clone(), caller.clone());
        store
            .decide(move |transaction| {
                let member = rights::require(transaction, &session, now)?;
                let same = member.account_id == account.id;
                let before = &account.password_hash;
                if !same || !accounts::set_password(transaction, account.id, before, &hash)? {
                    return Err(fields::one("current", FieldError::Wrong));
                }
                let doer = Doer {
                    login: Some(&member.login),
                    caller: &caller,
                    at: now,
                };
                let event = "account.password-changed";
                let ended = session::end_all_of(transaction, account.id, Some(&session))?;
                doer.record(transaction, event, Some(account.id), json!({}))?;
                sessions::record_ended(transaction, account.id, ended, event, &doer)?;
                Ok(())
            })
            .await
    }

    /// Hashes a password that somebody chose, when it is its turn.
    ///
    /// # Errors
    /// Only faults of the server.
    pub async fn hash(&self, password: &NewPassword) -> Result<String, Problem> {
        self.hash_drawn(password.as_str()).await
    }

    /// Hashes a password that was drawn, when it is its turn.
    ///
    /// # Errors
    /// Only faults of the server.
    pub async fn hash_drawn(&self, password: &str) -> Result<String, Problem> {
        let password = Zeroizing::new(password.to_owned());
        self.in_turn(move || hash(&password)).await
    }

    async fn fits(&self, password: Zeroizing<String>, stored: String) -> Result<bool, Problem> {
        self.in_turn(move || {
            let parsed = PasswordHash::new(&stored).map_err(|_| HashError)?;
            let typed = if password.len() > MAX_TYPED_BYTES {
                ""
            } else {
                password.as_str()
            };
            Ok(argon2()?.verify_password(typed.as_bytes(), &parsed).is_ok())
        })
        .await
    }

    async fn in_turn<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> Result<T, HashError> + Send + 'static,
    ) -> Result<T, Problem> {
        let turn = Arc::clone(&self.turns)
            .acquire_owned()
            .await
            .map_err(|error| Problem::internal(&error))?;
        let work = move || {
            let _turn = turn;
            work()
        };
        let done = tokio::task::spawn_blocking(work)
            .await
            .map_err(|error| Problem::internal(&error))?;
        done.map_err(|error: HashError| Problem::internal(&error))
    }
}

/// The one answer to every login that fails.
fn failed() -> Problem {
    Problem::new(
        StatusCode::UNAUTHORIZED,
        Code::LoginFailed,
        "User name or password is wrong.",
    )
}

/// Only who has the right password learns it.
fn disabled() -> Problem {
    let detail = "An administrator has closed this account.";
    Problem::new(StatusCode::FORBIDDEN, Code::AccountDisabled, detail)
}

/// A password of 12 letters of 5 bits: 60 bits, and each guess is limited and costs 30 ms.
///
/// # Errors
/// No randomness.
pub fn draw() -> Result<String, getrandom::Error> {
    let mut bytes = Zeroizing::new([0; 12]);
    getrandom::fill(bytes.as_mut())?;
    Ok(bytes
        .iter()
        .map(|byte| char::from(DRAWN_LETTERS[usize::from(byte % 32)]))
        .collect())
}

/// OWASP's recommendation for Argon2id: 19 MiB, 2 passes, 1 lane.
fn argon2() -> Result<Argon2<'static>, HashError> {
    let parameters = Params::new(19 * 1024, 2, 1, None).map_err(|_| HashError)?;
    Ok(Argon2::new(Algorithm::Argon2id, Version::V0x13, parameters))
}

/// Hashes a password for storing.
///
/// # Errors
/// [`HashError`].
pub fn hash(password: &str) -> Result<String, HashError> {
    let mut salt = [0; 16];
    getrandom::fill(&mut salt).map_err(|_| HashError)?;
    let hash: PasswordHash = argon2()?
        .hash_password_with_salt(password.as_bytes(), &salt)
        .map_err(|_| HashError)?;
    Ok(hash.to_string())
}
