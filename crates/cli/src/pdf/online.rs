//! What comes over the network: time stamps, and revocation lists from the addresses in certificates.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::{Arc, Mutex, OnceLock, PoisonError},
};

use scanseal_pades::seal::Evidence;
use scanseal_pki::{
    AnyCertificate, Crl, Revocation, RevocationPolicy, RevocationStatus, TimestampRequest,
    TimestampToken,
};
use scanseal_protocol::error::Code;
use sha2::{Digest, Sha256};
use tokio::runtime::{Builder, Runtime};

use crate::{arguments::Tls, failure::Failure, network::Network, now};

/// Most addresses that are asked about one file: certificates may name as many as they like.
const MAX_ADDRESSES: usize = 16;

/// What an address gave; set once it was asked.
type Answer = Arc<OnceLock<Result<Crl, Failure>>>;

/// Asks time-stamp services and authorities, from as many threads as there are.
pub(crate) struct Online {
    network: Network,
    runtime: Runtime,
    /// Revocation lists by address: the files of one call mostly need the same ones.
    lists: Mutex<BTreeMap<String, Answer>>,
}

impl Online {
    /// Trusts the public CAs for TLS, and those of a PEM file if one is given.
    pub(crate) fn new(tls: &Tls) -> Result<Self, Failure> {
        let runtime = Builder::new_multi_thread()
            .worker_threads(1)
            .enable_all()
            .build();
        Ok(Self {
            network: Network::new(tls)?,
            runtime: runtime.map_err(|error| Failure::internal(error.to_string()))?,
            lists: Mutex::default(),
        })
    }

    /// Asks for a time stamp over a signature value.
    pub(crate) fn timestamp(&self, url: &str, signature: &[u8]) -> Result<TimestampToken, Failure> {
        let mut nonce = [0; 8];
        getrandom::fill(&mut nonce).map_err(|error| Failure::internal(error.to_string()))?;
        let nonce = u64::from_be_bytes(nonce);
        let request = TimestampRequest::new(&Sha256::digest(signature).into(), Some(nonce));
        let query = request.der().to_vec();
        let answer = self
            .network
            .post_bytes(url, "application/timestamp-query", query);
        let answer = self.runtime.block_on(answer)?;
        TimestampToken::from_response(&answer, &request).map_err(|error| {
            Failure::new(
                Code::Malformed,
                format!("{url} gave no time stamp: {error}"),
            )
        })
    }

    /// What a verifier needs later: the certificates, and a revocation list for each that names one. Nothing is fetched for
    /// those that the given lists tell about.
    pub(crate) fn evidence(
        &self,
        field: String,
        chain: &[AnyCertificate],
        timestamp: Option<&TimestampToken>,
        given: Vec<Crl>,
    ) -> Result<Evidence, Failure> {
        let mut certificates: Vec<AnyCertificate> = chain.to_vec();
        let stamped = timestamp
            .into_iter()
            .flat_map(|token| token.signed_data().certificates());
        for der in stamped {
            if let Ok(certificate) = AnyCertificate::from_der(der)
                && !certificates.contains(&certificate)
            {
                certificates.push(certificate);
            }
        }
        let mut crls: Vec<Vec<u8>> = given.iter().map(|crl| crl.der().to_vec()).collect();
        let at = now()?;
        let known = (given.into_iter()).fold(
            Revocation::new(RevocationPolicy::AllowUnknown),
            Revocation::with_crl,
        );
        let is_told = |certificate: &AnyCertificate| {
            certificates.iter().any(|issuer| {
                issuer.subject_name() == certificate.issuer_name()
                    && known.any_status(certificate, issuer, at) != RevocationStatus::Unknown
            })
        };
        let untold: Vec<AnyCertificate> = (certificates.iter())
            .filter(|certificate| !is_told(certificate))
            .cloned()
            .collect();
        for crl in self.revocation_lists(&untold) {
            crls.push(crl?.der().to_vec());
        }
        if crls.is_empty() {
            return Err(Failure::new(
                Code::CertificateStatusUnknown,
                "the certificates name no revocation list: give one with --crl",
            ));
        }
        Ok(Evidence {
            field: Some(field),
            certificates: certificates
                .iter()
                .map(|certificate| certificate.der().to_vec())
                .collect(),
            ocsps: Vec::new(),
            crls,
        })
    }

    /// The revocation lists whose addresses the certificates name, or why they could not be had.
    pub(crate) fn revocation_lists(
        &self,
        certificates: &[AnyCertificate],
    ) -> impl Iterator<Item = Result<Crl, Failure>> {
        let addresses: BTreeSet<String> = certificates
            .iter()
            .flat_map(AnyCertificate::crl_addresses)
            .filter(|address| address.starts_with("http://") || address.starts_with("https://"))
            .collect();
        addresses
            .into_iter()
            .take(MAX_ADDRESSES)
            .map(|address| self.revocation_list(address))
    }

    /// The list at an address, which is asked once. Others who need it wait, but not those who need another one.
    fn revocation_list(&self, address: String) -> Result<Crl, Failure> {
        let mut lists = self.lists.lock().unwrap_or_else(PoisonError::into_inner);
        let answer = Arc::clone(lists.entry(address.clone()).or_default());
        drop(lists);
        answer.get_or_init(|| self.fetch_list(&address)).clone()
    }

    fn fetch_list(&self, address: &str) -> Result<Crl, Failure> {
        let bytes = self.runtime.block_on(self.network.get_bytes(address))?;
        Crl::from_der(&bytes).map_err(|error| {
            Failure::new(
                Code::Malformed,
                format!("{address} is no revocation list: {error}"),
            )
        })
    }
}
