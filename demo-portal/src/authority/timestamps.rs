//! Time stamps (RFC 3161): a key of its own says when something was there.

use scanseal_pki::{Profile, Subject, TimestampFailure, TimestampRequest, Timestamper, UnixTime};

use crate::{
    authority::{
        Authority, AuthorityError,
        certificate_authority::{CertificateAuthority, MAIN},
        registry,
        services::{Keeper, Wanted},
    },
    store::{Store, StoreError},
};

/// The demo's rules: a clock of an ordinary server, nobody's promise. The identifier is one that IANA keeps for examples
/// (enterprise 32473, RFC 5612).
const POLICY: &str = "1.3.6.1.4.1.32473.1.1";
/// Serial numbers never repeat (RFC 3161 section 2.4.2).
const COUNTER: &str = "timestamp";

/// Takes the service up from its files; what is missing is made, also in a data folder of an earlier version.
pub(super) async fn open(
    keeper: &Keeper<'_>,
    main: &CertificateAuthority,
) -> Result<Timestamper, AuthorityError> {
    let wanted = Wanted {
        name: "timestamp",
        profile: Profile::TimestampAuthority {
            subject: Subject::new(MAIN.zh, "ScanSeal Demo Time Stamps")?,
        },
        fits: &|_| true,
    };
    let (key, leaf) = keeper.service(MAIN.id, main.issuer(), wanted).await?;
    let chain = vec![main.issuing().clone()];
    Ok(Timestamper::new(leaf, chain, key, POLICY)?)
}

impl Authority {
    /// Answers a question for a time stamp, in DER. What cannot be read or done gets the refusal that RFC 3161 section 2.4.2
    /// names.
    pub async fn timestamp(&self, store: &Store, question: &[u8], now: UnixTime) -> Vec<u8> {
        let Ok(question) = TimestampRequest::from_der(question) else {
            return TimestampFailure::BadDataFormat.to_der();
        };
        let serial = store
            .write(|transaction| registry::next(transaction, COUNTER))
            .await;
        let answer = serial
            .map_err(AuthorityError::from)
            .and_then(|serial| Ok(self.stamper.answer(&question, now, serial)?));
        answer.unwrap_or_else(|error| {
            tracing::error!(%error, "no time stamp");
            match error {
                AuthorityError::Store(StoreError::Closed) => TimestampFailure::TimeNotAvailable,
                _ => TimestampFailure::SystemFailure,
            }
            .to_der()
        })
    }
}
