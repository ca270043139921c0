//! Bindings for a platform's server under Node: verification, with the same code as everywhere. Conversions only.
//!
//! Input and output are JSON texts, whose types the npm package declares (`npm/src/server.ts`). A refusal is an output; an
//! error is thrown only for input that the server itself got wrong, such as a request that it did not issue.

mod input;
mod output;
mod sealing;

use scanseal_protocol::{
    assertion::{self, Expected},
    error::Code,
    report::Refused,
    trust_list,
};
use serde::{Serialize, de::DeserializeOwned};
use wasm_bindgen::prelude::*;

use crate::{
    input::{AssertionInput, EnterpriseInput, TrustListInput},
    output::{AssertionVerdict, EnterpriseVerdict, TrustListVerdict},
};

pub use sealing::{check_sealed, document_pages};

/// Checks an assertion, and before it the trust list that it is checked with.
///
/// # Errors
/// An error that names the member of the input that cannot be read.
#[wasm_bindgen(js_name = verifyAssertion)]
pub fn verify_assertion(input: &str) -> Result<String, JsError> {
    let input: AssertionInput = from_json(input)?;
    let request = input.request()?;
    let revocation = input.revocation()?;
    let trust = match input.trust.verify()? {
        Ok(trust) => trust,
        Err(refused) => return to_json(&AssertionVerdict::refused(&refused)),
    };
    let Some(channel_binding) = input.channel_binding() else {
        return to_json(&AssertionVerdict::no_channel_binding());
    };
    let expected = Expected {
        request: &request,
        channel_binding: &channel_binding,
        trust: &trust,
        revocation: &revocation,
        now: input.trust.now,
    };
    match assertion::verify(&input.assertion, &expected) {
        Ok(verified) => to_json(&AssertionVerdict::verified(&verified)),
        Err(refused) => to_json(&AssertionVerdict::refused(&refused)),
    }
}

/// Checks a trust list.
///
/// # Errors
/// An error that names the member of the input that cannot be read.
#[wasm_bindgen(js_name = verifyTrustList)]
pub fn verify_trust_list(input: &str) -> Result<String, JsError> {
    let input: TrustListInput = from_json(input)?;
    match input.verify()? {
        Ok(list) => to_json(&TrustListVerdict::verified(&list)),
        Err(refused) => to_json(&TrustListVerdict::refused(&refused)),
    }
}

/// Compares the enterprise that a certificate stated with the one of an account (`docs/protocol.md` section 8).
///
/// # Errors
/// An error if the input cannot be read: a credit code that is none, above all.
#[wasm_bindgen(js_name = compareEnterprise)]
pub fn compare_enterprise(input: &str) -> Result<String, JsError> {
    let input: EnterpriseInput = from_json(input)?;
    to_json(&EnterpriseVerdict::from(input.compare()))
}

/// Runs one case of the project's test vectors (`tests/vectors/`).
///
/// # Errors
/// An error if the topic is unknown or the case is not one of it.
#[wasm_bindgen(js_name = runVector)]
pub fn run_vector(topic: &str, case: &str) -> Result<String, JsError> {
    scanseal_protocol::vectors::run_case(topic, case).map_err(JsError::from)
}

impl TrustListInput {
    fn verify(&self) -> Result<Result<scanseal_pki::TrustList, Refused>, JsError> {
        let keys = self.list_keys()?;
        Ok(trust_list::verify(
            &self.trust_list,
            &keys,
            self.now,
            self.last_version,
        ))
    }
}

fn from_json<T: DeserializeOwned>(input: &str) -> Result<T, JsError> {
    serde_json::from_str(input).map_err(|reason| wrong_input("input", &reason))
}

fn to_json<T: Serialize>(output: &T) -> Result<String, JsError> {
    serde_json::to_string(output).map_err(JsError::from)
}

/// The server handed in something that cannot be what the member's name says.
fn wrong_input(member: &str, reason: &dyn core::fmt::Display) -> JsError {
    JsError::new(&format!("{}: {member}: {reason}", Code::Malformed))
}
