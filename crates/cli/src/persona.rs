//! How the person at the phone behaves. Each persona is one way a scan can go; README.md lists them.

use std::time::Duration;

use clap::ValueEnum;
use scanseal_protocol::{error::Code, message::Step};
use scanseal_signer::{FREE_TRIES, Pin, PinPolicyError};

/// How long `slow` takes for each step, if nothing else is said: a person who reads.
const SLOW_PAUSE: Duration = Duration::from_secs(3);

/// A person.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Persona {
    /// Agrees and types the right PIN
    Approve,
    /// Reads and says no
    Refuse,
    /// Reads, says no and reports a fraud
    ReportFraud,
    /// Stops in the middle
    Cancel,
    /// Types one wrong PIN, then the right one
    WrongPin,
    /// Types wrong PINs until the certificate is locked
    Locked,
    /// Is gone after the request came, and never comes back
    Vanish,
    /// Loses the connection after the request came, comes back and agrees
    ComeBack,
    /// Agrees, but takes a while for each step
    Slow,
    /// Says that the certificate has expired
    ExpiredCertificate,
}

/// What a person does next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Action {
    /// Is seen doing this.
    Progress(Step),
    /// Types a wrong PIN.
    TypeWrongPin,
    /// Types the right PIN, and the phone signs.
    Approve,
    /// Says no.
    Refuse(Code),
    /// Stops.
    Cancel,
    /// Loses the connection; the phone comes back by itself.
    Drop,
    /// Loses the connection for good.
    Vanish,
}

impl Persona {
    /// What the person does once the request is on the screen.
    pub(crate) fn plan(self) -> Vec<Action> {
        use Action::{Approve, Cancel, Drop, Progress, Refuse, TypeWrongPin, Vanish};
        let reading = [Progress(Step::Reviewing)];
        let typing = [
            Progress(Step::ChoosingCertificate),
            Progress(Step::EnteringPin),
        ];
        let (first, then): (&[Action], &[Action]) = match self {
            Self::ExpiredCertificate => {
                return [
                    &reading[..],
                    &typing[..1],
                    &[Refuse(Code::CertificateExpired)],
                ]
                .concat();
            }
            Self::Refuse => return [&reading[..], &[Refuse(Code::Refused)]].concat(),
            Self::ReportFraud => return [&reading[..], &[Refuse(Code::ReportedFraud)]].concat(),
            Self::Vanish => return [&reading[..], &[Vanish]].concat(),
            Self::Cancel => return [&reading[..], &typing[..1], &[Cancel]].concat(),
            Self::Locked => (&[], &[TypeWrongPin; FREE_TRIES as usize]),
            Self::WrongPin => (&[], &[TypeWrongPin, Approve]),
            Self::ComeBack => (&[Drop], &[Approve]),
            Self::Approve | Self::Slow => (&[], &[Approve]),
        };
        [&reading, first, &typing, then].concat()
    }

    /// How long each step takes.
    pub(crate) fn pause(self, given: Option<u64>) -> Duration {
        let usual = if self == Self::Slow {
            SLOW_PAUSE
        } else {
            Duration::ZERO
        };
        given.map_or(usual, Duration::from_millis)
    }
}

/// The right PIN, and one that is not.
#[derive(Clone, Debug)]
pub(crate) struct Pins {
    pub(crate) right: Pin,
    pub(crate) wrong: Pin,
}

impl Pins {
    /// Reads the right PIN; the wrong one differs in its last digit.
    pub(crate) fn parse(typed: &str) -> Result<Self, PinPolicyError> {
        let right = Pin::parse(typed)?;
        let mut characters = typed.chars();
        let last = if matches!(characters.next_back(), Some('0' | '０')) {
            '1'
        } else {
            '0'
        };
        let wrong = Pin::parse(&characters.chain([last]).collect::<String>())?;
        Ok(Self { right, wrong })
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn every_plan_ends_with_what_ends_the_persons_part() {
        for &persona in Persona::value_variants() {
            let plan = persona.plan();
            let last = *plan.last().unwrap();
            let ends = matches!(
                last,
                Action::Approve | Action::Refuse(_) | Action::Cancel | Action::Vanish
            ) || (persona == Persona::Locked && last == Action::TypeWrongPin);
            assert!(ends, "{persona:?} {last:?}");
            assert_eq!(plan[0], Action::Progress(Step::Reviewing), "{persona:?}");
        }
    }

    #[test]
    fn locked_types_as_many_wrong_pins_as_it_takes() {
        let wrong = Persona::Locked
            .plan()
            .iter()
            .filter(|&&action| action == Action::TypeWrongPin)
            .count();
        assert_eq!(wrong, FREE_TRIES as usize);
    }

    #[test]
    fn only_slow_takes_its_time_unless_told_otherwise() {
        assert_eq!(Persona::Slow.pause(None), SLOW_PAUSE);
        assert_eq!(Persona::Approve.pause(None), Duration::ZERO);
        assert_eq!(Persona::Approve.pause(Some(50)), Duration::from_millis(50));
    }

    #[test]
    fn wrong_pin_is_read_like_the_right_one_and_too_short_ones_are_refused() {
        for typed in ["135790", "135791", "００００００"] {
            assert!(Pins::parse(typed).is_ok(), "{typed}");
        }
        assert!(Pins::parse("13579").is_err());
    }
}
