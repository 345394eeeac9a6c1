//! The site over https: a client that trusts the site's authority accepts the valid certificate
//! and no other.

use std::io::{self, Read, Write};
use std::net::TcpStream;
use std::sync::Arc;
use std::time::Duration;

use demo_site::tls::Certificate;
use demo_site::{Site, body};
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::{ClientConfig, ClientConnection, RootCertStore, StreamOwned};

use crate::client::eventually;

type Stream = StreamOwned<ClientConnection, TcpStream>;

fn connect(site: &Site, name: &'static str) -> Stream {
    let mut roots = RootCertStore::empty();
    roots
        .add(CertificateDer::from_pem_slice(site.ca_pem().as_bytes()).expect("it is PEM"))
        .expect("it is an authority");
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let mut config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .expect("the provider knows them")
        .with_root_certificates(roots)
        .with_no_client_auth();
    config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
    let name = ServerName::try_from(name).expect("it is a name");
    let client = ClientConnection::new(Arc::new(config), name).expect("the configuration is whole");
    let socket = TcpStream::connect(site.address()).expect("the site listens");
    socket
        .set_read_timeout(Some(Duration::from_secs(30)))
        .expect("it is not zero");
    StreamOwned::new(client, socket)
}

fn get(stream: &mut Stream, target: &str) -> io::Result<Vec<u8>> {
    stream.write_all(format!("GET {target} HTTP/1.1\r\nConnection: close\r\n\r\n").as_bytes())?;
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer)?;
    Ok(answer)
}

/// The words of the error with which a client refuses the site.
fn refusal(certificate: Certificate) -> String {
    let site = Site::start_tls(certificate).expect("there is a port and randomness");
    let error = get(&mut connect(&site, "localhost"), "/page/a").expect_err("it must be refused");
    assert_eq!(site.counts().requests, 0);
    error.to_string()
}

#[test]
fn the_valid_certificate_is_good_for_both_names() {
    let site = Site::start_tls(Certificate::Valid).unwrap();
    assert!(site.url("/").starts_with("https://localhost:"));
    for name in ["localhost", "127.0.0.1"] {
        let mut stream = connect(&site, name);
        let answer = get(&mut stream, "/page/a?delay=10ms&size=100KiB").unwrap();
        assert!(answer.ends_with(&body("a", 100 * 1024)));
        assert_eq!(stream.conn.alpn_protocol(), Some(&b"http/1.1"[..]));
    }
    assert_eq!((site.counts().requests, site.counts().in_flight), (2, 0));
}

#[test]
fn the_others_are_refused_each_for_its_reason() {
    for (certificate, words) in [
        (Certificate::WrongHost, "not valid for name"),
        (Certificate::Expired, "expired"),
        (Certificate::UnknownCa, "UnknownIssuer"),
    ] {
        let refusal = refusal(certificate);
        assert!(refusal.contains(words), "{refusal}");
    }
}

#[test]
fn faults_are_the_same_under_tls() {
    let site = Site::start_tls(Certificate::Valid).unwrap();
    let half = get(&mut connect(&site, "localhost"), "/fault/short?size=100").unwrap();
    assert!(half.ends_with(&body("short", 50)));

    let mut stream = connect(&site, "localhost");
    let error = get(&mut stream, "/fault/reset").unwrap_err();
    assert_eq!(error.kind(), io::ErrorKind::ConnectionReset);
}

#[test]
fn a_client_that_goes_away_ends_its_request() {
    let site = Site::start_tls(Certificate::Valid).unwrap();
    let mut stream = connect(&site, "localhost");
    stream
        .write_all(b"GET /fault/never HTTP/1.1\r\n\r\n")
        .unwrap();
    eventually("it has arrived", || site.counts().in_flight == 1);
    drop(stream);
    eventually("it has ended", || site.counts().in_flight == 0);
}

#[test]
fn sites_share_one_authority_and_plain_http_gets_no_answer() {
    let one = Site::start_tls(Certificate::Valid).unwrap();
    let two = Site::start_tls(Certificate::Expired).unwrap();
    assert_eq!(one.ca_pem(), two.ca_pem());
    let mut client = TcpStream::connect(one.address()).unwrap();
    client.write_all(b"GET / HTTP/1.1\r\n\r\n").unwrap();
    let mut answer = Vec::new();
    // A TLS alert, then the end.
    let _ = client.read_to_end(&mut answer);
    assert!(!answer.starts_with(b"HTTP"));
}
