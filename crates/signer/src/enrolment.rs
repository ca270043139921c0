//! Getting a certificate: a request goes to the authority, a certificate comes back and is looked at before it is kept.
//!
//! 1. [`Enrolment::new`] with a fresh key share; [`Enrolment::request`] is signed in rounds and gives the HTTP body;
//! 2. the host posts it to the operator's `enrol` address (`docs/protocol.md` section 10);
//! 3. [`Enrolment::accept`] checks the answer; the [`Enrolled`] certificate goes into the vault.

use data_encoding::BASE64;
use scanseal_pki::{
    Certificate, CertificateError, CreditCode, CsrBuilder, EnterpriseMismatch, PathError,
    Revocation, RevocationPolicy, Subject, SubjectError, TrustList, UnixTime, Usage,
    compare_enterprise,
};
use scanseal_protocol::{error::Code, limits};
use serde::{Deserialize, Serialize};

use crate::{KeyShare, Signer, Signing};

/// Longest answer of an authority: as many of the largest certificates as travel together, in base64.
pub const MAX_ANSWER_BYTES: usize = 96 * 1024;

/// An enterprise that asks for a certificate.
#[derive(Debug)]
pub struct Enrolment {
    share: KeyShare,
    subject: Subject,
    credit_code: CreditCode,
    ca: Option<String>,
}

impl Enrolment {
    /// Asks for a certificate of this key for this enterprise, by its registered name.
    ///
    /// # Errors
    /// [`SubjectError`] if the name cannot stand in a certificate.
    pub fn new(
        share: KeyShare,
        enterprise: &str,
        credit_code: CreditCode,
    ) -> Result<Self, SubjectError> {
        let subject = Subject::new(enterprise, enterprise)?.with_credit_code(credit_code);
        Ok(Self {
            share,
            subject,
            credit_code,
            ca: None,
        })
    }

    /// Asks this authority of the trust list; otherwise the operator's usual one answers.
    #[must_use]
    pub fn with_ca(mut self, id: impl Into<String>) -> Self {
        self.ca = Some(id.into());
        self
    }

    /// The request, as the JSON that is posted to the authority.
    pub fn request(&self) -> Signing<String> {
        let csr = CsrBuilder::new(&self.subject, &self.share.public_key());
        let (enterprise, credit_code) = (self.subject.organization().to_owned(), self.credit_code);
        let ca = self.ca.clone();
        let to_be_signed = csr.to_be_signed().to_vec();
        Signing::new(&self.share, &to_be_signed, move |signature| {
            let csr = csr
                .finish(&signature)
                .expect("`Signing` gives only signatures that verify");
            let body = RequestBody {
                csr: BASE64.encode(csr.der()),
                enterprise,
                credit_code,
                ca,
            };
            serde_json::to_string(&body).expect("texts always have a JSON form")
        })
    }

    /// Checks what the authority answered: the key is ours, name and credit code are those asked for, and a path
    /// leads to an authority of the trust list: the one asked, if one was named.
    ///
    /// # Errors
    /// [`EnrolmentError`] names the first check that failed.
    pub fn accept(
        self,
        answer: &str,
        trust: &TrustList,
        now: UnixTime,
    ) -> Result<Enrolled, EnrolmentError> {
        let chain = read_answer(answer)?;
        let (leaf, others) = chain.split_first().ok_or(EnrolmentError::Malformed)?;
        if *leaf.public_key() != self.share.public_key() {
            return Err(EnrolmentError::OtherKey);
        }
        compare_enterprise(leaf, self.subject.organization(), &self.credit_code)?;
        // A phone has no revocation data of its own, and this certificate is minutes old at most.
        let revocation = Revocation::new(RevocationPolicy::AllowUnknown);
        let check = |usage| {
            trust
                .verify_path(leaf, others, now, usage, &revocation)
                .map(|(ca, _)| ca)
        };
        let ca = match check(Usage::Login) {
            // A CA may issue certificates that seal documents and nothing else.
            Err(PathError::WrongUsage { .. }) => check(Usage::DocumentSigning)?,
            outcome => outcome?,
        };
        if self.ca.as_ref().is_some_and(|asked| *asked != ca.id) {
            return Err(EnrolmentError::OtherCa);
        }
        Ok(Enrolled {
            chain,
            share: self.share,
        })
    }
}

/// A certificate that was checked, with its key share.
#[derive(Debug)]
pub struct Enrolled {
    chain: Vec<Certificate>,
    share: KeyShare,
}

impl Enrolled {
    /// The certificate.
    pub fn certificate(&self) -> &Certificate {
        &self.chain[0]
    }

    /// Its key, while it is at hand: once it is in the vault, only the PIN gets at it.
    pub fn signer(&self) -> &dyn Signer {
        &self.share
    }

    /// The certificates, leaf first and at least one, and the share.
    pub(crate) fn into_parts(self) -> (Vec<Certificate>, KeyShare) {
        (self.chain, self.share)
    }

    #[cfg(test)]
    pub(crate) fn for_tests(chain: Vec<Certificate>, share: KeyShare) -> Self {
        Self { chain, share }
    }
}

/// Why an authority's answer is not accepted.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum EnrolmentError {
    /// A certificate in it cannot be read.
    #[error("the authority's certificate cannot be read: {0}")]
    Certificate(#[from] CertificateError),
    /// Not the answer of an authority.
    #[error("the authority's answer is not in the expected form")]
    Malformed,
    /// The certificate is for another enterprise.
    #[error("the authority certified another enterprise than was asked for: {0}")]
    Enterprise(#[from] EnterpriseMismatch),
    /// Another authority of the trust list answered.
    #[error("another authority than the one that was asked issued the certificate: enrol again")]
    OtherCa,
    /// The certificate is for another key.
    #[error("the authority certified another key than the one of this phone: enrol again")]
    OtherKey,
    /// No path to an authority that the operator vouches for.
    #[error("the certificate cannot be used: {0}")]
    Path(#[from] PathError),
}

impl EnrolmentError {
    /// The stable code.
    pub fn code(&self) -> Code {
        match self {
            Self::Certificate(_) | Self::Malformed => Code::Malformed,
            Self::Enterprise(mismatch) => (*mismatch).into(),
            Self::OtherCa => Code::CertificateWrongKind,
            Self::OtherKey => Code::CertificateUntrusted,
            Self::Path(error) => path_code(error),
        }
    }
}

/// The code of a path error, as the enum.
pub(crate) fn path_code(error: &PathError) -> Code {
    error.code().parse().unwrap_or(Code::CertificateUntrusted)
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct RequestBody {
    csr: String,
    enterprise: String,
    credit_code: CreditCode,
    #[serde(skip_serializing_if = "Option::is_none")]
    ca: Option<String>,
}

#[derive(Deserialize)]
struct AnswerBody {
    certificate: String,
    chain: Vec<String>,
}

fn read_answer(answer: &str) -> Result<Vec<Certificate>, EnrolmentError> {
    if answer.len() > MAX_ANSWER_BYTES {
        return Err(EnrolmentError::Malformed);
    }
    let body: AnswerBody = serde_json::from_str(answer).map_err(|_| EnrolmentError::Malformed)?;
    let texts: Vec<&String> = core::iter::once(&body.certificate)
        .chain(&body.chain)
        .collect();
    // All of them travel in each assertion later.
    if !limits::CERTIFICATES.contains(&texts.len()) {
        return Err(EnrolmentError::Malformed);
    }
    let read = |text: &&String| {
        let der = BASE64
            .decode(text.as_bytes())
            .map_err(|_| EnrolmentError::Malformed)?;
        Ok(Certificate::from_der(&der)?)
    };
    texts.iter().map(read).collect()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use scanseal_pki::CertificateRequest;

    use super::*;
    use crate::{NoCoSigner, testing::*};

    fn enrolment() -> Enrolment {
        Enrolment::new(
            KeyShare::generate_local(&mut Counter::new(7)),
            ENTERPRISE,
            credit_code(),
        )
        .unwrap()
    }

    fn answer(certificate: &Certificate, chain: &[&Certificate]) -> String {
        let chain: Vec<String> = chain
            .iter()
            .map(|certificate| BASE64.encode(certificate.der()))
            .collect();
        serde_json::json!({ "certificate": BASE64.encode(certificate.der()), "chain": chain })
            .to_string()
    }

    #[test]
    fn request_is_signed_by_the_share_and_names_the_enterprise() {
        let enrolment = enrolment();
        let body = block_on(enrolment.request().run(&mut NoCoSigner)).unwrap();
        let body: serde_json::Value = serde_json::from_str(&body).unwrap();
        assert_eq!(
            (&body["enterprise"], &body["creditCode"]),
            (&ENTERPRISE.into(), &CREDIT_CODE.into())
        );
        let csr = CertificateRequest::from_der(
            &BASE64
                .decode(body["csr"].as_str().unwrap().as_bytes())
                .unwrap(),
        );
        let csr = csr.unwrap();
        assert_eq!(*csr.public_key(), enrolment.share.public_key());
        assert_eq!(
            (csr.organization(), csr.credit_code()),
            (Some(ENTERPRISE), Some(&credit_code()))
        );
    }

    #[test]
    fn authority_is_named_when_one_was_chosen_and_no_other_may_answer() {
        let world = World::new();
        let body = |enrolment: &Enrolment| -> serde_json::Value {
            let body = block_on(enrolment.request().run(&mut NoCoSigner)).unwrap();
            serde_json::from_str(&body).unwrap()
        };
        assert_eq!(body(&enrolment()).get("ca"), None);
        let asked = enrolment().with_ca("ca");
        assert_eq!(body(&asked)["ca"], "ca");
        let answer = answer(&world.enterprise(&asked.share.public_key()), &[]);
        assert!(asked.accept(&answer, &world.trust_list(), NOW).is_ok());
        let refused = enrolment()
            .with_ca("other")
            .accept(&answer, &world.trust_list(), NOW)
            .unwrap_err();
        assert_eq!(
            (&refused, refused.code()),
            (&EnrolmentError::OtherCa, Code::CertificateWrongKind)
        );
    }

    #[test]
    fn name_that_the_authority_writes_in_another_way_is_the_one_asked_for() {
        let world = World::new();
        let share = || KeyShare::generate_local(&mut Counter::new(7));
        let enrolment =
            Enrolment::new(share(), "云岭建设（集团） 有限公司", credit_code()).unwrap();
        let leaf = world.certificate(
            &share().public_key(),
            "云岭建设(集团)有限公司",
            CREDIT_CODE,
            LIFE,
        );
        let accepted = enrolment.accept(&answer(&leaf, &[]), &world.trust_list(), NOW);
        assert!(accepted.is_ok());
    }

    #[test]
    fn matching_certificate_is_accepted_with_its_chain() {
        let (world, enrolment) = (World::new(), enrolment());
        let leaf = world.enterprise(&enrolment.share.public_key());
        let answer = answer(&leaf, &[world.issuing.certificate()]);
        let enrolled = enrolment.accept(&answer, &world.trust_list(), NOW).unwrap();
        assert_eq!(*enrolled.certificate(), leaf);
        assert_eq!(enrolled.into_parts().0.len(), 2);
    }

    #[test]
    fn each_wrong_answer_is_refused_with_its_own_code() {
        let world = World::new();
        let key = enrolment().share.public_key();
        let strangers = World::unknown();
        let cases = [
            (
                answer(&world.enterprise(&other_key().public_key()), &[]),
                Code::CertificateUntrusted,
            ),
            (
                answer(
                    &world.certificate(&key, "乌鲁木齐某某公司", CREDIT_CODE, LIFE),
                    &[],
                ),
                Code::CertificateNameMismatch,
            ),
            (
                answer(
                    &world.certificate(&key, ENTERPRISE, OTHER_CREDIT_CODE, LIFE),
                    &[],
                ),
                Code::CertificateCodeMismatch,
            ),
            (
                answer(
                    &strangers.enterprise(&key),
                    &[strangers.issuing.certificate()],
                ),
                Code::CertificateUntrusted,
            ),
            (
                answer(&world.certificate(&key, ENTERPRISE, CREDIT_CODE, OVER), &[]),
                Code::CertificateExpired,
            ),
            (
                answer(&world.enterprise(&key), &[world.issuing.certificate(); 4]),
                Code::Malformed,
            ),
            ("{}".to_owned(), Code::Malformed),
            (
                r#"{"certificate":"AAAA","chain":[]}"#.to_owned(),
                Code::Malformed,
            ),
            (
                r#"{"certificate":"!","chain":[]}"#.to_owned(),
                Code::Malformed,
            ),
        ];
        for (answer, code) in cases {
            let error = enrolment()
                .accept(&answer, &world.trust_list(), NOW)
                .unwrap_err();
            assert_eq!(error.code(), code, "{error}");
        }
    }

    #[test]
    fn answer_length_is_accepted_at_the_limit_and_refused_one_past_it() {
        let (world, enrolment_one, enrolment_two) = (World::new(), enrolment(), enrolment());
        let answer = answer(&world.enterprise(&enrolment_one.share.public_key()), &[]);
        let padded = |length: usize| answer.clone() + &" ".repeat(length - answer.len());
        assert!(
            enrolment_one
                .accept(&padded(MAX_ANSWER_BYTES), &world.trust_list(), NOW)
                .is_ok()
        );
        let refused = enrolment_two.accept(&padded(MAX_ANSWER_BYTES + 1), &world.trust_list(), NOW);
        assert_eq!(refused.unwrap_err(), EnrolmentError::Malformed);
    }
}
