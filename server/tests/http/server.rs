//! The server as `main` makes it, on a port of its own and on a runtime of its own, so that it can be stopped in good
//! order or killed at any instruction.

use super::browser::Browser;
use super::log;
use super::practice::Practice;
use super::test_doubles::{FragileSessions, ManualClock};
use alex_simulator::{DEMO_FACILITY, SECOND_FACILITY};
use axum::Router;
use axum::extract::Request;
use axum::middleware::{Next, from_fn};
use clinical_images::fhir::media::Elements;
use clinical_images::id::PictureId;
use clinical_images::id::WorkerId;
use clinical_images::launch::FacilityCode;
use clinical_images::picture::PictureState;
use clinical_images::ports::{Entropy as _, FilingLedger};
use clinical_images::practice::{
    FrameAncestor, PracticeId, PracticeName, PracticeSettings, RateLimits, TimeZoneName,
};
use clinical_images::record::Target;
use clinical_images::service::{self, LimitedAnalyst, Practices, Services, Settings};
use clinical_images::session::Limits;
use clinical_server::adapter::audit::AuditFiles;
use clinical_server::adapter::ledger::{MemoryLedger, RedbLedger, RedisLedger};
use clinical_server::adapter::session::memory::MemorySessions;
use clinical_server::adapter::session::redb::RedbSessions;
use clinical_server::adapter::session::redis::{RedisSessions, RedisSettings};
use clinical_server::adapter::system::OsEntropy;
use clinical_server::router;
use clinical_server::worker::scheduler;
use leptos::config::LeptosOptions;
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::net::TcpListener;
use tokio::runtime::Runtime;
use tokio::task::{JoinHandle, spawn_blocking};
use tokio_util::sync::CancellationToken;

/// Longer than anything here takes; only a test that fails waits for it.
pub const PATIENCE: Duration = Duration::from_secs(30);

/// Waits until it is so.
pub async fn eventually(so: impl AsyncFn() -> bool) {
    let looking = async {
        while !so().await {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    let found = tokio::time::timeout(PATIENCE, looking).await;
    found.expect("what was waited for comes");
}

/// What a test wants to be different.
#[derive(Clone, Default)]
pub struct Plan {
    /// Sessions in a file, so that they outlive the server.
    pub on_disk: bool,
    /// Sessions and ledger in Redis, wherever else they would be.
    pub redis: Option<RedisSettings>,
    /// Address under which browsers believe to reach the server, when it is not its own.
    pub public_url: Option<String>,
    pub frame_ancestors: Vec<String>,
    /// Limits of sessions, when they are not the product's.
    pub limits: Limits,
    /// Two practices, `kowhai` and `rata`, instead of the environment's one; the second one files scans.
    pub two_practices: bool,
    /// Nobody looks after sessions.
    pub neglected: bool,
    /// Who describes pictures.
    pub analyst: Option<Arc<LimitedAnalyst>>,
}

/// A running server.
pub struct Server {
    pub url: String,
    pub practice: Arc<Practice>,
    pub clock: Arc<ManualClock>,
    pub sessions: Arc<FragileSessions>,
    /// The server's own use cases, for what no browser can ask for.
    pub services: Services,
    plan: Plan,
    requests: Arc<Mutex<Vec<String>>>,
    shutdown: CancellationToken,
    tasks: Vec<JoinHandle<()>>,
    runtime: Option<Runtime>,
}

impl Server {
    pub async fn open() -> Self {
        Self::with(Plan::default()).await
    }

    pub async fn on_disk() -> Self {
        Self::with(Plan {
            on_disk: true,
            ..Plan::default()
        })
        .await
    }

    pub async fn with(plan: Plan) -> Self {
        log::keep();
        let practice = Arc::new(Practice::open().await);
        Self::over(plan, practice, ManualClock::at_present()).await
    }

    /// A server over what another left behind in this practice and in its stores.
    pub async fn over(plan: Plan, practice: Arc<Practice>, clock: Arc<ManualClock>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let listener = listener.into_std().unwrap();
        let sessions = match &plan.redis {
            Some(redis) => FragileSessions::over(RedisSessions::connect(redis).await.unwrap()),
            None if plan.on_disk => {
                FragileSessions::over(RedbSessions::open(&practice.file("sessions.redb")).unwrap())
            }
            None => FragileSessions::over(MemorySessions::new()),
        };
        let services = Services {
            sessions: Arc::clone(&sessions) as _,
            audit_outbox: Arc::clone(&sessions) as _,
            replay_guard: Arc::clone(&sessions) as _,
            object_store: Arc::new(practice.object_store()),
            practices: Arc::new(Practices::new(practices(&plan, &practice))),
            ledger: ledger(&plan, &practice).await,
            audit: Arc::new(AuditFiles::within(&practice.file("audit")).unwrap()),
            analyst: plan.analyst.clone(),
            clock: Arc::clone(&clock) as _,
            entropy: Arc::new(OsEntropy),
            settings: Arc::new(settings(&plan, &url, &practice)),
            worker: WorkerId::from_bits(OsEntropy.bits()),
        };
        let shutdown = CancellationToken::new();
        let requests = Arc::default();
        let app = router::router(services.clone(), site(&practice), shutdown.clone());
        let app = noting_requests(app, Arc::clone(&requests));
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(2)
            .enable_all()
            .build()
            .unwrap();
        let kept = services.clone();
        let neglected = plan.neglected;
        let watch = shutdown.clone();
        let care = runtime.spawn(async move {
            if !neglected {
                scheduler::run(services, watch, PATIENCE, PATIENCE * 100).await;
            }
        });
        let cancelled = shutdown.clone().cancelled_owned();
        let serve = runtime.spawn(async move {
            let listener = TcpListener::from_std(listener).unwrap();
            let serve = axum::serve(listener, app).with_graceful_shutdown(cancelled);
            serve.await.unwrap();
        });
        Self {
            url,
            practice,
            clock,
            sessions,
            services: kept,
            plan,
            requests,
            shutdown,
            tasks: vec![serve, care],
            runtime: Some(runtime),
        }
    }

    /// A browser that has been nowhere yet.
    pub fn browser(&self) -> Browser {
        let origin = self.plan.public_url.clone();
        Browser::new(&self.url, &origin.unwrap_or_else(|| self.url.clone()))
    }

    /// The Redis that it keeps its sessions in, if it does.
    pub fn redis(&self) -> Option<&RedisSettings> {
        self.plan.redis.as_ref()
    }

    /// Method and whole address of every request so far.
    pub fn requests(&self) -> Vec<String> {
        self.requests.lock().unwrap().clone()
    }

    /// Lets time pass until the program has come to an end with a picture, be it that a person has to look.
    pub async fn settle(&self, desk: &super::client::Client, picture: PictureId) -> PictureState {
        eventually(async || {
            self.clock.pass(Duration::from_secs(20));
            !desk.state(picture).await.is_under_way()
        })
        .await;
        desk.state(picture).await
    }

    /// Asks the server to stop and waits until it has.
    pub async fn stop(&mut self) {
        self.shutdown.cancel();
        for task in self.tasks.drain(..) {
            let ended = tokio::time::timeout(PATIENCE, task).await;
            ended.expect("the server ends soon").unwrap();
        }
    }

    /// Stops the server in good order and starts another over what it left behind.
    pub async fn restarted(mut self) -> Self {
        self.stop().await;
        self.killed().await
    }

    /// Ends the server at whatever instruction it is, and starts another over what it left behind.
    pub async fn killed(self) -> Self {
        let plan = self.plan.clone();
        self.killed_for(plan).await
    }

    /// The same, and the other one is set up differently.
    pub async fn killed_for(mut self, plan: Plan) -> Self {
        let (practice, clock) = (Arc::clone(&self.practice), Arc::clone(&self.clock));
        let runtime = self.runtime.take().unwrap();
        let ended = spawn_blocking(move || runtime.shutdown_timeout(PATIENCE));
        ended.await.unwrap();
        // The last user of the session file; whoever opens it next must find it free.
        drop(self);
        Self::over(plan, practice, clock).await
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_background();
        }
    }
}

async fn ledger(plan: &Plan, practice: &Practice) -> Arc<dyn FilingLedger> {
    match &plan.redis {
        Some(redis) => Arc::new(RedisLedger::connect(redis).await.unwrap()),
        None if plan.on_disk => Arc::new(RedbLedger::open(&practice.file("ledger.redb")).unwrap()),
        None => Arc::new(MemoryLedger::new()),
    }
}

/// A practice by the product's defaults, but for what the plan says.
pub fn practice_settings(plan: &Plan, id: PracticeId, facility: &str) -> PracticeSettings {
    let ancestors = plan.frame_ancestors.iter();
    PracticeSettings {
        name: PracticeName::parse(id.as_str()).unwrap(),
        id,
        facility: FacilityCode::parse(facility).unwrap(),
        time_zone: TimeZoneName::default(),
        limits: plan.limits.clone(),
        elements: Elements::Full,
        rate_limits: RateLimits::default(),
        submit_time_out: Duration::from_secs(60),
        frame_ancestors: ancestors
            .map(|origin| FrameAncestor::parse(origin).unwrap())
            .collect(),
        caption: true,
        credentials: None,
        closed: false,
    }
}

fn practices(plan: &Plan, practice: &Practice) -> Vec<service::Practice> {
    let first = PracticeId::of_environment();
    let first = if plan.two_practices {
        "kowhai".parse().unwrap()
    } else {
        first
    };
    let mut all = vec![practice_settings(plan, first, DEMO_FACILITY)];
    if plan.two_practices {
        let mut second = practice_settings(plan, "rata".parse().unwrap(), SECOND_FACILITY);
        second.limits.outbox.targets = vec![Target::ScanPdf];
        second.frame_ancestors = Vec::new();
        all.push(second);
    }
    let open = |settings| practice.opened(settings);
    all.into_iter().map(open).collect()
}

fn settings(plan: &Plan, url: &str, practice: &Practice) -> Settings {
    Settings {
        public_url: plan.public_url.clone().unwrap_or_else(|| url.to_owned()),
        demo_medtech: None,
        object_store_origin: practice.object_store_origin(),
    }
}

/// A site of the files that the build would make.
fn site(practice: &Practice) -> LeptosOptions {
    let root = practice.file("site");
    for folder in ["pkg", "codec-worker"] {
        std::fs::create_dir_all(root.join(folder)).unwrap();
    }
    for (name, text) in [
        ("pkg/clinical.css", "main {}"),
        ("pkg/clinical.js", "export default 1"),
        ("codec-worker.js", "self.onmessage = 1"),
        ("codec-worker/helper.js", "self.onmessage = 2"),
        ("icon.svg", "<svg/>"),
        ("secret.txt", "not for anybody"),
    ] {
        std::fs::write(root.join(name), text).unwrap();
    }
    LeptosOptions::builder()
        .output_name("clinical")
        .site_root(root.to_str().unwrap())
        .build()
}

fn noting_requests(app: Router, requests: Arc<Mutex<Vec<String>>>) -> Router {
    let note = move |request: Request, next: Next| {
        let noted = format!("{} {}", request.method(), request.uri());
        requests.lock().unwrap().push(noted);
        next.run(request)
    };
    app.layer(from_fn(note))
}
