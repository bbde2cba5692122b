//! Te reo Māori for the phone.

use crate::text::phone::{Phone, Sending};

impl Phone {
    /// In te reo Māori.
    pub(in crate::text) const MI: Self = Self {
        camera: "Tango whakaahua",
        number: "Nama",
        details: "Ngā taipitopito",
        delete_photo: "Muku",
        remove: "Tangohia",
        back: "Hoki",
        sending_title: "E tuku ana",
        sent_title: "Kua tukuna",
        ..Self::EN
    };
}

impl Sending {
    /// In te reo Māori.
    pub(in crate::text) const MI: Self = Self {
        cancel: "Whakakore",
        ..Self::EN
    };
}
