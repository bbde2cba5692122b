//! `check`: tries everything that the server depends on, in the way in which the server and browsers will use it, and
//! says of each what it found. Leaves nothing behind.

use super::{CommandContext, print};
use crate::adapter::object_store::s3::S3ObjectStore;
use crate::adapter::system::{OsEntropy, SystemClock};
use crate::wire;
use clinical_images::digest::Sha256;
use clinical_images::id::PictureId;
use clinical_images::picture::JPEG;
use clinical_images::ports::{
    Clock as _, Entropy as _, ObjectKey, ObjectRead, ObjectStore, PortFault, PresignedPut,
    PutRequest,
};
use clinical_images::practice::{CredentialsName, PracticeId, PracticeSettings};
use clinical_images::service::{Practice, Services};
use http::header::{
    ACCESS_CONTROL_ALLOW_ORIGIN, ACCESS_CONTROL_REQUEST_HEADERS, ACCESS_CONTROL_REQUEST_METHOD,
    ORIGIN,
};
use reqwest::Method;
use std::time::Duration;

/// How long the picture store may take to answer as a browser would ask it.
const PATIENCE: Duration = Duration::from_secs(15);
/// How long the trial's permission lives.
const TRIAL: Duration = Duration::from_secs(60);
const BYTES: &[u8] = b"a trial of the picture store, to be deleted";

/// What is wrong with something, and what to do about it.
type Wrong = String;

/// Of all practices, or of the deployment and one practice.
pub(super) async fn check(
    context: &CommandContext,
    only: Option<&PracticeId>,
) -> Result<bool, String> {
    let faults = context.config.faults();
    let mut good = faults.is_empty();
    if good {
        print("ok     the settings");
    }
    for fault in faults {
        print(&format!("WRONG  {fault}"));
    }
    let mut told = |what: &str, found: Result<(), Wrong>| match found {
        Ok(()) => print(&format!("ok     {what}")),
        Err(wrong) => {
            good = false;
            print(&format!("WRONG  {what}: {wrong}"));
        }
    };
    if let Ok(object_store) = wire::object_store(&context.config, context.demo.as_ref()) {
        told("the picture store", pictures(&object_store).await);
        told(
            "uploads from a browser",
            uploads(&object_store, &context.origin()?).await,
        );
    }
    if context.config.check().is_ok() {
        match context.services().await {
            Ok(services) => {
                told("the session store", sessions(&services).await);
                let mut practices = services.practices.all();
                practices.retain(|it| only.is_none_or(|only| *only == it.settings.id));
                if practices.is_empty() {
                    told(
                        "the practices",
                        Err("there is no practice of this name".to_owned()),
                    );
                }
                for practice in practices {
                    told(&described(&practice.settings), alex(&practice).await);
                }
            }
            Err(wrong) => told("the session store and the practices", Err(wrong)),
        }
    }
    Ok(good)
}

/// A practice's settings in one line.
fn described(practice: &PracticeSettings) -> String {
    let targets = practice.limits.outbox.targets.iter();
    let targets: Vec<&str> = targets.map(|target| target.name()).collect();
    let credentials = practice.credentials.as_ref();
    format!(
        "practice {} ({}, {}): {}files to {}, {}, caption {}, credentials {}",
        practice.id,
        practice.name.as_str(),
        practice.facility.as_str(),
        if practice.closed { "closed, " } else { "" },
        targets.join(" and "),
        practice.time_zone.as_str(),
        if practice.caption { "on" } else { "off" },
        credentials.map_or("of the environment", CredentialsName::as_str),
    )
}

async fn sessions(services: &Services) -> Result<(), Wrong> {
    services.sessions.probe().await.map_err(told)
}

/// Reads the practice: that needs the address, the token and the facility to be right.
async fn alex(practice: &Practice) -> Result<(), Wrong> {
    let settings = &practice.settings;
    let facility = practice.ehr.facility(&settings.facility).await;
    facility.map(drop).map_err(|fault| match &settings.credentials {
        Some(name) => format!("{fault}; look at its facility and at the table [alex.{name}]"),
        None => format!("{fault}; look at ALEX_BASE_URL, ALEX_TOKEN_URL, ALEX_CLIENT_ID, ALEX_CLIENT_SECRET, ALEX_SCOPE and at the facility of the practice (ALEX_FACILITY without a file of practices)"),
    })
}

/// What the server itself does with the store, once each.
async fn pictures(object_store: &S3ObjectStore) -> Result<(), Wrong> {
    if !object_store.has_bucket().await.map_err(told_of_store)? {
        return Err(
            "the bucket that S3_BUCKET names is not there; clinical-server setup-bucket makes it"
                .to_owned(),
        );
    }
    object_store.list(None, 1).await.map_err(told_of_store)?;
    if object_store.keeps_versions().await.map_err(told_of_store)? {
        return Err(
            "the bucket keeps older versions, so that deleted pictures stay; turn versioning off"
                .to_owned(),
        );
    }
    Ok(())
}

/// A permission, used as a browser on a page of `origin` would.
async fn uploads(object_store: &S3ObjectStore, origin: &str) -> Result<(), Wrong> {
    let key = trial_key();
    let signed = object_store
        .presign_put(&trial(&key), SystemClock.now())
        .await;
    let signed = signed.map_err(told_of_store)?;
    let tried = try_upload(object_store, origin, &key, &signed).await;
    object_store.delete(&key).await.map_err(told_of_store)?;
    tried?;
    match object_store.exists(&key).await.map_err(told_of_store)? {
        false => Ok(()),
        true => Err("what is deleted stays".to_owned()),
    }
}

async fn try_upload(
    object_store: &S3ObjectStore,
    origin: &str,
    key: &ObjectKey,
    signed: &PresignedPut,
) -> Result<(), Wrong> {
    let unreached = |fault: reqwest::Error| {
        format!(
            "the address that browsers use does not answer ({}); look at S3_PUBLIC_ENDPOINT and S3_ENDPOINT",
            fault.without_url()
        )
    };
    let client = reqwest::Client::builder()
        .timeout(PATIENCE)
        .redirect(reqwest::redirect::Policy::none());
    let client = client.build().map_err(unreached)?;
    let names: Vec<&str> = signed
        .headers
        .iter()
        .map(|(name, _)| name.as_str())
        .collect();
    let preflight = client
        .request(Method::OPTIONS, &signed.url)
        .header(ORIGIN, origin)
        .header(ACCESS_CONTROL_REQUEST_METHOD, "PUT")
        .header(ACCESS_CONTROL_REQUEST_HEADERS, names.join(","));
    let preflight = preflight.send().await.map_err(unreached)?;
    let lets_in = preflight.headers().get(ACCESS_CONTROL_ALLOW_ORIGIN);
    if !lets_in.is_some_and(|it| it == origin || it == "*") {
        return Err(format!(
            "pages of {origin} may not upload; clinical-server setup-bucket allows it, and PUBLIC_URL says whose pages"
        ));
    }
    let mut statuses = Vec::new();
    for _ in 0..2 {
        let put = signed
            .headers
            .iter()
            .fold(client.put(&signed.url).body(BYTES), |put, (name, value)| {
                put.header(name, value)
            });
        statuses.push(put.send().await.map_err(unreached)?.status().as_u16());
    }
    match statuses[..] {
        [200, 412 | 409] => {}
        [200, _] => return Err(
            "the store replaces objects in spite of If-None-Match; it is too old for this product"
                .to_owned(),
        ),
        _ => {
            return Err(format!(
                "an upload was answered with status {}; look at S3_REGION, the keys and their rights",
                statuses[0]
            ));
        }
    }
    let read = object_store
        .read(key, BYTES.len() as u64)
        .await
        .map_err(told_of_store)?;
    if read.and_then(ObjectRead::whole).as_deref() != Some(BYTES) {
        return Err("what was uploaded does not come back; do S3_ENDPOINT and S3_PUBLIC_ENDPOINT lead to the same store?".to_owned());
    }
    Ok(())
}

/// Has the shape of a picture's key, so that the garbage collection deletes it should this program break off.
fn trial_key() -> ObjectKey {
    ObjectKey::of_attempt(OsEntropy.bits(), PictureId::from_bits(OsEntropy.bits()), 0)
}

fn trial(key: &ObjectKey) -> PutRequest {
    PutRequest {
        key: key.clone(),
        length: BYTES.len() as u64,
        content_type: JPEG,
        sha256: Sha256::of(BYTES),
        lifetime: TRIAL,
    }
}

#[expect(clippy::needless_pass_by_value, reason = "for map_err")]
fn told(fault: PortFault) -> Wrong {
    fault.to_string()
}

#[expect(clippy::needless_pass_by_value, reason = "for map_err")]
fn told_of_store(fault: PortFault) -> Wrong {
    format!(
        "{fault}; look at S3_ENDPOINT, S3_BUCKET, S3_REGION and the keys, which need the rights to list, get, put and delete"
    )
}
