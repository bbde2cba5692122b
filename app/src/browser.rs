//! Everything that touches the browser. Nothing in here runs on the server: it is called from event handlers and
//! effects only, which the server never runs. Nothing outside of here names `web_sys`, but for event types.

mod clock;
mod codec;
mod device;
mod element;
mod event_stream;
mod files;
mod page;
mod put;

pub use clock::{local_day_and_time, local_time};
pub use codec::{Codec, Prepared};
pub use device::{
    copy_text, focus, guard_leaving, is_online, next_frame, now, on_window, random_bits,
    show_modal, sleep,
};
pub use element::{
    capture_pointer, carries_files, focus_is_lost, image_loaded, is_on_button, is_typing,
    is_visible, left_window, reveal, reveal_sideways, select_text, show_value, size_of, within,
};
pub use event_stream::{EventStream, FeedMessage, open_event_stream};
pub use files::{LocalFile, dropped, fetch_file, object_url, pasted, release_url, take_chosen};
pub use page::{
    back, on_fragment, on_history_step, on_return, path, push_address, replace_address,
    take_fragment, to_top,
};
#[cfg(not(feature = "ssr"))]
pub use page::{document_language, is_demo};
pub use put::put;
