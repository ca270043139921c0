//! A phone for one of the demo's people: certificate and seal of the authority, and a key that is forgotten when the demo runs.

use std::sync::Arc;

use data_encoding::{BASE64, BASE64URL_NOPAD};
use scanseal_pades::seal::{Occurrence, PageRange, Picture, Place, SealRequest, Side, prepare};
use scanseal_pki::{
    AnyCertificate, Certificate, CsrBuilder, ElectronicSeal, SealKind, SignedAttributes,
    SigningKey, Subject,
    cms::{der_signature, reserved_length},
};
use scanseal_protocol::{
    assertion::AssertionClaims,
    request::{CertificateKind, Request},
};
use serde_json::json;
use tokio::task::spawn_blocking;

use super::{caller, find, read};
use crate::{
    authority::{
        certificate_authority::MAIN,
        enrolment::EnrolmentBody,
        keys,
        seals::{making, records},
    },
    contracts::{
        files::Chain,
        revisions,
        rows::{self, Party},
        sealing::{
            assertion::{self, SealAssertionBody},
            document::{self, Which},
            request::{self, SealRequestBody},
        },
    },
    http::{Problem, caller::Caller, cookies::CookieSecret},
    platform::{
        accounts::{Account, EnterpriseKind},
        certificates::{self, Proven},
        logins::NewLogin,
        session::{self, OwnPage, SessionId},
    },
    portal::Portal,
    store::StoreError,
};

/// What page and phone would have agreed on in their channel; here both are this program.
const CHANNEL: [u8; 32] = [0; 32];
/// How far below the middle of the keyword a seal's middle lies, in points: over the party's name.
const BELOW: f64 = -34.0;

/// A person's phone, and the page that they have open.
pub(super) struct Phone {
    key: SigningKey,
    certificate: Certificate,
    account: Account,
    page: OwnPage,
    browser: CookieSecret,
    caller: Caller,
}

impl Phone {
    /// Gets a certificate, binds it and logs in.
    pub(super) async fn enrol(portal: &Arc<Portal>, login: &'static str) -> Result<Self, Problem> {
        let account = find(portal, login).await?;
        let internal = |error: &dyn std::error::Error| Problem::internal(error);
        let key = keys::new_key().map_err(|error| internal(&error))?;
        let enterprise = &account.enterprise;
        let subject = Subject::new(&enterprise.name, &enterprise.name)
            .map_err(|error| internal(&error))?
            .with_credit_code(enterprise.credit_code);
        let csr = CsrBuilder::new(&subject, &key.public_key())
            .sign(&key)
            .map_err(|error| internal(&error))?;
        let body: EnrolmentBody = read(json!({
            "csr": BASE64.encode(csr.der()),
            "enterprise": enterprise.name,
            "creditCode": enterprise.credit_code,
            "ca": MAIN.id,
        }))?;
        let enrolment = body.read()?;
        let page = OwnPage {
            session: SessionId::random().map_err(|error| internal(&error))?,
            origin: portal.origins.main().clone(),
        };
        let (shared, now, caller) = (Arc::clone(portal), portal.now(), caller());
        let (session, from, account_id) = (page.session.clone(), caller.clone(), account.id);
        let certificate = portal
            .store
            .decide(move |transaction| {
                let (_, certificate) =
                    shared.authority.enrol(transaction, &enrolment, None, now)?;
                let proven = Proven {
                    certificate: &certificate,
                    authority: MAIN.id,
                    kind: CertificateKind::Platform,
                };
                certificates::insert(transaction, &proven, account_id, now)?;
                let login = NewLogin {
                    account_id,
                    certificate: Some(&certificate.sha256()),
                    caller: &from,
                    at: now,
                };
                session::start(transaction, &session, &login)?;
                Ok::<_, Problem>(certificate)
            })
            .await?;
        making::ensure(portal, &certificate).await?;
        Ok(Self {
            key,
            certificate,
            account,
            page,
            browser: CookieSecret::random().map_err(|error| internal(&error))?,
            caller,
        })
    }

    /// Logs out; nobody has the key any more, so the certificate is unbound.
    pub(super) async fn leave(&self, portal: &Portal) -> Result<(), Problem> {
        let (id, session) = (self.certificate.sha256(), self.page.session.clone());
        let left = portal.store.write(move |transaction| {
            session::end(transaction, &session)?;
            certificates::remove(transaction, &id)
        });
        Ok(left.await?)
    }

    /// Seals a contract as a person does it, from the request to the upload; `false` if the authority has no seal to give.
    pub(super) async fn seal(&self, portal: &Arc<Portal>, contract: i64) -> Result<bool, Problem> {
        let serial = self.certificate.serial_hex();
        let (seal, original, word) = portal
            .store
            .read(move |transaction| {
                let seals = records::of_certificate(transaction, &serial)?.into_iter();
                let seal = seals
                    .filter(|seal| seal.kind == SealKind::Contract)
                    .find_map(|seal| seal.der);
                let contract = rows::load(transaction, contract)?.ok_or(StoreError::Damaged(
                    "a contract that was there a moment ago",
                ))?;
                let revision = contract.revision.unwrap_or_default();
                let parts = revisions::parts(transaction, contract.id, revision)?;
                Ok((seal, parts, contract.parties))
            })
            .await?;
        let Some(seal) = seal else {
            return Ok(false);
        };
        let word = self.keyword(&word);
        let original = portal.contracts.files.chain(&original);
        let original = original.map_err(|error| Problem::internal(&error))?;
        let body: SealRequestBody = read(json!({ "contracts": [contract] }))?;
        let issued = request::issue(portal, body, &self.page, &self.browser, &self.caller).await?;
        let issued = serde_json::to_value(&issued).map_err(|error| Problem::internal(&error))?;
        let text = |name: &str| issued[name].as_str().unwrap_or_default().to_owned();
        let (jti, asked) = (text("jti"), text("request"));

        let (digest, appended) = self.sign(portal, original, &seal, word).await?;
        let answer: SealAssertionBody = read(json!({
            "assertion": self.assertion(portal, &asked, digest)?,
            "channelBinding": BASE64URL_NOPAD.encode(&CHANNEL),
            "seal": BASE64.encode(&seal),
        }))?;
        let (browser, session) = (Some(&self.browser), &self.page.session);
        assertion::accept(portal, &jti, answer, browser, session, &self.caller).await?;
        let mut incoming =
            (portal.contracts.files.begin()).map_err(|error| Problem::internal(&error))?;
        incoming
            .write(&appended)
            .map_err(|error| Problem::internal(&error))?;
        let which = Which {
            nonce: jti,
            index: 0,
        };
        document::take(portal, which, incoming, session, &self.caller).await?;
        Ok(true)
    }

    /// The words beside which this party seals.
    fn keyword(&self, parties: &[Party]) -> &'static str {
        let code = self.account.enterprise.credit_code;
        let own = (parties.iter()).find(|party| party.credit_code == code.as_str());
        match own.map(|party| party.kind) {
            Some(EnterpriseKind::Purchaser) => "甲方（盖章）",
            _ => "乙方（盖章）",
        }
    }

    /// The digest that is signed, and what is appended.
    async fn sign(
        &self,
        portal: &Portal,
        original: Chain,
        seal: &[u8],
        word: &'static str,
    ) -> Result<([u8; 32], Vec<u8>), Problem> {
        let info = ElectronicSeal::from_der(seal).map_err(|error| Problem::internal(&error))?;
        let issuing = portal.authority.main().issuing();
        let chain = [&self.certificate, issuing].map(AnyCertificate::from);
        let (key, certificate, now) = (self.key.clone(), self.certificate.clone(), portal.now());
        spawn_blocking(move || {
            let internal = |error: &dyn std::error::Error| Problem::internal(error);
            let size = info.info().millimetres;
            #[allow(clippy::cast_precision_loss)]
            let size = (size.0 as f64, size.1 as f64);
            let picture =
                Picture::png(&info.info().picture, Some(size)).map_err(|error| internal(&error))?;
            let first = word.starts_with('甲');
            let places = vec![
                Place::Keyword {
                    word: word.to_owned(),
                    pages: PageRange::all(),
                    occurrence: Occurrence::Number(-1),
                    dx: 24.0,
                    dy: BELOW,
                    width: None,
                    height: None,
                },
                Place::CrossPage {
                    side: Side::Right,
                    offset: if first { 0.3 } else { 0.6 },
                    pages: PageRange::all(),
                    group: 8,
                },
            ];
            let request = SealRequest {
                places,
                picture: Some(&picture),
                ..SealRequest::new(now, reserved_length(&chain, true))
            };
            let prepared = prepare(&original, &request).map_err(|error| internal(&error))?;
            let digest = prepared
                .digest(&original)
                .map_err(|error| internal(&error))?;
            let attributes = SignedAttributes::new(&certificate, &digest);
            let signature = der_signature(&key.sign_es256(attributes.to_be_signed()))
                .map_err(|error| internal(&error))?;
            let cms = attributes
                .finish(&signature, &chain, None)
                .map_err(|error| internal(&error))?;
            let appended = prepared.finish(&cms).map_err(|error| internal(&error))?;
            Ok((digest, appended))
        })
        .await
        .map_err(|error| Problem::internal(&error))?
    }

    fn assertion(
        &self,
        portal: &Portal,
        request: &str,
        digest: [u8; 32],
    ) -> Result<String, Problem> {
        let request = Request::parse(request).map_err(|error| Problem::internal(&error))?;
        let asked = request.claims();
        let claims = AssertionClaims {
            req: request.hash(),
            jti: asked.jti,
            op: asked.op.clone(),
            origin: asked.origin.clone(),
            aud: asked.iss.clone(),
            cb: CHANNEL,
            iat: portal.now(),
            documents: Some(vec![Some(digest)]),
        };
        let issuing = portal.authority.main().issuing().clone();
        let unsigned = claims
            .unsigned(&[self.certificate.clone(), issuing])
            .map_err(|error| Problem::internal(&error))?;
        let signature = self.key.sign_es256(unsigned.signing_input());
        unsigned
            .finish(&signature)
            .map_err(|error| Problem::internal(&error))
    }
}
