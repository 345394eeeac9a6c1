//! The head of a request: what the site reads of it.

/// The longest head that is read, in bytes. Servers commonly allow 8 to 16 KiB.
pub(crate) const LONGEST_HEAD: usize = 16 * 1024;

const MOST_FIELDS: usize = 100;

pub(crate) struct Head {
    pub(crate) method: String,
    /// Path and query.
    pub(crate) target: String,
    /// HTTP/1.0, which knows no chunks and keeps no connection unless asked.
    pub(crate) is_1_0: bool,
    pub(crate) keep_alive: bool,
}

pub(crate) enum Parsed {
    /// The head, and its length in bytes.
    Whole(Head, usize),
    Partial,
    /// A status and a sentence for the client. Where the next request begins is then unknown.
    Bad(u16, &'static str),
}

pub(crate) fn parse(input: &[u8]) -> Parsed {
    let mut fields = [httparse::EMPTY_HEADER; MOST_FIELDS];
    let mut request = httparse::Request::new(&mut fields);
    match request.parse(input) {
        Ok(httparse::Status::Complete(length)) if length <= LONGEST_HEAD => {
            Parsed::Whole(Head::new(&request), length)
        }
        Ok(httparse::Status::Partial) if input.len() < LONGEST_HEAD => Parsed::Partial,
        Ok(_) => Parsed::Bad(431, "The request's head is longer than 16 KiB."),
        Err(httparse::Error::TooManyHeaders) => {
            Parsed::Bad(431, "The request has more than 100 header fields.")
        }
        Err(_) => Parsed::Bad(400, "This is not an HTTP/1 request."),
    }
}

impl Head {
    fn new(request: &httparse::Request<'_, '_>) -> Head {
        let is_1_0 = request.version == Some(0);
        let mut keep_alive = !is_1_0;
        let mut has_body = false;
        for field in request.headers.iter() {
            let value = String::from_utf8_lossy(field.value);
            if field.name.eq_ignore_ascii_case("connection") {
                for option in value.split(',').map(str::trim) {
                    if option.eq_ignore_ascii_case("close") {
                        keep_alive = false;
                    } else if option.eq_ignore_ascii_case("keep-alive") {
                        keep_alive = true;
                    }
                }
            }
            has_body |= field.name.eq_ignore_ascii_case("transfer-encoding")
                || (field.name.eq_ignore_ascii_case("content-length") && value.trim() != "0");
        }
        Head {
            method: request.method.unwrap_or_default().to_owned(),
            target: origin_form(request.path.unwrap_or_default()).to_owned(),
            is_1_0,
            // No page takes a body, so none is read: the connection ends after the answer.
            keep_alive: keep_alive && !has_body,
        }
    }

    pub(crate) fn path(&self) -> &str {
        self.target
            .split_once('?')
            .map_or(&*self.target, |(path, _)| path)
    }

    pub(crate) fn query(&self) -> &str {
        self.target.split_once('?').map_or("", |(_, query)| query)
    }
}

/// A client that takes the site for its proxy sends a whole URL.
fn origin_form(target: &str) -> &str {
    match target.strip_prefix("http://") {
        Some(rest) => rest.find('/').map_or("/", |slash| &rest[slash..]),
        None => target,
    }
}
