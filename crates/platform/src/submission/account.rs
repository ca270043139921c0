//! The last check: what the platform's own tables say about certificate and account.

use scanseal_pki::{CreditCode, EnterpriseMismatch, compare_enterprise};
use scanseal_protocol::{
    error::Code,
    report::Failure,
    request::{Account, Operation},
};

use super::{Mismatch, MismatchField, Refusal, Verified};

/// The account to which the certificate of a login is bound. Read it in the transaction that uses the nonce.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LoginStanding {
    /// Whether the certificate may not act here at present.
    pub frozen: bool,
    /// Whether an administrator has closed the account.
    pub disabled: bool,
}

/// What a binding, or a sealing, depends on. Read it in the transaction that uses the nonce.
#[derive(Clone, Copy, Debug)]
pub struct BindStanding<'a> {
    /// Whether the web session that asked goes on, with the same account, in the browser that hands over.
    pub same_session: bool,
    /// Whether an administrator has closed the account.
    pub disabled: bool,
    /// Registered name of the account's enterprise.
    pub enterprise: &'a str,
    /// Its credit code.
    pub credit_code: &'a CreditCode,
    /// To whom the certificate is bound already.
    pub holder: Holder,
    /// Whether it, or the one that it shall replace, may not act here at present.
    pub frozen: bool,
}

/// To whom a certificate is bound.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Holder {
    /// To another account.
    AnotherAccount,
    /// To nobody.
    Nobody,
    /// To the account of the request.
    SameAccount,
}

/// What to do after a request to bind has passed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BindOutcome {
    /// The certificate is bound to this account already: say so and change nothing.
    AlreadyBound,
    /// Bind it, and unbind the one that it replaces, if the request names one.
    Bind,
}

impl Verified {
    /// Decides a login. `standing` is `None` if the certificate is bound to no account.
    ///
    /// # Errors
    /// [`Refusal`]: `certificate-not-bound`, `certificate-frozen`, `account-disabled`.
    pub fn check_login(&self, standing: Option<&LoginStanding>) -> Result<(), Refusal> {
        self.require_operation(&Operation::Login)?;
        let refuse = |code, detail| Err(self.refuse(code, detail));
        match standing {
            None => refuse(Code::CertificateNotBound, "no account has this certificate"),
            Some(standing) if standing.disabled => refuse(
                Code::AccountDisabled,
                "an administrator has closed the account",
            ),
            Some(standing) if standing.frozen => refuse(
                Code::CertificateFrozen,
                "the certificate is frozen on this platform",
            ),
            Some(_) => Ok(()),
        }
    }

    /// Decides a binding, or a replacement if the request names what is to be replaced.
    ///
    /// # Errors
    /// [`Refusal`]: `account-disabled`, `login-required`, `certificate-code-mismatch`, `certificate-name-mismatch`,
    /// `certificate-wrong-usage` (not an enterprise's), `certificate-bound-elsewhere`, `certificate-frozen`,
    /// `certificate-already-bound`, in this order.
    pub fn check_bind(&self, standing: &BindStanding<'_>) -> Result<BindOutcome, Refusal> {
        self.require_operation(&Operation::Bind)?;
        let refuse = |code, detail| Err(self.refuse(code, detail));
        if standing.disabled {
            return refuse(
                Code::AccountDisabled,
                "an administrator has closed the account",
            );
        }
        if !standing.same_session {
            return refuse(
                Code::LoginRequired,
                "the web session that asked for this has ended, or is another account's now",
            );
        }
        self.compare(standing)?;
        if standing.holder == Holder::AnotherAccount {
            return refuse(
                Code::CertificateBoundElsewhere,
                "another account has this certificate",
            );
        }
        if standing.frozen {
            return refuse(
                Code::CertificateFrozen,
                "the certificate, or the one that it shall replace, is frozen on this platform",
            );
        }
        let replaces = self.account().and_then(|account| account.replaces);
        match (standing.holder, replaces) {
            (Holder::SameAccount, None) => Ok(BindOutcome::AlreadyBound),
            (Holder::SameAccount, Some(_)) => refuse(
                Code::CertificateAlreadyBound,
                "the new certificate is bound to this account already",
            ),
            (_, Some(replaced)) if replaced == self.certificate().sha256() => refuse(
                Code::CertificateAlreadyBound,
                "the new certificate is the one that it shall replace",
            ),
            _ => Ok(BindOutcome::Bind),
        }
    }

    /// Decides whether documents may be sealed for the account of the request. Each document is judged by itself
    /// ([`crate::sealing`]).
    ///
    /// # Errors
    /// [`Refusal`]: `account-disabled`, `login-required`, `certificate-code-mismatch`, `certificate-name-mismatch`,
    /// `certificate-wrong-usage` (not an enterprise's), `certificate-not-bound`, `certificate-bound-elsewhere`,
    /// `certificate-frozen`, in this order.
    pub fn check_seal(&self, standing: &BindStanding<'_>) -> Result<(), Refusal> {
        self.require_operation(&Operation::Seal)?;
        let refuse = |code, detail| Err(self.refuse(code, detail));
        if standing.disabled {
            return refuse(
                Code::AccountDisabled,
                "an administrator has closed the account",
            );
        }
        if !standing.same_session {
            return refuse(
                Code::LoginRequired,
                "the web session that asked for this has ended, or is another account's now",
            );
        }
        self.compare(standing)?;
        match standing.holder {
            Holder::Nobody => refuse(Code::CertificateNotBound, "no account has this certificate"),
            Holder::AnotherAccount => refuse(
                Code::CertificateBoundElsewhere,
                "another account has this certificate",
            ),
            Holder::SameAccount if standing.frozen => refuse(
                Code::CertificateFrozen,
                "the certificate is frozen on this platform",
            ),
            Holder::SameAccount => Ok(()),
        }
    }

    fn compare(&self, standing: &BindStanding<'_>) -> Result<(), Refusal> {
        let certificate = self.certificate();
        let compared = compare_enterprise(certificate, standing.enterprise, standing.credit_code);
        let Err(mismatch) = compared else {
            return Ok(());
        };
        let name = || Mismatch {
            field: MismatchField::Name,
            certificate: certificate.organization().unwrap_or_default().to_owned(),
            account: standing.enterprise.to_owned(),
        };
        let code = || Mismatch {
            field: MismatchField::CreditCode,
            certificate: certificate
                .credit_code()
                .map(ToString::to_string)
                .unwrap_or_default(),
            account: standing.credit_code.to_string(),
        };
        let differing = match mismatch {
            EnterpriseMismatch::Both => vec![name(), code()],
            EnterpriseMismatch::CreditCode => vec![code()],
            EnterpriseMismatch::Name => vec![name()],
            EnterpriseMismatch::NotAnEnterprise => Vec::new(),
        };
        let failure = Failure::new(Code::from(mismatch), mismatch);
        Err(Refusal::at_account(&self.report, failure, differing))
    }

    /// A request to log in decides no binding, and the other way round, whatever the caller has mixed up.
    fn require_operation(&self, operation: &Operation) -> Result<(), Refusal> {
        let account = self.account().map(|Account { name, .. }| name);
        if self.operation() == operation && (*operation != Operation::Login) == account.is_some() {
            Ok(())
        } else {
            Err(self.refuse(
                Code::Internal,
                "the request is for something else than was decided",
            ))
        }
    }

    fn refuse(&self, code: Code, detail: &str) -> Refusal {
        Refusal::at_account(&self.report, Failure::new(code, detail), Vec::new())
    }
}
