#![doc = include_str!("../README.md")]

mod convert;
mod enrolment;
mod phone;
mod review;
mod seals;
mod session;

use scanseal_pki::CreditCode;
use scanseal_signer::NewPin;
use wasm_bindgen::prelude::*;

pub use seals::{cut_out, seal_details};

#[wasm_bindgen(typescript_custom_section)]
const TYPES: &str = include_str!("types.d.ts");

/// What is wrong with a PIN that someone wants to choose; `undefined` if it may be chosen.
#[wasm_bindgen(js_name = pinProblem, unchecked_return_type = "PinProblem | undefined")]
pub fn pin_problem(pin: &str) -> Option<String> {
    NewPin::parse(pin)
        .err()
        .map(|error| error.reason().to_owned())
}

/// What is wrong with a unified social credit code, as an English sentence for logs; `undefined` if it is right.
#[wasm_bindgen(js_name = creditCodeProblem)]
pub fn credit_code_problem(text: &str) -> Option<String> {
    CreditCode::parse(text).err().map(|error| error.to_string())
}
