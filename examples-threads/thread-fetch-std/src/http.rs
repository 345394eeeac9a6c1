// SPDX-License-Identifier: 0BSD OR MIT OR Apache-2.0
//! One exchange of HTTP/1.1 on a stream: a request out, a response in.
//!
//! A response that could be read in two ways is an error. Two readers who disagree where a response
//! ends take the body of one for the next response (RFC 9112, 11.2).

use std::io::{self, BufRead, BufReader, ErrorKind, Read, Write};

/// Bytes in the status line and the headers of a response, with the 1xx responses before it.
pub const MAX_HEAD: usize = 64 << 10;

/// Bytes in a line with the size of a chunk.
pub const MAX_CHUNK_LINE: usize = 4 << 10;

/// The header fields of a request or a response, each a name and a value.
pub type Fields = Vec<(String, String)>;

/// A response without its body.
#[derive(Debug)]
pub struct Head {
    /// From 200 to 999.
    pub status: u16,
    /// The names are in lower case.
    pub fields: Fields,
    /// Whether the connection may be used again, once the body is read.
    pub keep_alive: bool,
    framing: Framing,
}

/// How to find the end of the body.
#[derive(Clone, Copy, Debug)]
enum Framing {
    Length(u64),
    Chunked,
    /// With the connection.
    Close,
}

/// The text of a request without a body.
///
/// # Errors
/// [`ErrorKind::InvalidInput`] if the method or a field cannot be in a request: whoever chose it
/// could add lines to the request.
pub fn request(method: &str, host: &str, target: &str, fields: &Fields) -> io::Result<String> {
    if !is_token(method) {
        return invalid(format!("method {method:?}"));
    }
    let mut text = String::with_capacity(256 + target.len());
    text.extend([method, " ", target, " HTTP/1.1\r\n"]);
    let mut add = |name: &str, value: &str| {
        let own = |(theirs, _): &(String, String)| theirs.eq_ignore_ascii_case(name);
        if !fields.iter().any(own) {
            text.extend([name, ": ", value, "\r\n"]);
        }
    };
    add("Host", host);
    let name = concat!(env!("CARGO_PKG_NAME"), "/", env!("CARGO_PKG_VERSION"));
    add("User-Agent", name); // many servers refuse a request without it
    add("Accept", "*/*");
    if matches!(method, "POST" | "PUT" | "PATCH") {
        add("Content-Length", "0");
    }
    for (name, value) in fields {
        let is_of_body = ["content-length", "transfer-encoding"]
            .iter()
            .any(|of_body| name.eq_ignore_ascii_case(of_body));
        let is_value = |c: char| c == '\t' || !c.is_control();
        if is_of_body || !is_token(name) || !value.chars().all(is_value) {
            return invalid(format!("header {name:?}"));
        }
        text.extend([name, ": ", value, "\r\n"]);
    }
    text.push_str("\r\n");
    Ok(text)
}

/// Sends a request and waits for the first byte of the response.
///
/// # Errors
/// Those of the stream, and [`ErrorKind::UnexpectedEof`] if it ends before a response begins.
pub fn send<S: Read + Write>(stream: &mut BufReader<S>, request: &str) -> io::Result<()> {
    // One write: of two small ones the second would wait until the server acknowledges the first.
    stream.get_mut().write_all(request.as_bytes())?;
    stream.get_mut().flush()?;
    if stream.fill_buf()?.is_empty() {
        return Err(eof("closed without a response"));
    }
    Ok(())
}

/// Reads the response to a request with this method, up to its body.
///
/// # Errors
/// Those of the stream, [`ErrorKind::UnexpectedEof`] if it ends too early, and
/// [`ErrorKind::InvalidData`] if this is not HTTP/1, can be read in two ways, or is larger than
/// [`MAX_HEAD`].
pub fn read_head(stream: &mut impl BufRead, method: &str) -> io::Result<Head> {
    let mut budget = MAX_HEAD;
    let mut line = read_line(stream, &mut budget, LineEnd::AnyLf)?;
    // Some servers send one more line end after a body, which belongs to no response.
    if line.is_empty() {
        line = read_line(stream, &mut budget, LineEnd::AnyLf)?;
    }
    loop {
        let (version, status) = parse_status(&line)?;
        let fields = read_fields(stream, &mut budget)?;
        match status {
            // Nobody asked for it (RFC 9110, 15.2.2).
            101 => return broken("switches to another protocol"),
            // The final response follows. Together they share the budget.
            100..=199 => line = read_line(stream, &mut budget, LineEnd::AnyLf)?,
            _ => return head(version, status, method, fields),
        }
    }
}

fn head(minor: u8, status: u16, method: &str, fields: Fields) -> io::Result<Head> {
    let closes = values(&fields, "connection").any(|value| value.eq_ignore_ascii_case("close"));
    Ok(Head {
        status,
        keep_alive: minor > 0 && !closes,
        framing: framing(minor, status, method, &fields)?,
        fields,
    })
}

/// RFC 9112, 6.3, says what ends a body, rule by rule.
fn framing(minor: u8, status: u16, method: &str, fields: &Fields) -> io::Result<Framing> {
    if matches!(status, 204 | 304) || method == "HEAD" {
        return Ok(Framing::Length(0));
    }
    // `identity` was a name for "not encoded", which some servers still send.
    let mut codings: Vec<_> = values(fields, "transfer-encoding").collect();
    if let [coding] = codings[..] {
        codings.retain(|_| !coding.eq_ignore_ascii_case("identity"));
    }
    let lengths: Vec<_> = values(fields, "content-length").collect();
    if let [coding, more @ ..] = &codings[..] {
        // Transfer-Encoding would have priority. But beside a length, or in HTTP/1.0, it suggests
        // an attack: 6.3, rule 3, and 6.1 let a client treat both as errors.
        if !lengths.is_empty() || minor == 0 {
            return broken("Transfer-Encoding with Content-Length, or in HTTP/1.0");
        }
        // No other was asked for, by a header TE. The body of a redirect or an error is not read.
        if !more.is_empty() || !coding.eq_ignore_ascii_case("chunked") {
            return match status {
                200..=299 => broken("unknown transfer encoding: not chunked"),
                _ => Ok(Framing::Close),
            };
        }
        return Ok(Framing::Chunked);
    }
    let [length, more @ ..] = &lengths[..] else {
        return Ok(Framing::Close);
    };
    // The same length twice is one (6.3, rule 5). Two different lengths are none.
    if more.iter().any(|other| other != length) {
        return broken("two different lengths");
    }
    // `parse` alone would accept a sign.
    match length.parse() {
        Ok(number) if !length.starts_with('+') => Ok(Framing::Length(number)),
        _ => broken("a length that is not a number"),
    }
}

impl Head {
    /// Whether the answer is about the connection and not about the page: the server waited too
    /// long for a request on it, or does not serve this site on it. A kept connection may have
    /// been given up when the request was sent (RFC 9110, 15.5.9 and 15.5.20).
    #[must_use]
    pub const fn is_for_the_connection(&self) -> bool {
        matches!(self.status, 408 | 421)
    }

    /// The URL to ask for instead, if this is a redirect.
    #[must_use]
    pub fn redirect(&self) -> Option<&str> {
        let is_redirect = matches!(self.status, 301 | 302 | 303 | 307 | 308);
        let location = self.fields.iter().find(|(name, _)| name == "location");
        location
            .filter(|_| is_redirect)
            .map(|(_, value)| value.as_str())
    }

    /// Reads the body, or returns `None` if it is larger than `max` bytes.
    ///
    /// # Errors
    /// Those of the stream, [`ErrorKind::UnexpectedEof`] if the body ends too early, and
    /// [`ErrorKind::InvalidData`] if its chunks are malformed.
    pub fn read_body(&self, stream: &mut impl BufRead, max: usize) -> io::Result<Option<Vec<u8>>> {
        let mut body = Vec::new();
        // One byte more than allowed shows that it is larger, whatever length was declared.
        let limit = (max as u64).saturating_add(1);
        match self.framing {
            Framing::Length(length) => read_exactly(stream, length.min(limit), &mut body)?,
            Framing::Close => {
                stream.take(limit).read_to_end(&mut body)?;
            }
            Framing::Chunked => loop {
                let mut budget = MAX_CHUNK_LINE;
                let size = parse_chunk_size(&read_line(stream, &mut budget, LineEnd::CrLf)?)?;
                if size == 0 {
                    // Trailers, which nobody needs.
                    let mut budget = MAX_HEAD;
                    read_fields(stream, &mut budget)?;
                    break;
                }
                if size > (max - body.len()) as u64 {
                    return Ok(None);
                }
                read_exactly(stream, size, &mut body)?;
                let mut end = [0; 2];
                stream.read_exact(&mut end)?;
                if end != *b"\r\n" {
                    return broken("a chunk longer than its size");
                }
            },
        }
        Ok((body.len() <= max).then_some(body))
    }

    /// Drops the body, if all of it arrived with the head, and returns whether it did: a new
    /// connection costs less than a long wait for something that nobody reads.
    pub fn skip_body<S: Read>(&self, stream: &mut BufReader<S>) -> bool {
        match self.framing {
            Framing::Length(length) if length <= stream.buffer().len() as u64 => {
                stream.consume(length as usize);
                true
            }
            _ => false,
        }
    }
}

/// Appends `length` bytes. The body grows with what arrives, not with what a server promises.
fn read_exactly(stream: &mut impl BufRead, length: u64, body: &mut Vec<u8>) -> io::Result<()> {
    let read = stream.take(length).read_to_end(body)?;
    if (read as u64) < length {
        return Err(eof("closed in the middle of the body"));
    }
    Ok(())
}

/// Reads up to the empty line that ends the header fields. The names come in lower case.
fn read_fields(stream: &mut impl BufRead, budget: &mut usize) -> io::Result<Fields> {
    let mut fields = Fields::new();
    loop {
        let line = read_line(stream, budget, LineEnd::AnyLf)?;
        if line.is_empty() {
            return Ok(fields);
        }
        // A line that begins with a blank continues the one before it (RFC 9112, 5.2).
        if let (true, Some((_, value))) = (line.starts_with([' ', '\t']), fields.last_mut()) {
            *value = format!("{value} {}", line.trim_matches([' ', '\t']));
            continue;
        }
        // No blank before the colon, nor anything else that is not a token (RFC 9110, 5.6.2).
        match line.split_once(':') {
            Some((name, value)) if is_token(name) => {
                let value = value.trim_matches([' ', '\t']).to_owned();
                fields.push((name.to_ascii_lowercase(), value));
            }
            _ => return broken("a header without a name"),
        }
    }
}

fn is_token(text: &str) -> bool {
    let is_part = |b: u8| b.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&b);
    !text.is_empty() && text.bytes().all(is_part)
}

/// The members of all fields of this name, which a server may send as one or as several.
fn values<'a>(fields: &'a Fields, name: &'static str) -> impl Iterator<Item = &'a str> {
    fields
        .iter()
        .filter(move |field| field.0 == name)
        .flat_map(|(_, value)| value.split(','))
        .map(|value| value.trim_matches([' ', '\t']))
}

/// What may end a line.
#[derive(Clone, Copy, PartialEq, Eq)]
enum LineEnd {
    /// Between chunks, where two readers must not disagree.
    CrLf,
    /// LF with or without CR, in a head (RFC 9112, 2.2): old CGI programs send it alone.
    AnyLf,
}

/// Reads a line of at most `budget` bytes, subtracts its length from the budget, and returns it
/// without its end.
fn read_line(stream: &mut impl BufRead, budget: &mut usize, end: LineEnd) -> io::Result<String> {
    let mut line = Vec::new();
    *budget -= stream.take(*budget as u64).read_until(b'\n', &mut line)?;
    let Some(text) = line.strip_suffix(b"\n") else {
        return match *budget {
            0 => broken("a head or a line that is too long"),
            _ => Err(eof("closed in the middle of the head")),
        };
    };
    let text = match text.strip_suffix(b"\r") {
        Some(text) => text,
        None if end == LineEnd::AnyLf => text,
        None => return broken("a line that ends without CR"),
    };
    if text.iter().any(|&b| b.is_ascii_control() && b != b'\t') {
        return broken("a control character in the head");
    }
    Ok(decode(text))
}

/// Bytes that are not UTF-8 become percent codes, so that a `Location` leads where it should.
fn decode(bytes: &[u8]) -> String {
    let mut text = String::new();
    for part in bytes.utf8_chunks() {
        text.push_str(part.valid());
        text.extend(part.invalid().iter().map(|byte| format!("%{byte:02X}")));
    }
    text
}

/// The minor version and the status of a line such as `HTTP/1.1 200 OK` (RFC 9112, 4).
fn parse_status(line: &str) -> io::Result<(u8, u16)> {
    let parse = || {
        let (version, rest) = line.strip_prefix("HTTP/1.")?.split_once(' ')?;
        // Some servers leave out the reason, and the space before it.
        let status = rest.split(' ').next()?;
        let are_digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
        let is_form = version.len() == 1 && status.len() == 3;
        let is_good = is_form && are_digits(version) && are_digits(status);
        is_good.then_some((version.parse().ok()?, status.parse().ok()?))
    };
    match parse() {
        Some((version, status)) if status >= 100 => Ok((version, status)),
        _ => broken("not a response of HTTP/1"),
    }
}

/// The size of a chunk, without its extensions (RFC 9112, 7.1). Some servers pad it with blanks.
fn parse_chunk_size(line: &str) -> io::Result<u64> {
    let size = line.split(';').next().unwrap_or_default();
    let size = size.trim_end_matches([' ', '\t']);
    // `from_str_radix` alone would accept a sign.
    match u64::from_str_radix(size, 16) {
        Ok(number) if !size.starts_with('+') => Ok(number),
        _ => broken("a chunk size that is not a number"),
    }
}

fn broken<T>(what: &'static str) -> io::Result<T> {
    Err(io::Error::new(ErrorKind::InvalidData, what))
}

fn invalid<T>(what: String) -> io::Result<T> {
    Err(io::Error::new(ErrorKind::InvalidInput, what))
}

fn eof(what: &'static str) -> io::Error {
    io::Error::new(ErrorKind::UnexpectedEof, what)
}
