//! `scanseal-relay`: the relay as a program.

use std::{env, process::ExitCode};

use prometheus_client::registry::Registry;
use scanseal_relay::{
    Metrics, Relay,
    accept::{self, AcceptLimits},
    config::Settings,
    log, metrics, tls,
};
use tokio::{
    net::TcpListener,
    signal::unix::{SignalKind, signal},
};
use warp::Filter;

type Failure = Box<dyn std::error::Error>;

fn main() -> ExitCode {
    let settings = Settings::read(env::args_os()).unwrap_or_else(|error| error.exit());
    match start(settings) {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            eprintln!("scanseal-relay: {failure}");
            ExitCode::FAILURE
        }
    }
}

#[tokio::main]
async fn start(settings: Settings) -> Result<(), Failure> {
    log::start(settings.log_format, &settings.log)?;
    raise_descriptor_limit(settings.accept().max_connections);
    let tls = match (&settings.tls_certificate, &settings.tls_key) {
        (Some(certificate), Some(key)) => Some(tls::server_config(certificate, key)?),
        _ => None,
    };
    let mut registry = Registry::default();
    let relay = Relay::new(settings.relay(), Metrics::register(&mut registry));
    let limits = AcceptLimits {
        metrics: metrics::AcceptMetrics::register(&mut registry),
        ..settings.accept()
    };

    let public = bind(settings.listen).await?;
    let private = bind(settings.metrics_listen).await?;
    tracing::info!(listen = %public.local_addr()?, metrics = %private.local_addr()?, tls = tls.is_some(), "relay is up");

    let numbers = accept::serve(
        private,
        None,
        metrics::filter(registry),
        AcceptLimits::default(),
        std::future::pending(),
    );
    let numbers = tokio::spawn(numbers);
    let (mut terminate, mut interrupt) = (
        signal(SignalKind::terminate())?,
        signal(SignalKind::interrupt())?,
    );
    let stop = async {
        tokio::select! { _ = terminate.recv() => {} _ = interrupt.recv() => {} }
        tracing::info!(
            sessions = relay.sessions(),
            "draining; a second signal ends at once"
        );
        tokio::select! { () = relay.drain() => {} _ = terminate.recv() => {} _ = interrupt.recv() => {} }
    };
    let filter = relay.filter().or(relay.health_filter()).unify().boxed();
    accept::serve(public, tls, filter, limits, stop).await;
    numbers.abort();
    tracing::info!("relay is down");
    Ok(())
}

async fn bind(address: std::net::SocketAddr) -> Result<TcpListener, Failure> {
    TcpListener::bind(address)
        .await
        .map_err(|error| format!("cannot listen on {address}: {error}").into())
}

/// Each socket is a descriptor, and the usual limit of 1,024 is far below what the relay is made for.
fn raise_descriptor_limit(connections: usize) {
    use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
    let Rlimit { current, maximum } = getrlimit(Resource::Nofile);
    let wanted = connections as u64 + 64;
    if current.is_some_and(|current| current < wanted) {
        let reachable = maximum.map_or(wanted, |maximum| maximum.min(wanted));
        let raised = setrlimit(
            Resource::Nofile,
            Rlimit {
                current: Some(reachable),
                maximum,
            },
        );
        if raised.is_err() || reachable < wanted {
            tracing::warn!(
                wanted,
                reachable,
                "too few file descriptors for --max-sockets; raise `ulimit -n`"
            );
        }
    }
}
