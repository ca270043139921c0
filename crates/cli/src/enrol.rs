//! `scanseal phone enrol`: a certificate from an operator's authority.

use getrandom::{SysRng, rand_core::UnwrapErr};
use scanseal_protocol::error::Code;
use scanseal_signer::{Enrolment, KdfParameters, KeyShare, NoCoSigner, Operator, Vault};

use crate::{
    arguments::EnrolArguments,
    failure::{Failure, coded},
    network::Network,
    now,
    output::{CertificateLine, Event, Output},
    seals::SealsCall,
    storage::Storage,
};

/// Where an operator describes itself (`docs/protocol.md` section 10).
pub(crate) const DESCRIPTION_PATH: &str = "/.well-known/scanseal";

/// Takes the operator's description and trust list, asks for a certificate, checks it and keeps it, with its seals.
pub(crate) async fn enrol(
    arguments: &EnrolArguments,
    storage: &Storage,
    network: &Network,
    output: &Output,
) -> Result<(), Failure> {
    let credit_code = arguments.credit_code;
    let share = KeyShare::generate_local(&mut UnwrapErr(SysRng));
    let mut enrolment = Enrolment::new(share, &arguments.enterprise, credit_code)
        .map_err(|error| Failure::usage(error.to_string()))?;
    if let Some(ca) = &arguments.ca {
        enrolment = enrolment.with_ca(ca);
    }

    let home = arguments.home.trim_end_matches('/');
    let description = network.get(&format!("{home}{DESCRIPTION_PATH}")).await?;
    let operator = Operator::new(home, &description).map_err(coded!())?;
    let enrol_address = operator.description().enrol.to_string();
    storage.change(|vault| vault.add_operator(operator).map_err(coded!()))?;
    refresh_trust_list(home, storage, network).await?;
    if let Some(ca) = &arguments.ca {
        check_choice(ca, known(&storage.read()?, home)?)?;
    }

    let body = enrolment.request().run(&mut NoCoSigner).await;
    let body = body.map_err(|error| Failure::internal(error.to_string()))?;
    let answer = network.post_json(&enrol_address, body).await?;
    let at = now()?;
    let vault = storage.read()?;
    let operator = known(&vault, home)?;
    let trust = operator.trust_list(at).map_err(coded!())?;
    let enrolled = enrolment.accept(&answer, &trust, at).map_err(coded!())?;
    // Now the key is at hand; in the vault it is under the PIN.
    let call = match &operator.description().seals {
        Some(address) => {
            let certificate = enrolled.certificate();
            Some(SealsCall::sign(address, enrolled.signer(), certificate).await?)
        }
        None => None,
    };
    let line = storage.change(|vault| {
        let id = vault
            .add(
                enrolled,
                &arguments.pin,
                KdfParameters::CURRENT,
                &mut UnwrapErr(SysRng),
            )
            .map_err(coded!())?;
        let stored = vault.certificate(&id).expect("it was added a line above");
        Ok(CertificateLine::new(stored, at))
    })?;
    output.event(&Event::Enrolled(line));
    if let Some(call) = call
        && let Err(failure) = call.fetch(&trust, storage, network).await
    {
        // The certificate is there, and its seals can be fetched later.
        output.event(&Event::SealsMissing {
            code: failure.code(),
            message: failure.to_string(),
        });
    }
    Ok(())
}

/// An operator that names the authorities that enrol has said which may be chosen. Otherwise it will answer itself.
fn check_choice(ca: &str, operator: &Operator) -> Result<(), Failure> {
    let choice = operator.enrolling_cas(now()?).map_err(coded!())?;
    if choice.is_empty() || choice.iter().any(|known| known.id == ca) {
        return Ok(());
    }
    let ids: Vec<_> = choice.iter().map(|known| known.id.as_str()).collect();
    Err(Failure::usage(format!(
        "the operator has no authority {ca} that enrols; it has: {}",
        ids.join(", ")
    )))
}

/// Fetches the operator's newest trust list. Without a network, one that is still current will do.
pub(crate) async fn refresh_trust_list(
    home: &str,
    storage: &Storage,
    network: &Network,
) -> Result<(), Failure> {
    let vault = storage.read()?;
    let operator = known(&vault, home)?;
    match network
        .get(operator.description().trust_list.as_str())
        .await
    {
        Ok(list) => {
            let at = now()?;
            storage.change(|vault| {
                let updated = vault.update_trust_list(home, &list, at);
                updated.map_err(coded!())
            })
        }
        Err(failure) => operator.trust_list(now()?).map(|_| ()).map_err(|_| failure),
    }
}

pub(crate) fn known<'vault>(vault: &'vault Vault, home: &str) -> Result<&'vault Operator, Failure> {
    vault
        .operator(home)
        .ok_or_else(|| Failure::new(Code::Malformed, format!("this phone does not know {home}")))
}
