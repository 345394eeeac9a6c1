//! Certificates for a site that speaks https, good and bad ones.

use std::io;
use std::sync::{Arc, LazyLock};

use rcgen::{
    BasicConstraints, CertificateParams, DnType, ExtendedKeyUsagePurpose, IsCa, Issuer, KeyPair,
    KeyUsagePurpose, date_time_ymd,
};
use tokio::net::TcpStream;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::pki_types::PrivateKeyDer;
use tokio_rustls::server::TlsStream;

use crate::connection::Socket;

/// What a site shows to prove that it is `localhost`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Certificate {
    /// Good for `localhost`, 127.0.0.1 and ::1, and signed by [the authority](ca_pem).
    Valid,
    /// Signed by the authority, but for `elsewhere.example`.
    WrongHost,
    /// Signed by the authority for `localhost`, but its time ended with the year 2020.
    Expired,
    /// Good for `localhost`, but signed by an authority that no one knows.
    UnknownCa,
}

struct Authority {
    issuer: Issuer<'static, KeyPair>,
    pem: String,
}

/// One for the whole process, so that all its sites can be trusted by way of one file.
static KNOWN: LazyLock<Result<Authority, rcgen::Error>> =
    LazyLock::new(|| Authority::new("demo-site's authority"));

/// The authority that signs all certificates but [`Certificate::UnknownCa`], in PEM: what a client
/// is to trust, for instance in the file that `SSL_CERT_FILE` names. Each process makes its own.
/// It is empty if the system has no randomness to make a key from, and then no site starts.
pub fn ca_pem() -> &'static str {
    KNOWN.as_ref().map_or("", |authority| &authority.pem)
}

/// # Errors
/// If the system has no randomness to make a key from.
pub(crate) fn acceptor(certificate: Certificate) -> io::Result<TlsAcceptor> {
    let config = config(certificate).map_err(io::Error::other)?;
    Ok(TlsAcceptor::from(Arc::new(config)))
}

fn config(
    certificate: Certificate,
) -> Result<ServerConfig, Box<dyn std::error::Error + Send + Sync>> {
    let unknown;
    let authority = if certificate == Certificate::UnknownCa {
        unknown = Authority::new("an authority that no one knows")?;
        &unknown
    } else {
        KNOWN.as_ref().map_err(Clone::clone)?
    };
    let names = match certificate {
        Certificate::WrongHost => vec!["elsewhere.example".to_owned()],
        _ => ["localhost", "127.0.0.1", "::1"]
            .map(str::to_owned)
            .to_vec(),
    };
    let mut params = CertificateParams::new(names)?;
    params
        .distinguished_name
        .push(DnType::CommonName, "demo-site");
    params.key_usages.push(KeyUsagePurpose::DigitalSignature);
    params
        .extended_key_usages
        .push(ExtendedKeyUsagePurpose::ServerAuth);
    // Python 3.13 refuses a certificate without it.
    params.use_authority_key_identifier_extension = true;
    if certificate == Certificate::Expired {
        params.not_before = date_time_ymd(2020, 1, 1);
        params.not_after = date_time_ymd(2020, 12, 31);
    }
    let key = KeyPair::generate()?;
    let chain = vec![params.signed_by(&key, &authority.issuer)?.der().clone()];
    let key = PrivateKeyDer::try_from(key.serialize_der())?;
    // Named, since a program may have several providers built in and none chosen.
    let mut config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()?
        .with_no_client_auth()
        .with_single_cert(chain, key)?;
    // A client that could speak HTTP/2 must learn that this site does not.
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    Ok(config)
}

impl Authority {
    fn new(name: &str) -> Result<Authority, rcgen::Error> {
        let mut params = CertificateParams::default();
        params.distinguished_name.push(DnType::CommonName, name);
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
        let key = KeyPair::generate()?;
        let pem = params.self_signed(&key)?.pem();
        Ok(Authority {
            issuer: Issuer::new(params, key),
            pem,
        })
    }
}

impl Socket for TlsStream<TcpStream> {
    const SCHEME: &str = "https";

    fn tcp(&self) -> &TcpStream {
        self.get_ref().0
    }
}
