//! The audit: what stands behind the port [`AuditSink`](clinical_images::ports::AuditSink).

mod file;

pub use file::AuditFiles;

use clinical_images::ports::Port;

/// How these adapters call their port in a `PortFault`.
const PORT: Port = Port::Audit;
