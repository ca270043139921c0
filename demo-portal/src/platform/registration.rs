//! Registration by scan: a login with a good certificate of an enterprise that nobody knows leaves a ticket for that browser, and
//! the form that follows makes enterprise, administrator and binding at once.
//!
//! The ticket is worth nothing in another browser: it hangs on the scan cookie. What was proven when it was made (path,
//! validity, revocation, "enterprise unknown") is proven again when the form comes in, inside the transaction.

use hyper::StatusCode;
use rusqlite::{OptionalExtension, Transaction, params};
use scanseal_pki::{
    Certificate, CreditCode, LocalizedName, Revocation, Subject, TrustList, UnixTime, Usage,
};
use scanseal_protocol::{error::Code, request::CertificateKind};
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use crate::{
    authority::registry::{seconds, time},
    http::{Problem, caller::Caller},
    platform::{
        accounts::{self, Enterprise, EnterpriseKind, NewAccount, Role},
        certificates::{self, Proven, Showing},
        der,
        events::{self, Doer},
        fields::{self, FieldError, Fields, Login, NewPassword, PersonName, Phone},
        logins::NewLogin,
        session::{self, SessionId},
        view::{self, AccountView},
    },
    portal::Portal,
    settings,
    store::StoreError,
    webhook,
};

/// Seconds in which an enterprise may register after its scan: time to fill in a form and to ask a colleague.
pub const TICKET_SECONDS: u64 = 15 * 60;
/// The page with the form.
pub const PAGE: &str = "/register";

/// What a scan with a good certificate, that no account has, leads to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Offer {
    /// The enterprise has accounts: log in there, and bind the certificate.
    Known,
    /// The certificate names no enterprise that could be registered.
    Refused,
    /// This browser may register.
    Ticket,
}

/// What the form shows.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct RegistrationView {
    enterprise: String,
    credit_code: CreditCode,
    certificate: CertificateSummary,
    expires: UnixTime,
}

#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct CertificateSummary {
    common_name: String,
    issuer: String,
    authority_name: LocalizedName,
    kind: CertificateKind,
    not_after: UnixTime,
}

/// What the form sends.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RegistrationBody {
    login: String,
    name: String,
    phone: String,
    kind: RegisteredKind,
    #[serde(deserialize_with = "fields::secret")]
    password: Zeroizing<String>,
    agreed: bool,
}

/// What an enterprise may register as: the platform's own staff does not come in by this door.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(rename_all = "lowercase")]
enum RegisteredKind {
    Purchaser,
    Supplier,
}

/// The form, read.
struct Form {
    login: Login,
    name: PersonName,
    phone: Phone,
    kind: EnterpriseKind,
    password: NewPassword,
}

/// A ticket, as it is stored.
struct Ticket {
    certificate: Certificate,
    chain: Vec<Certificate>,
    authority: String,
    kind: CertificateKind,
    expires: UnixTime,
    enterprise: String,
    credit_code: CreditCode,
}

/// Looks whether the certificate's enterprise may register, and leaves a ticket if so.
pub(super) fn offer(
    transaction: &Transaction<'_>,
    browser: &[u8; 32],
    proven: &Proven<'_>,
    chain: &[Certificate],
    now: UnixTime,
) -> Result<Offer, StoreError> {
    let Some((_, credit_code)) = enterprise_of(proven.certificate) else {
        return Ok(Offer::Refused);
    };
    if accounts::enterprise_id(transaction, &credit_code)?.is_some() {
        return Ok(Offer::Known);
    }
    transaction.execute(
        "DELETE FROM registration WHERE expires <= ?1",
        [seconds(now)],
    )?;
    let insert = "INSERT OR REPLACE INTO registration (browser_hash, certificate, chain, authority, kind, expires)
                  VALUES (?1, ?2, ?3, ?4, ?5, ?6)";
    transaction.execute(
        insert,
        params![
            browser,
            proven.certificate.der(),
            der::join(chain),
            proven.authority,
            certificates::kind_text(proven.kind),
            seconds(now.saturating_add_secs(TICKET_SECONDS))
        ],
    )?;
    Ok(Offer::Ticket)
}

/// What this browser may register, if it may.
///
/// # Errors
/// [`StoreError`].
pub fn show(
    transaction: &Transaction<'_>,
    browser: &[u8; 32],
    showing: &Showing,
) -> Result<Option<RegistrationView>, StoreError> {
    let ticket = find(transaction, browser, showing.now)?;
    Ok(ticket.map(|ticket| RegistrationView {
        certificate: CertificateSummary {
            common_name: ticket
                .certificate
                .common_name()
                .unwrap_or_default()
                .to_owned(),
            issuer: ticket
                .certificate
                .issuer_common_name()
                .unwrap_or_default()
                .to_owned(),
            authority_name: showing.authority_name(&ticket.authority, &ticket.certificate),
            kind: ticket.kind,
            not_after: ticket.certificate.not_after(),
        },
        enterprise: ticket.enterprise,
        credit_code: ticket.credit_code,
        expires: ticket.expires,
    }))
}

/// Gives the ticket back; one that does not exist is as good as given back.
///
/// # Errors
/// [`StoreError`].
pub fn forget(transaction: &Transaction<'_>, browser: &[u8; 32]) -> Result<(), StoreError> {
    transaction.execute(
        "DELETE FROM registration WHERE browser_hash = ?1",
        [browser],
    )?;
    Ok(())
}

/// Registers: makes enterprise, administrator and binding, and logs them in.
///
/// # Errors
/// 422 or 409 with `fields`, 410 `request-expired` without a ticket, and whatever is wrong with the certificate by now.
pub async fn register(
    portal: &Portal,
    body: RegistrationBody,
    browser: &[u8; 32],
    before: &SessionId,
    caller: &Caller,
) -> Result<(SessionId, AccountView), Problem> {
    let form = Form::read(body)?;
    let (now, browser, login) = (portal.now(), *browser, form.login.clone());
    // Cheap refusals first: hashing a password costs 30 ms and 19 MiB.
    portal
        .store
        .decide(move |transaction| {
            find(transaction, &browser, now)?.ok_or_else(over)?;
            require_free(transaction, &login)
        })
        .await?;
    let password_hash = portal.passwords.hash(&form.password).await?;
    let trust = portal
        .trust_list()
        .await
        .map_err(|error| Problem::internal(&error))?
        .list;
    let revocation = portal
        .authority
        .revocation(&portal.store, now)
        .await
        .map_err(|error| Problem::internal(&error))?;
    let session = SessionId::random().map_err(|error| Problem::internal(&error))?;
    let (new, before, caller) = (session.clone(), before.clone(), caller.clone());
    let view = portal
        .store
        .decide(move |transaction| {
            let ticket = find(transaction, &browser, now)?.ok_or_else(over)?;
            ticket.prove_again(transaction, &trust, &revocation, now)?;
            forget(transaction, &browser)?;
            session::end(transaction, &before)?;
            let doer = Doer {
                login: Some(form.login.as_str()),
                caller: &caller,
                at: now,
            };
            let account_id = form.make(transaction, &ticket, &password_hash, &doer)?;
            let login_id = session::start(
                transaction,
                &new,
                &NewLogin {
                    account_id,
                    certificate: Some(&ticket.certificate.sha256()),
                    caller: &caller,
                    at: now,
                },
            )?;
            let showing = Showing::new(&trust, now);
            Ok::<_, Problem>(view::account(transaction, account_id, login_id, &showing)?)
        })
        .await?;
    Ok((session, view))
}

impl Form {
    fn read(body: RegistrationBody) -> Result<Self, Problem> {
        let mut fields = Fields::default();
        let login = fields.take("login", Login::parse(&body.login));
        let name = fields.take("name", PersonName::parse(&body.name));
        let phone = fields.take("phone", Phone::parse(&body.phone));
        let password = NewPassword::parse(body.password, login.as_ref());
        let password = fields.take("password", password);
        let agreed = if body.agreed {
            Ok(())
        } else {
            Err(FieldError::Required)
        };
        let agreed = fields.take("agreed", agreed);
        match (login, name, phone, password, agreed) {
            (Some(login), Some(name), Some(phone), Some(password), Some(())) => Ok(Self {
                login,
                name,
                phone,
                password,
                kind: match body.kind {
                    RegisteredKind::Purchaser => EnterpriseKind::Purchaser,
                    RegisteredKind::Supplier => EnterpriseKind::Supplier,
                },
            }),
            _ => Err(fields.refuse()),
        }
    }

    fn make(
        &self,
        transaction: &Transaction<'_>,
        ticket: &Ticket,
        password_hash: &str,
        doer: &Doer<'_>,
    ) -> Result<i64, Problem> {
        let enterprise = Enterprise {
            name: ticket.enterprise.clone(),
            credit_code: ticket.credit_code,
            kind: self.kind,
        };
        let enterprise_id =
            accounts::insert_enterprise(transaction, &enterprise)?.ok_or_else(known)?;
        let new = NewAccount {
            login: self.login.as_str(),
            name: self.name.as_str(),
            phone: self.phone.as_str(),
            role: Role::Administrator,
            password_hash,
        };
        let account_id =
            accounts::insert(transaction, enterprise_id, &new, doer.at)?.ok_or_else(taken)?;
        let proven = Proven {
            certificate: &ticket.certificate,
            authority: &ticket.authority,
            kind: ticket.kind,
        };
        certificates::insert(transaction, &proven, account_id, doer.at)?;
        let account = accounts::find(transaction, account_id)?;
        let facts = serde_json::json!({ "kind": self.kind });
        doer.record(transaction, "account.registered", Some(account_id), facts)?;
        let data = events::account_data(&account);
        webhook::announce(transaction, "account.registered", &data, doer.at)?;
        let facts = serde_json::json!({ "authority": ticket.authority, "kind": ticket.kind });
        doer.tell_certificate(
            transaction,
            "certificate.bound",
            &account,
            &ticket.certificate,
            &facts,
        )?;
        Ok(account_id)
    }
}

impl Ticket {
    /// Time has passed since the scan: everything is looked at again.
    fn prove_again(
        &self,
        transaction: &Transaction<'_>,
        trust: &TrustList,
        revocation: &Revocation,
        now: UnixTime,
    ) -> Result<(), Problem> {
        let found = trust.verify_path(
            &self.certificate,
            &self.chain,
            now,
            Usage::Login,
            revocation,
        );
        found.map_err(|error| {
            let code = error.code().parse().unwrap_or(Code::CertificateUntrusted);
            let status = match code {
                Code::CertificateStatusUnknown => StatusCode::SERVICE_UNAVAILABLE,
                _ => StatusCode::FORBIDDEN,
            };
            Problem::new(status, code, error.to_string())
        })?;
        // The revocation data may be a moment older than the table.
        if certificates::is_revoked_here(transaction, &self.certificate)? {
            let detail = "The certificate has been revoked.";
            return Err(Problem::new(
                StatusCode::FORBIDDEN,
                Code::CertificateRevoked,
                detail,
            ));
        }
        if !settings::read(transaction)?.kinds.contains(&self.kind) {
            let detail = "Certificates of this kind are accepted no longer.";
            return Err(Problem::new(
                StatusCode::FORBIDDEN,
                Code::CertificateWrongKind,
                detail,
            ));
        }
        if accounts::enterprise_id(transaction, &self.credit_code)?.is_some() {
            return Err(known());
        }
        if certificates::find(transaction, &self.certificate.sha256())?.is_some() {
            let detail = "An account has this certificate by now: log in with it.";
            return Err(Problem::new(
                StatusCode::CONFLICT,
                Code::CertificateBoundElsewhere,
                detail,
            ));
        }
        Ok(())
    }
}

fn find(
    transaction: &Transaction<'_>,
    browser: &[u8; 32],
    now: UnixTime,
) -> Result<Option<Ticket>, StoreError> {
    let select = "SELECT certificate, chain, authority, kind, expires FROM registration
                  WHERE browser_hash = ?1 AND expires > ?2";
    let row = transaction.query_row(select, params![browser, seconds(now)], |row| {
        Ok((
            row.get::<_, Vec<u8>>(0)?,
            row.get::<_, Vec<u8>>(1)?,
            row.get::<_, String>(2)?,
            row.get::<_, String>(3)?,
            row.get::<_, i64>(4)?,
        ))
    });
    let Some((certificate, chain, authority, kind, expires)) = row.optional()? else {
        return Ok(None);
    };
    let damaged = || StoreError::Damaged("a registration whose certificate cannot be read");
    let certificate = Certificate::from_der(&certificate).map_err(|_| damaged())?;
    let (enterprise, credit_code) = enterprise_of(&certificate).ok_or_else(damaged)?;
    Ok(Some(Ticket {
        chain: der::split(&chain).ok_or_else(damaged)?,
        kind: certificates::read_kind(&kind)?,
        expires: time(expires),
        certificate,
        authority,
        enterprise,
        credit_code,
    }))
}

/// The enterprise in a certificate, if it could stand in a request and on a page as it is: a name with characters that nobody
/// sees could be taken for another one.
fn enterprise_of(certificate: &Certificate) -> Option<(String, CreditCode)> {
    let name = certificate.organization()?;
    let credit_code = *certificate.credit_code()?;
    Subject::new(name, name).ok()?;
    (!name.trim().is_empty()).then_some(())?;
    Some((name.to_owned(), credit_code))
}

fn require_free(transaction: &Transaction<'_>, login: &Login) -> Result<(), Problem> {
    match accounts::by_login(transaction, login.as_str())? {
        Some(_) => Err(taken()),
        None => Ok(()),
    }
}

fn taken() -> Problem {
    fields::taken("login")
}

/// There is no ticket, or its time is over.
pub fn over() -> Problem {
    let detail = "There is nothing to register here, or not any more: scan again.";
    Problem::new(StatusCode::GONE, Code::RequestExpired, detail)
}

fn known() -> Problem {
    let detail = "The enterprise has accounts by now: log in there, and bind the certificate.";
    Problem::new(StatusCode::CONFLICT, Code::CertificateNotBound, detail)
        .with("enterpriseKnown", true)
}
