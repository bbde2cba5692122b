//! The picture pipeline.
