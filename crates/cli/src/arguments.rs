//! The command line.

use std::path::PathBuf;

use clap::{ArgGroup, Args, Parser, Subcommand};
use scanseal_pki::CreditCode;
use scanseal_platform::audit::Hash;
use scanseal_signer::{CertificateId, NewPin, Pin};

use crate::{
    pdf::{
        arguments::{
            CheckArguments, FIELDS_EXAMPLES, FieldsArguments, INSPECT_EXAMPLES, InspectArguments,
            PICTURE_EXAMPLES, SEAL_EXAMPLES, SealArguments, VERIFY_EXAMPLES,
        },
        picture::PictureArguments,
    },
    persona::{Persona, Pins},
};

/// ScanSeal on the command line
#[derive(Debug, Parser)]
#[command(version, propagate_version = true)]
pub(crate) struct Arguments {
    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// A platform's audit log: check an export of it
    Audit {
        #[command(subcommand)]
        command: AuditCommand,
    },
    /// Look into a PDF: revisions, fields, changes
    #[command(after_help = INSPECT_EXAMPLES)]
    Inspect(InspectArguments),
    /// A phone without a screen: enrols, scans, answers
    #[command(after_help = EXAMPLES)]
    Phone {
        #[command(subcommand)]
        command: PhoneCommand,
    },
    /// Make empty signature fields in a PDF, for its parties to seal in
    #[command(after_help = FIELDS_EXAMPLES)]
    Fields(FieldsArguments),
    /// Seal PDFs: at a place, at a word, across the pages
    #[command(after_help = SEAL_EXAMPLES)]
    Seal(Box<SealArguments>),
    /// Make the picture of a seal, or cut it out of a photograph
    #[command(after_help = PICTURE_EXAMPLES)]
    SealPicture(PictureArguments),
    /// Check PDFs: whose seals, whether genuine, what was changed later
    #[command(after_help = VERIFY_EXAMPLES)]
    Verify(CheckArguments),
}

const EXAMPLES: &str = "\
Examples:
  Get a certificate from the demo portal:
    scanseal phone enrol --home http://localhost:8080 --enterprise 天山博康医疗器械有限公司 \\
      --credit-code 91650100MA77C0R54J --pin 135790
  Get another one, from an authority that is recognised nationwide:
    scanseal phone enrol ... --ca tianchi
  Log in with the text of the QR code, or with a screenshot of it (binding is answered in the same way):
    scanseal phone scan 'HTTP://LOCALHOST:8080/S#AEAQ...' --pin 135790
    scanseal phone scan --picture screen.png --pin 135790
  See the seals of the certificates, fetch them anew, and seal documents with the one for contracts:
    scanseal phone seals
    scanseal phone seals --home http://localhost:8080 --pin 135790
    scanseal phone scan 'HTTP://LOCALHOST:8080/S#AEAQ...' --pin 135790 --seal contract
  See what a page does when the person refuses, one JSON object a line:
    scanseal phone scan --picture screen.png --pin 135790 --persona refuse --json
  Trust the self-signed certificate of a demo in the local network:
    scanseal phone scan ... --insecure-ca demo-data/tls.cert.pem

Exit status: 0 done; 1 refused or failed, or no document was accepted: the last line says with which code;
2 some documents were accepted and others not; 64 wrong usage.";

#[derive(Debug, Subcommand)]
pub(crate) enum AuditCommand {
    /// Check that no event was changed, left out, added or moved
    #[command(after_help = AUDIT_EXAMPLES)]
    Verify(VerifyArguments),
}

const AUDIT_EXAMPLES: &str = "\
Examples:
  Check an export, and note down the head that is printed:
    scanseal audit verify scanseal-audit.jsonl
  Check that a later export still holds that event: its line must be the last of what is checked:
    head -n 1200 later.jsonl | scanseal audit verify - --head HASH
  Check that a later export goes on where the earlier one ended:
    scanseal audit verify next.jsonl --anchor HASH

Without --head nobody can tell whether the latest events were left out.

Exit status: 0 intact; 1 broken, the first broken line is named; 64 wrong usage.";

#[derive(Args, Debug)]
pub(crate) struct VerifyArguments {
    /// Export of the log, or `-` for standard input
    #[arg(value_name = "FILE")]
    pub(crate) file: PathBuf,
    /// Hash that the last event must have, as noted down before
    #[arg(long, value_name = "HASH")]
    pub(crate) head: Option<Hash>,
    /// Hash that the first event must follow: the head of an earlier export
    #[arg(long, value_name = "HASH")]
    pub(crate) anchor: Option<Hash>,
    /// Print one JSON object
    #[arg(long)]
    pub(crate) json: bool,
}

#[derive(Debug, Subcommand)]
pub(crate) enum PhoneCommand {
    /// Get a certificate and keep it under a PIN
    Enrol(EnrolArguments),
    /// Answer a QR code
    Scan(ScanArguments),
    /// List the certificates of the vault
    List(Common),
    /// List the electronic seals of the certificates, or fetch them anew
    Seals(SealsArguments),
    /// Forget an operator, for example after a demo was set up anew with other keys
    Forget(ForgetArguments),
}

impl PhoneCommand {
    pub(crate) fn common(&self) -> &Common {
        match self {
            Self::Enrol(arguments) => &arguments.common,
            Self::Scan(arguments) => &arguments.common,
            Self::List(common) => common,
            Self::Seals(arguments) => &arguments.common,
            Self::Forget(arguments) => &arguments.common,
        }
    }
}

#[derive(Args, Debug)]
pub(crate) struct Common {
    /// Folder of the vault [default: `scanseal` in your data folder]
    #[arg(long, value_name = "FOLDER", env = "SCANSEAL_VAULT")]
    pub(crate) vault: Option<PathBuf>,
    /// Print one JSON object a line
    #[arg(long)]
    pub(crate) json: bool,
    #[command(flatten)]
    pub(crate) tls: Tls,
}

/// Whom to trust for TLS.
#[derive(Args, Debug)]
pub(crate) struct Tls {
    /// Trust the TLS certificates in this PEM file too. For demos and tests only
    #[arg(long, value_name = "FILE")]
    pub(crate) insecure_ca: Option<PathBuf>,
}

#[derive(Args, Debug)]
pub(crate) struct EnrolArguments {
    /// Origin of the operator, such as `https://portal.example`
    #[arg(long, value_name = "URL")]
    pub(crate) home: String,
    /// Registered name of the enterprise
    #[arg(long, value_name = "NAME")]
    pub(crate) enterprise: String,
    /// Its unified social credit code, 18 characters
    #[arg(long, value_name = "CODE")]
    pub(crate) credit_code: CreditCode,
    /// Id of the authority to ask, as the operator's trust list names it [default: the operator's usual one]
    #[arg(long, value_name = "ID")]
    pub(crate) ca: Option<String>,
    /// PIN of the new certificate, 6 to 12 digits. From the environment it stays out of the process list
    #[arg(long, env = "SCANSEAL_PIN", hide_env_values = true, value_parser = NewPin::parse)]
    pub(crate) pin: NewPin,
    #[command(flatten)]
    pub(crate) common: Common,
}

#[derive(Args, Debug)]
#[command(group = ArgGroup::new("code").required(true).args(["text", "picture"]))]
pub(crate) struct ScanArguments {
    /// Text of the QR code
    pub(crate) text: Option<String>,
    /// PNG file that shows the QR code
    #[arg(long, value_name = "FILE")]
    pub(crate) picture: Option<PathBuf>,
    /// PIN of the certificate
    #[arg(long, env = "SCANSEAL_PIN", hide_env_values = true, value_parser = Pins::parse)]
    pub(crate) pin: Pins,
    /// How the person at this phone behaves
    #[arg(long, value_enum, default_value_t = Persona::Approve)]
    pub(crate) persona: Persona,
    /// Id of the certificate to use (see `list`) [default: the first that fits]
    #[arg(long, value_name = "ID", value_parser = parse_id)]
    pub(crate) certificate: Option<CertificateId>,
    /// Electronic seal to seal documents with: its kind (company, name, contract, legal-representative, handwritten), its id as `seals`
    /// lists it, or a file in DER [default: a signature without a picture]
    #[arg(long, value_name = "KIND|ID|FILE")]
    pub(crate) seal: Option<PathBuf>,
    /// Sign documents without fetching them to see what is appended
    #[arg(long)]
    pub(crate) skip_check: bool,
    /// Milliseconds the person takes for each step [default: 0, for `slow` 3000]
    #[arg(long, value_name = "MS")]
    pub(crate) pause: Option<u64>,
    #[command(flatten)]
    pub(crate) common: Common,
}

#[derive(Args, Debug)]
pub(crate) struct SealsArguments {
    /// Fetch the seals anew from this operator; takes --pin
    #[arg(long, value_name = "URL", requires = "pin")]
    pub(crate) home: Option<String>,
    /// PIN of the certificate whose seals are fetched
    #[arg(long, env = "SCANSEAL_PIN", hide_env_values = true, value_parser = Pin::parse)]
    pub(crate) pin: Option<Pin>,
    /// Id of the certificate (see `list`) [default: all; to fetch, the first]
    #[arg(long, value_name = "ID", value_parser = parse_id)]
    pub(crate) certificate: Option<CertificateId>,
    #[command(flatten)]
    pub(crate) common: Common,
}

#[derive(Args, Debug)]
pub(crate) struct ForgetArguments {
    /// Origin of the operator
    #[arg(long, value_name = "URL")]
    pub(crate) home: String,
    #[command(flatten)]
    pub(crate) common: Common,
}

fn parse_id(text: &str) -> Result<CertificateId, String> {
    text.parse()
        .map_err(|_| "not an id as `scanseal phone list` prints it".to_owned())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use clap::{CommandFactory, error::ErrorKind};

    use super::*;

    fn parse(words: &[&str]) -> Result<PhoneCommand, ErrorKind> {
        let words = ["scanseal", "phone"].iter().chain(words);
        match Arguments::try_parse_from(words) {
            Ok(Arguments {
                command: Command::Phone { command },
            }) => Ok(command),
            Ok(other) => panic!("{other:?}"),
            Err(error) => Err(error.kind()),
        }
    }

    #[test]
    fn definition_is_consistent() {
        Arguments::command().debug_assert();
    }

    #[test]
    fn scan_takes_a_text_or_a_picture_but_not_both_and_not_neither() {
        assert!(parse(&["scan", "TEXT", "--pin", "135790"]).is_ok());
        assert!(parse(&["scan", "--picture", "a.png", "--pin", "135790"]).is_ok());
        let both = parse(&["scan", "TEXT", "--picture", "a.png", "--pin", "135790"]);
        assert_eq!(both.unwrap_err(), ErrorKind::ArgumentConflict);
        assert_eq!(
            parse(&["scan", "--pin", "135790"]).unwrap_err(),
            ErrorKind::MissingRequiredArgument
        );
    }

    #[test]
    fn every_persona_is_known_by_its_name_and_no_other() {
        for name in [
            "approve",
            "refuse",
            "report-fraud",
            "cancel",
            "wrong-pin",
            "locked",
            "vanish",
            "come-back",
            "slow",
            "expired-certificate",
        ] {
            let command = parse(&["scan", "TEXT", "--pin", "135790", "--persona", name]);
            assert!(command.is_ok(), "{name}");
        }
        let unknown = parse(&["scan", "TEXT", "--pin", "135790", "--persona", "nobody"]);
        assert_eq!(unknown.unwrap_err(), ErrorKind::InvalidValue);
    }

    #[test]
    fn wrong_pins_credit_codes_and_ids_are_refused_before_anything_happens() {
        let enrol = |code: &str, pin: &str| {
            let home = [
                "enrol",
                "--home",
                "https://portal.example",
                "--enterprise",
                "天山",
                "--credit-code",
            ];
            parse(&[&home[..], &[code, "--pin", pin]].concat()).map(|_| ())
        };
        assert_eq!(enrol("91350100M000100Y43", "135790"), Ok(()));
        assert_eq!(
            enrol("91350100M000100Y44", "135790"),
            Err(ErrorKind::ValueValidation)
        );
        assert_eq!(
            enrol("91350100M000100Y43", "123456"),
            Err(ErrorKind::ValueValidation)
        );
        let id = parse(&["scan", "TEXT", "--pin", "135790", "--certificate", "x"]);
        assert_eq!(id.unwrap_err(), ErrorKind::ValueValidation);
    }
}
