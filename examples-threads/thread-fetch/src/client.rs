// SPDX-License-Identifier: 0BSD OR MIT OR Apache-2.0
//! One request with ureq, its redirects included.

use std::time::{Duration, Instant};

use ureq::config::{Config, ConfigBuilder};
use ureq::http::header::{
    AUTHORIZATION, CONTENT_LENGTH, COOKIE, LOCATION, PROXY_AUTHORIZATION, TRANSFER_ENCODING,
};
use ureq::http::{HeaderMap, HeaderName, HeaderValue, Method, Response, StatusCode, Version};
use ureq::tls::{RootCerts, TlsConfig};
use ureq::typestate::AgentScope;
use ureq::{Agent, Body, Error, RequestExt, http};
use url::Url;

use super::resolver::Names;
use super::transport::{CheckedConnector, ClosedWhileIdle};
use super::{FetchError, Limits, Page};

/// Bytes that are read or sent at a time, and the size of the largest head. ureq's default is 128
/// KiB for each direction of each connection.
const BUFFER: usize = 16 << 10;

/// A year. ureq adds the timeout to the clock, and panics if the sum is beyond its range.
const LONGEST_TIMEOUT: Duration = Duration::from_secs(365 * 24 * 3600);

const MOST_REDIRECTS: u32 = 10;

/// One thing to fetch: a URL alone, from `"https://…".into()`, or with a method and headers.
#[derive(Clone, Debug)]
pub struct Request {
    /// Such as `GET` or `HEAD`.
    pub method: String,
    /// Begins with `http://` or `https://`.
    pub url: String,
    /// Sent with the request, and on redirects. `Authorization`, `Cookie` and `Proxy-Authorization`
    /// are not sent on to another origin.
    pub headers: Vec<(String, String)>,
}

impl Request {
    /// A request without headers of its own.
    pub fn new(method: &str, url: &str) -> Self {
        Self {
            method: method.to_owned(),
            url: url.to_owned(),
            headers: Vec::new(),
        }
    }

    /// Adds a header.
    #[must_use]
    pub fn header(mut self, name: &str, value: &str) -> Self {
        self.headers.push((name.to_owned(), value.to_owned()));
        self
    }
}

impl<U: AsRef<str>> From<U> for Request {
    fn from(url: U) -> Self {
        Self::new("GET", url.as_ref())
    }
}

/// An agent for calls with the default limits. It trusts what the system trusts, and uses the proxy
/// that the environment names, as ureq does by default.
pub fn agent() -> Agent {
    agent_with(config(Limits::default().concurrency).build())
}

/// The settings of [`agent`], for more of your own. Up to `idle` connections are kept open between
/// requests, and at most 256: [`Limits::concurrency`] is a good number.
pub fn config(idle: usize) -> ConfigBuilder<AgentScope> {
    let tls = TlsConfig::builder().root_certs(RootCerts::PlatformVerifier);
    // For each request ureq goes through all connections that it keeps, so thousands cost seconds.
    let idle = idle.clamp(1, 256);
    Agent::config_builder()
        .user_agent(concat!(
            env!("CARGO_PKG_NAME"),
            "/",
            env!("CARGO_PKG_VERSION")
        ))
        .tls_config(tls.build())
        .input_buffer_size(BUFFER)
        .output_buffer_size(BUFFER)
        .max_idle_connections(idle)
        .max_idle_connections_per_host(idle)
}

/// An agent with these settings. Of a body that broke off, it reports the error. An agent of
/// `Agent::new_with_config` may take what arrived for a whole page.
pub fn agent_with(config: Config) -> Agent {
    Agent::with_parts(config, CheckedConnector::default(), Names::default())
}

/// Fetches one page: follows redirects, and reads the body whole.
pub(super) fn fetch(agent: &Agent, request: Request, limits: Limits) -> Result<Page, FetchError> {
    let start = Instant::now();
    let mut method = Method::from_bytes(request.method.as_bytes())
        .map_err(|_| FetchError::Invalid(format!("method {:?}", request.method)))?;
    let mut headers = header_map(&request.headers)?;
    let url = Url::parse(&request.url);
    let mut url = web(url.map_err(|error| FetchError::Invalid(error.to_string()))?)?;
    for _ in 0..=MOST_REDIRECTS {
        let left = || {
            limits
                .timeout
                .saturating_sub(start.elapsed())
                .min(LONGEST_TIMEOUT)
        };
        let response = ask(agent, &method, &url, &headers, left)?;
        let status = response.status();
        let Some(target) = redirect(&url, &response)? else {
            return read(response, url, limits.max_body);
        };
        // As browsers do (RFC 9110, 15.4).
        let becomes_get = match status {
            StatusCode::SEE_OTHER => method != Method::HEAD,
            StatusCode::MOVED_PERMANENTLY | StatusCode::FOUND => method == Method::POST,
            _ => false,
        };
        if becomes_get {
            method = Method::GET;
        }
        if target.origin() != url.origin() {
            for secret in [AUTHORIZATION, COOKIE, PROXY_AUTHORIZATION] {
                headers.remove(secret);
            }
        }
        url = target;
        // The body of a redirect is dropped unread: it may be endless, and nobody wants it.
    }
    Err(Error::TooManyRedirects.into())
}

fn header_map(pairs: &[(String, String)]) -> Result<HeaderMap, FetchError> {
    let mut headers = HeaderMap::new();
    for (name, value) in pairs {
        let pair = HeaderName::from_bytes(name.as_bytes())
            .ok()
            .zip(HeaderValue::from_bytes(value.as_bytes()).ok());
        // There is no body, so nothing may announce one.
        let pair = pair.filter(|(name, _)| !matches!(*name, CONTENT_LENGTH | TRANSFER_ENCODING));
        let (name, value) = pair.ok_or_else(|| FetchError::Invalid(format!("header {name:?}")))?;
        headers.append(name, value);
    }
    Ok(headers)
}

/// A URL of the web, without its fragment, which is not sent.
fn web(mut url: Url) -> Result<Url, FetchError> {
    if !matches!(url.scheme(), "http" | "https") {
        let scheme = url.scheme();
        let message = format!("{scheme}: is not fetched, only http:// and https:// are");
        return Err(FetchError::Invalid(message));
    }
    url.set_fragment(None);
    Ok(url)
}

/// Sends the request, and once again over a new connection if a kept one turns out to be closed.
fn ask(
    agent: &Agent,
    method: &Method,
    url: &Url,
    headers: &HeaderMap,
    left: impl Fn() -> Duration,
) -> Result<Response<Body>, FetchError> {
    let idle_age = agent.config().max_idle_age();
    match send(agent, method, url, headers, left(), idle_age) {
        // Not a byte of an answer came, so a request that may be repeated is (RFC 9110, 9.2.2). No
        // kept connection is young enough for it.
        Err(Error::Other(error)) if method.is_idempotent() && error.is::<ClosedWhileIdle>() => {
            Ok(send(agent, method, url, headers, left(), Duration::ZERO)?)
        }
        answer => Ok(answer?),
    }
}

fn send(
    agent: &Agent,
    method: &Method,
    url: &Url,
    headers: &HeaderMap,
    timeout: Duration,
    max_idle_age: Duration,
) -> Result<Response<Body>, Error> {
    let mut request = http::Request::builder()
        .method(method)
        .uri(url.as_str())
        .body(())?;
    request.headers_mut().clone_from(headers);
    if matches!(*method, Method::POST | Method::PUT | Method::PATCH) {
        // Without it, ureq would announce a body in chunks.
        let headers = request.headers_mut();
        headers.insert(CONTENT_LENGTH, HeaderValue::from_static("0"));
    }
    request
        .with_agent(agent)
        .configure()
        .timeout_global(Some(timeout))
        .max_idle_age(max_idle_age)
        .max_redirects(0)
        .max_redirects_will_error(false) // `fetch` follows them,
        .http_status_as_error(false) // and reports the status.
        .allow_non_standard_methods(true)
        .run()
}

/// Where the response redirects to, if it does. ureq itself would resolve `?page=2`, `..` or
/// `mailto:` wrongly; this is what browsers do (RFC 3986, 5.2, and the WHATWG's URL standard).
fn redirect(url: &Url, response: &Response<Body>) -> Result<Option<Url>, FetchError> {
    if !matches!(response.status().as_u16(), 301 | 302 | 303 | 307 | 308) {
        return Ok(None);
    }
    let Some(location) = response.headers().get(LOCATION) else {
        return Ok(None);
    };
    let location = text(location);
    let invalid = |error| FetchError::Invalid(format!("redirect to {location:.200}: {error}"));
    let target = url
        .join(&location)
        .map_err(|error| invalid(error.to_string()))?;
    match web(target) {
        Err(FetchError::Invalid(error)) => Err(invalid(error)),
        target => target.map(Some),
    }
}

/// A `Location` in UTF-8, or with bytes that are not, which go percent-coded.
fn text(value: &HeaderValue) -> String {
    let mut text = String::new();
    for part in value.as_bytes().utf8_chunks() {
        text.push_str(part.valid());
        text.extend(part.invalid().iter().map(|byte| format!("%{byte:02X}")));
    }
    text
}

fn read(response: Response<Body>, url: Url, max_body: usize) -> Result<Page, FetchError> {
    let (parts, body) = response.into_parts();
    let mut page = Page {
        status: parts.status.as_u16(),
        url: url.into(),
        headers: parts.headers,
        body: Vec::new(),
    };
    if !parts.status.is_success() {
        return Err(FetchError::Status(Box::new(page)));
    }
    check_encoding(parts.version, &page.headers)?;
    // Counted while it arrives: the length that the server declares may be a lie.
    page.body = body
        .into_with_config()
        .limit(max_body as u64)
        .read_to_vec()?;
    Ok(page)
}

/// ureq decodes `chunked` wherever it is named, even behind another encoding, and returns a body
/// whose encoding it does not know as if it were not encoded.
fn check_encoding(version: Version, headers: &HeaderMap) -> Result<(), FetchError> {
    let names = headers.get_all(TRANSFER_ENCODING).iter();
    let names: Vec<_> = names
        .map(|name| String::from_utf8_lossy(name.as_bytes()))
        .collect();
    let name = names.join(", ").to_lowercase();
    match name.as_str() {
        _ if names.is_empty() => Ok(()),
        "identity" => Ok(()),
        "chunked" if version == Version::HTTP_11 => Ok(()),
        _ => Err(FetchError::Encoding(name)),
    }
}
