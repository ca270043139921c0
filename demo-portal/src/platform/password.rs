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
use serde::{Deserialize, Deserializer};
use tokio::sync::Semaphore;
use zeroize::Zeroizing;

use crate::{
    http::{Problem, caller::Caller},
    platform::{
        accounts::{self, AccountView, LoginMethod},
        session::{self, SessionId},
    },
    store::Store,
};

/// Characters of a user name and of a password; longer ones are nobody's.
const MAX_TYPED_BYTES: usize = 256;
/// Hashes computed at once: bounds memory (19 MiB each) and leaves processor time for the rest.
const HASHES_AT_ONCE: usize = 2;

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
    /// `login-failed`, whatever was wrong.
    pub async fn login(
        &self,
        store: &Store,
        body: LoginBody,
        before: &SessionId,
        caller: Caller,
        now: UnixTime,
    ) -> Result<(SessionId, AccountView), Problem> {
        let key = body.account_key();
        let account = store
            .read(move |transaction| accounts::password_of(transaction, &key))
            .await?;
        let (account_id, stored) = match account {
            Some((id, hash)) => (Some(id), hash),
            None => (None, self.dummy.to_string()),
        };
        let fits = self.fits(body.password, stored).await?;
        let Some(account_id) = account_id.filter(|_| fits) else {
            return Err(failed());
        };
        let id = SessionId::random().map_err(|error| Problem::internal(&error))?;
        let (new, old) = (id.clone(), before.clone());
        let view = store.write(move |transaction| {
            session::end(transaction, &old)?;
            session::start(
                transaction,
                &new,
                account_id,
                LoginMethod::Password,
                &caller,
                now,
            )
        });
        Ok((id, view.await?))
    }

    async fn fits(&self, password: Zeroizing<String>, stored: String) -> Result<bool, Problem> {
        let turn = Arc::clone(&self.turns)
            .acquire_owned()
            .await
            .map_err(|error| Problem::internal(&error))?;
        let check = move || {
            let _turn = turn;
            let parsed = PasswordHash::new(&stored).map_err(|_| HashError)?;
            let typed = if password.len() > MAX_TYPED_BYTES {
                ""
            } else {
                password.as_str()
            };
            Ok(argon2()?.verify_password(typed.as_bytes(), &parsed).is_ok())
        };
        let checked = tokio::task::spawn_blocking(check)
            .await
            .map_err(|error| Problem::internal(&error))?;
        checked.map_err(|error: HashError| Problem::internal(&error))
    }
}

fn secret<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Zeroizing<String>, D::Error> {
    String::deserialize(deserializer).map(Zeroizing::new)
}

/// The one answer to every login that fails.
fn failed() -> Problem {
    Problem::new(
        StatusCode::UNAUTHORIZED,
        Code::LoginFailed,
        "User name or password is wrong.",
    )
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
