//! Settings of the `scanseal-relay` program: flags, then environment, then a TOML file, then defaults.
//!
//! A key of the file is a flag's long name. The file's values become the flags' defaults before the command line is read, so
//! there is one description of every setting, and one place that checks it.

use std::{
    ffi::OsString,
    fs,
    net::{IpAddr, Ipv4Addr, SocketAddr},
    path::{Path, PathBuf},
    time::Duration,
};

use clap::{ArgAction, Args, Command, CommandFactory, FromArgMatches, Parser, error::ErrorKind};
use scanseal_protocol::Origin;
use toml::{Table, Value};

use crate::{
    QueueLimits, RelayConfig, Timing,
    accept::AcceptLimits,
    forwarded::{ForwardedHeader, Network, Proxies},
    log::Format,
    rate::Rates,
};

/// A mailbox between web pages and phones that scan their QR codes.
#[derive(Clone, Debug, Parser)]
#[command(name = "scanseal-relay", version, about)]
pub struct Settings {
    /// TOML file with settings; its keys are the long names of the flags.
    #[arg(long, env = "SCANSEAL_RELAY_CONFIG")]
    pub config: Option<PathBuf>,

    /// Address and port for pages and phones.
    #[arg(long, env = "SCANSEAL_RELAY_LISTEN", default_value_t = SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), 8090))]
    pub listen: SocketAddr,

    /// Address and port for /metrics; keep it away from the public.
    #[arg(long, env = "SCANSEAL_RELAY_METRICS_LISTEN", default_value_t = SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), 9090))]
    pub metrics_listen: SocketAddr,

    /// PEM file with the certificate chain, leaf first; without it the relay speaks plain HTTP.
    #[arg(long, env = "SCANSEAL_RELAY_TLS_CERTIFICATE", requires = "tls_key")]
    pub tls_certificate: Option<PathBuf>,

    /// PEM file with the certificate's private key.
    #[arg(long, env = "SCANSEAL_RELAY_TLS_KEY", requires = "tls_certificate")]
    pub tls_key: Option<PathBuf>,

    /// Web origins whose pages may use the relay, such as `https://portal.example`.
    #[arg(
        long,
        env = "SCANSEAL_RELAY_ALLOW_ORIGIN",
        value_delimiter = ',',
        required = true
    )]
    pub allow_origin: Vec<Origin>,

    /// Networks of proxies whose word about the client's address is believed, such as 10.0.0.0/8.
    #[arg(long, env = "SCANSEAL_RELAY_TRUSTED_PROXY", value_delimiter = ',')]
    pub trusted_proxy: Vec<Network>,

    /// The header in which those proxies write the client's address.
    #[arg(
        long,
        env = "SCANSEAL_RELAY_FORWARDED_HEADER",
        value_enum,
        default_value_t
    )]
    pub forwarded_header: ForwardedHeader,

    #[command(flatten)]
    #[expect(
        missing_docs,
        reason = "clap would take a doc comment here for the program's description"
    )]
    pub capacity: Capacity,

    #[command(flatten)]
    #[expect(
        missing_docs,
        reason = "clap would take a doc comment here for the program's description"
    )]
    pub rates: PerMinute,

    /// Seconds that sessions may take to finish after SIGTERM.
    #[arg(long, env = "SCANSEAL_RELAY_DRAIN_SECONDS", default_value_t = RelayConfig::default().drain.as_secs())]
    pub drain_seconds: u64,

    /// How log lines look.
    #[arg(long, env = "SCANSEAL_RELAY_LOG_FORMAT", value_enum, default_value_t)]
    pub log_format: Format,

    /// What is logged: a level, or a list of target=level.
    #[arg(long, env = "SCANSEAL_RELAY_LOG", default_value = "info")]
    pub log: String,
}

/// How much the relay holds.
#[derive(Clone, Debug, Args)]
pub struct Capacity {
    /// WebSockets at once, and sessions at once. Above 85 % no new sessions, so that phones can join those that wait.
    #[arg(long, env = "SCANSEAL_RELAY_MAX_SOCKETS", default_value_t = RelayConfig::default().max_sockets)]
    pub max_sockets: usize,

    /// Connections at once that have not sent a request yet.
    #[arg(long, env = "SCANSEAL_RELAY_MAX_HALF_OPEN", default_value_t = AcceptLimits::default().max_half_open)]
    pub max_half_open: usize,

    /// Bytes waiting for all slow readers together.
    #[arg(long, env = "SCANSEAL_RELAY_MAX_QUEUED_BYTES", default_value_t = QueueLimits::default().total_bytes)]
    pub max_queued_bytes: usize,
}

/// Rate limits; 0 switches one off.
#[derive(Clone, Debug, Args)]
pub struct PerMinute {
    /// New sessions a minute per client address (IPv4 address, IPv6 /64); 0 for no limit.
    #[arg(long, env = "SCANSEAL_RELAY_SESSIONS_PER_MINUTE", default_value_t = Rates::default().sessions)]
    pub sessions_per_minute: u32,

    /// New sessions a minute per web origin; 0 for no limit.
    #[arg(long, env = "SCANSEAL_RELAY_ORIGIN_SESSIONS_PER_MINUTE", default_value_t = Rates::default().origin_sessions)]
    pub origin_sessions_per_minute: u32,

    /// Joins a minute per client address; 0 for no limit.
    #[arg(long, env = "SCANSEAL_RELAY_JOINS_PER_MINUTE", default_value_t = Rates::default().joins)]
    pub joins_per_minute: u32,

    /// Refused joins a minute per client address; 0 for no limit.
    #[arg(long, env = "SCANSEAL_RELAY_FAILED_JOINS_PER_MINUTE", default_value_t = Rates::default().failed_joins)]
    pub failed_joins_per_minute: u32,
}

impl Settings {
    /// Reads flags, environment and file.
    ///
    /// # Errors
    /// clap's error, which names the setting and knows how to print itself; `--help` and `--version` come this way too.
    pub fn read(arguments: impl IntoIterator<Item = OsString>) -> Result<Self, clap::Error> {
        let arguments: Vec<_> = arguments.into_iter().collect();
        let mut command = Self::command();
        if let Some(path) = config_path(&arguments) {
            command = with_file(command, &path)?;
        }
        Self::from_arg_matches(&command.try_get_matches_from(arguments)?)
    }

    /// What the relay is told.
    pub fn relay(&self) -> RelayConfig {
        RelayConfig {
            origins: self.allow_origin.iter().cloned().collect(),
            proxies: Proxies {
                networks: self.trusted_proxy.clone(),
                header: self.forwarded_header,
            },
            max_sockets: self.capacity.max_sockets,
            rates: Rates {
                sessions: self.rates.sessions_per_minute,
                origin_sessions: self.rates.origin_sessions_per_minute,
                joins: self.rates.joins_per_minute,
                failed_joins: self.rates.failed_joins_per_minute,
            },
            queues: QueueLimits {
                total_bytes: self.capacity.max_queued_bytes,
                ..QueueLimits::default()
            },
            timing: Timing::default(),
            drain: Duration::from_secs(self.drain_seconds),
        }
    }

    /// What the accept loop is told: beside the sockets there is room for upgrades under way and for health checks.
    pub fn accept(&self) -> AcceptLimits {
        AcceptLimits {
            max_connections: self.capacity.max_sockets + self.capacity.max_half_open,
            max_half_open: self.capacity.max_half_open,
            ..AcceptLimits::default()
        }
    }
}

/// Finds `--config` before everything else is read: what is required may be in the file.
fn config_path(arguments: &[OsString]) -> Option<PathBuf> {
    let finder = Settings::command()
        .mut_args(|argument| argument.required(false))
        .ignore_errors(true);
    finder
        .try_get_matches_from(arguments)
        .ok()?
        .get_one("config")
        .cloned()
}

/// Makes the file's values the defaults.
fn with_file(mut command: Command, path: &Path) -> Result<Command, clap::Error> {
    let bad = |command: &mut Command, what: String| {
        command.error(
            ErrorKind::InvalidValue,
            format!("{}: {what}", path.display()),
        )
    };
    let text = fs::read_to_string(path).map_err(|error| bad(&mut command, error.to_string()))?;
    let table: Table = text
        .parse()
        .map_err(|error: toml::de::Error| bad(&mut command, error.to_string()))?;
    for (key, value) in table {
        let argument = command
            .get_arguments()
            .find(|argument| argument.get_long() == Some(&key) && key != "config");
        let Some(argument) = argument else {
            return Err(bad(&mut command, format!("unknown setting `{key}`")));
        };
        let (id, takes_many) = (
            argument.get_id().clone(),
            matches!(argument.get_action(), ArgAction::Append),
        );
        let values = match value {
            Value::Array(values) if takes_many => values,
            value => vec![value],
        };
        let Some(values) = values.iter().map(as_text).collect::<Option<Vec<_>>>() else {
            return Err(bad(
                &mut command,
                format!("`{key}` must be a text or a number"),
            ));
        };
        command = command.mut_arg(id, |argument| {
            argument.default_values(values).required(false)
        });
    }
    Ok(command)
}

fn as_text(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Integer(number) => Some(number.to_string()),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn read(arguments: &[&str], file: &str) -> Result<Settings, String> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("relay.toml");
        fs::write(&path, file).unwrap();
        let start = ["scanseal-relay", "--config", path.to_str().unwrap()];
        Settings::read(start.iter().chain(arguments).map(OsString::from))
            .map_err(|error| error.to_string())
    }

    #[test]
    fn file_gives_defaults_and_flags_win() {
        let file = "allow-origin = [\"https://a.example\", \"https://b.example\"]\nmax-sockets = 50\ndrain-seconds = 7\n";
        let settings = read(&["--max-sockets", "60"], file).unwrap();
        assert_eq!(settings.allow_origin.len(), 2);
        assert_eq!(settings.capacity.max_sockets, 60);
        assert_eq!(settings.relay().drain, Duration::from_secs(7));
        assert_eq!(settings.accept().max_connections, 60 + 1024);
    }

    #[test]
    fn errors_of_the_file_name_the_setting() {
        for (file, named) in [
            ("no-such-thing = 1", "no-such-thing"),
            ("config = \"x\"", "config"),
            (
                "max-sockets = \"many\"\nallow-origin = \"https://a.example\"",
                "--max-sockets",
            ),
            ("max-sockets = [1]", "max-sockets"),
            ("allow-origin = \"a.example\"", "--allow-origin"),
            ("listen = ", "relay.toml"),
        ] {
            let error = read(&[], file).unwrap_err();
            assert!(error.contains(named), "{file}: {error}");
        }
    }

    #[test]
    fn without_an_origin_the_relay_does_not_start() {
        assert!(read(&[], "").unwrap_err().contains("--allow-origin"));
    }

    #[test]
    fn certificate_and_key_come_together() {
        let origin = [
            "--allow-origin",
            "https://a.example",
            "--tls-certificate",
            "c.pem",
        ];
        assert!(read(&origin, "").unwrap_err().contains("--tls-key"));
    }

    #[test]
    fn every_setting_has_an_environment_variable() {
        for argument in Settings::command().get_arguments() {
            let long = argument.get_long().unwrap();
            let expected = format!("SCANSEAL_RELAY_{}", long.to_uppercase().replace('-', "_"));
            assert_eq!(argument.get_env().unwrap(), &*expected, "{long}");
        }
    }
}
