//! Listings: pages of keys, each page's last key the continuation token for the next.

use super::{StoredObject, signed, tag};
use s3s::dto::{ListObjectsV2Input, ListObjectsV2Output, Object};

/// How many keys one page of a listing holds at most.
const PAGE: i32 = 1000;

/// The page that is asked for of everything `found`, which is sorted by key.
pub(super) fn page(mut found: Vec<StoredObject>, input: ListObjectsV2Input) -> ListObjectsV2Output {
    // The last key of the page before is the token.
    if let Some(after) = input
        .continuation_token
        .as_ref()
        .or(input.start_after.as_ref())
    {
        found.retain(|stored| stored.meta.key > *after);
    }
    let page = usize::try_from(input.max_keys.unwrap_or(PAGE).clamp(1, PAGE)).unwrap_or(1);
    let more = found.len() > page;
    found.truncate(page);
    let token = found
        .last()
        .filter(|_| more)
        .map(|stored| stored.meta.key.clone());
    ListObjectsV2Output {
        name: Some(input.bucket),
        prefix: input.prefix,
        continuation_token: input.continuation_token,
        start_after: input.start_after,
        max_keys: i32::try_from(page).ok(),
        key_count: i32::try_from(found.len()).ok(),
        is_truncated: Some(more),
        next_continuation_token: token,
        contents: Some(found.into_iter().map(listed).collect()),
        ..Default::default()
    }
}

fn listed(stored: StoredObject) -> Object {
    Object {
        e_tag: Some(tag(stored.meta.sha256)),
        size: Some(signed(stored.meta.length)),
        last_modified: Some(stored.stored_at.into()),
        key: Some(stored.meta.key),
        ..Default::default()
    }
}
