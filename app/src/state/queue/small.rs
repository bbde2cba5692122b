//! Small copies of photos that this page prepared. They outlive the photos in the queue, for as long as the session has them.

use super::Queue;
use crate::browser;
use clinical_images::id::PictureId;
use leptos::prelude::*;

impl Queue {
    /// Drops a photo that the session has. Its thumbnail stays, so that nobody has to load the whole picture to show it small.
    pub fn hand_over(self, id: PictureId) {
        let shown = self.shot(id).map(|shot| shot.thumbnail);
        let url = shown.and_then(|shown| shown.try_update(Option::take).flatten());
        self.handed_over
            .update_value(|kept| kept.extend(url.map(|url| (id, url))));
        self.remove(id);
    }

    /// Where a photo that this page has prepared can be seen small.
    #[must_use]
    pub fn thumbnail(self, id: PictureId) -> Option<String> {
        let going = self.shot(id).map(|shot| shot.thumbnail);
        let going = going.and_then(|shown| shown.get_untracked());
        going.or_else(|| {
            self.handed_over.with_value(|kept| {
                let own = kept.iter().find(|(of, _)| *of == id);
                own.map(|(_, url)| url.clone())
            })
        })
    }

    /// Gives back the thumbnails of photos that were handed over and are not there any more.
    pub fn keep_thumbnails(self, there: impl Fn(PictureId) -> bool) {
        self.handed_over.update_value(|kept| {
            for (_, url) in kept.extract_if(.., |(id, _)| !there(*id)) {
                browser::release_url(&url);
            }
        });
    }
}
