//! Trust lists: which authorities and which platforms an operator vouches for.
//!
//! These are the claims only. They travel as a JWS of the operator, which `scanseal-protocol` checks.

mod claims;

use serde::{Deserialize, Serialize};

use claims::Claims;

use crate::{
    Certificate, CertificateError, PathError, PathReport, Revocation, UnixTime, Usage, verify_path,
};

/// Largest trust list in JSON: a phone holds one in memory and fetches it over mobile networks.
pub const MAX_TRUST_LIST_LENGTH: usize = 256 * 1024;
/// Most authorities, and most platforms, in one list.
pub const MAX_TRUST_LIST_ENTRIES: usize = 256;
/// Most certificates of one authority, roots and intermediates apart.
pub const MAX_CERTIFICATES_PER_CA: usize = 16;
/// Most origins, and most keys, of one platform.
pub const MAX_ORIGINS_PER_PLATFORM: usize = 16;
/// Most keys that make an authority's seals: the current one, and those whose seals are still in use.
pub const MAX_SEAL_KEYS_PER_CA: usize = 16;
/// Longest identifier of an authority or a platform.
pub const MAX_ID_LENGTH: usize = 64;

/// A trust list whose parts have been read and whose limits hold.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TrustList {
    version: u64,
    issued: UnixTime,
    expires: UnixTime,
    operator: String,
    cas: Vec<TrustedCa>,
    platforms: Vec<TrustedPlatform>,
}

/// Which certificates an authority issues.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum CaKind {
    /// For one platform or one group of platforms.
    Platform,
    /// Recognised nationwide (全国互认).
    Mutual,
}

/// A name in both languages.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LocalizedName {
    /// Chinese.
    pub zh: String,
    /// English.
    pub en: String,
}

/// An authority that the operator vouches for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TrustedCa {
    /// Stable identifier, used in requests to say which certificates are acceptable.
    pub id: String,
    /// Name to show.
    pub name: LocalizedName,
    /// Which certificates it issues.
    pub kind: CaKind,
    /// Where paths may end.
    pub roots: Vec<Certificate>,
    /// Issuing authorities below the roots, so that leaf certificates can travel alone.
    pub intermediates: Vec<Certificate>,
    /// SHA-256 of each key (SPKI) that makes electronic seals for it.
    pub seal_keys: Vec<[u8; 32]>,
}

/// A platform that the operator vouches for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TrustedPlatform {
    /// The `iss` of its requests.
    pub id: String,
    /// Name to show.
    pub name: LocalizedName,
    /// Web origins its pages may have.
    pub origins: Vec<String>,
    /// SHA-256 of each key (SPKI) that may sign its requests.
    pub keys: Vec<[u8; 32]>,
}

impl TrustList {
    /// Puts a list together.
    ///
    /// # Errors
    /// [`TrustListError`] if a limit or a rule is broken.
    pub fn new(
        version: u64,
        issued: UnixTime,
        expires: UnixTime,
        operator: String,
        cas: Vec<TrustedCa>,
        platforms: Vec<TrustedPlatform>,
    ) -> Result<Self, TrustListError> {
        let list = Self {
            version,
            issued,
            expires,
            operator,
            cas,
            platforms,
        };
        list.check()?;
        Ok(list)
    }

    /// Reads the claims.
    ///
    /// # Errors
    /// [`TrustListError`] if they are too long, no such JSON, or break a limit or a rule.
    pub fn from_json(json: &[u8]) -> Result<Self, TrustListError> {
        if json.len() > MAX_TRUST_LIST_LENGTH {
            return Err(TrustListError::TooLong { length: json.len() });
        }
        let claims: Claims = serde_json::from_slice(json)
            .map_err(|error| TrustListError::Malformed(error.to_string()))?;
        claims.try_into()
    }

    /// Writes the claims.
    ///
    /// # Errors
    /// [`TrustListError::TooLong`] if the list is longer than any reader accepts.
    pub fn to_json(&self) -> Result<Vec<u8>, TrustListError> {
        let json = serde_json::to_vec(&Claims::from(self))
            .map_err(|error| TrustListError::Malformed(error.to_string()))?;
        if json.len() > MAX_TRUST_LIST_LENGTH {
            return Err(TrustListError::TooLong { length: json.len() });
        }
        Ok(json)
    }

    /// Number of this edition. A holder of a list never goes back to a lower one.
    pub fn version(&self) -> u64 {
        self.version
    }

    /// When this edition was made.
    pub fn issued(&self) -> UnixTime {
        self.issued
    }

    /// When this edition ends. A holder refuses to act on an expired list.
    pub fn expires(&self) -> UnixTime {
        self.expires
    }

    /// Whether the list may be acted on: issued, and not expired.
    pub fn is_current(&self, at: UnixTime) -> bool {
        self.issued <= at && at < self.expires
    }

    /// Who keeps the list.
    pub fn operator(&self) -> &str {
        &self.operator
    }

    /// All authorities.
    pub fn cas(&self) -> &[TrustedCa] {
        &self.cas
    }

    /// All platforms.
    pub fn platforms(&self) -> &[TrustedPlatform] {
        &self.platforms
    }

    /// The platform of this identifier.
    pub fn platform(&self, id: &str) -> Option<&TrustedPlatform> {
        self.platforms.iter().find(|platform| platform.id == id)
    }

    /// The authority of this identifier.
    pub fn ca(&self, id: &str) -> Option<&TrustedCa> {
        self.cas.iter().find(|ca| ca.id == id)
    }

    /// The authority one of whose listed certificates signed `leaf`. Good for sorting the certificates of a phone by
    /// kind; it is no path check, for which there is [`Self::verify_path`].
    pub fn ca_of(&self, leaf: &Certificate) -> Option<&TrustedCa> {
        self.cas.iter().find(|ca| {
            ca.intermediates.iter().chain(&ca.roots).any(|issuer| {
                issuer.outline().subject == leaf.outline().issuer
                    && leaf.verify_signed_by(issuer.public_key()).is_ok()
            })
        })
    }

    /// Looks for a path from `leaf` to a root of this list and checks it, as [`verify_path`] does. `others` are
    /// certificates that came with the leaf; those of the list are known already. Names the authority as well.
    ///
    /// # Errors
    /// [`PathError`]; [`PathError::Untrusted`] too if the list is not current.
    pub fn verify_path(
        &self,
        leaf: &Certificate,
        others: &[Certificate],
        at: UnixTime,
        usage: Usage,
        revocation: &Revocation,
    ) -> Result<(&TrustedCa, PathReport), PathError> {
        if !self.is_current(at) {
            return Err(PathError::Untrusted {
                reason: "the trust list is not current".to_owned(),
            });
        }
        let (owners, anchors): (Vec<_>, Vec<_>) = self
            .cas
            .iter()
            .flat_map(|ca| ca.roots.iter().map(move |root| (ca, root.clone())))
            .unzip();
        let listed = self.cas.iter().flat_map(|ca| &ca.intermediates);
        let intermediates: Vec<_> = others.iter().chain(listed).cloned().collect();
        let report = verify_path(leaf, &intermediates, &anchors, at, usage, revocation)?;
        Ok((owners[report.anchor_index()], report))
    }

    fn check(&self) -> Result<(), TrustListError> {
        if self.expires <= self.issued {
            return Err(TrustListError::Rule {
                rule: "`expires` must be after `issued`",
            });
        }
        let ca_ids: Vec<_> = self.cas.iter().map(|ca| ca.id.as_str()).collect();
        let platform_ids: Vec<_> = self
            .platforms
            .iter()
            .map(|platform| platform.id.as_str())
            .collect();
        check_ids(&ca_ids, "cas")?;
        check_ids(&platform_ids, "platforms")?;
        for ca in &self.cas {
            if ca.roots.is_empty() {
                return Err(TrustListError::Rule {
                    rule: "an authority needs at least one root",
                });
            }
            check_count(
                "certificates of an authority",
                ca.roots.len(),
                MAX_CERTIFICATES_PER_CA,
            )?;
            check_count(
                "certificates of an authority",
                ca.intermediates.len(),
                MAX_CERTIFICATES_PER_CA,
            )?;
            check_count(
                "seal keys of an authority",
                ca.seal_keys.len(),
                MAX_SEAL_KEYS_PER_CA,
            )?;
            if !ca
                .roots
                .iter()
                .chain(&ca.intermediates)
                .all(Certificate::is_authority)
            {
                return Err(TrustListError::Rule {
                    rule: "roots and intermediates must be CA certificates",
                });
            }
        }
        let mut seal_keys: Vec<_> = self.cas.iter().flat_map(|ca| &ca.seal_keys).collect();
        seal_keys.sort_unstable();
        if seal_keys.windows(2).any(|pair| pair[0] == pair[1]) {
            return Err(TrustListError::Rule {
                rule: "a key that makes seals occurs once, so that a seal has one authority",
            });
        }
        let mut roots: Vec<_> = self
            .cas
            .iter()
            .flat_map(|ca| &ca.roots)
            .map(Certificate::spki_sha256)
            .collect();
        roots.sort_unstable();
        if roots.windows(2).any(|pair| pair[0] == pair[1]) {
            return Err(TrustListError::Rule {
                rule: "the key of a root occurs once, so that a path has one authority",
            });
        }
        for platform in &self.platforms {
            if platform.origins.is_empty() || platform.keys.is_empty() {
                return Err(TrustListError::Rule {
                    rule: "a platform needs at least one origin and one key",
                });
            }
            check_count(
                "origins of a platform",
                platform.origins.len(),
                MAX_ORIGINS_PER_PLATFORM,
            )?;
            check_count(
                "keys of a platform",
                platform.keys.len(),
                MAX_ORIGINS_PER_PLATFORM,
            )?;
        }
        Ok(())
    }
}

/// Why a trust list is refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum TrustListError {
    /// A certificate in the list cannot be read.
    #[error("certificate of the authority {ca}: {reason}")]
    Certificate {
        /// Identifier of the authority.
        ca: String,
        /// What is wrong with the certificate.
        reason: CertificateError,
    },
    /// A text is not base64 (certificates) or base64url of 32 bytes (keys).
    #[error("an entry of {id} is not in the expected base64 form")]
    Encoding {
        /// Identifier of the authority or platform.
        id: String,
    },
    /// Not JSON, or not these members.
    #[error("not a trust list: {0}")]
    Malformed(String),
    /// A rule that holds between members.
    #[error("trust list: {rule}")]
    Rule {
        /// The rule.
        rule: &'static str,
    },
    /// Longer than [`MAX_TRUST_LIST_LENGTH`].
    #[error("a trust list has at most {MAX_TRUST_LIST_LENGTH} bytes, not {length}")]
    TooLong {
        /// Bytes given.
        length: usize,
    },
    /// More entries than allowed.
    #[error("trust list: {count} {what}, at most {limit} are allowed")]
    TooMany {
        /// What was counted.
        what: &'static str,
        /// How many there are.
        count: usize,
        /// How many there may be.
        limit: usize,
    },
}

fn check_ids(ids: &[&str], what: &'static str) -> Result<(), TrustListError> {
    check_count(what, ids.len(), MAX_TRUST_LIST_ENTRIES)?;
    let allowed = |byte: u8| {
        byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'.' || byte == b'-'
    };
    if !ids
        .iter()
        .all(|id| !id.is_empty() && id.len() <= MAX_ID_LENGTH && id.bytes().all(allowed))
    {
        return Err(TrustListError::Rule {
            rule: "an id has 1 to 64 of a-z 0-9 . -",
        });
    }
    let mut sorted = ids.to_vec();
    sorted.sort_unstable();
    if sorted.windows(2).any(|pair| pair[0] == pair[1]) {
        return Err(TrustListError::Rule {
            rule: "an id occurs once",
        });
    }
    Ok(())
}

fn check_count(what: &'static str, count: usize, limit: usize) -> Result<(), TrustListError> {
    if count > limit {
        Err(TrustListError::TooMany { what, count, limit })
    } else {
        Ok(())
    }
}
