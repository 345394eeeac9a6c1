//! An `http://` URL in its parts, and what a redirect makes of it.

use std::io::{self, ErrorKind};
use std::net::Ipv6Addr;

/// Where to connect, and what to ask for there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Url {
    /// Host and port as the URL has them, in small letters: what the `Host` field says.
    pub authority: String,
    /// A name or an address, without the brackets of IPv6.
    pub host: String,
    /// 80 where the URL names none.
    pub port: u16,
    /// Path and query, the path at least `/`; `é` stands there as `%C3%A9`.
    pub target: String,
}

impl Url {
    /// Takes a URL apart.
    ///
    /// # Errors
    /// [`ErrorKind::InvalidInput`] if it is none, or one of another scheme; [`ErrorKind::Unsupported`]
    /// for `https://`.
    pub fn parse(text: &str) -> io::Result<Self> {
        // A line end or a space in it would end the request line, and whoever wrote the URL could
        // go on with header fields of his own.
        if text.contains(|c: char| c.is_ascii() && !c.is_ascii_graphic()) {
            return invalid("a space or a control character in a URL is %-encoded");
        }
        let Some((scheme, rest)) = text.split_once("://") else {
            return invalid("a URL begins with http://");
        };
        if scheme.eq_ignore_ascii_case("https") {
            let error = "https:// needs TLS, which this client does not have: async-fetch can";
            return Err(io::Error::new(ErrorKind::Unsupported, error));
        }
        if !scheme.eq_ignore_ascii_case("http") {
            return invalid("a URL begins with http://");
        }
        // The fragment is the reader's own, and not sent.
        let rest = rest.split_once('#').map_or(rest, |(rest, _)| rest);
        let (authority, target) = rest.split_at(rest.find(['/', '?']).unwrap_or(rest.len()));
        // Mostly there to deceive: RFC 9110, 4.2.4, would have it treated as an error.
        if authority.contains('@') {
            return invalid("a user in the URL is not taken");
        }
        let authority = authority.to_ascii_lowercase();
        let (host, port) = match authority.rsplit_once(':') {
            // The colons of an IPv6 address stand within brackets.
            Some((host, port)) if !port.ends_with(']') => (host, port),
            _ => (&authority[..], ""),
        };
        // `parse` alone would take a sign.
        let port = match port {
            "" => Some(80),
            port if port.starts_with('+') => None,
            port => port.parse().ok(),
        };
        let Some(port) = port else {
            return invalid("a port is a number up to 65535");
        };
        let v6 = host
            .strip_prefix('[')
            .and_then(|host| host.strip_suffix(']'));
        let is_host = match v6 {
            Some(v6) => v6.parse::<Ipv6Addr>().is_ok(),
            None => {
                let is_name = |c: char| c.is_ascii_alphanumeric() || "-._".contains(c);
                !host.is_empty() && host.chars().all(is_name)
            }
        };
        if !is_host {
            return invalid("not the name or address of a host");
        }
        Ok(Self {
            host: v6.unwrap_or(host).to_owned(),
            authority,
            port,
            target: match target.strip_prefix('/') {
                Some(_) => encoded(target),
                None => format!("/{}", encoded(target)),
            },
        })
    }

    /// The URL that `reference` means where it stands in an answer from this one (RFC 3986, 5.2).
    ///
    /// # Errors
    /// As [`parse`](Self::parse).
    pub fn join(&self, reference: &str) -> io::Result<Self> {
        let reference = reference.split_once('#').map_or(reference, |(url, _)| url);
        // A scheme ends at a colon before any slash; a query may hold another URL.
        let has_scheme = reference
            .find([':', '/', '?'])
            .is_some_and(|end| reference[end..].starts_with(':'));
        if has_scheme {
            return Self::parse(reference);
        }
        if reference.starts_with("//") {
            return Self::parse(&format!("http:{reference}"));
        }
        let path = self.target.split('?').next().unwrap_or("/");
        let folder = path.rsplit_once('/').map_or("", |(folder, _)| folder);
        let target = match reference.chars().next() {
            None => self.target.clone(),
            Some('?') => format!("{path}{reference}"),
            Some('/') => without_dots(reference),
            Some(_) => without_dots(&format!("{folder}/{reference}")),
        };
        Self::parse(&format!("http://{}{target}", self.authority))
    }
}

/// What is not ASCII as the bytes of its UTF-8, each by its number, as a browser sends it.
fn encoded(target: &str) -> String {
    let mut encoded = String::with_capacity(target.len());
    for byte in target.bytes() {
        if byte.is_ascii() {
            encoded.push(char::from(byte));
        } else {
            encoded.push_str(&format!("%{byte:02X}"));
        }
    }
    encoded
}

/// Resolves `.` and `..` in the path of `target`, which begins with a slash; none climbs above it.
fn without_dots(target: &str) -> String {
    let (path, query) = target.split_at(target.find('?').unwrap_or(target.len()));
    let mut segments = Vec::new();
    for segment in path.split('/').skip(1) {
        match segment {
            "." => {}
            ".." => {
                segments.pop();
            }
            segment => segments.push(segment),
        }
    }
    // A dot at the end leaves the slash before it.
    if path.ends_with("/.") || path.ends_with("/..") {
        segments.push("");
    }
    format!("/{}{query}", segments.join("/"))
}

fn invalid<T>(what: &str) -> io::Result<T> {
    Err(io::Error::new(ErrorKind::InvalidInput, what))
}
