// SPDX-License-Identifier: 0BSD OR MIT OR Apache-2.0
//! The short version gives up https, redirects, kept connections, and limits on time and body size.

use futures_util::{StreamExt, stream};
use http_body_util::{BodyExt, Empty};
use hyper::{Request, Uri, body::Bytes, client::conn::http1, header::HOST};

pub(crate) type Page = Result<(u16, Bytes), Box<dyn std::error::Error + Send + Sync>>;

pub(crate) async fn fetch(url: &str) -> Page {
    let url: Uri = url.parse()?;
    let host = url.authority().ok_or("no host")?;
    let address = (host.host(), host.port_u16().unwrap_or(80));
    let socket = smol::net::TcpStream::connect(address).await?;
    let (mut sender, connection) = http1::handshake(smol_hyper::rt::FuturesIo::new(socket)).await?;
    smol::spawn(connection).detach(); // moves the bytes; it ends when `sender` is dropped
    let path = url.path_and_query().map_or("/", |path| path.as_str());
    let request = Request::get(path).header(HOST, host.as_str());
    let response = sender
        .send_request(request.body(Empty::<Bytes>::new())?)
        .await?;
    let status = response.status().as_u16();
    Ok((status, response.collect().await?.to_bytes()))
}

pub(crate) fn main() {
    let urls = ["http://example.com/", "http://example.org/"];
    let pages = stream::iter(urls).map(fetch).buffered(8); // at most 8 in flight, results in order
    println!("{:?}", smol::block_on(pages.collect::<Vec<Page>>()));
}
