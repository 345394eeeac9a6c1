//! The server and its program, byte by byte through a raw socket, and over https.

mod client;
mod counts;
mod faults;
mod malformed;
mod pages;
mod program;
mod tls;
