//! `scanseal phone seals`: the electronic seals of the vault's certificates (docs/electronic-seals.md). They are kept beside the
//! vault, not in it: they are no secret, and prove nothing without the key.

use std::path::Path;

use data_encoding::BASE64;
use scanseal_pki::{Certificate, ElectronicSeal, SealKind, TrustList};
use scanseal_protocol::{
    ServiceAddress, error::Code, limits, request::Nonce, seal_call::SealCallClaims,
};
use scanseal_signer::{
    CertificateId, NoCoSigner, Operator, Pin, Signer, Unlocked, Vault, authorize_seal_call,
};
use serde::{Deserialize, Serialize};

use crate::{
    arguments::SealsArguments,
    enrol::{DESCRIPTION_PATH, known, refresh_trust_list},
    failure::{Failure, coded},
    network::Network,
    now,
    output::{Event, Output, SealLine},
    storage::Storage,
};

/// The seals of one certificate, as the authority lists them.
#[derive(Debug, Serialize, Deserialize)]
struct Held {
    seals: Vec<Entry>,
}

/// One of them. Other members are skipped.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Entry {
    id: String,
    kind: u8,
    name: String,
    status: String,
    valid_until: String,
    /// DER in base64, if it may be used.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    seal: Option<String>,
}

/// A call for the seals of a certificate, signed with its key.
pub(crate) struct SealsCall {
    address: String,
    authorization: String,
    certificate: Certificate,
}

impl SealsCall {
    /// Signs the call while the key is at hand.
    pub(crate) async fn sign(
        address: &ServiceAddress,
        signer: &dyn Signer,
        certificate: &Certificate,
    ) -> Result<Self, Failure> {
        let failed = |error: &dyn std::fmt::Display| Failure::internal(error.to_string());
        let mut jti = [0; 16];
        getrandom::fill(&mut jti).map_err(|error| failed(&error))?;
        let (address, jti) = (address.as_str(), Nonce::from_bytes(jti));
        let claims = SealCallClaims::of_address(address, b"", jti, now()?)
            .map_err(|error| failed(&error))?;
        let signing =
            authorize_seal_call(signer, certificate, &claims).map_err(|error| failed(&error))?;
        let authorization = signing.run(&mut NoCoSigner).await;
        Ok(Self {
            authorization: authorization.map_err(|error| failed(&error))?,
            address: address.to_owned(),
            certificate: certificate.clone(),
        })
    }

    /// Fetches the seals, checks that they are this certificate's, and keeps them.
    pub(crate) async fn fetch(
        &self,
        trust: &TrustList,
        storage: &Storage,
        network: &Network,
    ) -> Result<(), Failure> {
        let limit = limits::SEAL_LIST_BYTES;
        let answer = network
            .get_with(&self.address, &self.authorization, limit)
            .await?;
        let held: Held = serde_json::from_slice(&answer)
            .map_err(|error| Failure::new(Code::Malformed, format!("{}: {error}", self.address)))?;
        let at = now()?;
        for entry in &held.seals {
            let Some(der) = entry.der()? else { continue };
            let seal = ElectronicSeal::from_der(&der)
                .map_err(|error| Failure::new(Code::SealNotYours, error.to_string()))?;
            seal.check(trust, &self.certificate, at)
                .map_err(|error| Failure::new(Code::SealNotYours, error.to_string()))?;
        }
        let id = CertificateId::of(&self.certificate);
        let kept =
            serde_json::to_vec(&held).map_err(|error| Failure::internal(error.to_string()))?;
        storage.keep_seals(&id, &kept)
    }
}

impl Entry {
    fn der(&self) -> Result<Option<Vec<u8>>, Failure> {
        let decode = |text: &String| {
            BASE64.decode(text.as_bytes()).map_err(|error| {
                Failure::new(Code::Malformed, format!("seal {}: {error}", self.id))
            })
        };
        self.seal.as_ref().map(decode).transpose()
    }

    fn kind(&self) -> Option<SealKind> {
        SealKind::ALL
            .into_iter()
            .find(|kind| *kind as u8 == self.kind)
    }
}

/// Lists the seals that are kept, after fetching them if an operator is named.
pub(crate) async fn seals(
    arguments: &SealsArguments,
    storage: &Storage,
    network: &Network,
    output: &Output,
) -> Result<(), Failure> {
    if let (Some(home), Some(pin)) = (&arguments.home, &arguments.pin) {
        fetch(
            home.trim_end_matches('/'),
            pin,
            arguments.certificate,
            storage,
            network,
        )
        .await?;
    }
    let vault = storage.read()?;
    for stored in vault.certificates() {
        let id = stored.id();
        if arguments.certificate.is_some_and(|wanted| wanted != id) {
            continue;
        }
        for entry in read(&id, storage)?.seals {
            output.event(&Event::Seal(SealLine {
                certificate: id.to_string(),
                kind: entry.kind().map_or("unknown", SealKind::as_str),
                id: entry.id,
                name: entry.name,
                status: entry.status,
                valid_until: entry.valid_until,
            }));
        }
    }
    Ok(())
}

/// The seal that `--seal` names, in DER: of a kind, of an id, or in a file.
pub(crate) fn find(
    named: &Path,
    certificate: &CertificateId,
    storage: &Storage,
) -> Result<Vec<u8>, Failure> {
    let entries = read(certificate, storage)?.seals;
    let text = named.to_str().unwrap_or_default();
    let kind = SealKind::ALL.into_iter().find(|kind| kind.as_str() == text);
    let by_id = entries.iter().find(|entry| entry.id == text);
    let at = now()?;
    // The newest comes last.
    let usable = |entry: &Entry| -> Option<Vec<u8>> {
        let der = entry.der().ok()??;
        let seal = ElectronicSeal::from_der(&der).ok()?;
        (at <= seal.info().valid_until).then_some(der)
    };
    let of_kind = |kind| {
        let mut entries = entries.iter().rev();
        entries.find_map(|entry| usable(entry).filter(|_| entry.kind() == Some(kind)))
    };
    let found = match (kind, by_id) {
        (Some(kind), _) => of_kind(kind),
        (None, Some(entry)) => usable(entry),
        (None, None) => {
            return std::fs::read(named)
                .map_err(|error| Failure::usage(format!("{}: {error}", named.display())));
        }
    };
    found.ok_or_else(|| {
        Failure::usage(format!(
            "the certificate {certificate} has no seal {text} that may be used: see `scanseal phone seals`"
        ))
    })
}

fn read(certificate: &CertificateId, storage: &Storage) -> Result<Held, Failure> {
    let Some(bytes) = storage.read_seals(certificate)? else {
        return Ok(Held { seals: Vec::new() });
    };
    serde_json::from_slice(&bytes)
        .map_err(|error| Failure::internal(format!("the seals of {certificate}: {error}")))
}

async fn fetch(
    home: &str,
    pin: &Pin,
    wanted: Option<CertificateId>,
    storage: &Storage,
    network: &Network,
) -> Result<(), Failure> {
    refresh_description(home, storage, network).await?;
    refresh_trust_list(home, storage, network).await?;
    let vault = storage.read()?;
    let operator = known(&vault, home)?;
    let trust = operator.trust_list(now()?).map_err(coded!())?;
    let address = operator.description().seals.clone().ok_or_else(|| {
        Failure::new(
            Code::Malformed,
            format!("{home} issues no electronic seals"),
        )
    })?;
    let id = match wanted {
        Some(id) => id,
        None => first(&vault)?,
    };
    let unlocked = unlock(&id, pin, storage)?;
    let certificate = vault
        .certificate(&id)
        .ok_or_else(|| Failure::new(Code::CertificateNone, "the vault has no such certificate"))?
        .certificate();
    let call = SealsCall::sign(&address, unlocked.signer(), certificate).await?;
    call.fetch(&trust, storage, network).await
}

/// An operator that issues seals may not have done so when the phone enrolled.
async fn refresh_description(
    home: &str,
    storage: &Storage,
    network: &Network,
) -> Result<(), Failure> {
    if known(&storage.read()?, home)?.description().seals.is_some() {
        return Ok(());
    }
    let description = network.get(&format!("{home}{DESCRIPTION_PATH}")).await?;
    let operator = Operator::new(home, &description).map_err(coded!())?;
    storage.change(|vault| vault.add_operator(operator).map_err(coded!()))
}

fn first(vault: &Vault) -> Result<CertificateId, Failure> {
    let stored = vault.certificates().first();
    stored
        .map(scanseal_signer::StoredCertificate::id)
        .ok_or_else(|| Failure::new(Code::CertificateNone, "this phone has no certificate"))
}

/// Counts the try in the file, and only then looks at the PIN.
fn unlock(id: &CertificateId, pin: &Pin, storage: &Storage) -> Result<Unlocked, Failure> {
    let at = now()?;
    let begun = storage.change(|vault| vault.begin_attempt(id, at).map_err(coded!()))?;
    let attempt = begun.stored();
    storage
        .change(|vault| Ok(attempt.unlock(vault, pin)))?
        .map_err(coded!())
}
