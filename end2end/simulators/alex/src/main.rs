//! The simulator as a program of its own.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

use alex_simulator::{
    DEMO_CLIENT_ID, DEMO_CLIENT_SECRET, DEMO_FACILITY, OpenError, SecondFacility, Settings,
    Simulator,
};
use clap::Parser;
use tracing_subscriber::EnvFilter;

/// A stand-in for ALEX, Medtech's FHIR interface. Fictional patients only.
#[derive(Parser)]
#[command(version)]
struct Options {
    /// Address to listen on.
    #[arg(long, env = "ALEX_SIMULATOR_LISTEN", default_value = "127.0.0.1:4010")]
    listen: SocketAddr,
    /// Directory for what it receives.
    #[arg(
        long,
        env = "ALEX_SIMULATOR_DATA_DIR",
        default_value = "data/alex-simulator"
    )]
    data_dir: PathBuf,
    /// The client id it lets in.
    #[arg(long, env = "ALEX_SIMULATOR_CLIENT_ID", default_value = DEMO_CLIENT_ID)]
    client_id: String,
    /// That client's secret.
    #[arg(long, env = "ALEX_SIMULATOR_CLIENT_SECRET", default_value = DEMO_CLIENT_SECRET, hide_env_values = true)]
    client_secret: String,
    /// The facility it serves.
    #[arg(long, env = "ALEX_SIMULATOR_FACILITY", default_value = DEMO_FACILITY)]
    facility: String,
    /// Another facility that it serves, with people of its own.
    #[arg(long, env = "ALEX_SIMULATOR_SECOND_FACILITY")]
    second_facility: Option<String>,
    /// Path of Clinical Images that the icon of the first facility opens.
    #[arg(long, env = "ALEX_SIMULATOR_LAUNCH_PATH", default_value = "/launch")]
    launch_path: String,
    /// Path of Clinical Images that the icon of the second facility opens.
    #[arg(
        long,
        env = "ALEX_SIMULATOR_SECOND_LAUNCH_PATH",
        default_value = "/launch"
    )]
    second_launch_path: String,
    /// Base URL of Clinical Images, for the links that open it.
    #[arg(
        long,
        env = "ALEX_SIMULATOR_APP_URL",
        default_value = "http://localhost:3000"
    )]
    app_url: String,
    /// Seconds an access token is good for.
    #[arg(long, env = "ALEX_SIMULATOR_TOKEN_SECONDS", default_value_t = 3599)]
    token_seconds: u64,
    /// Seconds the reply "timeout" says nothing.
    #[arg(long, env = "ALEX_SIMULATOR_STALL_SECONDS", default_value_t = 60)]
    stall_seconds: u64,
    /// Leave the data of what is found out of search results.
    #[arg(long, env = "ALEX_SIMULATOR_SEARCH_WITHOUT_DATA")]
    search_without_data: bool,
    /// Heed If-None-Exist on a create.
    #[arg(long, env = "ALEX_SIMULATOR_IF_NONE_EXIST")]
    if_none_exist: bool,
}

#[derive(Debug, thiserror::Error)]
enum Fault {
    #[error(transparent)]
    Open(#[from] OpenError),
    #[error("cannot listen: {0}")]
    Listen(#[from] std::io::Error),
}

#[tokio::main]
async fn main() -> ExitCode {
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new("info"));
    tracing_subscriber::fmt().with_env_filter(filter).init();
    match run(Options::parse()).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(fault) => {
            tracing::error!("{fault}");
            ExitCode::FAILURE
        }
    }
}

async fn run(options: Options) -> Result<(), Fault> {
    let simulator = Simulator::open(Settings {
        client_id: options.client_id,
        client_secret: options.client_secret,
        facility: options.facility,
        second: options.second_facility.map(|facility| SecondFacility {
            facility,
            launch_path: options.second_launch_path,
        }),
        launch_path: options.launch_path,
        token_life: Duration::from_secs(options.token_seconds),
        stall: Duration::from_secs(options.stall_seconds),
        search_includes_data: !options.search_without_data,
        heeds_if_none_exist: options.if_none_exist,
        ..Settings::demo(options.data_dir, options.app_url)
    })?;
    let listener = tokio::net::TcpListener::bind(options.listen).await?;
    let address = listener.local_addr()?;
    tracing::info!("simulated Medtech at http://{address}/medtech, FHIR at http://{address}/FHIR");
    let stop = async { drop(tokio::signal::ctrl_c().await) };
    axum::serve(listener, simulator.router())
        .with_graceful_shutdown(stop)
        .await?;
    Ok(())
}
