#![doc = include_str!("../README.md")]

mod arguments;
mod audit;
mod enrol;
mod failure;
mod network;
mod output;
mod pdf;
mod persona;
mod picture;
mod relay;
mod scan;
mod seals;
mod storage;

use std::{
    process::ExitCode,
    time::{SystemTime, UNIX_EPOCH},
};

use clap::Parser;
use scanseal_pki::UnixTime;

use crate::{
    arguments::{Arguments, AuditCommand, Command, Common, PhoneCommand},
    failure::{Failure, STATUS_DONE, STATUS_USAGE},
    network::Network,
    output::{CertificateLine, Event, Output},
    storage::Storage,
};

fn main() -> ExitCode {
    let arguments = match Arguments::try_parse() {
        Ok(arguments) => arguments,
        Err(error) => {
            // Help and version are asked for; everything else is wrong usage. If printing fails nobody is there to read.
            let _ = error.print();
            return ExitCode::from(if error.use_stderr() {
                STATUS_USAGE
            } else {
                STATUS_DONE
            });
        }
    };
    let done = |()| STATUS_DONE;
    let (json, status) = match &arguments.command {
        Command::Audit {
            command: AuditCommand::Verify(arguments),
        } => (arguments.json, audit::verify(arguments)),
        Command::Fields(arguments) => (false, pdf::fields::run(arguments).map(done)),
        Command::Inspect(arguments) => (
            arguments.telling.json,
            pdf::inspect::run(arguments).map(done),
        ),
        Command::Phone { command } => (command.common().json, phone(command)),
        Command::Seal(arguments) => (arguments.json, pdf::seal::run(arguments).map(done)),
        Command::SealPicture(arguments) => (false, pdf::picture::make(arguments).map(done)),
        Command::Verify(arguments) => (arguments.telling.json, pdf::verify::run(arguments)),
    };
    ExitCode::from(status.unwrap_or_else(|failure| {
        let output = Output::new(json);
        match &arguments.command {
            Command::Phone { .. } => output.failure(&failure),
            // The protocol's advice speaks to people with a phone; these failures say themselves what to do.
            _ => output.plain_failure(&failure),
        }
        failure.status()
    }))
}

// One thread is ample for one phone.
#[tokio::main(flavor = "current_thread")]
async fn phone(command: &PhoneCommand) -> Result<u8, Failure> {
    run(command, &Output::new(command.common().json)).await
}

/// Does it; gives the exit status.
async fn run(command: &PhoneCommand, output: &Output) -> Result<u8, Failure> {
    match command {
        PhoneCommand::Enrol(arguments) => {
            let (storage, network) = open(&arguments.common)?;
            enrol::enrol(arguments, &storage, &network, output).await?;
        }
        PhoneCommand::Scan(arguments) => {
            let (storage, network) = open(&arguments.common)?;
            return scan::scan(arguments, &storage, network, output).await;
        }
        PhoneCommand::Seals(arguments) => {
            let (storage, network) = open(&arguments.common)?;
            seals::seals(arguments, &storage, &network, output).await?;
        }
        PhoneCommand::List(common) => {
            let (storage, _) = open(common)?;
            let vault = storage.read()?;
            for stored in vault.certificates() {
                output.event(&Event::Certificate(CertificateLine::new(stored, now()?)));
            }
        }
        PhoneCommand::Forget(arguments) => {
            let (storage, _) = open(&arguments.common)?;
            let known = storage
                .change(|vault| Ok(vault.forget_operator(arguments.home.trim_end_matches('/'))))?;
            if !known {
                return Err(Failure::usage(format!(
                    "this phone does not know {}",
                    arguments.home
                )));
            }
        }
    }
    Ok(STATUS_DONE)
}

fn open(common: &Common) -> Result<(Storage, Network), Failure> {
    let folder = common.vault.clone().or_else(Storage::default_folder);
    let folder = folder
        .ok_or_else(|| Failure::usage("no data folder on this system: name one with --vault"))?;
    Ok((Storage::open(&folder)?, Network::new(&common.tls)?))
}

/// The time by this machine's clock.
fn now() -> Result<UnixTime, Failure> {
    let since = SystemTime::now().duration_since(UNIX_EPOCH);
    let since =
        since.map_err(|_| Failure::internal("this machine's clock stands before 1970: set it"))?;
    Ok(UnixTime::from_secs(since.as_secs()))
}
