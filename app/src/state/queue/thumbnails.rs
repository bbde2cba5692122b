//! Small copies of photos that this page prepared. They outlive the photos in the queue, for as long as the session has them.

use super::Queue;
use crate::browser;
use clinical_images::id::PictureId;
use leptos::prelude::*;

impl Queue {
    /// Removes a photo that has arrived from the queue and keeps its thumbnail, so that the strip need not load the whole picture.
    pub fn complete(self, id: PictureId) {
        let shown = self.photo(id).map(|photo| photo.thumbnail);
        let url = shown.and_then(|shown| shown.try_update(Option::take).flatten());
        self.completed
            .update_value(|kept| kept.extend(url.map(|url| (id, url))));
        self.remove(id);
    }

    /// The object URL of the thumbnail of a photo that this page has prepared.
    #[must_use]
    pub fn thumbnail(self, id: PictureId) -> Option<String> {
        let going = self.photo(id).map(|photo| photo.thumbnail);
        let going = going.and_then(|shown| shown.get_untracked());
        going.or_else(|| {
            self.completed.with_value(|kept| {
                let own = kept.iter().find(|(of, _)| *of == id);
                own.map(|(_, url)| url.clone())
            })
        })
    }

    /// Releases the thumbnails of completed uploads whose pictures no longer exist.
    pub fn keep_thumbnails(self, there: impl Fn(PictureId) -> bool) {
        self.completed.update_value(|kept| {
            for (_, url) in kept.extract_if(.., |(id, _)| !there(*id)) {
                browser::release_url(&url);
            }
        });
    }
}
