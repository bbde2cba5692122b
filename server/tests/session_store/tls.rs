//! Redis behind TLS, as the program itself reaches it: the certificates it trusts are the machine's.

use crate::redis_server::RedisServer;
use std::path::Path;
use std::process::Command;

/// A certificate for 127.0.0.1 that signs itself, and whose key is no authority's: clients take no other for a server's.
const REQUEST: &str = "[req]
distinguished_name = subject
x509_extensions = server
prompt = no
[subject]
CN = redis.test
[server]
basicConstraints = critical, CA:FALSE
subjectAltName = IP:127.0.0.1
";

fn openssl(within: &Path, line: &[&str]) {
    let ran = Command::new("openssl")
        .args(line)
        .current_dir(within)
        .output()
        .expect(
            "openssl is on this machine: ./test server installs it, or apt-get install openssl",
        );
    let aside = String::from_utf8_lossy(&ran.stderr);
    assert!(ran.status.success(), "{aside}");
}

/// What `clinical-server check` says of the sessions.
fn said_of_sessions(data: &Path, settings: &[(&str, &str)]) -> String {
    let ran = Command::new(env!("CARGO_BIN_EXE_clinical-server"))
        .env_clear()
        .env("DATA_DIR", data)
        .env("DEMO", "true")
        .envs(settings.iter().copied())
        .arg("check")
        .output()
        .unwrap();
    let said = String::from_utf8(ran.stdout).unwrap() + &String::from_utf8_lossy(&ran.stderr);
    assert!(!said.contains("canary"), "{said}");
    said
}

#[test]
fn redis_behind_tls_is_reached_when_its_certificate_is_trusted_and_only_then() {
    let backend = tempfile::tempdir().unwrap();
    std::fs::write(backend.path().join("request"), REQUEST).unwrap();
    let new_key =
        "-newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -keyout key -out certificate";
    let line = format!("req -x509 -config request -days 2 {new_key}");
    openssl(backend.path(), &line.split(' ').collect::<Vec<_>>());
    let certificate = backend.path().join("certificate");
    let (_redis, port) = RedisServer::with_tls(&certificate, &backend.path().join("key"));
    let url = format!("rediss://:canary@127.0.0.1:{port}");

    let data = backend.path().join("data");
    let trusted = ("SSL_CERT_FILE", certificate.to_str().unwrap());
    let open = format!("rediss://127.0.0.1:{port}");
    let said = said_of_sessions(&data, &[("REDIS_URL", &open), trusted]);
    assert!(
        said.lines()
            .any(|line| line.starts_with("ok ") && line.contains("session")),
        "{said}"
    );
    let said = said_of_sessions(&data, &[("REDIS_URL", &url)]);
    assert!(
        said.lines()
            .any(|line| line.starts_with("WRONG") && line.contains("REDIS_URL")),
        "{said}"
    );
}
