//! Whom to trust: the system's certificate authorities, and one more file if an operator names it.

use crate::Error;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;
use rustls::{ClientConfig, RootCertStore};
use std::path::Path;
use std::sync::Arc;

/// The certificates of the extra authority file.
pub(crate) fn read_pem(file: &Path) -> Result<Vec<u8>, Error> {
    let problem = |e: &dyn std::fmt::Display| {
        Error::configuration("ca_file", format!("{}: {e}", file.display()))
    };
    let pem = std::fs::read(file).map_err(|e| problem(&e))?;
    let found = CertificateDer::pem_slice_iter(&pem)
        .collect::<Result<Vec<_>, _>>()
        .map_err(|e| problem(&e))?;
    if found.is_empty() {
        return Err(problem(&"no certificate in PEM form"));
    }
    Ok(pem)
}

/// A client configuration that trusts the system's authorities and those in `ca_file`.
pub(crate) fn client_config(ca_file: Option<&Path>) -> Result<ClientConfig, Error> {
    let mut roots = RootCertStore::empty();
    // A system without authorities is no error here: the extra file, or plain HTTP to a receiver
    // on the same machine, need none. Where they are needed, the handshake fails and says so.
    roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
    if let Some(file) = ca_file {
        for certificate in CertificateDer::pem_slice_iter(&read_pem(file)?) {
            let certificate = certificate.map_err(|e| Error::configuration("ca_file", e))?;
            roots.add(certificate).map_err(|e| Error::configuration("ca_file", e))?;
        }
    }
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(|e| Error::configuration("tls", e))?
        .with_root_certificates(roots)
        .with_no_client_auth();
    Ok(config)
}

/// Whether TLS is what failed, however deep the cause lies.
pub(crate) fn is_cause(error: &(dyn std::error::Error + 'static)) -> bool {
    let mut next = Some(error);
    while let Some(error) = next {
        if error.is::<rustls::Error>() {
            return true;
        }
        // An I/O error's `source` skips the error that it wraps.
        let wrapped = error.downcast_ref::<std::io::Error>().and_then(|e| e.get_ref());
        next = match wrapped {
            Some(inner) => Some(inner),
            None => error.source(),
        };
    }
    false
}
