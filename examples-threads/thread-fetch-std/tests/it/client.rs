//! Kept connections, redirects and names, against servers that follow a script.

use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use fetcher_suite::scripts::{accept, head, page, request, send, site, urls};
use thread_fetch_std::{Client, FetchError, Limits, Request, fetch_all, fetch_each};

const ONE_WORKER: Limits = Limits {
    concurrency: 1,
    timeout: Duration::from_secs(30),
    max_body: 1 << 20,
};

/// What a server sends unasked is never taken for the next page: neither what arrives with a
/// response, nor what arrives while the connection is idle.
#[test]
fn unasked_bytes_are_not_a_response() {
    let (told, tell) = mpsc::channel();
    let (url, served) = site(move |listener| {
        let mut stream = accept(&listener);
        request(&mut stream);
        send(&mut stream, &(page("a") + &page("EVIL")));
        let mut stream = accept(&listener);
        request(&mut stream);
        send(&mut stream, &page("b"));
        // Long enough that the worker has read b by itself. If not, the two come in one piece, as
        // above, and the test is the easier one.
        thread::sleep(Duration::from_millis(100));
        send(&mut stream, &page("EVIL"));
        told.send(()).unwrap();
        let mut stream = accept(&listener);
        request(&mut stream);
        send(&mut stream, &page("c"));
    });
    let mut found = Vec::new();
    let urls = urls(&url, &["/a", "/b", "/c"]);
    fetch_each(&Client::new(), &urls, ONE_WORKER, |fetched| {
        // Meanwhile the worker fetches /b, but not /c: it waits to hand /b over.
        if fetched.index == 0 {
            tell.recv().unwrap();
        }
        found.push(fetched.result.unwrap().body);
    });
    assert_eq!(found, [b"a", b"b", b"c"]);
    served.join().unwrap();
}

/// One retry on a new connection, and no more; and none of a request that may not be repeated.
#[test]
fn a_kept_connection_that_was_closed_is_replaced_once() {
    for (method, is_repeated) in [("GET", true), ("DELETE", true), ("POST", false)] {
        let (url, served) = site(move |listener| {
            let mut stream = accept(&listener);
            request(&mut stream);
            send(&mut stream, &page("first"));
            assert_eq!(request(&mut stream), "/b", "{method}");
            drop(stream); // as a server does that closes idle connections
            if is_repeated {
                let mut stream = accept(&listener);
                assert_eq!(request(&mut stream), "/b");
                drop(stream);
            }
            listener.set_nonblocking(true).unwrap();
            listener
        });
        let requests = urls(&url, &["/a", "/b"]);
        let requests = requests.iter().map(|url| Request::new(method, url));
        let pages = fetch_all(&Client::new(), requests, ONE_WORKER);
        assert_eq!(pages[0].as_ref().unwrap().body, b"first");
        assert!(pages[1].is_err(), "{pages:?}");
        let listener = served.join().unwrap();
        assert!(listener.accept().is_err(), "{method} was sent once more");
    }
}

#[test]
fn a_redirect_changes_the_method_as_browsers_do() {
    for (status, method, next) in [
        (301, "POST", "GET"),
        (302, "POST", "GET"),
        (303, "PUT", "GET"),
        (303, "HEAD", "HEAD"),
        (307, "POST", "POST"),
        (308, "DELETE", "DELETE"),
        (302, "HEAD", "HEAD"),
    ] {
        let (url, served) = site(move |listener| {
            let mut stream = accept(&listener);
            request(&mut stream);
            let redirect = format!("HTTP/1.1 {status} Go\r\nLocation: /b\r\nConnection: close\r\n");
            send(&mut stream, &format!("{redirect}Content-Length: 0\r\n\r\n"));
            let mut stream = accept(&listener);
            let head = head(&mut stream);
            send(&mut stream, "HTTP/1.1 204 No content\r\n\r\n");
            head
        });
        let pages = fetch_all(&Client::new(), [Request::new(method, &url)], ONE_WORKER);
        assert!(pages[0].is_ok(), "{status} {method}: {pages:?}");
        let head = served.join().unwrap();
        assert!(head.starts_with(&format!("{next} /b ")), "{status}: {head}");
    }
}

/// Another port is another origin.
#[test]
fn secrets_are_not_sent_on_to_another_origin() {
    for to_another in [true, false] {
        let (other, other_served) = site(move |listener| {
            let mut stream = accept(&listener);
            let head = head(&mut stream);
            send(&mut stream, &page("there"));
            head
        });
        let (url, served) = site(move |listener| {
            let mut stream = accept(&listener);
            let first = head(&mut stream);
            let to = if to_another {
                format!("{other}/b")
            } else {
                "/b".into()
            };
            let redirect = "HTTP/1.1 307 Go\r\nConnection: close\r\nContent-Length: 0\r\n";
            send(&mut stream, &format!("{redirect}Location: {to}\r\n\r\n"));
            drop(stream);
            if to_another {
                return (first, String::new());
            }
            let mut stream = accept(&listener);
            let second = head(&mut stream);
            send(&mut stream, &page("here"));
            (first, second)
        });
        let secrets = ["authorization", "cookie", "proxy-authorization"];
        let start = Request::from(&url).header("x-other", "x");
        let request = secrets
            .iter()
            .fold(start, |request, name| request.header(name, "secret"));
        let pages = fetch_all(&Client::new(), [request], ONE_WORKER);
        assert!(pages[0].is_ok(), "{pages:?}");
        let (first, second) = served.join().unwrap();
        let second = if to_another {
            other_served.join().unwrap()
        } else {
            second
        };
        let (first, second) = (first.to_lowercase(), second.to_lowercase());
        assert!(second.contains("x-other: x"), "{second}");
        for name in secrets {
            assert!(first.contains(name), "{first}");
            assert_eq!(second.contains(name), !to_another, "{name}: {second}");
        }
    }
}

#[test]
fn a_redirect_to_another_scheme_is_an_error() {
    for location in [
        "mailto:a@b",
        "javascript:1",
        "file:///etc/hostname",
        "ftp://127.0.0.1/",
    ] {
        let (url, served) = site(move |listener| {
            let mut stream = accept(&listener);
            request(&mut stream);
            let redirect = "HTTP/1.1 302 Found\r\nContent-Length: 0\r\n";
            send(
                &mut stream,
                &format!("{redirect}Location: {location}\r\n\r\n"),
            );
            request(&mut stream) // nothing else is asked for
        });
        let pages = fetch_all(&Client::new(), [&url], ONE_WORKER);
        let error = pages[0].as_ref().unwrap_err();
        assert!(matches!(error, FetchError::Invalid(_)), "{error:?}");
        let said = format!("redirect to {location}");
        assert!(error.to_string().contains(&said), "{error}");
        assert_eq!(served.join().unwrap(), "");
    }
}
