//! Adapters for [`clinical_images::ports::ObjectStore`].

pub mod s3;
