//! What comes over the network: time stamps, and revocation lists from the addresses in certificates.

use std::{collections::BTreeSet, path::Path};

use scanseal_pades::{
    Source,
    seal::Evidence,
    verify::{Trust, Verification},
};
use scanseal_pki::{AnyCertificate, Crl, TimestampRequest, TimestampToken};
use scanseal_protocol::error::Code;
use sha2::{Digest, Sha256};
use tokio::runtime::{Builder, Runtime};

use crate::{failure::Failure, network::Network};

/// Most addresses that are asked about one file: certificates may name as many as they like.
const MAX_ADDRESSES: usize = 16;

/// A connection to time-stamp services and authorities.
pub(crate) struct Online {
    network: Network,
    runtime: Runtime,
}

impl Online {
    /// Trusts the public CAs for TLS, and those of a PEM file if one is given.
    pub(crate) fn new(insecure_ca: Option<&Path>) -> Result<Self, Failure> {
        let runtime = Builder::new_multi_thread()
            .worker_threads(1)
            .enable_all()
            .build();
        Ok(Self {
            network: Network::new(insecure_ca)?,
            runtime: runtime.map_err(|error| Failure::internal(error.to_string()))?,
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

    /// What a verifier needs later: the certificates, and a revocation list for each that names one. Lists that were given
    /// are not fetched again.
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
        for crl in self.revocation_lists(&certificates)? {
            crls.push(crl.der().to_vec());
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

    /// The revocation lists whose addresses the certificates name.
    fn revocation_lists(&self, certificates: &[AnyCertificate]) -> Result<Vec<Crl>, Failure> {
        let addresses: BTreeSet<String> = certificates
            .iter()
            .flat_map(AnyCertificate::crl_addresses)
            .filter(|address| address.starts_with("http://") || address.starts_with("https://"))
            .collect();
        addresses
            .iter()
            .take(MAX_ADDRESSES)
            .map(|address| {
                let bytes = self.runtime.block_on(self.network.get_bytes(address))?;
                Crl::from_der(&bytes).map_err(|error| {
                    Failure::new(
                        Code::Malformed,
                        format!("{address} is no revocation list: {error}"),
                    )
                })
            })
            .collect()
    }
}

/// Fetches the revocation lists that the certificates in a file name.
pub(crate) fn add_revocation_lists(
    trust: &mut Trust,
    source: &dyn Source,
    password: Option<&str>,
    insecure_ca: Option<&Path>,
) -> Result<(), Failure> {
    // A file that cannot be read gets its report without them.
    let Ok(certificates) = Verification::open(source, password).certificates() else {
        return Ok(());
    };
    let online = Online::new(insecure_ca)?;
    trust.crls.extend(online.revocation_lists(&certificates)?);
    Ok(())
}
