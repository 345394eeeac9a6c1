//! URLs: what is taken, what is refused, and where a redirect leads.

use std::io::ErrorKind;

use proptest::prelude::*;
use reactor::url::Url;

#[test]
fn a_url_has_four_parts() {
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
    ] {
        let url = Url::parse(text).expect(text);
        assert_eq!(
            (&*url.authority, &*url.host, url.port, &*url.target),
            (authority, host, port, target),
            "{text}"
        );
    }
}

#[test]
fn what_is_no_http_url_is_refused() {
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
        "http://user@a/",
        "http://user:80@a/",
        "http://::1/",
        "http://[::1/",
        "http://[a]/",
        "http://[::1]x/",
        "http://a\\@b/",
        "http://%61/",
        // Each of these would end the request line, or a field.
        "http://a/b c",
        "http://a/\r\nX: y",
        "http://a\r\nX: y/",
        "http://a/\n",
        "http://a/\0",
        "http://a/\t",
        "http://a/\u{7f}",
        "http://a/\u{e9}",
    ] {
        let error = Url::parse(text).expect_err(text);
        assert_eq!(error.kind(), ErrorKind::InvalidInput, "{text:?}");
    }
}

#[test]
fn https_is_refused_with_the_way_out() {
    for text in ["https://a/", "HTTPS://a/"] {
        let error = Url::parse(text).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Unsupported);
        let text = error.to_string();
        assert!(text.contains("https") && text.contains("async-fetch"));
    }
}

/// The examples of RFC 3986, 5.4, as far as they stay with http.
#[test]
fn a_redirect_leads_where_the_rfc_says() {
    let base = Url::parse("http://a/b/c/d;p?q").unwrap();
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
    ] {
        let url = base.join(reference).expect(reference);
        let found = Url::parse(found).unwrap();
        assert_eq!(url, found, "{reference}");
    }
    for reference in [
        "https://a/",
        "mailto:a",
        "//",
        "/\r\nX: y",
        "/\u{e9}",
        "//u@g",
    ] {
        assert!(base.join(reference).is_err(), "{reference}");
    }
}

proptest! {
    // What fails is printed whole; it belongs into a test of its own, not into a file.
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    /// Whatever is taken can stand in a request: no text of the URL becomes a line of its own.
    #[test]
    fn any_text_is_a_url_or_an_error(text in any::<String>(), reference in any::<String>()) {
        let texts = [
            text.clone(),
            format!("http://{text}"),
            format!("http://a/{text}"),
            format!("http://a:{text}/"),
        ];
        for text in texts {
            let Ok(url) = Url::parse(&text) else { continue };
            let joined = url.join(&reference);
            for url in [Some(url), joined.ok()].into_iter().flatten() {
                let sent = format!("{}{}", url.authority, url.target);
                prop_assert!(sent.bytes().all(|byte| byte.is_ascii_graphic()));
                prop_assert!(url.target.starts_with('/') && !url.host.is_empty());
                let again = format!("http://{}{}", url.authority, url.target);
                prop_assert_eq!(Url::parse(&again).unwrap(), url);
            }
        }
    }
}
