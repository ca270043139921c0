//! Verifying, with the host's hashing in between.

use scanseal_pades::verify::{self, DigestJob, Scan};
use scanseal_pdf_wasm::{HostSource, Reader, refusal, to_json};
use scanseal_pki::hex;
use serde::Serialize;
use wasm_bindgen::prelude::*;

use crate::trust;

/// A file that is being verified: `digests`, then `scan` while the host hashes, then `finish`.
#[wasm_bindgen]
pub struct Verification {
    source: HostSource,
    password: Option<String>,
    scan: Option<Scan>,
}

#[wasm_bindgen]
impl Verification {
    /// Takes a file.
    #[wasm_bindgen(constructor)]
    pub fn new(reader: Reader, password: Option<String>) -> Self {
        Self {
            source: HostSource::new(reader),
            password,
            scan: None,
        }
    }

    /// Looks for signatures: JSON of the digests that are needed.
    ///
    /// # Errors
    /// Never; the signature is that of the binding.
    pub fn digests(&self) -> Result<String, JsError> {
        to_json(&jobs(&self.open().digests()))
    }

    /// Looks for hidden signatures, through the whole file.
    pub fn scan(&mut self) {
        self.scan = Some(Scan::of(&self.source));
    }

    /// Judges everything: JSON of the report. `digests` are those that were asked for, in hexadecimal; `trust` is whom to
    /// trust.
    ///
    /// # Errors
    /// `malformed` if an input cannot be read.
    pub fn finish(&mut self, digests: Vec<String>, trust: &JsValue) -> Result<String, JsError> {
        let digests = digests
            .iter()
            .map(|digest| hex::decode(digest))
            .collect::<Option<Vec<_>>>()
            .ok_or_else(|| refusal("malformed", &"a digest is not in hexadecimal"))?;
        let trust = trust::read(trust)?;
        let scan = self.scan.take().unwrap_or_else(|| Scan::of(&self.source));
        to_json(&self.open().finish(&digests, scan, &trust))
    }

    /// Does everything in one go, where the host has no hashing: JSON of the report.
    ///
    /// # Errors
    /// `malformed` if an input cannot be read.
    #[wasm_bindgen(js_name = verifyAlone)]
    pub fn verify_alone(&self, trust: &JsValue) -> Result<String, JsError> {
        let trust = trust::read(trust)?;
        let password = self.password.as_deref();
        to_json(&verify::verify(&self.source, password, &trust))
    }

    fn open(&self) -> verify::Verification<'_> {
        verify::Verification::open(&self.source, self.password.as_deref())
    }
}

/// What the host shall hash.
#[derive(Serialize)]
pub(crate) struct Job {
    algorithm: &'static str,
    ranges: Vec<[u64; 2]>,
}

pub(crate) fn jobs(jobs: &[DigestJob]) -> Vec<Job> {
    let job = |job: &DigestJob| Job {
        algorithm: job.algorithm.name(),
        ranges: job
            .ranges
            .iter()
            .map(|range| [range.start, range.end])
            .collect(),
    };
    jobs.iter().map(job).collect()
}
