//! What the query of a request asks for.

use std::time::Duration;

use bytesize::ByteSize;

use crate::pages::Page;

/// What the query asks for.
#[derive(Default)]
pub(crate) struct QueryOptions {
    pub(crate) delay: Duration,
    pub(crate) size: Option<u64>,
    pub(crate) drip: Option<Duration>,
    pub(crate) chunked: bool,
    pub(crate) close: bool,
    pub(crate) status: Option<u16>,
    pub(crate) key: String,
    pub(crate) times: Option<u64>,
    pub(crate) to: Option<String>,
    pub(crate) retry_after: Option<String>,
}

impl QueryOptions {
    pub(crate) fn parse(page: &Page, query: &str) -> Result<QueryOptions, String> {
        let mut options = QueryOptions::default();
        for (name, value) in form_urlencoded::parse(query.as_bytes()) {
            let meant = |what: &str| format!("{name}={value}: {what} is meant.\n");
            let time = || {
                humantime::parse_duration(&value)
                    .map_err(|_| meant("a time such as 120ms or 1s 500ms"))
            };
            let number = || value.parse().map_err(|_| meant("a number"));
            if !page.parameters.contains(&&*name) {
                return Err(match page.parameters {
                    [] => format!("{name}: this page takes no parameters.\n"),
                    known => format!("{name}: this page takes {}.\n", known.join(", ")),
                });
            }
            match &*name {
                "delay" => options.delay = time()?,
                "drip" => options.drip = Some(time()?),
                "size" => {
                    let size: ByteSize = value
                        .parse()
                        .map_err(|_| meant("a size such as 500 or 10KiB"))?;
                    options.size = Some(size.as_u64());
                }
                "status" => match value.parse() {
                    Ok(status @ 200..=599) => options.status = Some(status),
                    _ => return Err(meant("a status from 200 to 599")),
                },
                "chunked" | "close" if !value.is_empty() => return Err(meant("no value")),
                "chunked" => options.chunked = true,
                "close" => options.close = true,
                "key" => options.key = value.into_owned(),
                "times" => options.times = Some(number()?),
                "retry-after" => {
                    // It becomes a header field, so it must not be able to end one.
                    if !value
                        .bytes()
                        .all(|byte| byte == b' ' || byte.is_ascii_graphic())
                    {
                        return Err(meant("seconds or a date"));
                    }
                    options.retry_after = Some(value.into_owned());
                }
                "to" => {
                    // It becomes a header field, so it must not be able to end one.
                    if value.is_empty() || !value.bytes().all(|byte| byte.is_ascii_graphic()) {
                        return Err(meant("a path or URL without spaces"));
                    }
                    options.to = Some(value.into_owned());
                }
                _ => {}
            }
        }
        if options.chunked && options.close {
            return Err("A body is either chunked or ended by close, not both.\n".to_owned());
        }
        Ok(options)
    }
}
