//! The running demo: the simulators of S3 and of ALEX, on the two ports after the server's. Nothing else in this crate names
//! them. Production code talks to both over the network, exactly as it would to the real ones.

use crate::adapter::ehr::{AlexEhr, AlexSettings};
use crate::adapter::object_store::s3::{Keys, S3Settings, S3Timeouts};
use crate::adapter::system::OsEntropy;
use crate::config::Config;
use alex_simulator::{
    DEMO_FACILITY, SECOND_FACILITY, SecondFacility, Settings as SimulatorSettings, Simulator,
};
use async_trait::async_trait;
use clinical_images::launch::{Facility, FacilityCode, Provider};
use clinical_images::nhi::Nhi;
use clinical_images::patient::{Day, Patient, PatientId, Sex};
use clinical_images::ports::{
    Ehr, EhrFault, Entropy as _, LaunchTicket, LookupRequest, SubmitRequest,
};
use clinical_images::session::{Finding, SubmitOutcome};
use s3_simulator::{S3Simulator, S3SimulatorSettings};
use secrecy::SecretString;
use serde::Deserialize;
use std::net::SocketAddr;
use std::sync::Arc;
use tokio::net::TcpListener;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

const BUCKET: &str = "clinical-images-demo";

/// Both simulators, running.
pub struct Demo {
    s3: S3Simulator,
    s3_settings: S3Settings,
    simulator: JoinHandle<()>,
    simulator_url: String,
    medtech_url: String,
    facility: FacilityCode,
}

impl Demo {
    /// Starts both. `port` is the server's own; 0 lets all three take free ones.
    ///
    /// # Errors
    /// One sentence that says what to do.
    pub async fn start(
        config: &Config,
        port: u16,
        shutdown: CancellationToken,
    ) -> Result<Self, String> {
        let web = &config.web;
        let app_url = web.public_url(port);
        let next = |step: u16| {
            if web.port == 0 {
                0
            } else {
                web.port.saturating_add(step)
            }
        };
        let listen = |step| SocketAddr::new(web.addr, next(step));
        // Fresh for every start: nobody on the network can sign for the store, and what was signed before is asked
        // for again.
        let secret = SecretString::from(format!("{:032x}", OsEntropy.bits()));
        let access_key = SecretString::from("demo".to_owned());
        let settings = S3SimulatorSettings {
            data_dir: config.store.data_dir.join("pictures"),
            listen: listen(1),
            allowed_origins: own_origins(&app_url, port),
            access_key: access_key.clone(),
            secret_key: secret.clone(),
            bucket: BUCKET.to_owned(),
        };
        let s3 = S3Simulator::start(settings, shutdown.clone().cancelled_owned())
            .await
            .map_err(|fault| fault.to_string())?;
        let reach = |port: u16| format!("http://{}:{port}", web.public_host);
        let s3_settings = S3Settings {
            endpoint: Some(reach(s3.address().port())),
            public_endpoint: None,
            region: "us-east-1".to_owned(),
            bucket: BUCKET.to_owned(),
            keys: Keys::Fixed {
                access_key,
                secret_key: secret,
            },
            path_style: true,
            timeouts: S3Timeouts::default(),
        };
        let listener = TcpListener::bind(listen(2))
            .await
            .map_err(|fault| in_use(listen(2), &fault))?;
        let simulator_port = listener
            .local_addr()
            .map_err(|fault| fault.to_string())?
            .port();
        let simulated = simulated(config, app_url);
        let simulator = Simulator::open(simulated).map_err(|fault| fault.to_string())?;
        let serve = axum::serve(listener, simulator.router())
            .with_graceful_shutdown(shutdown.cancelled_owned());
        let simulator = tokio::spawn(async move {
            if let Err(fault) = serve.await {
                tracing::error!(%fault, "the ALEX simulator stopped");
            }
        });
        Ok(Self {
            s3,
            s3_settings,
            simulator,
            simulator_url: reach(simulator_port),
            medtech_url: reach(simulator_port),
            facility: config.alex.alex_facility.clone(),
        })
    }

    /// How the product reaches the picture store.
    #[must_use]
    pub fn s3(&self) -> S3Settings {
        self.s3_settings.clone()
    }

    /// How the product reaches ALEX.
    ///
    /// # Errors
    /// When the demo's public host is no host name.
    pub fn alex(&self) -> Result<AlexSettings, String> {
        let url = |path: &str| {
            reqwest::Url::parse(&format!("{}{path}", self.simulator_url))
                .map_err(|_| "PUBLIC_HOST is no host name or address".to_owned())
        };
        let client = (
            alex_simulator::DEMO_CLIENT_ID.to_owned(),
            SecretString::from(alex_simulator::DEMO_CLIENT_SECRET.to_owned()),
        );
        let token = url("/demo-tenant/oauth2/v2.0/token")?;
        let scope = "api://alex-demo/.default".to_owned();
        Ok(AlexSettings::new(
            url("/FHIR")?,
            token,
            client,
            scope,
            self.facility.clone(),
        ))
    }

    /// Where a browser finds the simulated Medtech.
    #[must_use]
    pub fn medtech_url(&self) -> &str {
        &self.medtech_url
    }

    /// The record system with the simulator's list of patients added, for the start page.
    #[must_use]
    pub fn with_patients(&self, alex: AlexEhr) -> Arc<dyn Ehr> {
        Arc::new(DemoEhr {
            alex,
            list: format!("{}/medtech/api/patients", self.simulator_url),
        })
    }

    /// Waits until both have ended, after the stop.
    pub async fn stopped(self) {
        self.s3.stopped().await;
        let _ = self.simulator.await;
    }
}

/// The simulator's facilities, each with an icon that opens its practice here. What is wrong with the practices is told by
/// whoever checks the settings; icons lead to the plain address then.
fn simulated(config: &Config, app_url: String) -> SimulatorSettings {
    let known = config.practices().map(|known| known.practices);
    let known = known.unwrap_or_default();
    let launch_path = |number: &str| {
        let mut practices = known.iter();
        let practice = practices.find(|it| it.facility.as_str() == number);
        // A facility that is not served gets the page that says so.
        practice.map_or_else(|| "/launch".to_owned(), |it| format!("/launch/{}", it.id))
    };
    SimulatorSettings {
        launch_path: launch_path(DEMO_FACILITY),
        second: Some(SecondFacility {
            facility: SECOND_FACILITY.to_owned(),
            launch_path: launch_path(SECOND_FACILITY),
        }),
        ..SimulatorSettings::demo(config.store.data_dir.join("alex"), app_url)
    }
}

/// The demo answers to its public name and to this machine's own ones.
fn own_origins(app_url: &str, port: u16) -> Vec<String> {
    let mut origins = vec![app_url.to_owned()];
    for host in ["localhost", "127.0.0.1"] {
        let origin = format!("http://{host}:{port}");
        if !origins.contains(&origin) {
            origins.push(origin);
        }
    }
    origins
}

fn in_use(address: SocketAddr, fault: &std::io::Error) -> String {
    format!("cannot listen on {address}: {fault}; stop what uses it, or choose another PORT")
}

/// ALEX as it is, plus the one thing only a simulator can offer.
struct DemoEhr {
    alex: AlexEhr,
    list: String,
}

#[async_trait]
impl Ehr for DemoEhr {
    async fn redeem_launch(
        &self,
        context: &str,
        signature: &str,
    ) -> Result<LaunchTicket, EhrFault> {
        self.alex.redeem_launch(context, signature).await
    }

    async fn patient(&self, facility: &FacilityCode, id: &PatientId) -> Result<Patient, EhrFault> {
        self.alex.patient(facility, id).await
    }

    async fn facility(&self, code: &FacilityCode) -> Result<Facility, EhrFault> {
        self.alex.facility(code).await
    }

    async fn provider(&self, facility: &FacilityCode, id: &str) -> Result<Provider, EhrFault> {
        self.alex.provider(facility, id).await
    }

    async fn submit(&self, request: &SubmitRequest) -> SubmitOutcome {
        self.alex.submit(request).await
    }

    async fn lookup(&self, request: &LookupRequest) -> Finding {
        self.alex.lookup(request).await
    }

    async fn demo_patients(&self, facility: &FacilityCode) -> Result<Vec<Patient>, EhrFault> {
        let away = |fault: reqwest::Error| EhrFault::Unavailable(fault.without_url().to_string());
        let listed = reqwest::get(&self.list).await.map_err(away)?;
        let rows: Vec<Row> = listed.json().await.map_err(away)?;
        let own = rows.into_iter().filter(|row| row.facility == *facility);
        Ok(own.filter_map(Row::patient).collect())
    }
}

/// A row of the simulator's list.
#[derive(Deserialize)]
struct Row {
    facility: FacilityCode,
    id: String,
    nhi: Option<Nhi>,
    family: String,
    given: Vec<String>,
    gender: Sex,
    #[serde(rename = "birthDate")]
    born: Option<Day>,
}

impl Row {
    fn patient(self) -> Option<Patient> {
        let Self {
            facility: _,
            id,
            nhi,
            family,
            given,
            gender: sex,
            born,
        } = self;
        let given = given.join(" ");
        Some(Patient {
            id: PatientId::parse(&id).ok()?,
            nhi,
            family,
            given,
            born,
            sex,
        })
    }
}
