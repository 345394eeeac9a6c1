//! The suite for parsers of URLs.

use std::io;

use demo::urls::Parser;
use thread_fetch_std::url::Url;

struct Ours;

impl Parser for Ours {
    const FOR_HTTPS: &'static str = "thread-fetch";

    fn parse(text: &str) -> io::Result<demo::urls::Url> {
        Url::parse(text).map(parts)
    }

    fn join(base: &str, reference: &str) -> io::Result<demo::urls::Url> {
        Url::parse(base)?.join(reference).map(parts)
    }
}

fn parts(url: Url) -> demo::urls::Url {
    demo::urls::Url {
        authority: url.authority,
        host: url.host,
        port: url.port,
        target: url.target,
    }
}

demo::urls!(Ours);
