//! What a parser of `http://` URLs holds to: what is taken, what is refused, and where a redirect
//! leads. A parser joins in its `tests/url.rs`:
//!
//! ```text
//! fetcher_suite::urls!(reactor::url::Url, "async-fetch"); // its type, and what it recommends for https
//! ```

#![expect(
    clippy::missing_panics_doc,
    clippy::unwrap_used,
    reason = "each case is the body of a test, and panics to fail it"
)]

use std::io::{self, ErrorKind};

use proptest::prelude::*;

use crate::parsing::config;

/// A parser under test.
pub trait Parser {
    /// What it recommends for https.
    const FOR_HTTPS: &'static str;

    /// Takes a URL apart.
    ///
    /// # Errors
    /// Those of the parser.
    fn parse(text: &str) -> io::Result<Parts>;

    /// What `reference` means where it stands in an answer from `base`, a good URL.
    ///
    /// # Errors
    /// Those of the parser.
    fn join(base: &str, reference: &str) -> io::Result<Parts>;
}

/// A URL taken apart: host and port as it has them, in small letters; the host, a name or an
/// address; the port, 80 where it names none; path and query.
pub type Parts = (String, String, u16, String);

/// Makes one test of each case. The parsers under test belong to snippets, which know nothing of
/// this trait, so it is implemented here.
#[macro_export]
macro_rules! urls {
    ($url:ty, $for_https:literal) => {
        struct ParserUnderTest;

        impl $crate::urls::Parser for ParserUnderTest {
            const FOR_HTTPS: &'static str = $for_https;

            fn parse(text: &str) -> ::std::io::Result<$crate::urls::Parts> {
                <$url>::parse(text).map(parts)
            }

            fn join(base: &str, reference: &str) -> ::std::io::Result<$crate::urls::Parts> {
                <$url>::parse(base)?.join(reference).map(parts)
            }
        }

        fn parts(url: $url) -> $crate::urls::Parts {
            (url.authority, url.host, url.port, url.target)
        }

        $crate::cases!(urls, <ParserUnderTest>;
            a_url_has_four_parts
            what_is_no_http_url_is_refused
            a_user_is_refused_by_name
            https_is_refused_with_the_way_out
            a_redirect_leads_where_the_rfc_says
            any_text_is_a_url_or_an_error
        );
    };
}

/// Authority, host, port, target.
pub fn a_url_has_four_parts<P: Parser>() {
    for (text, authority, host, port, target) in [
        ("http://a", "a", "a", 80, "/"),
        ("HTTP://A.Example/P", "a.example", "a.example", 80, "/P"),
        ("http://a:8080/b?c#d", "a:8080", "a", 8080, "/b?c"),
        ("http://a:/b", "a:", "a", 80, "/b"),
        ("http://a?b/c", "a", "a", 80, "/?b/c"),
        ("http://a#b@c/d", "a", "a", 80, "/"),
        ("http://127.0.0.1:1/", "127.0.0.1:1", "127.0.0.1", 1, "/"),
        ("http://[::1]/x", "[::1]", "::1", 80, "/x"),
        ("http://[::1]:65535/", "[::1]:65535", "::1", 65535, "/"),
        (
            "http://a/\u{e9}/b?c=\u{65e5}",
            "a",
            "a",
            80,
            "/%C3%A9/b?c=%E6%97%A5",
        ),
        ("http://a?\u{9b}%c3", "a", "a", 80, "/?%C2%9B%c3"),
        // As browsers do: encoded, without what is around it, and with dots resolved.
        ("http://a/b c?d e", "a", "a", 80, "/b%20c?d%20e"),
        (
            "http://a/<b>\"`{}^|?<c>'{}",
            "a",
            "a",
            80,
            "/%3Cb%3E%22%60%7B%7D%5E|?%3Cc%3E%27{}",
        ),
        (" \n http://a/b\t\r\nc \0", "a", "a", 80, "/bc"),
        ("http://a/\u{7f}", "a", "a", 80, "/"),
        ("http://a/\u{1}b", "a", "a", 80, "/%01b"),
        ("http:\\\\a\\b?c\\d", "a", "a", 80, "/b?c\\d"),
        ("http://a\\@b/", "a", "a", 80, "/@b/"),
        ("http://a/b/../c/./d", "a", "a", 80, "/c/d"),
        ("http://a/b/%2e%2E/c/.%2e", "a", "a", 80, "/"),
        ("http://a/../..//b//", "a", "a", 80, "//b//"),
        ("http://a/b..c/.d/...", "a", "a", 80, "/b..c/.d/..."),
    ] {
        let url = P::parse(text).expect(text);
        let expected = (authority.into(), host.into(), port, target.into());
        assert_eq!(url, expected, "{text}");
    }
}

/// Other schemes, bad ports and hosts, and whatever is not part of a host.
pub fn what_is_no_http_url_is_refused<P: Parser>() {
    for text in [
        "",
        "a",
        "/a",
        "http:/a",
        "http://",
        "http:///a",
        "http://?a",
        "http://:80/",
        "ftp://a/",
        "http://a:65536/",
        "http://a:+80/",
        "http://a:-1/",
        "http://a:x/",
        "http://a:8:0/",
        "http://::1/",
        "http://[::1/",
        "http://[a]/",
        "http://[::1]x/",
        "http://%61/",
        "http://\u{e9}/",
        "http://a:\u{661}/",
        "http://a b/",
        "http://a\0/",
        "http://<a>/",
    ] {
        let error = P::parse(text).expect_err(text);
        assert_eq!(error.kind(), ErrorKind::InvalidInput, "{text:?}");
    }
}

/// Also where it looks like a host or a port. An `@` further on is none.
pub fn a_user_is_refused_by_name<P: Parser>() {
    for text in [
        "http://user@a/",
        "http://user:80@a/",
        "http://user:word@127.0.0.1:1/",
        "http://b.example@a",
        "http://@a/",
        "http://\u{e9}@a/",
    ] {
        let error = P::parse(text).expect_err(text);
        assert_eq!(error.to_string(), "a user in the URL is not supported");
        assert_eq!(error.kind(), ErrorKind::InvalidInput);
    }
    assert!(P::parse("http://a/@b").is_ok() && P::parse("http://a?@b").is_ok());
}

/// The error names a program that can.
pub fn https_is_refused_with_the_way_out<P: Parser>() {
    for text in ["https://a/", "HTTPS://a/"] {
        let error = P::parse(text).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Unsupported);
        let text = error.to_string();
        assert!(text.contains("https") && text.contains(P::FOR_HTTPS));
    }
}

/// The examples of RFC 3986, 5.4, as far as they stay with http.
pub fn a_redirect_leads_where_the_rfc_says<P: Parser>() {
    let base = "http://a/b/c/d;p?q";
    for (reference, found) in [
        ("http://x:1/y", "http://x:1/y"),
        ("g", "http://a/b/c/g"),
        ("./g", "http://a/b/c/g"),
        ("g/", "http://a/b/c/g/"),
        ("/g", "http://a/g"),
        ("//g", "http://g/"),
        ("?y", "http://a/b/c/d;p?y"),
        ("g?y", "http://a/b/c/g?y"),
        ("#s", "http://a/b/c/d;p?q"),
        ("g#s", "http://a/b/c/g"),
        (";x", "http://a/b/c/;x"),
        ("", "http://a/b/c/d;p?q"),
        (".", "http://a/b/c/"),
        ("./", "http://a/b/c/"),
        ("..", "http://a/b/"),
        ("../g", "http://a/b/g"),
        ("../..", "http://a/"),
        ("../../../g", "http://a/g"),
        ("/./g", "http://a/g"),
        ("/../g", "http://a/g"),
        ("g.", "http://a/b/c/g."),
        ("..g", "http://a/b/c/..g"),
        ("./../g", "http://a/b/g"),
        ("./g/.", "http://a/b/c/g/"),
        ("g/../h", "http://a/b/c/h"),
        ("g?y/../x", "http://a/b/c/g?y/../x"),
        ("/to?url=http://x/", "http://a/to?url=http://x/"),
        ("?url=http://x/", "http://a/b/c/d;p?url=http://x/"),
        ("../\u{e9}?\u{e9}", "http://a/b/%C3%A9?%C3%A9"),
        ("g h?i j", "http://a/b/c/g%20h?i%20j"),
        ("  g  ", "http://a/b/c/g"),
        ("http://x/y/../z", "http://x/z"),
        ("HTTP://x?z", "http://x/?z"),
        // Browsers read a scheme without slashes so.
        ("http:g", "http://a/b/c/g"),
        ("http:/g", "http://a/g"),
        ("\\\\g\\h", "http://g/h"),
        ("/\r\nX: y", "http://a/X:%20y"),
        ("./g:h", "http://a/b/c/g:h"),
        ("g/h:i", "http://a/b/c/g/h:i"),
    ] {
        let url = P::join(base, reference).expect(reference);
        let found = P::parse(found).unwrap();
        assert_eq!(url, found, "{reference}");
    }
    for reference in [
        "https://a/",
        "mailto:a",
        "javascript:1",
        "file:///a",
        "g:h",
        "//",
        "//u@g",
    ] {
        assert!(P::join(base, reference).is_err(), "{reference}");
    }
}

/// Whatever is taken can stand in a request: no text of the URL becomes a line of its own.
pub fn any_text_is_a_url_or_an_error<P: Parser>() {
    proptest!(config(), |(text in any::<String>(), reference in any::<String>())| {
        let texts = [
            text.clone(),
            format!("http://{text}"),
            format!("http://a/{text}"),
            format!("http://a:{text}/"),
        ];
        for text in texts {
            let Ok(url) = P::parse(&text) else { continue };
            let joined = P::join(&text, &reference);
            for url in [Some(url), joined.ok()].into_iter().flatten() {
                let (authority, host, _, target) = &url;
                let sent = format!("{authority}{target}");
                prop_assert!(sent.bytes().all(|byte| byte.is_ascii_graphic()));
                prop_assert!(target.starts_with('/') && !host.is_empty());
                let again = format!("http://{authority}{target}");
                prop_assert_eq!(P::parse(&again).unwrap(), url);
            }
        }
    });
}
