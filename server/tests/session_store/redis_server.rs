//! A real Redis on a free port, in a directory of its own, which ends with the test, however that ends.

use std::ffi::OsStr;
use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::OnceLock;
use std::thread;
use std::time::{Duration, Instant};
use tempfile::TempDir;

/// Longer than a start takes; only a test that fails waits for it.
const PATIENCE: Duration = Duration::from_secs(20);

/// Runs what follows it until its own input ends, as it does when the test ends in whatever way; then kills it as
/// `kill -9` does, and removes the directory named first, if one is.
const WATCHED: &str = r#"directory=$1; shift
"$@" >/dev/null 2>&1 & server=$!
cat >/dev/null; kill -9 "$server" 2>/dev/null; wait "$server" 2>/dev/null
[ -z "$directory" ] || rm -rf "$directory""#;

/// A running Redis.
pub struct RedisServer {
    directory: TempDir,
    port: u16,
    options: Vec<String>,
    /// The port of the server that this one watches, when it is a Sentinel.
    watches: Option<u16>,
    /// Nobody drops what is static, so the watcher tidies up.
    is_static: bool,
    process: Option<Child>,
}

impl RedisServer {
    /// Starts one that keeps what it acknowledges.
    pub fn start() -> Self {
        Self::with(&[], false)
    }

    /// Starts one that is reached with TLS too: its certificate for 127.0.0.1 and that one's key, and the port.
    pub fn with_tls(certificate: &Path, key: &Path) -> (Self, u16) {
        let port = free_port();
        let number = port.to_string();
        let path = |path: &Path| path.to_str().expect("a path of letters").to_owned();
        let (certificate, key) = (path(certificate), path(key));
        let options = [
            ["--tls-port", &number],
            ["--tls-cert-file", &certificate],
            ["--tls-key-file", &key],
            ["--tls-ca-cert-file", &certificate],
            ["--tls-auth-clients", "no"],
        ];
        (Self::with(options.as_flattened(), false), port)
    }

    /// Starts one that copies this one.
    pub fn replica(&self) -> Self {
        let port = self.port.to_string();
        Self::with(&["--replicaof", "127.0.0.1", &port], false)
    }

    /// Starts a Sentinel that watches this one under the name `clinic`, and makes another the first soon after it is gone.
    pub fn sentinel(&self) -> Self {
        Self::started(&[], Some(self.port), false)
    }

    /// The one that many cases share, each under a prefix of its own.
    pub fn shared() -> &'static Self {
        static SHARED: OnceLock<RedisServer> = OnceLock::new();
        SHARED.get_or_init(|| Self::with(&[], true))
    }

    /// A Cluster of two that many cases share; the first of the two.
    pub fn shared_cluster() -> &'static Self {
        static SHARED: OnceLock<[RedisServer; 2]> = OnceLock::new();
        let [first, _] = SHARED.get_or_init(|| {
            // Half of the 16384 slots each.
            let halves = [("0", "8191"), ("8192", "16383")];
            let nodes = halves.map(|(from, to)| {
                let bus = free_port().to_string();
                let options = ["--cluster-enabled", "yes", "--cluster-port", &bus];
                let node = Self::with(&options, true);
                assert_eq!(node.command(&["CLUSTER", "ADDSLOTSRANGE", from, to]), "OK");
                (node, bus)
            });
            let [(first, _), (second, bus)] = nodes;
            let port = second.port.to_string();
            first.command(&["CLUSTER", "MEET", "127.0.0.1", &port, &bus]);
            first.waits_for_the_cluster();
            second.waits_for_the_cluster();
            [first, second]
        });
        first
    }

    fn with(options: &[&str], is_static: bool) -> Self {
        Self::started(options, None, is_static)
    }

    fn started(options: &[&str], watches: Option<u16>, is_static: bool) -> Self {
        let mut server = Self {
            directory: TempDir::new().unwrap(),
            port: 0,
            options: options.iter().map(ToString::to_string).collect(),
            watches,
            is_static,
            process: None,
        };
        // Somebody else may be faster at a port that was free a moment ago.
        let started = (0..5).any(|_| {
            server.port = free_port();
            server.run()
        });
        assert!(started, "redis-server does not start");
        server
    }

    pub fn address(&self) -> SocketAddr {
        (Ipv4Addr::LOCALHOST, self.port).into()
    }

    /// `kill -9`.
    pub fn kill(&mut self) {
        let Some(mut process) = self.process.take() else {
            return;
        };
        drop(process.stdin.take());
        process.wait().unwrap();
    }

    /// Starts it again where it was, on the same files.
    pub fn start_again(&mut self) {
        assert!(self.run(), "redis-server does not start again");
    }

    /// Sends a command and answers the first line of what comes back, without its mark.
    pub fn command(&self, words: &[&str]) -> String {
        command(self.address(), words).expect("Redis answers")
    }

    /// Waits until it knows the whole Cluster and who holds which slots.
    fn waits_for_the_cluster(&self) {
        let whole = [
            "cluster_state:ok",
            "cluster_slots_ok:16384",
            "cluster_size:2",
        ];
        let until = Instant::now() + PATIENCE;
        let told = || self.command(&["CLUSTER", "INFO"]);
        while !whole.iter().all(|line| told().contains(line)) {
            assert!(Instant::now() < until, "no Cluster: {}", told());
            thread::sleep(Duration::from_millis(20));
        }
    }

    fn run(&mut self) -> bool {
        let directory = self.directory.path();
        fs::create_dir_all(directory).unwrap();
        let remove = if self.is_static {
            directory.as_os_str()
        } else {
            OsStr::new("")
        };
        let mut command = Command::new("sh");
        command
            .args(["-c", WATCHED, "sh"])
            .arg(remove)
            .arg(program());
        match self.watches {
            Some(watched) => {
                let settings = directory.join("sentinel.conf");
                fs::write(&settings, sentinel_settings(watched)).unwrap();
                command.arg(settings).arg("--sentinel");
            }
            None => {
                command.args([
                    "--save",
                    "",
                    "--appendonly",
                    "yes",
                    "--appendfsync",
                    "always",
                ]);
                command.args(["--maxmemory-policy", "noeviction"]);
            }
        }
        let port = self.port.to_string();
        command.args(["--port", &port, "--bind", "127.0.0.1"]);
        command.arg("--dir").arg(directory).args(&self.options);
        self.process = Some(command.stdin(Stdio::piped()).spawn().unwrap());
        let until = Instant::now() + PATIENCE;
        while Instant::now() < until {
            if self.answers() {
                return true;
            }
            thread::sleep(Duration::from_millis(5));
        }
        self.kill();
        false
    }

    /// Whether it is this Redis that answers at the port, with all its data loaded.
    fn answers(&self) -> bool {
        if command(self.address(), &["PING"]).as_deref() != Some("PONG") {
            return false;
        }
        if let Some(watched) = self.watches {
            let first = ["SENTINEL", "GET-MASTER-ADDR-BY-NAME", "clinic"];
            return command(self.address(), &first) == Some(watched.to_string());
        }
        let asked = command(self.address(), &["CONFIG", "GET", "dir"]);
        let directory = self.directory.path().canonicalize().unwrap();
        asked.is_some_and(|told| Path::new(&told) == directory)
    }
}

impl Drop for RedisServer {
    fn drop(&mut self) {
        self.kill();
    }
}

/// One Sentinel's word is enough, and it is given soon.
fn sentinel_settings(watched: u16) -> String {
    format!(
        "sentinel monitor clinic 127.0.0.1 {watched} 1\n\
         sentinel down-after-milliseconds clinic 300\n\
         sentinel failover-timeout clinic 3000\n"
    )
}

fn free_port() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    listener.local_addr().unwrap().port()
}

/// The program's name on this machine.
fn program() -> &'static str {
    let there = |name: &&str| Command::new(name).arg("--version").output().is_ok();
    ["redis-server", "/usr/sbin/redis-server", "valkey-server"]
        .into_iter()
        .find(there)
        .expect("redis-server is on this machine: ./test server installs it, or apt-get install redis-server")
}

/// Sends a command, and answers the last line of its answer that is no length.
fn command(address: SocketAddr, words: &[&str]) -> Option<String> {
    let mut connection = TcpStream::connect(address).ok()?;
    let mut sent = format!("*{}\r\n", words.len());
    for word in words {
        sent += &format!("${}\r\n{word}\r\n", word.len());
    }
    connection.write_all(sent.as_bytes()).ok()?;
    answer(&mut BufReader::new(connection))
}

/// Reads one answer; of a list, its last element.
fn answer(from: &mut impl BufRead) -> Option<String> {
    let mut line = String::new();
    from.read_line(&mut line).ok()?;
    let (mark, rest) = line.trim_end().split_at_checked(1)?;
    match (mark, rest.parse::<i64>()) {
        ("*", Ok(length)) => (0..length).map(|_| answer(from)).last()?,
        ("$", Ok(length)) => {
            let mut text = vec![0; usize::try_from(length).ok()? + 2];
            from.read_exact(&mut text).ok()?;
            text.truncate(text.len() - 2);
            String::from_utf8(text).ok()
        }
        _ => Some(rest.to_owned()),
    }
}
