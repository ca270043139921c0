//! `scanseal-portal`: the demo portal as a program.

use std::{
    io::{self, IsTerminal as _, Write},
    net::SocketAddr,
    path::{Path, PathBuf},
    process::ExitCode,
};

use clap::{Args, Parser, Subcommand, builder::PossibleValuesParser};
use scanseal_portal::{
    announce,
    authority::registry::{self, RevokeOutcome},
    http::rates::RateSettings,
    net::TlsSource,
    portal::system_clock,
    serve::{self, Settings},
    store,
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
    /// Lists the certificates that the authority has issued.
    Certificates,
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

    /// How log lines look.
    #[arg(long, env = "SCANSEAL_PORTAL_LOG_FORMAT", value_enum, default_value_t)]
    log_format: Format,

    /// What is logged: a level, or a list of target=level.
    #[arg(long, env = "SCANSEAL_PORTAL_LOG", default_value = "info")]
    log: String,
}

type Failure = Box<dyn std::error::Error>;

fn main() -> ExitCode {
    let Arguments { data, command } = Arguments::parse();
    let done = match command {
        Command::Certificates => certificates(&data),
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
        certificate_days: arguments.certificate_days,
        proxies: Proxies {
            networks: arguments.trusted_proxy,
            header: arguments.forwarded_header,
        },
        rates: RateSettings::default(),
        clock: system_clock(),
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

fn certificates(data: &Path) -> Result<(), Failure> {
    let listed = store::with_file(
        &data.join(scanseal_portal::authority::keys::DATABASE_FILE),
        registry::list,
    )?;
    let mut text = String::new();
    for certificate in listed {
        let state = match &certificate.revoked {
            Some((at, reason)) => format!("revoked {} {reason}", at.as_secs()),
            None => "in force".to_owned(),
        };
        let code = certificate.credit_code.as_deref().unwrap_or("-");
        let until = certificate.not_after.as_secs();
        text += &format!(
            "{}\t{}\t{code}\tuntil {until}\t{state}\n",
            certificate.serial, certificate.name
        );
    }
    print(&text)
}

fn revoke(data: &Path, serial: &str, reason: &str) -> Result<(), Failure> {
    let serial = serial.to_ascii_lowercase();
    let now = system_clock()();
    let file = data.join(scanseal_portal::authority::keys::DATABASE_FILE);
    match store::with_file(&file, |transaction| {
        registry::revoke(transaction, &serial, reason, now)
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

/// Prints, and lets who reads through a pipe see it at once.
fn print(text: &str) -> Result<(), Failure> {
    let mut output = io::stdout().lock();
    output.write_all(text.as_bytes())?;
    Ok(output.flush()?)
}
