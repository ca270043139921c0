//! The JSON form of a trust list (`docs/protocol.md` section 10).

use data_encoding::{BASE64, BASE64URL_NOPAD};
use serde::{Deserialize, Serialize};

use super::{
    CaKind, LocalizedName, MAX_TRUST_LIST_ENTRIES, TrustList, TrustListError, TrustedCa,
    TrustedPlatform, check_count,
};
use crate::{Certificate, UnixTime};

#[derive(Serialize, Deserialize)]
pub(super) struct Claims {
    version: u64,
    issued: UnixTime,
    expires: UnixTime,
    operator: String,
    cas: Vec<CaClaims>,
    platforms: Vec<PlatformClaims>,
}

#[derive(Serialize, Deserialize)]
struct CaClaims {
    id: String,
    name: LocalizedName,
    kind: CaKind,
    roots: Vec<String>,
    intermediates: Vec<String>,
    #[serde(rename = "sealKeys", default, skip_serializing_if = "Vec::is_empty")]
    seal_keys: Vec<String>,
}

#[derive(Serialize, Deserialize)]
struct PlatformClaims {
    id: String,
    name: LocalizedName,
    origins: Vec<String>,
    keys: Vec<String>,
}

impl TryFrom<Claims> for TrustList {
    type Error = TrustListError;

    fn try_from(claims: Claims) -> Result<Self, Self::Error> {
        // Before the certificates are parsed, so that a huge list costs nothing.
        check_count("authorities", claims.cas.len(), MAX_TRUST_LIST_ENTRIES)?;
        check_count("platforms", claims.platforms.len(), MAX_TRUST_LIST_ENTRIES)?;
        let cas = claims
            .cas
            .into_iter()
            .map(TrustedCa::try_from)
            .collect::<Result<_, _>>()?;
        let platforms = claims
            .platforms
            .into_iter()
            .map(TrustedPlatform::try_from)
            .collect::<Result<_, _>>()?;
        Self::new(
            claims.version,
            claims.issued,
            claims.expires,
            claims.operator,
            cas,
            platforms,
        )
    }
}

impl TryFrom<CaClaims> for TrustedCa {
    type Error = TrustListError;

    fn try_from(claims: CaClaims) -> Result<Self, Self::Error> {
        let read = |texts: &[String]| {
            let parse = |text: &String| {
                let der = BASE64
                    .decode(text.as_bytes())
                    .map_err(|_| TrustListError::Encoding {
                        id: claims.id.clone(),
                    })?;
                Certificate::from_der(&der).map_err(|reason| TrustListError::Certificate {
                    ca: claims.id.clone(),
                    reason,
                })
            };
            texts.iter().map(parse).collect::<Result<Vec<_>, _>>()
        };
        let seal_keys = thumbprints(&claims.seal_keys, &claims.id)?;
        let (roots, intermediates) = (read(&claims.roots)?, read(&claims.intermediates)?);
        Ok(Self {
            id: claims.id,
            name: claims.name,
            kind: claims.kind,
            roots,
            intermediates,
            seal_keys,
        })
    }
}

impl TryFrom<PlatformClaims> for TrustedPlatform {
    type Error = TrustListError;

    fn try_from(claims: PlatformClaims) -> Result<Self, Self::Error> {
        let keys = thumbprints(&claims.keys, &claims.id)?;
        Ok(Self {
            id: claims.id,
            name: claims.name,
            origins: claims.origins,
            keys,
        })
    }
}

fn thumbprints(texts: &[String], id: &str) -> Result<Vec<[u8; 32]>, TrustListError> {
    let parse = |text: &String| {
        let bytes = BASE64URL_NOPAD.decode(text.as_bytes()).ok()?;
        <[u8; 32]>::try_from(bytes).ok()
    };
    let keys = texts.iter().map(parse).collect::<Option<_>>();
    keys.ok_or_else(|| TrustListError::Encoding { id: id.to_owned() })
}

impl From<&TrustList> for Claims {
    fn from(list: &TrustList) -> Self {
        let encode = |certificates: &[Certificate]| {
            certificates
                .iter()
                .map(|certificate| BASE64.encode(certificate.der()))
                .collect()
        };
        let encode_keys =
            |keys: &[[u8; 32]]| keys.iter().map(|key| BASE64URL_NOPAD.encode(key)).collect();
        Self {
            version: list.version,
            issued: list.issued,
            expires: list.expires,
            operator: list.operator.clone(),
            cas: list
                .cas
                .iter()
                .map(|ca| CaClaims {
                    id: ca.id.clone(),
                    name: ca.name.clone(),
                    kind: ca.kind,
                    roots: encode(&ca.roots),
                    intermediates: encode(&ca.intermediates),
                    seal_keys: encode_keys(&ca.seal_keys),
                })
                .collect(),
            platforms: list
                .platforms
                .iter()
                .map(|platform| PlatformClaims {
                    id: platform.id.clone(),
                    name: platform.name.clone(),
                    origins: platform.origins.clone(),
                    keys: encode_keys(&platform.keys),
                })
                .collect(),
        }
    }
}
