//! A bucket's rules: whose pages may come from a browser, and which objects go by themselves.

use super::{DiskStore, sync_directory};
use s3s::dto::{CORSRule, ExpirationStatus, LifecycleRule};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::fs;
use std::io::{self, Write as _};
use std::path::Path;
use std::sync::PoisonError;
use std::time::{Duration, SystemTime};

const DIRECTORY: &str = ".rules";
const DAY: Duration = Duration::from_secs(24 * 60 * 60);

/// The rules of one bucket, in S3's own words.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(crate) struct Rules {
    /// Whose pages may come.
    pub cors: Vec<CORSRule>,
    /// What goes by itself.
    pub lifecycle: Vec<LifecycleRule>,
}

impl Rules {
    /// Whether this store can do what they say: no patterns but `*` alone, and of a lifecycle only days and a prefix.
    /// That pieces of uploads and old versions go is true in a store that has neither.
    pub fn is_supported(&self) -> bool {
        let plain = |text: &String| text == "*" || !text.contains('*');
        let cors = self.cors.iter().all(|rule| {
            let headers = rule.allowed_headers.iter().flatten();
            rule.allowed_origins.iter().chain(headers).all(plain)
        });
        cors && self.lifecycle.iter().all(is_by_days)
    }
}

fn is_by_days(rule: &LifecycleRule) -> bool {
    let expiration = rule.expiration.as_ref();
    let filter = rule.filter.as_ref();
    rule.transitions.is_none()
        && rule.noncurrent_version_transitions.is_none()
        && expiration.is_none_or(|it| it.date.is_none())
        && filter.is_none_or(|it| {
            it.and.is_none()
                && it.tag.is_none()
                && it.object_size_greater_than.is_none()
                && it.object_size_less_than.is_none()
        })
}

/// All rules under `root`, by bucket.
pub(super) fn load_all(root: &Path) -> io::Result<BTreeMap<String, Rules>> {
    let place = root.join(DIRECTORY);
    fs::create_dir_all(&place)?;
    let mut all = BTreeMap::new();
    for entry in fs::read_dir(place)? {
        let path = entry?.path();
        if let Some(bucket) = path.file_stem().and_then(|name| name.to_str()) {
            all.insert(
                bucket.to_owned(),
                serde_json::from_slice(&fs::read(&path)?)?,
            );
        }
    }
    Ok(all)
}

impl DiskStore {
    /// The rules of `bucket`; none when none were set.
    pub fn rules(&self, bucket: &str) -> Rules {
        let rules = self.rules.read().unwrap_or_else(PoisonError::into_inner);
        rules.get(bucket).cloned().unwrap_or_default()
    }

    /// Sets the rules of `bucket` durably.
    pub fn set_rules(&self, bucket: &str, rules: Rules) -> io::Result<()> {
        let (staged, mut file) = self.stage()?;
        file.write_all(&serde_json::to_vec(&rules)?)?;
        file.sync_all()?;
        let place = self.root.join(DIRECTORY);
        fs::rename(&staged.path, place.join(format!("{bucket}.json")))?;
        sync_directory(&place)?;
        let mut known = self.rules.write().unwrap_or_else(PoisonError::into_inner);
        known.insert(bucket.to_owned(), rules);
        Ok(())
    }

    /// Removes what the lifecycle rules say has lain long enough; how many objects that were.
    pub fn expire(&self, now: SystemTime) -> io::Result<usize> {
        let all = self.rules.read().unwrap_or_else(PoisonError::into_inner);
        let mut gone = 0;
        for (bucket, rules) in all.iter().filter(|(bucket, _)| self.has_bucket(bucket)) {
            for rule in &rules.lifecycle {
                let Some(before) = bound(rule, now) else {
                    continue;
                };
                for stored in self.list(bucket, prefix(rule))? {
                    if stored.stored_at <= before {
                        self.remove(bucket, &stored.meta.key)?;
                        gone += 1;
                    }
                }
            }
        }
        Ok(gone)
    }
}

/// Objects stored before then go by this rule.
fn bound(rule: &LifecycleRule, now: SystemTime) -> Option<SystemTime> {
    let days = rule.expiration.as_ref()?.days?;
    let enabled = rule.status.as_str() == ExpirationStatus::ENABLED;
    let age = DAY.checked_mul(u32::try_from(days).ok()?)?;
    now.checked_sub(age).filter(|_| enabled)
}

fn prefix(rule: &LifecycleRule) -> &str {
    let filtered = rule.filter.as_ref().and_then(|it| it.prefix.as_deref());
    filtered.or(rule.prefix.as_deref()).unwrap_or_default()
}
