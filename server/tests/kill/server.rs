//! The server's program as a process of its own, on one port for all its lives.

use super::browser::Browser;
use super::practice::Practice;
use alex_simulator::{DEMO_CLIENT_ID, DEMO_CLIENT_SECRET};
use std::net::{Ipv4Addr, TcpListener};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

/// Longer than anything here takes, with many servers on few cores; only a test that fails waits for it.
pub const PATIENCE: Duration = Duration::from_secs(150);
/// How fast time runs once the clock is scaled: the settle period of 330 s takes 5.5.
const RATE: &str = "60";

/// Waits until it is so.
pub async fn eventually(so: impl AsyncFn() -> bool) {
    let looking = async {
        while !so().await {
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    };
    let found = tokio::time::timeout(PATIENCE, looking).await;
    found.expect("what was waited for comes");
}

/// A running server.
pub struct Server {
    pub url: String,
    pub practice: Arc<Practice>,
    port: u16,
    /// What is set beside what every server here has.
    settings: Vec<(&'static str, String)>,
    child: Child,
}

impl Server {
    /// Starts the program, to be stopped at this place.
    pub async fn start(point: Option<&str>) -> Self {
        Self::start_with(point, &[]).await
    }

    /// The same with further settings.
    pub async fn start_with(point: Option<&str>, settings: &[(&'static str, String)]) -> Self {
        let practice = Practice::open().await;
        std::fs::create_dir_all(practice.file("points")).unwrap();
        std::fs::create_dir_all(practice.file("site/pkg")).unwrap();
        Self::run(Arc::new(practice), settings.to_vec(), point).await
    }

    /// One more server of the same practice, with the same settings and stopped nowhere.
    pub async fn another(&self) -> Self {
        Self::run(Arc::clone(&self.practice), self.settings.clone(), None).await
    }

    async fn run(
        practice: Arc<Practice>,
        settings: Vec<(&'static str, String)>,
        point: Option<&str>,
    ) -> Self {
        let port = free_port();
        let child = command(&practice, port, &settings, point).spawn().unwrap();
        let server = Self {
            url: format!("http://127.0.0.1:{port}"),
            practice,
            port,
            settings,
            child,
        };
        eventually(async || server.is_up().await).await;
        server
    }

    /// A browser that has been nowhere yet.
    pub fn browser(&self) -> Browser {
        Browser::new(&self.url, &self.url)
    }

    /// Whether it answers.
    pub async fn is_up(&self) -> bool {
        let url = format!("{}/healthz", self.url);
        let answer = self.practice.client.get(url).send().await;
        answer.is_ok_and(|answer| answer.status().is_success())
    }

    /// From now on time goes fast.
    pub fn hurry(&self) {
        std::fs::write(self.point("scale-clock"), b"").unwrap();
    }

    /// Waits until the program stands at this place.
    pub async fn until_reached(&self, point: &str) {
        let file = self.point(&format!("{point}.reached"));
        eventually(async || file.exists()).await;
    }

    /// Lets it go on.
    pub fn let_go(&self, point: &str) {
        std::fs::write(self.point(&format!("{point}.go")), b"").unwrap();
    }

    /// `kill -9`, and another over what is left.
    pub async fn kill_and_restart(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
        let mut command = command(&self.practice, self.port, &self.settings, None);
        self.child = command.spawn().unwrap();
        eventually(async || self.is_up().await).await;
    }

    /// Asks it to end, which it does when nothing is under way any more.
    pub async fn ends(&mut self) {
        let asked = Command::new("kill")
            .arg(self.child.id().to_string())
            .status();
        assert!(asked.unwrap().success());
        while self.child.try_wait().unwrap().is_none() {
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }

    /// Megabytes that the program holds, as Linux counts them: `VmRSS` now, `VmHWM` at most.
    pub fn memory(&self, name: &str) -> u64 {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id())).unwrap();
        let line = status.lines().find(|line| line.starts_with(name)).unwrap();
        let kilobytes: u64 = line.split_whitespace().nth(1).unwrap().parse().unwrap();
        kilobytes / 1000
    }

    /// Has the most begin anew.
    pub fn forget_peak(&self) {
        std::fs::write(format!("/proc/{}/clear_refs", self.child.id()), "5").unwrap();
    }

    fn point(&self, name: &str) -> PathBuf {
        self.practice.file("points").join(name)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A port that nobody listens on, below those that kernels give away by themselves (from 32768 on Linux): the server comes to it
/// only later, and comes back to it after it was killed, and a client's connection must not have got it meanwhile.
fn free_port() -> u16 {
    const FIRST: u16 = 20_000;
    const MANY: u32 = 10_000;
    static ASKED: AtomicU32 = AtomicU32::new(0);
    // Another suite that runs at the same time begins elsewhere.
    let begin = std::process::id().wrapping_mul(97);
    let ports = (0..MANY).map(|_| {
        let next = ASKED.fetch_add(1, Ordering::Relaxed).wrapping_add(begin) % MANY;
        FIRST + next as u16
    });
    let mut free = ports.filter(|&port| TcpListener::bind((Ipv4Addr::LOCALHOST, port)).is_ok());
    free.next().expect("one of ten thousand ports is free")
}

fn command(
    practice: &Practice,
    port: u16,
    settings: &[(&'static str, String)],
    point: Option<&str>,
) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_clinical-server"));
    command
        .env_clear()
        .env("LOG", "warn")
        .env("ADDR", "127.0.0.1")
        .env("PORT", port.to_string())
        .env("PUBLIC_URL", format!("http://127.0.0.1:{port}"))
        .env("DATA_DIR", practice.file(&format!("data-{port}")))
        .env("S3_ENDPOINT", practice.object_store_origin())
        .env("S3_REGION", "us-east-1")
        .env("S3_BUCKET", "pictures")
        .env("S3_ACCESS_KEY_ID", "access")
        .env("S3_SECRET_ACCESS_KEY", "Canary-S3-Secret")
        .env("S3_PATH_STYLE", "true")
        .env("ALEX_BASE_URL", format!("{}/FHIR", practice.medtech))
        .env(
            "ALEX_TOKEN_URL",
            format!("{}/tenant/oauth2/v2.0/token", practice.medtech),
        )
        .env("ALEX_CLIENT_ID", DEMO_CLIENT_ID)
        .env("ALEX_CLIENT_SECRET", DEMO_CLIENT_SECRET)
        .env("ALEX_SCOPE", "api://alex/.default")
        .env("LEPTOS_OUTPUT_NAME", "clinical")
        .env("LEPTOS_SITE_ROOT", practice.file("site"))
        .env("LEPTOS_SITE_ADDR", format!("127.0.0.1:{port}"))
        .env("FAILPOINT_DIR", practice.file("points"))
        .env("CLOCK_RATE", RATE)
        .envs(settings.iter().map(|(name, value)| (name, value)))
        .stdin(Stdio::null());
    if let Some(point) = point {
        command.env("FAILPOINT", point);
    }
    command
}
