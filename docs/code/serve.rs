//! Serves a built book on loopback.

use std::io::{self, Write};
use std::path::Path;

use axum::Router;
use tokio::net::TcpListener;
use tower_http::services::{ServeDir, ServeFile};

/// Serves `folder` on 127.0.0.1 until the process ends. Port 0 lets the system pick a free one.
/// The address goes to standard output as soon as connections are taken.
///
/// # Errors
/// If the port is taken, or standard output is closed.
pub fn serve(folder: &Path, port: u16) -> io::Result<()> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_io()
        .build()?;
    runtime.block_on(async {
        let listener = TcpListener::bind(("127.0.0.1", port)).await?;
        writeln!(io::stdout(), "http://{}/", listener.local_addr()?)?;
        axum::serve(listener, router(folder)).await
    })
}

/// Files below `folder` and nothing else; the book's own 404 page for whatever is not there.
fn router(folder: &Path) -> Router {
    let not_found = ServeFile::new(folder.join("404.html"));
    Router::new().fallback_service(ServeDir::new(folder).not_found_service(not_found))
}
