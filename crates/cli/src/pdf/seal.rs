//! `scanseal seal`: seals one file, or a folder of them.

use std::{
    fs::File,
    io::{Read, Write},
    path::Path,
    thread,
};

use scanseal_pades::{
    Appended, Source,
    seal::{
        Evidence, FieldChoice, FieldLock, Permissions, Picture, Place, Prepared, SealError,
        SealRequest, TextLine, add_validation_data, prepare,
    },
    verify::check_sealed,
};
use scanseal_pki::cms::{SignedAttributes, reserved_length};
use serde::Serialize;

use super::{
    arguments::{Certify, SealArguments},
    crowd,
    files::{self, FileSource, MAX_PDF_LENGTH},
    keys::Identity,
    online::Online,
    show,
};
use crate::{
    failure::{Failure, coded},
    now,
};
use scanseal_protocol::error::Code;

/// Size of the line of text below a picture, in points.
const TEXT_SIZE: f64 = 9.0;

/// What was sealed, as one line of JSON.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Sealed<'a> {
    file: String,
    output: String,
    field: String,
    byte_range: [u64; 4],
    impressions: usize,
    level: &'a str,
}

/// Seals what the arguments name.
///
/// # Errors
/// The first file that cannot be sealed, with its code; files before it are sealed.
pub(crate) fn run(arguments: &SealArguments) -> Result<(), Failure> {
    let identity = Identity::read(arguments)?;
    let picture = arguments
        .image
        .as_deref()
        .map(|path| picture(path, arguments.image_width))
        .transpose()?;
    let shows = arguments.image.is_some() || arguments.text.is_some();
    if shows && arguments.field.is_none() && places(arguments).next().is_none() {
        return Err(Failure::usage(
            "say where the seal goes: --at, --keyword, --cross-page, or an empty --field",
        ));
    }
    if !shows {
        eprintln!("warning: the seal shows nowhere: give --image or --text, and a place");
    }
    warn_of_validity(&identity)?;
    let online = Online::new(&arguments.tls)?;
    let job = Job {
        arguments,
        identity: &identity,
        picture: picture.as_ref(),
        online: &online,
    };
    if !arguments.input.is_dir() {
        return job.tell(
            &arguments.input,
            job.seal(&arguments.input, &arguments.output),
        );
    }
    let inputs = files::pdfs(std::slice::from_ref(&arguments.input))?;
    let mut refused: Vec<Failure> = Vec::new();
    crowd::each(
        &inputs,
        |input| {
            let below = input.strip_prefix(&arguments.input).unwrap_or(input);
            let output = arguments.output.join(below);
            if let Some(folder) = output.parent() {
                std::fs::create_dir_all(folder)
                    .map_err(|error| Failure::usage(format!("{}: {error}", folder.display())))?;
            }
            job.seal(input, &output)
        },
        |input, sealed| {
            // One bad file does not keep the others from being sealed.
            if let Err(failure) = job.tell(input, sealed) {
                let failure = failure.about(input);
                let code = failure.code().map(|code| format!(" ({code})"));
                eprintln!("{failure}{}", code.unwrap_or_default());
                refused.push(failure);
            }
            Ok(())
        },
    )?;
    let (count, not) = (inputs.len(), refused.len());
    match refused.pop() {
        Some(last) => Err(last.saying(format!("{} sealed, {not} not", count - not))),
        None => {
            eprintln!("{count} sealed");
            Ok(())
        }
    }
}

/// Every place that the arguments name, with the option that did.
fn places(arguments: &SealArguments) -> impl Iterator<Item = (&'static str, &Place)> {
    let named = |option| move |place| (option, place);
    (arguments.at.iter().map(named("--at")))
        .chain(arguments.keyword.iter().map(named("--keyword")))
        .chain(arguments.cross_page.iter().map(named("--cross-page")))
}

/// Says so if the certificate is out of its time: no verifier will accept the seal then.
fn warn_of_validity(identity: &Identity) -> Result<(), Failure> {
    let (certificate, now) = (&identity.certificate, now()?);
    if now < certificate.not_before() {
        let from = certificate.not_before().to_rfc3339();
        eprintln!("warning: the certificate is valid only from {from}");
    } else if now > certificate.not_after() {
        let until = certificate.not_after().to_rfc3339();
        eprintln!("warning: the certificate expired on {until}");
    }
    Ok(())
}

/// Everything that is the same for each file.
struct Job<'a> {
    arguments: &'a SealArguments,
    identity: &'a Identity,
    picture: Option<&'a Picture>,
    online: &'a Online,
}

impl Job<'_> {
    fn tell(&self, input: &Path, sealed: Result<String, Failure>) -> Result<(), Failure> {
        let line = sealed?;
        if self.arguments.json {
            // Whoever reads may have gone.
            let _ = writeln!(std::io::stdout(), "{line}");
        } else if !self.arguments.input.is_dir() {
            let output = self.arguments.output.display();
            let _ = writeln!(std::io::stdout(), "{} sealed: {output}", input.display());
        }
        Ok(())
    }

    /// Seals one file; returns the line about it.
    fn seal(&self, input: &Path, output: &Path) -> Result<String, Failure> {
        let source = FileSource::open(input)?;
        if source.length() > MAX_PDF_LENGTH {
            return Err(Failure::new(
                Code::DocumentTooLarge,
                format!("the file is larger than {MAX_PDF_LENGTH} bytes"),
            ));
        }
        let prepared = self.prepare(&source)?;
        let mut line = Sealed {
            file: input.display().to_string(),
            output: output.display().to_string(),
            field: prepared.field().to_owned(),
            byte_range: prepared.byte_range(),
            impressions: prepared.impressions().len(),
            level: "B-B",
        };
        files::write_whole(output, self.arguments.force, |file| {
            let unwritable =
                |error: std::io::Error| Failure::usage(format!("{}: {error}", output.display()));
            let digest = copy_and_hash(input, &source, &prepared, file)?;
            let (appended, evidence) = self.finish(&source, prepared, &digest)?;
            if self.arguments.tsa.is_some() {
                line.level = "B-T";
            }
            file.write_all(&appended).map_err(unwritable)?;
            if let Some(evidence) = evidence {
                let sealed = Appended::new(&source, &appended);
                let password = self.arguments.opening.password();
                let more = add_validation_data(&sealed, &evidence, password).map_err(coded!())?;
                file.write_all(&more).map_err(unwritable)?;
                line.level = if self.arguments.tsa.is_some() {
                    "B-LT"
                } else {
                    line.level
                };
            }
            Ok(())
        })?;
        Ok(show::json(&line))
    }

    fn prepare(&self, source: &FileSource) -> Result<Prepared, Failure> {
        let arguments = self.arguments;
        let time = now()?;
        let reserved = reserved_length(&self.identity.chain, arguments.tsa.is_some());
        let text = arguments
            .text
            .as_deref()
            .map(|text| TextLine::new(text, TEXT_SIZE))
            .transpose()
            .map_err(coded!())?;
        let request = SealRequest {
            field: arguments
                .field
                .clone()
                .map_or(FieldChoice::New(None), FieldChoice::Named),
            places: places(arguments).map(|(_, place)| place.clone()).collect(),
            picture: self.picture,
            text,
            reason: arguments.reason.clone(),
            location: arguments.location.clone(),
            contact: arguments.contact.clone(),
            name: self
                .identity
                .certificate
                .common_name()
                .map(ToOwned::to_owned),
            certification: arguments.certify.map(|certify| match certify {
                Certify::None => Permissions::NoChanges,
                Certify::Fill => Permissions::FormFilling,
                Certify::Annotate => Permissions::Annotations,
            }),
            lock: match arguments.lock.as_slice() {
                [] => None,
                [all] if all == "all" => Some(FieldLock::All),
                fields => Some(FieldLock::Only(fields.to_vec())),
            },
            password: arguments.opening.password(),
            ..SealRequest::new(time, reserved)
        };
        prepare(source, &request).map_err(|error| {
            let failure = arguments.opening.failure(&error);
            match culprit(source, &request, arguments, &error) {
                Some((option, number)) => {
                    let message = format!("{option}, place {number}: {failure}");
                    failure.saying(message)
                }
                None => failure,
            }
        })
    }

    /// Signs, stamps and checks; returns what is appended, and the evidence to append after it.
    fn finish(
        &self,
        source: &FileSource,
        prepared: Prepared,
        digest: &[u8; 32],
    ) -> Result<(Vec<u8>, Option<Evidence>), Failure> {
        let byte_range = prepared.byte_range();
        let field = prepared.field().to_owned();
        let attributes = SignedAttributes::new(&self.identity.certificate, digest);
        let signature = self.identity.key.sign_es256_der(attributes.to_be_signed());
        let timestamp = match &self.arguments.tsa {
            Some(url) => Some(self.online.timestamp(url, &signature)?),
            None => None,
        };
        let cms = attributes
            .finish(&signature, &self.identity.chain, timestamp.as_ref())
            .map_err(|error| Failure::internal(error.to_string()))?;
        let appended = prepared.finish(&cms).map_err(coded!())?;
        let password = self.arguments.opening.password();
        check_sealed(
            &Appended::new(source, &appended),
            password,
            byte_range,
            digest,
        )
        .map_err(|reasons| {
            Failure::internal(format!("the sealed file does not verify: {reasons:?}"))
        })?;
        if !self.arguments.lt {
            return Ok((appended, None));
        }
        let given = self
            .arguments
            .crl
            .iter()
            .map(|path| super::verify::crls(path))
            .collect::<Result<Vec<_>, _>>()?;
        let given = given.into_iter().flatten().collect();
        let evidence =
            self.online
                .evidence(field, &self.identity.chain, timestamp.as_ref(), given)?;
        Ok((appended, Some(evidence)))
    }
}

/// Which of several places leads off the page: the option, and the number of the place among all.
fn culprit(
    source: &FileSource,
    request: &SealRequest<'_>,
    arguments: &SealArguments,
    error: &SealError,
) -> Option<(&'static str, usize)> {
    if !matches!(error, SealError::SealOffPage { .. }) || request.places.len() < 2 {
        return None;
    }
    let alone = |place: &Place| SealRequest {
        places: vec![place.clone()],
        ..request.clone()
    };
    (1..)
        .zip(places(arguments))
        .find(|(_, (_, place))| prepare(source, &alone(place)).as_ref().err() == Some(error))
        .map(|(number, (option, _))| (option, number))
}

/// Copies the original, on a second thread and without passing through this program where the system can do so, and
/// hashes what is signed.
fn copy_and_hash(
    input: &Path,
    source: &FileSource,
    prepared: &Prepared,
    target: &mut File,
) -> Result<[u8; 32], Failure> {
    let unwritable = |error: std::io::Error| Failure::usage(format!("cannot be copied: {error}"));
    thread::scope(|scope| {
        let copy = scope.spawn(|| -> std::io::Result<u64> {
            let mut original = File::open(input)?.take(source.length());
            std::io::copy(&mut original, target)
        });
        let digest = prepared.digest(source).map_err(coded!());
        let copied = copy
            .join()
            .map_err(|_| Failure::internal("copying broke off"))?;
        if copied.map_err(unwritable)? != source.length() {
            return Err(Failure::usage(
                "the file was changed while it was being sealed",
            ));
        }
        digest
    })
}

fn picture(path: &Path, width: Option<f64>) -> Result<Picture, Failure> {
    let picture = Picture::read(&files::small(path)?, None).map_err(coded!())?;
    match width {
        Some(points) => picture.with_width(points).map_err(coded!()),
        None => Ok(picture),
    }
}
