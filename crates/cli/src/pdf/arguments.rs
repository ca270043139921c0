//! The command line of `seal`, `verify`, `inspect` and `seal-picture`.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

use scanseal_pades::{PdfError, seal::SealError, verify::report::Report};

use crate::{
    arguments::Tls,
    failure::{Failure, IntoCode},
};

/// What is told if a password was given, and does not open the file.
pub(crate) const WRONG_PASSWORD: &str =
    "the PDF is protected, and the password given does not open it";

pub(crate) const SEAL_EXAMPLES: &str = "\
Examples:
  Seal the last page of a contract, 30 mm from its left and bottom edges:
    scanseal seal contract.pdf -o sealed.pdf --key key.pem --cert cert.pem --chain ca.pem \\
      --image seal.png --at -1:30mm,30mm
  Seal where it says so, and across the edges of all pages (骑缝章), with one signature:
    scanseal seal contract.pdf -o sealed.pdf --key zhang.p12 --image seal.png --keyword '甲方（盖章）' --cross-page right
  Add a time stamp and what is needed to check it for years:
    scanseal seal contract.pdf -o sealed.pdf --key zhang.p12 --tsa http://tsa.example/ --lt
  Fill the empty field that the other party prepared:
    scanseal seal contract.pdf -o sealed.pdf --key zhang.p12 --image seal.png --field 乙方
  Seal a folder of contracts:
    scanseal seal contracts/ -o sealed/ --key zhang.p12 --image seal.png --keyword 盖章

Places: --at PAGES:X,Y[,WIDTH,HEIGHT] measures from the bottom left of the page as it is shown, in points or mm.
PAGES is like 1-3,5,-1; -1 is the last. Without a size, the picture's own counts.

After --certify fill or annotate, other parties can seal only in fields that are there already: prepare those first, with
`scanseal fields`.

Exit status: 0 sealed; 1 refused or failed, the last line says with which code; 64 wrong usage.";

pub(crate) const VERIFY_EXAMPLES: &str = "\
Examples:
  Check a contract against the authority you trust:
    scanseal verify contract.pdf --trust root.pem
  Against a signed list of authorities, as a platform's operator publishes it:
    scanseal verify contract.pdf --trust trust-list.jws --list-key SHA256
  A folder, one JSON report a line:
    scanseal verify contracts/ --trust root.pem --json > reports.jsonl
  As of a day in the past, with a revocation list at hand:
    scanseal verify contract.pdf --trust root.pem --crl ca.crl --time 2026-10-01

Nothing is fetched from the network unless you say --online. Each line of --json is an object of docs/report.schema.json.

Exit status: 0 passed (also with permitted later changes); 1 failed; 2 could not be told; 3 unsigned or unreadable;
64 wrong usage. Of several files, the worst counts: failed, then could not be told, then unsigned or unreadable.";

pub(crate) const INSPECT_EXAMPLES: &str = "\
Examples:
  See how often a file was written to, which fields it has, and what each writing changed:
    scanseal inspect contract.pdf
  Take out the contract as the first party signed it:
    scanseal inspect contract.pdf --revision 1 -o first.pdf

Nobody is trusted here, so no verdict is given: for that there is `scanseal verify`.

Exit status: 0 told; 1 no PDF, damaged or protected; 64 wrong usage.";

pub(crate) const FIELDS_EXAMPLES: &str = "\
Examples:
  Prepare a contract for two parties, then let each seal in its field:
    scanseal fields contract.pdf -o prepared.pdf --field 甲方@-1:30mm,30mm --field 乙方@-1:120mm,30mm
    scanseal seal prepared.pdf -o first.pdf --key li.p12 --image li.png --field 甲方 --certify fill
    scanseal seal first.pdf -o both.pdf --key zhang.p12 --image zhang.png --field 乙方

Exit status: 0 made; 1 refused or failed, the last line says with which code; 64 wrong usage.";

pub(crate) const PICTURE_EXAMPLES: &str = "\
Examples:
  A company's round seal, 42 mm, and its contract seal with a line below the star:
    scanseal seal-picture round 天山博康医疗器械有限公司 -o seal.png
    scanseal seal-picture round 天山博康医疗器械有限公司 --below 合同专用章 -o contract-seal.png
  An oval seal, and the square name seal of the legal representative:
    scanseal seal-picture oval 天山博康医疗器械有限公司 --below 发票专用章 -o invoice-seal.png
    scanseal seal-picture square 张伟之印 -o name-seal.png
  Cut a seal out of a photograph of a stamped paper:
    scanseal seal-picture cut-out photo.jpg -o seal.png --width 42mm";

/// Seal PDF files
#[derive(Args, Debug)]
pub(crate) struct SealArguments {
    /// PDF to seal, or a folder of them
    #[arg(value_name = "IN")]
    pub(crate) input: PathBuf,
    /// Where the sealed PDF goes; a folder if IN is one
    #[arg(short, long, value_name = "OUT")]
    pub(crate) output: PathBuf,
    /// Private key: PEM (P-256), or PKCS#12 with certificate and chain
    #[arg(long, value_name = "FILE")]
    pub(crate) key: PathBuf,
    /// Password of a PKCS#12 file. From the environment it stays out of the process list
    #[arg(
        long,
        value_name = "PASSWORD",
        env = "SCANSEAL_KEY_PASSWORD",
        hide_env_values = true
    )]
    pub(crate) key_password: Option<String>,
    /// Certificate of the key, PEM or DER; needed unless the key is PKCS#12
    #[arg(long, value_name = "FILE")]
    pub(crate) cert: Option<PathBuf>,
    /// Certificates of the authorities above it, PEM
    #[arg(long, value_name = "FILE")]
    pub(crate) chain: Vec<PathBuf>,
    /// Picture of the seal: PNG (transparency is kept) or JPEG, at its physical size
    #[arg(long, value_name = "FILE")]
    pub(crate) image: Option<PathBuf>,
    /// Width of the picture, such as `42mm` or `120` (points) [default: what the file says, else 42mm]
    #[arg(long, value_name = "LENGTH", value_parser = super::places::length)]
    pub(crate) image_width: Option<f64>,
    /// Line of text below the picture (Latin letters)
    #[arg(long, value_name = "TEXT")]
    pub(crate) text: Option<String>,
    /// Put the seal at a place, such as `1-3,-1:30mm,30mm`. May be given several times
    #[arg(long, value_name = "PAGES:X,Y[,W,H]", value_parser = super::places::at, allow_hyphen_values = true)]
    pub(crate) at: Vec<scanseal_pades::seal::Place>,
    /// Put the seal over a word: `WORD`, `WORD#2` (its second occurrence), `WORD#all`, `WORD#1@10mm,-5mm` (moved)
    #[arg(long, value_name = "WORD", value_parser = super::places::keyword)]
    pub(crate) keyword: Vec<scanseal_pades::seal::Place>,
    /// Put the seal across the edges of the pages (骑缝章): `left`, `right`, `top` or `bottom`, then as you like
    /// `:PAGES`, `@OFFSET` (along the edge: 0 is its top or left end, 1 the other), `/GROUP` (pages that share one seal),
    /// such as `right:1-10@0.3/5`
    #[arg(long, value_name = "SIDE", value_parser = super::places::cross_page)]
    pub(crate) cross_page: Vec<scanseal_pades::seal::Place>,
    /// Signature field: an empty one of the file to fill, or the name for a new one
    #[arg(long, value_name = "NAME")]
    pub(crate) field: Option<String>,
    /// Why it is signed, as viewers show it
    #[arg(long, value_name = "TEXT")]
    pub(crate) reason: Option<String>,
    /// Where it is signed
    #[arg(long, value_name = "TEXT")]
    pub(crate) location: Option<String>,
    /// How the signer can be reached
    #[arg(long, value_name = "TEXT")]
    pub(crate) contact: Option<String>,
    /// Certify as the author, and permit afterwards: `none`, `fill` (filling fields and signing in empty ones), `annotate`
    #[arg(long, value_enum, value_name = "WHAT")]
    pub(crate) certify: Option<Certify>,
    /// Lock these fields, or with `all` every field, against later filling
    #[arg(long, value_name = "FIELD", value_delimiter = ',')]
    pub(crate) lock: Vec<String>,
    /// Time-stamp service (RFC 3161) to ask: PAdES B-T
    #[arg(long, value_name = "URL")]
    pub(crate) tsa: Option<String>,
    /// Add certificates and revocation data, fetched from the authorities or given by --crl: PAdES B-LT
    #[arg(long)]
    pub(crate) lt: bool,
    /// Revocation list to add with --lt, DER or PEM; for the certificates it tells about nothing is fetched
    #[arg(long, value_name = "FILE", requires = "lt")]
    pub(crate) crl: Vec<PathBuf>,
    #[command(flatten)]
    pub(crate) opening: Opening,
    /// Replace OUT if it is there
    #[arg(long)]
    pub(crate) force: bool,
    /// Print one JSON object a line
    #[arg(long)]
    pub(crate) json: bool,
    #[command(flatten)]
    pub(crate) tls: Tls,
}

/// What the author permits after certifying.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Certify {
    /// Nothing.
    None,
    /// Filling fields and signing.
    Fill,
    /// Filling, signing and annotations.
    Annotate,
}

/// Make empty signature fields in a PDF, one for each party, before anybody seals it
#[derive(Args, Debug)]
pub(crate) struct FieldsArguments {
    /// PDF, not signed yet
    #[arg(value_name = "IN")]
    pub(crate) input: PathBuf,
    /// Where the PDF with the fields goes
    #[arg(short, long, value_name = "OUT")]
    pub(crate) output: PathBuf,
    /// A field: its name and its place, such as `甲方@-1:30mm,30mm`; 42mm wide and high unless said
    #[arg(long, value_name = "NAME@PAGES:X,Y[,W,H]", required = true, value_parser = super::places::field)]
    pub(crate) field: Vec<scanseal_pades::seal::NewField>,
    #[command(flatten)]
    pub(crate) opening: Opening,
    /// Replace OUT if it is there
    #[arg(long)]
    pub(crate) force: bool,
}

/// Check PDF files
#[derive(Args, Debug)]
pub(crate) struct CheckArguments {
    /// PDFs to check, or folders of them
    #[arg(value_name = "FILE", required = true)]
    pub(crate) files: Vec<PathBuf>,
    /// What to trust: certificates (PEM or DER), or a trust list (JWS). May be given several times
    #[arg(long, value_name = "PEM-OR-LIST")]
    pub(crate) trust: Vec<PathBuf>,
    /// Key that the operator signs the trust list with, as `listKeys` in its /.well-known/scanseal has it
    #[arg(long, value_name = "SHA256")]
    pub(crate) list_key: Vec<String>,
    /// Revocation list to take into account, DER or PEM
    #[arg(long, value_name = "FILE")]
    pub(crate) crl: Vec<PathBuf>,
    /// Check as of this moment (RFC 3339), or of the beginning of this day in UTC [default: now]
    #[arg(long, value_name = "TIME", value_parser = super::files::time)]
    pub(crate) time: Option<scanseal_pki::UnixTime>,
    #[command(flatten)]
    pub(crate) opening: Opening,
    /// Fetch revocation lists from the addresses in the certificates, if nothing at hand tells
    #[arg(long)]
    pub(crate) online: bool,
    #[command(flatten)]
    pub(crate) telling: Telling,
    #[command(flatten)]
    pub(crate) tls: Tls,
}

/// Look into a PDF file
#[derive(Args, Debug)]
pub(crate) struct InspectArguments {
    /// PDF to look into
    #[arg(value_name = "FILE")]
    pub(crate) file: PathBuf,
    /// Take out the document as it was after this revision, counted from 0
    #[arg(long, value_name = "N", requires = "output")]
    pub(crate) revision: Option<usize>,
    /// Where that goes
    #[arg(short, long, value_name = "OUT", requires = "revision")]
    pub(crate) output: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) opening: Opening,
    #[command(flatten)]
    pub(crate) telling: Telling,
}

/// How a PDF is opened.
#[derive(Args, Debug)]
pub(crate) struct Opening {
    /// Password of an encrypted PDF
    #[arg(
        long,
        value_name = "PASSWORD",
        env = "SCANSEAL_PDF_PASSWORD",
        hide_env_values = true
    )]
    password: Option<String>,
}

impl Opening {
    /// The password, if there is one.
    pub(crate) fn password(&self) -> Option<&str> {
        self.password.as_deref()
    }

    /// Why a file is not sealed; if its password is wrong, that.
    pub(crate) fn failure(&self, error: &SealError) -> Failure {
        let code = error.code().into_code();
        match error {
            SealError::Pdf(PdfError::PasswordNeeded) if self.password.is_some() => {
                Failure::new(code, WRONG_PASSWORD)
            }
            error => Failure::new(code, error.to_string()),
        }
    }

    /// Says of a file that stays closed although a password was given that the password is wrong.
    pub(crate) fn tell_wrong_password(&self, report: &mut Report) {
        if let Some(unreadable) = &mut report.document.unreadable
            && self.password.is_some()
            && unreadable.detail == PdfError::PasswordNeeded.to_string()
        {
            WRONG_PASSWORD.clone_into(&mut unreadable.detail);
        }
    }
}

/// How reports are told.
#[derive(Args, Debug)]
pub(crate) struct Telling {
    /// Print each report as JSON, on a line of its own
    #[arg(long)]
    pub(crate) json: bool,
    /// Language of the words [default: as the system's, else English]
    #[arg(long, value_enum)]
    pub(crate) lang: Option<Language>,
}

/// A language of the catalogues.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Language {
    /// Simplified Chinese.
    Zh,
    /// English.
    En,
}
