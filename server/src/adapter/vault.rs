//! Adapters for [`clinical_images::ports::ObjectVault`].

pub mod s3;
