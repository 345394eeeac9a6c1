//! One exchange of HTTP/1.1 on a stream: a request out, an answer in.
//!
//! Where an answer can be read in two ways, this client reads it in none. Two readers who disagree
//! where an answer ends take one's body for the other's next answer (RFC 9112, 11.2).

use std::io::{self, ErrorKind};

/// Bytes of status line and header fields in one answer, with the interim answers before it.
pub const MAX_HEAD: usize = 64 << 10;

/// Bytes in a line that tells the size of a chunk.
pub const MAX_CHUNK_LINE: usize = 256;

/// An answer without its body.
#[derive(Debug)]
pub struct Head {
    /// From 200 to 999.
    pub status: u16,
    /// What the site says to ask for instead, if the status is 301, 302, 303, 307 or 308.
    pub redirect: Option<String>,
    /// Whether the connection may be used again, once the body is read.
    pub keep_alive: bool,
    framing: Framing,
}

/// How to tell where the body ends.
#[derive(Clone, Copy, Debug)]
enum Framing {
    Length(u64),
    Chunked,
    /// With the connection.
    Close,
}

/// A stream of bytes, of which some have arrived. The parser knows no socket, so tests can feed it
/// any bytes, cut anywhere.
pub trait Stream {
    /// What has arrived and was not consumed.
    fn buffer(&self) -> &[u8];

    /// Awaits more and returns how much it is; 0 is the end.
    ///
    /// # Errors
    /// Those of the stream.
    fn fill(&mut self) -> impl Future<Output = io::Result<usize>>;

    /// Takes so many bytes off the front of the buffer.
    fn consume(&mut self, count: usize);
}

/// The request for `target`, whole: of two small writes the second would wait until the site
/// acknowledges the first.
///
/// Neither argument may hold a line end: [`Url`](crate::url::Url) sees to that.
pub fn request(authority: &str, target: &str) -> String {
    format!(
        "GET {target} HTTP/1.1\r\n\
         Host: {authority}\r\n\
         User-Agent: reactor\r\n\
         Accept: */*\r\n\r\n"
    )
}

/// Reads an answer up to its body.
///
/// # Errors
/// Those of the stream, [`ErrorKind::UnexpectedEof`] if it ends too early, and
/// [`ErrorKind::InvalidData`] if this is not HTTP/1, can be read in two ways, or is larger than
/// [`MAX_HEAD`].
pub async fn read_head(stream: &mut impl Stream) -> io::Result<Head> {
    let mut budget = MAX_HEAD;
    loop {
        let (version, status) = parse_status(&read_line(stream, &mut budget).await?)?;
        let fields = read_fields(stream, &mut budget).await?;
        match status {
            // Nothing else was asked for (RFC 9110, 15.2.2).
            101 => return broken("switches to another protocol"),
            // Interim answers, the real one follows. Together they share the budget.
            100..200 => {}
            _ => return head(version, status, &fields),
        }
    }
}

fn head(minor: u8, status: u16, fields: &[(String, String)]) -> io::Result<Head> {
    let closes = values(fields, "connection").any(|value| value.eq_ignore_ascii_case("close"));
    let location = fields.iter().find(|(name, _)| name == "location");
    let is_redirect = matches!(status, 301 | 302 | 303 | 307 | 308);
    Ok(Head {
        status,
        redirect: location
            .filter(|_| is_redirect)
            .map(|(_, value)| value.clone()),
        keep_alive: minor > 0 && !closes,
        framing: framing(minor, status, fields)?,
    })
}

/// RFC 9112, 6.3, which says what ends a body, rule by rule.
fn framing(minor: u8, status: u16, fields: &[(String, String)]) -> io::Result<Framing> {
    if matches!(status, 204 | 304) {
        return Ok(Framing::Length(0));
    }
    let codings: Vec<_> = values(fields, "transfer-encoding").collect();
    let lengths: Vec<_> = values(fields, "content-length").collect();
    if let [coding, more @ ..] = &codings[..] {
        // Transfer-Encoding would win, but that it comes with a length or in HTTP/1.0 smells of an
        // attack: 6.3, rule 3, and 6.1 let a client treat both as errors.
        if !lengths.is_empty() || minor == 0 {
            return broken("Transfer-Encoding with Content-Length, or in HTTP/1.0");
        }
        // No other was asked for, by a field TE.
        if !more.is_empty() || !coding.eq_ignore_ascii_case("chunked") {
            return broken("a transfer coding other than chunked");
        }
        return Ok(Framing::Chunked);
    }
    let [length, more @ ..] = &lengths[..] else {
        return Ok(Framing::Close);
    };
    // The same length twice is one (6.3, rule 5), two lengths are none.
    if more.iter().any(|other| other != length) {
        return broken("two different lengths");
    }
    // `parse` alone would take a sign.
    match length.parse() {
        Ok(number) if !length.starts_with('+') => Ok(Framing::Length(number)),
        _ => broken("a length that is no number"),
    }
}

impl Head {
    /// Reads the body, or tells by `None` that it is larger than `max` bytes.
    ///
    /// # Errors
    /// Those of the stream, [`ErrorKind::UnexpectedEof`] if the body ends too early, and
    /// [`ErrorKind::InvalidData`] if its chunks are malformed.
    pub async fn read_body(
        &self,
        stream: &mut impl Stream,
        max: usize,
    ) -> io::Result<Option<Vec<u8>>> {
        let mut body = Vec::new();
        // One byte more than allowed shows that it is larger, whatever length was declared.
        let limit = (max as u64).saturating_add(1);
        match self.framing {
            Framing::Length(length) => read_exactly(stream, length.min(limit), &mut body).await?,
            Framing::Close => {
                append(stream, limit, &mut body).await?;
            }
            Framing::Chunked => loop {
                let mut budget = MAX_CHUNK_LINE;
                let size = parse_chunk_size(&read_line(stream, &mut budget).await?)?;
                if size == 0 {
                    // Trailer fields, of which none is needed.
                    let mut budget = MAX_HEAD;
                    read_fields(stream, &mut budget).await?;
                    break;
                }
                if size > (max - body.len()) as u64 {
                    return Ok(None);
                }
                read_exactly(stream, size, &mut body).await?;
                let mut end = Vec::new();
                read_exactly(stream, 2, &mut end).await?;
                if end != *b"\r\n" {
                    return broken("a chunk longer than its size");
                }
            },
        }
        Ok((body.len() <= max).then_some(body))
    }

    /// Throws the body away and tells whether it did. It does so only if all of it arrived with the
    /// head: a new connection costs less than a long wait for what nobody reads.
    pub fn skip_body(&self, stream: &mut impl Stream) -> bool {
        match self.framing {
            Framing::Length(length) if length <= stream.buffer().len() as u64 => {
                stream.consume(length as usize);
                true
            }
            _ => false,
        }
    }
}

/// Appends `length` bytes. The body grows with what arrives, not with what a site promises.
async fn read_exactly(stream: &mut impl Stream, length: u64, body: &mut Vec<u8>) -> io::Result<()> {
    if append(stream, length, body).await? < length {
        return Err(eof("closed in the middle of the body"));
    }
    Ok(())
}

/// Appends up to `limit` bytes, fewer only at the end of the stream, and returns how many.
async fn append(stream: &mut impl Stream, limit: u64, body: &mut Vec<u8>) -> io::Result<u64> {
    let mut left = limit;
    while left > 0 && (!stream.buffer().is_empty() || stream.fill().await? > 0) {
        let arrived = stream.buffer();
        let count = left.min(arrived.len() as u64) as usize;
        body.extend_from_slice(&arrived[..count]);
        stream.consume(count);
        left -= count as u64;
    }
    Ok(limit - left)
}

/// Reads up to the empty line that ends the fields. The names come in small letters.
async fn read_fields(
    stream: &mut impl Stream,
    budget: &mut usize,
) -> io::Result<Vec<(String, String)>> {
    let mut fields: Vec<(String, String)> = Vec::new();
    loop {
        let line = read_line(stream, budget).await?;
        if line.is_empty() {
            return Ok(fields);
        }
        // A line that begins with a blank continues the one before it (RFC 9112, 5.2).
        if let (true, Some((_, value))) = (line.starts_with([' ', '\t']), fields.last_mut()) {
            *value = format!("{value} {}", line.trim_matches([' ', '\t']));
            continue;
        }
        // No blank before the colon, nor anything else that is not a token (RFC 9110, 5.6.2).
        let is_token = |c: char| c.is_ascii_alphanumeric() || "!#$%&'*+-.^_`|~".contains(c);
        match line.split_once(':') {
            Some((name, value)) if !name.is_empty() && name.chars().all(is_token) => {
                let value = value.trim_matches([' ', '\t']).to_owned();
                fields.push((name.to_ascii_lowercase(), value));
            }
            _ => return broken("a header field without a name"),
        }
    }
}

/// The members of all fields of this name, which a site may write as one or as several.
fn values<'a>(fields: &'a [(String, String)], name: &'static str) -> impl Iterator<Item = &'a str> {
    fields
        .iter()
        .filter(move |field| field.0 == name)
        .flat_map(|(_, value)| value.split(','))
        .map(|value| value.trim_matches([' ', '\t']))
}

/// Reads a line of at most `budget` bytes, takes its length from the budget, and returns it
/// without its end.
///
/// Only CR LF ends a line. RFC 9112, 2.2, would allow LF alone, but not everyone reads it so.
async fn read_line(stream: &mut impl Stream, budget: &mut usize) -> io::Result<String> {
    let mut seen = 0;
    loop {
        let arrived = stream.buffer();
        let end = arrived[seen..].iter().position(|&byte| byte == b'\n');
        seen = end.map_or(arrived.len(), |end| seen + end + 1);
        if end.is_some() || seen >= *budget || stream.fill().await? == 0 {
            break;
        }
    }
    let length = seen.min(*budget);
    let line = stream.buffer()[..length].to_vec();
    stream.consume(length);
    *budget -= length;
    let Some(text) = line.strip_suffix(b"\r\n") else {
        return match line.last() {
            Some(b'\n') => broken("a line that ends without CR"),
            _ if *budget == 0 => broken("a head or a line that is too long"),
            _ => Err(eof("closed in the middle of the head")),
        };
    };
    if text.iter().any(|&b| b.is_ascii_control() && b != b'\t') {
        return broken("a control character in the head");
    }
    Ok(String::from_utf8_lossy(text).into_owned())
}

/// The minor version and the status of a line such as `HTTP/1.1 200 OK` (RFC 9112, 4).
fn parse_status(line: &str) -> io::Result<(u8, u16)> {
    let parse = || {
        let (version, rest) = line.strip_prefix("HTTP/1.")?.split_once(' ')?;
        // Some leave out the reason, and the space before it.
        let status = rest.split(' ').next()?;
        let are_digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
        let is_form = version.len() == 1 && status.len() == 3;
        let is_good = is_form && are_digits(version) && are_digits(status);
        is_good.then_some((version.parse().ok()?, status.parse().ok()?))
    };
    match parse() {
        Some((version, status)) if status >= 100 => Ok((version, status)),
        _ => broken("not an answer of HTTP/1"),
    }
}

/// The size of a chunk, with no regard to extensions (RFC 9112, 7.1).
fn parse_chunk_size(line: &str) -> io::Result<u64> {
    // A blank may stand before the extensions, and only there.
    let size = match line.split_once(';') {
        Some((size, _)) => size.trim_end_matches([' ', '\t']),
        None => line,
    };
    // `from_str_radix` alone would take a sign.
    match u64::from_str_radix(size, 16) {
        Ok(number) if !size.starts_with('+') => Ok(number),
        _ => broken("a chunk size that is no number"),
    }
}

fn broken<T>(what: &'static str) -> io::Result<T> {
    Err(io::Error::new(ErrorKind::InvalidData, what))
}

pub(crate) fn eof(what: &'static str) -> io::Error {
    io::Error::new(ErrorKind::UnexpectedEof, what)
}
