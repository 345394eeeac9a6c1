//! The site, looked at byte by byte through a raw socket.

mod client;
mod counts;
mod faults;
mod malformed;
mod pages;
