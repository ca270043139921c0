//! The phone's checks of a request.

use scanseal_pki::{TrustList, TrustedPlatform, UnixTime};

use super::{Operation, PHONE_CHECKS, Request, RequestClaims};
use crate::{
    error::Code,
    limits,
    report::{Check, Failure, Refused, Report, require},
};

/// A request that a platform of the trust list has made, for one of its origins, not long ago. Only [`Request::verify`]
/// makes it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VerifiedRequest {
    request: Request,
    platform: TrustedPlatform,
    report: Report,
}

impl Request {
    /// Checks the request as a phone must before it shows anything of it ([`PHONE_CHECKS`]).
    ///
    /// Not checked: that the page belongs to the person who looks at it. That is what origin, place and check number on
    /// the phone's screen are for. Revocation of the platform's certificate is not asked for: the list pins its key.
    ///
    /// # Errors
    /// [`Refused`] with the code of the first check that failed, and all checks.
    pub fn verify(self, trust: &TrustList, now: UnixTime) -> Result<VerifiedRequest, Refused> {
        let mut report = Report::planned(&PHONE_CHECKS);
        report.record(Check::Format, Ok(()));
        let signature = self
            .jws
            .verify_signature()
            .map_err(|error| Failure::new(Code::RequestUntrusted, error));
        report.record(Check::Signature, signature);
        let platform = self.find_platform(trust, now);
        report.record(
            Check::Platform,
            platform.as_ref().map(|_| ()).map_err(Clone::clone),
        );
        report.record(Check::Validity, self.check_validity(now));
        if let Ok(platform) = platform {
            report.record(Check::Origin, self.check_origin(platform));
        }
        report.record(Check::Time, self.check_time(now));
        report.record(Check::Operation, self.check_operation());
        let report = report.conclude()?;
        let platform = platform
            .map_err(|failure| Refused {
                code: failure.code,
                report: report.clone(),
            })?
            .clone();
        Ok(VerifiedRequest {
            request: self,
            platform,
            report,
        })
    }

    fn find_platform<'t>(
        &self,
        trust: &'t TrustList,
        now: UnixTime,
    ) -> Result<&'t TrustedPlatform, Failure> {
        require(
            trust.is_current(now),
            Code::TrustListExpired,
            "the trust list is not current: fetch it again",
        )?;
        let unknown = || {
            Failure::new(
                Code::RequestUntrusted,
                "the trust list does not name this platform",
            )
        };
        let platform = trust
            .platform(self.claims.iss.as_str())
            .ok_or_else(unknown)?;
        let known = platform.keys.contains(&self.jws.leaf().spki_sha256());
        require(
            known,
            Code::RequestUntrusted,
            "the key is none of the platform's keys in the trust list",
        )?;
        Ok(platform)
    }

    fn check_validity(&self, now: UnixTime) -> Result<(), Failure> {
        let leaf = self.jws.leaf();
        let valid = leaf.not_before() <= now && now <= leaf.not_after();
        require(
            valid,
            Code::RequestUntrusted,
            "the platform's certificate is not valid at this time",
        )
    }

    fn check_origin(&self, platform: &TrustedPlatform) -> Result<(), Failure> {
        let known = platform
            .origins
            .iter()
            .any(|origin| origin == self.claims.origin.as_str());
        require(
            known,
            Code::OriginRefused,
            "the origin is none of the platform's origins in the trust list",
        )
    }

    fn check_time(&self, now: UnixTime) -> Result<(), Failure> {
        let from_the_future = self.claims.iat > now.saturating_add_secs(limits::CLOCK_SKEW_SECONDS);
        require(
            !from_the_future,
            Code::RequestExpired,
            "iat is more than 60 s ahead: compare the clocks",
        )?;
        require(
            now <= self.claims.exp,
            Code::RequestExpired,
            "exp has passed",
        )
    }

    fn check_operation(&self) -> Result<(), Failure> {
        let known = !matches!(self.claims.op, Operation::Unknown(_));
        require(
            known,
            Code::ClientTooOld,
            "this version does not know the operation: update",
        )
    }
}

impl VerifiedRequest {
    /// The request.
    pub fn request(&self) -> &Request {
        &self.request
    }

    /// What is asked.
    pub fn claims(&self) -> &RequestClaims {
        &self.request.claims
    }

    /// Who asks, as the trust list names it.
    pub fn platform(&self) -> &TrustedPlatform {
        &self.platform
    }

    /// The checks that passed.
    pub fn report(&self) -> &Report {
        &self.report
    }
}
