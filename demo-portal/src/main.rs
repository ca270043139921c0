//! `scanseal-portal`: the demo portal as a program.

use std::{
    env,
    io::{self, IsTerminal as _, Write},
    net::SocketAddr,
    path::{Path, PathBuf},
    process::ExitCode,
};

use clap::{Args, Parser, Subcommand, builder::PossibleValuesParser};
use scanseal_platform::webhook::Secret;
use scanseal_portal::{
    announce, audit,
    authority::{
        catalogue,
        keys::DATABASE_FILE,
        lifecycle,
        registry::{self, RevokeOutcome},
    },
    backup,
    contracts::convert::CONVERSION_TIME,
    contracts::stamping::background,
    http::rates::RateSettings,
    net::TlsSource,
    portal::system_clock,
    serve::{self, Settings},
    store,
    webhook::{WebhookSettings, client::Endpoint},
};
use scanseal_protocol::Origin;
use scanseal_relay::{
    forwarded::{ForwardedHeader, Network, Proxies},
    log::{self, Format},
};
use tokio::signal::unix::{SignalKind, signal};

/// The ScanSeal demo portal: example platform, authority and relay in one process.
#[derive(Parser)]
#[command(name = "scanseal-portal", version, about)]
struct Arguments {
    /// Folder with database and keys; made at the first start.
    #[arg(
        long,
        global = true,
        env = "SCANSEAL_PORTAL_DATA",
        default_value = "demo-data"
    )]
    data: PathBuf,

    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// The audit log.
    Audit {
        #[command(subcommand)]
        command: AuditCommand,
    },
    /// Copies the database to a new file. Works while the server runs.
    Backup {
        /// Where to; must not exist.
        file: PathBuf,
    },
    /// Lists the certificates that the authority has issued.
    Certificates,
    /// Asks for later time stamps of contracts that all have sealed and whose newest one lapses soon. The running server adds them, or the next start.
    Restamp {
        /// Within how many days.
        #[arg(long, default_value_t = 90)]
        within_days: u16,
    },
    /// Revokes a certificate. Works while the server runs.
    Revoke {
        /// Serial number in hexadecimal, as `certificates` shows it.
        serial: String,
        /// Why (RFC 5280 section 5.3.1).
        #[arg(long, default_value = "unspecified", value_parser = PossibleValuesParser::new(registry::REASONS.iter().map(|(name, _)| *name)))]
        reason: String,
    },
    /// Runs portal, authority and relay until Ctrl+C or SIGTERM.
    Serve(Box<ServeArguments>),
}

#[derive(Subcommand)]
enum AuditCommand {
    /// Writes the whole log into a new file, for `scanseal audit verify`. Works while the server runs.
    Export {
        /// Where to; must not exist.
        file: PathBuf,
    },
}

#[derive(Args)]
struct ServeArguments {
    /// Address and port for plain HTTP.
    #[arg(long, env = "SCANSEAL_PORTAL_LISTEN", default_value = "127.0.0.1:8080")]
    listen: SocketAddr,

    /// Address and port for HTTPS; a real phone's camera needs it.
    #[arg(
        long,
        env = "SCANSEAL_PORTAL_TLS_LISTEN",
        requires = "certificate_source"
    )]
    tls_listen: Option<SocketAddr>,

    /// Make a certificate for localhost and the local network's address, and keep it in the data folder.
    #[arg(
        long,
        env = "SCANSEAL_PORTAL_TLS_SELF_SIGNED",
        group = "certificate_source",
        conflicts_with = "tls_cert"
    )]
    tls_self_signed: bool,

    /// PEM file with the certificate chain, leaf first.
    #[arg(
        long,
        env = "SCANSEAL_PORTAL_TLS_CERT",
        group = "certificate_source",
        requires = "tls_key"
    )]
    tls_cert: Option<PathBuf>,

    /// PEM file with the certificate's private key.
    #[arg(long, env = "SCANSEAL_PORTAL_TLS_KEY", requires = "tls_cert")]
    tls_key: Option<PathBuf>,

    /// Offer the portal in the local network, print the address for a phone, and put it into the QR codes.
    #[arg(long, env = "SCANSEAL_PORTAL_LAN")]
    lan: bool,

    /// Public web origins, the main one first, such as https://portal.example. Default: localhost and, with --lan, the local address.
    #[arg(long, env = "SCANSEAL_PORTAL_ORIGIN", value_delimiter = ',')]
    origin: Vec<Origin>,

    /// Origin for the link in QR codes, if it shall not be the page's own.
    #[arg(long, env = "SCANSEAL_PORTAL_LINK_HOST")]
    link_host: Option<Origin>,

    /// Font to draw seals with: Noto Serif CJK, or another with Chinese characters. Without it the system's is looked for.
    #[arg(long, env = "SCANSEAL_PORTAL_SEAL_FONT", value_name = "FILE")]
    seal_font: Option<PathBuf>,

    /// Folder with the built pages (demo-portal/web/dist); without it there is only the HTTP interface.
    #[arg(long, env = "SCANSEAL_PORTAL_PAGES")]
    pages: Option<PathBuf>,

    /// Days for which certificates are issued. 0 makes certificates that have expired already, for tests.
    #[arg(long, env = "SCANSEAL_PORTAL_CERTIFICATE_DAYS", default_value_t = 365)]
    certificate_days: u16,

    /// Networks of proxies whose word about the client's address is believed, such as 10.0.0.0/8.
    #[arg(long, env = "SCANSEAL_PORTAL_TRUSTED_PROXY", value_delimiter = ',')]
    trusted_proxy: Vec<Network>,

    /// The header in which those proxies write the client's address.
    #[arg(
        long,
        env = "SCANSEAL_PORTAL_FORWARDED_HEADER",
        value_enum,
        default_value_t
    )]
    forwarded_header: ForwardedHeader,

    /// Where to send webhooks, such as https://hooks.example/scanseal. Their secret: SCANSEAL_PORTAL_WEBHOOK_SECRET, or `webhook.secret` in the data folder.
    #[arg(long, env = "SCANSEAL_PORTAL_WEBHOOK_URL", value_name = "URL")]
    webhook_url: Option<Endpoint>,

    /// LibreOffice, which makes PDFs of text documents.
    #[arg(long, env = "SCANSEAL_PORTAL_SOFFICE", default_value = "soffice")]
    soffice: PathBuf,

    /// Begin with some contracts between the demo's enterprises.
    #[arg(long, env = "SCANSEAL_PORTAL_DEMO_CONTRACTS")]
    demo_contracts: bool,

    /// Font to set contracts from templates in: with Chinese characters. Without it the system's is looked for.
    #[arg(long, env = "SCANSEAL_PORTAL_CONTRACT_FONT", value_name = "FILE")]
    contract_font: Option<PathBuf>,

    /// The time-stamp authority (RFC 3161), such as http://tsa.example/. Default: the one of this process.
    #[arg(long, env = "SCANSEAL_PORTAL_TIMESTAMPS", value_name = "URL")]
    timestamps: Option<Endpoint>,

    /// How log lines look.
    #[arg(long, env = "SCANSEAL_PORTAL_LOG_FORMAT", value_enum, default_value_t)]
    log_format: Format,

    /// What is logged: a level, or a list of target=level.
    #[arg(long, env = "SCANSEAL_PORTAL_LOG", default_value = "info")]
    log: String,
}

/// Environment variable with the secret of webhooks.
const WEBHOOK_SECRET: &str = "SCANSEAL_PORTAL_WEBHOOK_SECRET";

type Failure = Box<dyn std::error::Error>;

fn main() -> ExitCode {
    let Arguments { data, command } = Arguments::parse();
    let done = match command {
        Command::Audit {
            command: AuditCommand::Export { file },
        } => export(&data, &file),
        Command::Backup { file } => backup(&data, &file),
        Command::Certificates => certificates(&data),
        Command::Restamp { within_days } => restamp(&data, within_days),
        Command::Revoke { serial, reason } => revoke(&data, &serial, &reason),
        Command::Serve(arguments) => serve(data, *arguments),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            eprintln!("scanseal-portal: {failure}");
            ExitCode::FAILURE
        }
    }
}

#[tokio::main]
async fn serve(data: PathBuf, arguments: ServeArguments) -> Result<(), Failure> {
    log::start(arguments.log_format, &arguments.log)?;
    let source = match (arguments.tls_cert, arguments.tls_key) {
        (Some(certificate), Some(key)) => TlsSource::Files { certificate, key },
        _ => TlsSource::SelfSigned,
    };
    let running = serve::start(Settings {
        data,
        listen: arguments.listen,
        tls: arguments.tls_listen.map(|address| (address, source)),
        lan: arguments.lan,
        origins: arguments.origin,
        link_host: arguments.link_host,
        pages: arguments.pages,
        seal_font: arguments.seal_font,
        certificate_days: arguments.certificate_days,
        proxies: Proxies {
            networks: arguments.trusted_proxy,
            header: arguments.forwarded_header,
        },
        rates: RateSettings::default(),
        clock: system_clock(),
        webhook: webhook_settings(arguments.webhook_url)?,
        soffice: arguments.soffice,
        conversion_time: CONVERSION_TIME,
        demo_contracts: arguments.demo_contracts,
        contract_font: arguments.contract_font,
        timestamps: arguments.timestamps,
    })
    .await?;
    let (mut terminate, mut interrupt) = (
        signal(SignalKind::terminate())?,
        signal(SignalKind::interrupt())?,
    );
    print(&announce::text(running.ready()))?;
    // People need no passwords a second time.
    if !io::stdout().is_terminal() {
        print(&announce::line_for_programs(running.ready()))?;
    }
    tokio::select! { _ = terminate.recv() => {} _ = interrupt.recv() => {} }
    tracing::info!("stopping; a second signal ends at once");
    tokio::select! {
        stopped = running.stop() => stopped?,
        _ = terminate.recv() => {}
        _ = interrupt.recv() => {}
    }
    Ok(())
}

/// The secret comes by the environment only: arguments can be read in the list of processes.
fn webhook_settings(url: Option<Endpoint>) -> Result<Option<WebhookSettings>, Failure> {
    let secret = match env::var(WEBHOOK_SECRET) {
        Ok(text) => {
            Some(Secret::parse(&text).map_err(|error| format!("{WEBHOOK_SECRET}: {error}"))?)
        }
        Err(env::VarError::NotPresent) => None,
        Err(error) => return Err(format!("{WEBHOOK_SECRET}: {error}").into()),
    };
    Ok(url.map(|url| WebhookSettings { url, secret }))
}

fn export(data: &Path, file: &Path) -> Result<(), Failure> {
    let head = store::read_file(&database(data)?, |transaction| {
        audit::export::to_file(transaction, file)
    })?;
    let name = file.display();
    print(&format!(
        "{} events are in {name}. Check them, and note the hash down: scanseal audit verify {name} --head {}\n",
        head.seq, head.hash
    ))
}

fn backup(data: &Path, file: &Path) -> Result<(), Failure> {
    database(data)?;
    let done = backup::to_file(data, file)?;
    let mut text = format!("The database is in {}.\n", file.display());
    text += &match done.audit {
        Some(head) => format!(
            "Its audit log has {} events and ends with {}\n",
            head.seq, head.hash
        ),
        None => "It is of an earlier version, with no audit log yet.\n".to_owned(),
    };
    let list = |names: &[String]| {
        let lines = names
            .iter()
            .map(|name| format!("  {}\n", data.join(name).display()));
        lines.collect::<String>()
    };
    if !done.contracts.is_empty() {
        text += "Files of contracts are not in the database. Copy this folder now, after the database, so that every file that the copy names is in it:\n";
        text += &list(&done.contracts);
    }
    text += "Keys are not in the database either. Save these files apart from the copy and where nobody else reads them:\n";
    text += &list(&done.beside);
    print(&text)
}

fn certificates(data: &Path) -> Result<(), Failure> {
    let now = system_clock()();
    let listed = store::with_file(&database(data)?, |transaction| {
        catalogue::all(transaction, now)
    })?;
    let mut text = String::new();
    for certificate in listed {
        let state = match &certificate.revoked {
            Some(revoked) => format!("revoked {} {}", revoked.at.as_secs(), revoked.reason),
            None => "in force".to_owned(),
        };
        let code = certificate.credit_code.as_deref().unwrap_or("-");
        let until = certificate.not_after.as_secs();
        text += &format!(
            "{}\t{}\t{code}\t{}\tuntil {until}\t{state}\n",
            certificate.serial, certificate.name, certificate.ca
        );
    }
    print(&text)
}

fn restamp(data: &Path, within_days: u16) -> Result<(), Failure> {
    let now = system_clock()();
    let until = now.saturating_add_secs(u64::from(within_days) * 86_400);
    let numbers = store::with_file(&database(data)?, |transaction| {
        background::ask_for_later(transaction, until, now)
    })?;
    let mut text = format!(
        "{} contracts get a later time stamp, from the running server within a minute or at the next start. Files saved before stay good.\n",
        numbers.len()
    );
    for number in numbers {
        text += &format!("  {number}\n");
    }
    print(&text)
}

fn revoke(data: &Path, serial: &str, reason: &str) -> Result<(), Failure> {
    let serial = serial.to_ascii_lowercase();
    let now = system_clock()();
    match store::with_file(&database(data)?, |transaction| {
        lifecycle::revoke(transaction, &serial, reason, None, now)
    })? {
        RevokeOutcome::Revoked => print(&format!(
            "{serial} is revoked ({reason}). The next revocation list and OCSP answer say so.\n"
        )),
        RevokeOutcome::AlreadyRevoked => Err(format!("{serial} was revoked before").into()),
        RevokeOutcome::Unknown => Err(format!(
            "no certificate {serial} was issued here; `certificates` lists them"
        )
        .into()),
    }
}

/// The database of the server whose data folder this is.
fn database(data: &Path) -> Result<PathBuf, Failure> {
    let file = data.join(DATABASE_FILE);
    if file.exists() {
        return Ok(file);
    }
    let missing = format!(
        "there is no database at {}: name the server's data folder with --data",
        file.display()
    );
    Err(missing.into())
}

/// Prints, and lets who reads through a pipe see it at once.
fn print(text: &str) -> Result<(), Failure> {
    let mut output = io::stdout().lock();
    output.write_all(text.as_bytes())?;
    Ok(output.flush()?)
}
