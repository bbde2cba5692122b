//! Each program of the cluster with its arguments and settings.

use super::group::Process;
use super::{ClusterFault, PUBLIC_URL, Sessions, at};
use crate::store::{ACCESS_KEY, BUCKET, SECRET_KEY};
use std::path::{Path, PathBuf};

/// A program that was built together with this one.
fn neighbour(name: &str) -> Result<PathBuf, ClusterFault> {
    let own = std::env::current_exe().map_err(|fault| at(Path::new(name), fault))?;
    Ok(own.with_file_name(name))
}

fn process(dir: &Path, name: &'static str, program: PathBuf) -> Process {
    Process {
        name,
        program,
        arguments: Vec::new(),
        settings: Vec::new(),
        log: dir.join(format!("{name}.log")),
        running: None,
    }
}

fn words(text: &str) -> Vec<String> {
    text.split(' ').map(str::to_owned).collect()
}

pub(super) fn redis(dir: &Path, port: u16, sessions: Sessions) -> Process {
    let data = dir.join("redis");
    // Redis wants its directory to be there; what is wrong with it, Redis says best itself.
    let _ = std::fs::create_dir_all(&data);
    let durability = match sessions {
        Sessions::ForgetfulRedis => "--appendonly no",
        Sessions::Redis | Sessions::File => "--appendonly yes --appendfsync always",
    };
    let mut redis = process(dir, "redis-server", PathBuf::from("redis-server"));
    redis.arguments = words(&format!(
        "--port {port} --bind 127.0.0.1 --maxmemory-policy noeviction {durability} --dir"
    ));
    redis.arguments.push(data.display().to_string());
    redis.arguments.extend(["--save", ""].map(str::to_owned));
    // Debian keeps it where not everybody's PATH looks.
    if Path::new("/usr/sbin/redis-server").exists() {
        redis.program = PathBuf::from("/usr/sbin/redis-server");
    }
    redis
}

pub(super) fn store(dir: &Path, port: u16, control: u16) -> Result<Process, ClusterFault> {
    let mut store = process(dir, "picture-store", neighbour("clinic-faults")?);
    store.arguments = words(&format!(
        "store --port {port} --control-port {control} --data-dir"
    ));
    store
        .arguments
        .push(dir.join("pictures").display().to_string());
    Ok(store)
}

pub(super) fn alex(dir: &Path, port: u16) -> Result<Process, ClusterFault> {
    let mut alex = process(dir, "alex-simulator", neighbour("alex-simulator")?);
    alex.settings = vec![
        ("ALEX_SIMULATOR_LISTEN", format!("127.0.0.1:{port}")),
        (
            "ALEX_SIMULATOR_DATA_DIR",
            dir.join("alex").display().to_string(),
        ),
        ("ALEX_SIMULATOR_APP_URL", PUBLIC_URL.to_owned()),
        ("RUST_LOG", "warn".to_owned()),
    ];
    Ok(alex)
}

/// The environment of a server: directory, session store and ports of what it depends on.
pub(super) struct Env<'a> {
    pub(super) dir: &'a Path,
    pub(super) sessions: Sessions,
    pub(super) redis: u16,
    pub(super) store: u16,
    pub(super) alex: u16,
}

pub(super) fn server(env: &Env<'_>, number: usize, port: u16) -> Result<Process, ClusterFault> {
    let name = ["server-1", "server-2"][number % 2];
    let mut server = process(env.dir, name, neighbour("clinical-server")?);
    let alex_at = |path: &str| format!("http://127.0.0.1:{}{path}", env.alex);
    server.settings = vec![
        ("ADDR", "127.0.0.1".to_owned()),
        ("PORT", port.to_string()),
        ("PUBLIC_URL", PUBLIC_URL.to_owned()),
        ("DATA_DIR", env.dir.join(name).display().to_string()),
        ("S3_ENDPOINT", format!("http://127.0.0.1:{}", env.store)),
        ("S3_REGION", "us-east-1".to_owned()),
        ("S3_BUCKET", BUCKET.to_owned()),
        ("S3_ACCESS_KEY_ID", ACCESS_KEY.to_owned()),
        ("S3_SECRET_ACCESS_KEY", SECRET_KEY.to_owned()),
        ("S3_PATH_STYLE", "true".to_owned()),
        ("ALEX_BASE_URL", alex_at("/FHIR")),
        ("ALEX_TOKEN_URL", alex_at("/tenant/oauth2/v2.0/token")),
        ("ALEX_CLIENT_ID", "clinicpro-demo".to_owned()),
        ("ALEX_CLIENT_SECRET", "not-a-secret".to_owned()),
        ("ALEX_SCOPE", "api://alex/.default".to_owned()),
        ("LOG", "warn".to_owned()),
        ("LEPTOS_OUTPUT_NAME", "clinical".to_owned()),
        ("LEPTOS_SITE_ADDR", format!("127.0.0.1:{port}")),
    ];
    if env.sessions != Sessions::File {
        let url = format!("redis://127.0.0.1:{}", env.redis);
        server.settings.push(("REDIS_URL", url));
    }
    if env.sessions == Sessions::ForgetfulRedis {
        // A server refuses such a Redis unless it is told to take it.
        server.settings.push(("REDIS_UNSAFE", "true".to_owned()));
    }
    Ok(server)
}
