//! The demo as `main` puts it together: one command, and a patient who does not exist can be opened.

use super::browser::Browser;
use super::server::PATIENCE;
use clap::Parser as _;
use clinical_images::record::Target;
use clinical_images::session::SessionView;
use clinical_server::config::Config;
use clinical_server::demo::Demo;
use clinical_server::{router, wire};
use http::Method;
use leptos::config::LeptosOptions;
use serde_json::{Value, json};
use std::path::Path;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

fn config(data: &Path) -> Config {
    let data = data.to_str().unwrap();
    let arguments = [
        "server",
        "--demo",
        "--port",
        "0",
        "--public-host",
        "127.0.0.1",
        "--data-dir",
        data,
    ];
    Config::try_parse_from(arguments).unwrap()
}

#[tokio::test]
async fn a_fictional_patient_is_chosen_on_the_start_page_and_opened_by_the_simulated_medtech() {
    super::log::keep();
    let data = tempfile::tempdir().unwrap();
    let config = config(data.path());
    let listener = TcpListener::bind(config.web.listen()).await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let shutdown = CancellationToken::new();
    let demo = Demo::start(&config, port, shutdown.clone()).await.unwrap();
    let services = wire::services(&config, port, Some(&demo)).await.unwrap();
    let options = LeptosOptions::builder().output_name("clinical").build();
    let app = router::router(services, options, shutdown.clone());
    let serve =
        axum::serve(listener, app).with_graceful_shutdown(shutdown.clone().cancelled_owned());
    let served = tokio::spawn(async move { serve.await.unwrap() });

    let url = config.web.public_url(port);
    let browser = Browser::new(&url, &url);
    let start: Value = browser.ask("start", json!({})).await.value();
    let practices = start["demo"]["practices"].as_array().unwrap();
    let of = |index: usize| practices[index]["patients"].as_array().unwrap();
    assert_eq!((of(0).len(), of(1).len()), (10, 3));
    let patients = of(0);
    let page = browser.get("/").await.text;
    let name = patients[0]["name"].as_str().unwrap();
    assert!(
        page.contains("fictional patients") && page.contains(name),
        "{page}"
    );

    let away = Browser::new(patients[0]["open_url"].as_str().unwrap(), &url);
    let icon = away.send(away.bare(Method::GET, "")).await;
    let launch = icon.header("location").strip_prefix(&url).unwrap();
    let opened = browser.get(launch).await;
    let session = opened.header("location").strip_prefix("/desk/").unwrap();
    let args = json!({ "session": session });
    let view: SessionView = browser.ask("desk/snapshot", args).await.value();
    assert!(
        view.launch.demo,
        "every screen can say that this is no patient"
    );

    let away = Browser::new(of(1)[0]["open_url"].as_str().unwrap(), &url);
    let icon = away.send(away.bare(Method::GET, "")).await;
    let launch = icon.header("location").strip_prefix(&url).unwrap();
    assert!(launch.starts_with("/launch/rata?"), "{launch}");
    let opened = browser.get(launch).await;
    let session = opened.header("location").strip_prefix("/desk/").unwrap();
    let args = json!({ "session": session });
    let view: SessionView = browser.ask("desk/snapshot", args).await.value();
    assert_eq!(view.targets, [Target::ScanPdf]);
    assert_eq!(view.launch.provider.name, "Dr Mele Faleolo");

    let second = Demo::start(&config, port, CancellationToken::new()).await;
    assert!(second.is_err(), "one demo at a time in one directory");
    shutdown.cancel();
    let ended = tokio::time::timeout(PATIENCE, async {
        served.await.unwrap();
        demo.stopped().await;
    });
    ended.await.expect("the demo ends when it is asked to");
}
