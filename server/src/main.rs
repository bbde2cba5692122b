//! Entry of the server: read the configuration, start what is configured, end cleanly.

#![recursion_limit = "1024"]

use clap::Parser as _;
use clinical_server::command::{self, Command, CommandLine};
use clinical_server::config::Config;
use clinical_server::demo::Demo;
use clinical_server::worker::{audit, scheduler};
use clinical_server::{practices, router, telemetry, wire};
use leptos::config::get_configuration;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

/// How long a stop may take before the process ends all the same.
const PATIENCE: Duration = Duration::from_secs(8);

#[tokio::main]
async fn main() -> ExitCode {
    let CommandLine { config, command } = CommandLine::parse();
    let command = command.unwrap_or_default();
    if command == Command::Serve {
        telemetry::begin(&config.log, telemetry::Stream::Output);
        return match serve(config).await {
            Ok(()) => ExitCode::SUCCESS,
            Err(sentence) => {
                tracing::error!("cannot start: {sentence}");
                ExitCode::FAILURE
            }
        };
    }
    telemetry::begin(&config.log, telemetry::Stream::Error);
    match command::run(config, command).await {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(sentence) => {
            eprintln!("{sentence}");
            ExitCode::FAILURE
        }
    }
}

async fn serve(config: Config) -> Result<(), String> {
    config.check().map_err(|fault| fault.to_string())?;
    let listen = config.web.listen();
    let listener = TcpListener::bind(listen).await.map_err(|fault| {
        format!("cannot listen on {listen}: {fault}; stop what uses it, or set PORT to another")
    })?;
    let port = listener
        .local_addr()
        .map_err(|fault| fault.to_string())?
        .port();
    let shutdown = CancellationToken::new();
    let signalled = shutdown.clone();
    tokio::spawn(async move {
        shutdown_signal().await;
        tracing::info!("stopping");
        signalled.cancel();
        tokio::time::sleep(PATIENCE).await;
        tracing::warn!("not everything has stopped in time; ending the process");
        std::process::exit(0);
    });
    // Before anything that takes time: a signal that nobody listens for ends the process.
    let hangups = practices::Hangups::new();
    let demo = match config.web.demo {
        true => Some(Arc::new(
            Demo::start(&config, port, shutdown.clone()).await?,
        )),
        false => None,
    };
    let services = wire::services(&config, port, demo.as_deref())
        .await
        .map_err(|fault| fault.to_string())?;
    let options = get_configuration(None)
        .map_err(|fault| fault.to_string())?
        .leptos_options;
    let app = router::router(services.clone(), options, shutdown.clone());
    let collect_orphans_every = config.limits.collect_orphans_every();
    let public_url = config.web.public_url(port);
    let reader = tokio::spawn(practices::read_anew_when_asked(
        hangups,
        config,
        demo.clone(),
        services.clone(),
        shutdown.clone(),
    ));
    let audit = tokio::spawn(audit::run(services.clone(), shutdown.clone()));
    let care = scheduler::run(
        services,
        shutdown.clone(),
        PATIENCE / 2,
        collect_orphans_every,
    );
    let care = tokio::spawn(care);
    tracing::info!("ready at {public_url}");
    axum::serve(listener, app)
        .with_graceful_shutdown(shutdown.cancelled_owned())
        .await
        .map_err(|fault| fault.to_string())?;
    let _ = care.await;
    let _ = audit.await;
    let _ = reader.await;
    if let Some(demo) = demo.and_then(Arc::into_inner) {
        demo.stopped().await;
    }
    tracing::info!("stopped");
    Ok(())
}

/// Ctrl-C, or what a service manager sends.
async fn shutdown_signal() {
    let interrupt = tokio::signal::ctrl_c();
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        match signal(SignalKind::terminate()) {
            Ok(mut terminate) => tokio::select! {
                _ = interrupt => {}
                _ = terminate.recv() => {}
            },
            Err(_) => drop(interrupt.await),
        }
    }
    #[cfg(not(unix))]
    drop(interrupt.await);
}
