//! The streams against a real server, which counts the requests in flight.

use async_stream::{ahead, fetch_in_order, fetch_stream};
use demo_site::Site;
use futures_util::StreamExt;
use std::io;
use std::net::SocketAddr;
use testing::watchdog;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::task::yield_now;

/// A page by HTTP/1.0: the server closes the connection at its end.
async fn get(address: SocketAddr, name: usize, delay: &str) -> io::Result<Vec<u8>> {
    let mut server = TcpStream::connect(address).await?;
    let request = format!("GET /page/{name}?delay={delay}&size=1KiB HTTP/1.0\r\n\r\n");
    server.write_all(request.as_bytes()).await?;
    let mut response = Vec::new();
    server.read_to_end(&mut response).await?;
    Ok(response)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_page_arrives_in_order_and_the_server_sees_no_more_than_n() {
    let _limit = watchdog::limit();
    let site = Site::start().expect("a port is free");
    let address = site.address();
    let pages = fetch_in_order(0..40, 5, move |name| get(address, name, "10ms"));
    let mut pages = ahead(pages, 3);
    for name in 0..40 {
        let page = pages.next().await.expect("there are 40");
        let page = page.expect("the server answers");
        let body = demo_site::body(&name.to_string(), 1024);
        assert!(page.ends_with(&body), "page {name} is another one");
    }
    assert!(pages.next().await.is_none());
    let counts = site.counts();
    assert_eq!(counts.requests, 40);
    assert!(counts.most_in_flight <= 5, "{counts:?}");
    assert!(
        counts.most_in_flight >= 2,
        "they ran one after the other: {counts:?}"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn dropping_the_stream_closes_its_connections() {
    let _limit = watchdog::limit();
    let site = Site::start().expect("a port is free");
    let address = site.address();
    let delay = |name| if name < 3 { "0s" } else { "1h" };
    let get = move |name| get(address, name, delay(name));
    let mut pages = fetch_stream(0..1000, 4, get);
    for _ in 0..3 {
        let page = pages.next().await.expect("there are 1,000");
        page.expect("the server answers");
    }
    drop(pages);
    while site.open_connections() > 0 {
        yield_now().await; // until the server has seen that they are closed
    }
    assert!(site.counts().requests <= 3 + 4);
}
