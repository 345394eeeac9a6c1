// SPDX-License-Identifier: 0BSD OR MIT OR Apache-2.0
//! An `http://` URL in its parts, and where a redirect leads.

use std::borrow::Cow;
use std::io::{self, ErrorKind};
use std::net::Ipv6Addr;

/// Where to connect, and what to ask for there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Url {
    /// Host and port as the URL has them, in lower case: the value of the `Host` header.
    pub authority: String,
    /// A name or an address, without the brackets of IPv6.
    pub host: String,
    /// 80 if the URL has none.
    pub port: u16,
    /// Path and query. The path begins with `/`; a space is `%20` in it, and `é` is `%C3%A9`.
    pub target: String,
}

impl Url {
    /// Splits a URL into its parts, and encodes what browsers encode.
    ///
    /// # Errors
    /// [`ErrorKind::InvalidInput`] if it is not a URL, or has another scheme;
    /// [`ErrorKind::Unsupported`] for `https://`.
    pub fn parse(text: &str) -> io::Result<Self> {
        let text = cleaned(text);
        let Some((scheme, rest)) = split_scheme(&text) else {
            return invalid("no scheme: a URL begins with http://");
        };
        if scheme.eq_ignore_ascii_case("https") {
            let error = "https:// needs TLS, which this client does not have: use async-fetch";
            return Err(io::Error::new(ErrorKind::Unsupported, error));
        }
        if !scheme.eq_ignore_ascii_case("http") {
            return invalid("another scheme: only http:// is fetched");
        }
        let Some(rest) = rest.strip_prefix("//") else {
            return invalid("no host: a URL begins with http:// and a host");
        };
        let (authority, target) = rest.split_at(rest.find(['/', '?']).unwrap_or(rest.len()));
        // A user is mostly there to deceive: RFC 9110, 4.2.4, recommends to treat it as an error.
        if authority.contains('@') {
            return invalid("a user in the URL is not supported");
        }
        let authority = authority.to_ascii_lowercase();
        let (host, port) = match authority.rsplit_once(':') {
            // The colons of an IPv6 address are inside brackets.
            Some((host, port)) if !port.ends_with(']') => (host, port),
            _ => (&authority[..], ""),
        };
        // `parse` alone would accept a sign.
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
                let is_name = |b: u8| b.is_ascii_alphanumeric() || b"-._".contains(&b);
                !host.is_empty() && host.bytes().all(is_name)
            }
        };
        if !is_host {
            return invalid("a host is a name in ASCII, or an address");
        }
        Ok(Self {
            host: v6.unwrap_or(host).to_owned(),
            port,
            target: normal(target),
            authority,
        })
    }

    /// The URL that `reference` means in a response from this one (RFC 3986, 5.2).
    ///
    /// # Errors
    /// As [`parse`](Self::parse).
    pub fn join(&self, reference: &str) -> io::Result<Self> {
        let mut reference = &cleaned(reference)[..];
        if let Some((scheme, rest)) = split_scheme(reference) {
            // Browsers read `http:x` without slashes as `x`.
            if !scheme.eq_ignore_ascii_case("http") || rest.starts_with("//") {
                return Self::parse(reference);
            }
            reference = rest;
        }
        let path = self.target.split('?').next().unwrap_or("/");
        let folder = path.rsplit_once('/').map_or("", |(folder, _)| folder);
        let authority = &self.authority;
        Self::parse(&match reference.chars().next() {
            None => format!("http://{authority}{}", self.target),
            Some('?') => format!("http://{authority}{path}{reference}"),
            Some('/') if reference.starts_with("//") => format!("http:{reference}"),
            Some('/') => format!("http://{authority}{reference}"),
            Some(_) => format!("http://{authority}{folder}/{reference}"),
        })
    }

    /// The URL as text.
    #[must_use]
    pub fn text(&self) -> String {
        ["http://", &self.authority, &self.target].concat()
    }
}

/// The text without the fragment, which is not sent, and without what browsers leave out: blanks
/// around it, tabs and line ends in it. Backslashes before the query are slashes.
fn cleaned(text: &str) -> Cow<'_, str> {
    let text = text.trim_matches(|c: char| c.is_ascii_control() || c == ' ');
    let text = text.split('#').next().unwrap_or_default();
    if !text
        .bytes()
        .any(|b| matches!(b, b'\t' | b'\r' | b'\n' | b'\\'))
    {
        return text.into(); // nearly always
    }
    let text = text.replace(['\t', '\r', '\n'], "");
    let (path, query) = text.split_at(text.find('?').unwrap_or(text.len()));
    (path.replace('\\', "/") + query).into()
}

/// Splits off `http` and the like. A scheme ends with a colon before any slash; a query may contain
/// another URL.
fn split_scheme(text: &str) -> Option<(&str, &str)> {
    let (scheme, rest) = text.split_once(':')?;
    let is_scheme = |c: char| c.is_ascii_alphanumeric() || "+-.".contains(c);
    let begins = scheme.starts_with(|c: char| c.is_ascii_alphabetic());
    (begins && scheme.chars().all(is_scheme)).then_some((scheme, rest))
}

/// Path and query as they are sent: encoded, and without `.` and `..`, which cannot climb above
/// `/`.
fn normal(target: &str) -> String {
    let (path, query) = target.split_at(target.find('?').unwrap_or(target.len()));
    let path = encoded(path, b"\"<>`{}^");
    let query = encoded(query, b"\"<>'");
    if path.starts_with('/') && !path.contains("/.") && !path.contains("/%") {
        return [path, query].concat(); // nearly always
    }
    let mut segments = Vec::new();
    for segment in path.split('/').skip(1) {
        match dots(segment) {
            0 => segments.push(segment),
            1 => {}
            _ => _ = segments.pop(),
        }
    }
    // A dot at the end leaves the slash before it.
    if path.rsplit('/').next().is_some_and(|last| dots(last) > 0) {
        segments.push("");
    }
    ["/", &segments.join("/"), &query].concat()
}

/// 1 for the segment `.` and 2 for `..`, in which each dot may be `%2e`. 0 for all others.
fn dots(segment: &str) -> usize {
    if !segment.starts_with(['.', '%']) {
        return 0;
    }
    match &segment.to_ascii_lowercase().replace("%2e", ".")[..] {
        "." => 1,
        ".." => 2,
        _ => 0,
    }
}

/// The text with everything that is not a visible ASCII character, and the characters of `more`, as
/// the bytes of its UTF-8, each by its number. A line end in a URL would end the request line, and
/// whoever wrote the URL could add headers of their own.
fn encoded<'a>(text: &'a str, more: &[u8]) -> Cow<'a, str> {
    let is_sent = |byte: u8| byte.is_ascii_graphic() && !more.contains(&byte);
    if text.bytes().all(is_sent) {
        return text.into(); // nearly always
    }
    let mut encoded = String::with_capacity(text.len());
    for byte in text.bytes() {
        if is_sent(byte) {
            encoded.push(char::from(byte));
        } else {
            encoded.push_str(&format!("%{byte:02X}"));
        }
    }
    encoded.into()
}

fn invalid<T>(what: &str) -> io::Result<T> {
    Err(io::Error::new(ErrorKind::InvalidInput, what))
}
