//! Keys and certificates of the operator's own services: OCSP responders, the signer of the trust list, the platform.

use scanseal_pki::{Certificate, Issuer, Profile, SigningKey, UnixTime};

use crate::{
    authority::{
        AuthorityError, SERVICE_RENEWAL, SERVICE_YEARS,
        keys::DataFolder,
        registry::{self, Purpose},
        rng, years,
    },
    store::Store,
};

/// Where services are kept.
pub(crate) struct Keeper<'a> {
    pub(crate) folder: &'a DataFolder,
    pub(crate) store: &'a Store,
    pub(crate) now: UnixTime,
}

/// A service.
pub(crate) struct Wanted<'a> {
    /// Name of its files.
    pub(crate) name: &'a str,
    pub(crate) profile: Profile,
    /// Whether a certificate that is there still says what it should.
    pub(crate) fits: &'a (dyn Fn(&Certificate) -> bool + Sync),
}

impl Keeper<'_> {
    /// A service's key and certificate.
    pub(crate) async fn service(
        &self,
        ca: &'static str,
        issuing: &Issuer,
        wanted: Wanted<'_>,
    ) -> Result<(SigningKey, Certificate), AuthorityError> {
        let key = self.folder.key(wanted.name)?;
        let certificate = self.certificate(ca, issuing, &key, wanted).await?;
        Ok((key, certificate))
    }

    /// The certificate of a service's key; a new one if there is none, if it ends soon, or if it does not fit.
    pub(crate) async fn certificate(
        &self,
        ca: &'static str,
        issuing: &Issuer,
        key: &SigningKey,
        wanted: Wanted<'_>,
    ) -> Result<Certificate, AuthorityError> {
        let lasting = |certificate: &Certificate| {
            certificate.not_after() > self.now.saturating_add_secs(SERVICE_RENEWAL)
        };
        let own = |certificate: &Certificate| *certificate.public_key() == key.public_key();
        if let Some(certificate) = self
            .folder
            .certificate(wanted.name)?
            .filter(|known| lasting(known) && own(known) && (wanted.fits)(known))
        {
            return Ok(certificate);
        }
        let validity = years(self.now, SERVICE_YEARS);
        let certificate =
            issuing.issue(&wanted.profile, &key.public_key(), validity, &mut rng())?;
        let (record, now) = (certificate.clone(), self.now);
        // First the record, so that OCSP never calls a certificate in use unknown.
        self.store
            .write(move |transaction| {
                registry::record(transaction, ca, &record, Purpose::Service, None, now)
            })
            .await?;
        self.folder.keep_certificate(wanted.name, &certificate)?;
        Ok(certificate)
    }
}
