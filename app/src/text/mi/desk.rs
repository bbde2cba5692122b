//! Te reo Māori for the desktop and the start page.

use crate::text::desk::{Commit, Desk, Edit, FilingFailures, Handoff};
use crate::text::start::Start;

impl Desk {
    /// In te reo Māori.
    pub(in crate::text) const MI: Self = Self {
        patient: "Tūroro",
        choose_files: "Kōwhiri ngā kōnae",
        from_phone: "Waea pūkoro",
        from_desktop: "Rorohiko papamahi",
        details: "Ngā taipitopito",
        cancel: "Whakakore",
        close: "Katia",
        remove: "Tangohia",
        copy: "Tārua",
        ..Self::EN
    };
}

impl Commit {
    /// In te reo Māori.
    pub(in crate::text) const MI: Self = Self {
        page_of: |page| format!("whārangi {} o {}", page.number, page.of),
        ..Self::EN
    };
}

impl Edit {
    /// In te reo Māori.
    pub(in crate::text) const MI: Self = Self {
        edit: "Whakatika",
        crop_x: "Mauī",
        crop_y: "Runga",
        ..Self::EN
    };
}

impl FilingFailures {
    /// In te reo Māori.
    pub(in crate::text) const MI: Self = Self { ..Self::EN };
}

impl Handoff {
    /// In te reo Māori.
    pub(in crate::text) const MI: Self = Self {
        phone: "Waea pūkoro",
        ..Self::EN
    };
}

impl Start {
    /// In te reo Māori.
    pub(in crate::text) const MI: Self = Self { ..Self::EN };
}
