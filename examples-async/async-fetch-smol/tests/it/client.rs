//! What this crate does itself and reqwest does out of sight: connections, redirects, stopping.

use std::io::{Read as _, Write as _};
use std::net::TcpListener;
use std::thread;
use std::time::{Duration, Instant};

use async_fetch_smol::{Client, FetchError, Limits, Page, fetch_all};
use demo_site::{Site, body};
use smol::{Timer, future};

fn one_by_one(urls: &[String]) -> Vec<Result<Page, FetchError>> {
    let limits = Limits {
        concurrency: 1,
        ..Limits::default()
    };
    smol::block_on(fetch_all(&Client::new(), urls, limits))
}

#[test]
fn dropping_the_future_stops_every_request() {
    let site = Site::start().unwrap();
    let urls = vec![site.url("/fault/never"); 5];
    let limits = Limits {
        timeout: Duration::from_secs(3600),
        ..Limits::default()
    };
    let fetching = async {
        fetch_all(&Client::new(), &urls, limits).await;
    };
    let all_are_sent = async {
        while site.counts().in_flight < 5 {
            Timer::after(Duration::from_millis(5)).await;
        }
    };
    smol::block_on(future::or(fetching, all_are_sent));
    let deadline = Instant::now() + Duration::from_secs(30);
    while site.counts().in_flight > 0 {
        assert!(
            Instant::now() < deadline,
            "some requests are still in flight"
        );
        thread::sleep(Duration::from_millis(5));
    }
    assert_eq!(site.counts().requests, 5);
}

/// The future is `Send`, although the call uses one thread only.
#[test]
fn the_call_may_be_a_task_of_another_executor() {
    let site = Site::start().unwrap();
    let urls = [site.url("/page/a?size=100")];
    let elsewhere =
        smol::spawn(async move { fetch_all(&Client::new(), &urls, Limits::default()).await });
    let pages = smol::block_on(elsewhere);
    assert_eq!(pages[0].as_ref().unwrap().body, body("a", 100));
}

#[test]
fn a_connection_is_kept_for_its_own_site_and_the_oldest_goes() {
    let (a, b) = (Site::start().unwrap(), Site::start().unwrap());
    let page = "/page/p?size=500";
    let urls = [&a, &a, &b, &b, &b, &a, &a].map(|site| site.url(page));
    let pages = one_by_one(&urls);
    assert!(pages.iter().all(Result::is_ok), "{pages:?}");
    // One request in flight: one connection kept. That to `b` took the place of that to `a`.
    assert_eq!((a.counts().connections, a.counts().requests), (2, 4));
    assert_eq!((b.counts().connections, b.counts().requests), (1, 3));
}

#[test]
fn a_kept_connection_that_the_site_closed_is_replaced() {
    let site = Site::start().unwrap();
    let pages = one_by_one(&[site.url("/fault/stale"), site.url("/page/next?size=100")]);
    assert!(pages[0].is_ok(), "{pages:?}");
    assert_eq!(pages[1].as_ref().unwrap().body, body("next", 100));
    assert_eq!(site.counts().connections, 2);
}

#[test]
fn what_follows_the_declared_length_gets_into_no_other_page() {
    let site = Site::start().unwrap();
    let long = site.url("/fault/long?size=3000");
    let pages = one_by_one(&[long, site.url("/page/next?size=100")]);
    assert_eq!(pages[0].as_ref().unwrap().body.len(), 3000);
    assert_eq!(pages[1].as_ref().unwrap().body, body("next", 100));
}

#[test]
fn a_redirect_may_lead_to_another_site() {
    let (a, b) = (Site::start().unwrap(), Site::start().unwrap());
    let there = b.url("/page/there?size=100").replace('?', "%3F");
    let pages = one_by_one(&[a.url(&format!("/redirect/1?to={there}"))]);
    assert_eq!(pages[0].as_ref().unwrap().body, body("there", 100));
    assert_eq!((a.counts().requests, b.counts().requests), (1, 1));
}

#[test]
fn the_request_is_what_a_site_expects() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let site = thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        let mut head = vec![0; 4096];
        let length = stream.read(&mut head).unwrap();
        stream
            .write_all(b"HTTP/1.1 204 No Content\r\n\r\n")
            .unwrap();
        head.truncate(length);
        String::from_utf8(head).unwrap()
    });
    let pages = one_by_one(&[format!("http://{address}?q=1#part")]);
    assert_eq!(pages[0].as_ref().unwrap().status, 204);
    let head = site.join().unwrap();
    assert_eq!(
        head,
        format!(
            "GET /?q=1 HTTP/1.1\r\naccept: */*\r\nuser-agent: {}/{}\r\nhost: {address}\r\n\r\n",
            env!("CARGO_PKG_NAME"),
            env!("CARGO_PKG_VERSION"),
        )
    );
}

/// A small container has no root certificates. Elsewhere the system has them in another place.
#[cfg(target_os = "linux")]
#[test]
fn plain_http_needs_no_root_certificates() {
    let site = Site::start().unwrap();
    let page = site.url("/page/plain?size=100");
    let output = std::process::Command::new(env!("CARGO_BIN_EXE_async-fetch-smol"))
        .env("SSL_CERT_FILE", "/dev/null")
        .env_remove("SSL_CERT_DIR")
        .args(["--json", &page, &page.replace("http:", "https:")])
        .output()
        .unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    let rows: Vec<_> = text.lines().collect();
    assert!(rows[0].contains("\"bytes\":100"), "{text}");
    assert!(rows[1].contains("No CA certificates were loaded"), "{text}");
    assert_eq!(rows.len(), 2);
}

/// The variable that names the authority is read on Linux only.
#[cfg(target_os = "linux")]
#[test]
fn a_connection_with_tls_is_kept_too() {
    let site = Site::start_tls(demo_site::tls::Certificate::Valid).unwrap();
    let authority = std::env::temp_dir().join(format!("smol-ca-{}.pem", std::process::id()));
    std::fs::write(&authority, site.ca_pem()).unwrap();
    let output = std::process::Command::new(env!("CARGO_BIN_EXE_async-fetch-smol"))
        .env("SSL_CERT_FILE", &authority)
        .env_remove("SSL_CERT_DIR")
        .args(["--json", "--concurrency", "1"])
        .args(vec![site.url("/page/a?size=100000"); 3])
        .output()
        .unwrap();
    std::fs::remove_file(&authority).unwrap();
    assert!(output.status.success(), "{output:?}");
    assert_eq!((site.counts().requests, site.counts().connections), (3, 1));
}
