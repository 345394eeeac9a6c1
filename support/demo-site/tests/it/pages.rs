//! Good pages, and connections that are kept, closed, or used ahead of time.

use std::thread;

use demo_site::{Site, TOUR, body, pages};

use crate::client::{Client, chunks, eventually, fetch, field, status};

#[test]
fn every_example_of_the_table_is_answered_and_on_the_index() {
    let site = Site::start().unwrap();
    let (head, index) = fetch(&site, "GET", "/");
    assert_eq!(
        field(&head, "Content-Type"),
        Some("text/html; charset=utf-8")
    );
    let index = String::from_utf8(index).unwrap();
    for page in pages() {
        assert!(index.contains(page.about), "{}", page.path);
        let method = page.methods.split(", ").next().unwrap();
        let mut client = Client::new(&site);
        client.send(format!("{method} {} HTTP/1.1\r\n\r\n", page.example));
        match page.example {
            "/fault/never" => assert!(client.silence()),
            "/fault/empty" => assert_eq!(client.rest().0, b""),
            "/fault/garbage" => assert!(!client.rest().0.starts_with(b"HTTP/1.1")),
            "/fault/endless-head" => assert!(client.exactly(15) == b"HTTP/1.1 200 OK"),
            example => {
                let expected = match example.split(['?', '/']).nth(1) {
                    Some("redirect" | "redirect-loop") => 302,
                    _ if example.starts_with("/fault/status/404") => 404,
                    _ if example.starts_with("/fault/flaky") => 503,
                    _ if example.starts_with("/fault/endless-interim") => 103,
                    _ => 200,
                };
                assert_eq!(status(&client.head()), expected, "{example}");
            }
        }
    }
}

#[test]
fn a_page_has_its_size_and_its_content() {
    let site = Site::start().unwrap();
    // Around the size of what is written at once.
    for size in [0, 1, 9, 10, 11, 16_383, 16_384, 16_385, 3_000_000] {
        for how in [
            "",
            "&chunked",
            "&close",
            "&drip=1ms",
            "&drip=1ms&chunked",
            "&drip=1ms&close",
        ] {
            let (head, sent) = fetch(&site, "GET", &format!("/page/some-name?size={size}{how}"));
            assert_eq!(status(&head), 200);
            let length = size.to_string();
            let length = (!how.contains('c')).then_some(&*length);
            assert_eq!(field(&head, "Content-Length"), length, "{size}{how}");
            let sent = if how.contains("chunked") {
                chunks(&sent).concat()
            } else {
                sent
            };
            assert!(sent == body("some-name", size), "{size}{how}");
            let last = site.requests().pop().unwrap();
            assert_eq!(
                (last.sent, last.status),
                (size as u64, Some(200)),
                "{size}{how}"
            );
        }
    }
}

#[test]
fn a_drip_has_ten_pieces() {
    let site = Site::start().unwrap();
    for (size, pieces) in [(1000, 10), (10, 10), (3, 3)] {
        let target = format!("/page/a?size={size}&drip=1ms&chunked");
        assert_eq!(
            chunks(&fetch(&site, "GET", &target).1).len(),
            pieces,
            "{size}"
        );
    }
}

#[test]
fn a_delay_comes_before_the_head() {
    let site = Site::start().unwrap();
    let mut client = Client::asking(&site, "/page/a?delay=1s");
    assert!(client.silence());
    client.head();
    let request = &site.requests()[0];
    let took = request.ended.unwrap() - request.started;
    assert!(took.as_millis() >= 1000, "{took:?}");
}

/// Of a page that waits, and of one whose body drips.
#[test]
fn pauses_end_when_the_test_says_so() {
    for target in ["/page/a?delay=1h&size=3", "/page/a?drip=1h&size=3"] {
        let site = Site::start().unwrap();
        let mut client = Client::asking(&site, target);
        eventually("it is sent", || {
            site.end_pauses();
            let request = site.requests().pop();
            request.is_some_and(|request| request.ended.is_some())
        });
        client.head();
        assert_eq!(client.exactly(3), body("a", 3));
    }
}

#[test]
fn parameters_add_up() {
    let site = Site::start().unwrap();
    let target = "/page/a?delay=5ms&size=1.5KiB&drip=1ms&status=503&chunked";
    let (head, sent) = fetch(&site, "GET", target);
    assert_eq!(status(&head), 503);
    assert_eq!(chunks(&sent).concat(), body("a", 1536));
}

#[test]
fn statuses_without_a_body_have_none() {
    let site = Site::start().unwrap();
    for code in [204, 304] {
        let (head, sent) = fetch(&site, "GET", &format!("/page/a?status={code}&chunked"));
        assert_eq!(status(&head), code);
        assert_eq!(field(&head, "Content-Length"), None);
        assert_eq!(field(&head, "Transfer-Encoding"), None);
        assert_eq!(sent, b"");
    }
}

#[test]
fn what_is_wrong_is_told_in_a_sentence() {
    let site = Site::start().unwrap();
    for (target, code, word) in [
        ("/no-such-page", 404, "no such page"),
        ("/page/", 404, "no such page"),
        ("/page/a/b", 404, "no such page"),
        ("/page/a?size=much", 400, "size=much"),
        ("/page/a?size=-1", 400, "size=-1"),
        ("/page/a?delay=soon", 400, "delay=soon"),
        ("/page/a?delay=", 400, "delay="),
        ("/page/a?status=99", 400, "status=99"),
        ("/page/a?chunked=yes", 400, "chunked=yes"),
        ("/page/a?chunked&close", 400, "not both"),
        ("/page/a?sise=1", 400, "delay, size"),
        ("/fault/never?delay=1s", 400, "no parameters"),
        ("/fault/flaky?times=twice", 400, "times=twice"),
        ("/fault/flaky?retry-after=1%0D%0AX:+1", 400, "retry-after="),
        ("/redirect/1?to=", 400, "to="),
    ] {
        let (head, sentence) = fetch(&site, "GET", target);
        let sentence = String::from_utf8(sentence).unwrap();
        assert_eq!(status(&head), code, "{target}");
        assert!(
            sentence.contains(word) && sentence.ends_with(".\n"),
            "{target}: {sentence}"
        );
    }
}

#[test]
fn other_methods_are_refused() {
    let site = Site::start().unwrap();
    for (method, target, allowed) in [
        ("POST", "/page/a", "GET, HEAD"),
        ("DELETE", "/page/a", "GET, HEAD"),
        ("HEAD", "/fault/short", "GET"),
        ("GET", "/reset", "POST"),
    ] {
        let mut client = Client::new(&site);
        client.send(format!("{method} {target} HTTP/1.1\r\n\r\n"));
        let head = client.head();
        assert_eq!(status(&head), 405, "{method} {target}");
        assert_eq!(field(&head, "Allow"), Some(allowed));
    }
}

#[test]
fn the_tour_lists_good_pages_by_their_whole_urls() {
    let site = Site::start().unwrap();
    let (_, list) = fetch(&site, "GET", "/tour");
    let list = String::from_utf8(list).unwrap();
    assert!(list.lines().eq(TOUR.iter().map(|page| site.url(page))));
    for target in TOUR {
        let mut client = Client::new(&site);
        client.ask(target);
        assert!([200, 302].contains(&status(&client.head())), "{target}");
    }
}

#[test]
fn head_gets_the_same_head_and_no_body() {
    let site = Site::start().unwrap();
    let with_head = pages().iter().filter(|page| page.methods.contains("HEAD"));
    // These two list what changes with each request, and flaky counts.
    for page in with_head.filter(|page| !["/requests", "/fault/flaky"].contains(&page.path)) {
        let (head, nothing) = fetch(&site, "HEAD", page.example);
        assert_eq!(nothing, b"", "{}", page.example);
        let (same, _) = fetch(&site, "GET", page.example);
        if page.path != "/counts" {
            assert_eq!(head, same, "{}", page.example);
        }
    }
}

#[test]
fn a_connection_is_kept_and_its_requests_carry_its_number() {
    let site = Site::start().unwrap();
    let mut client = Client::new(&site);
    for size in [10, 0, 70_000] {
        for how in ["", "&chunked"] {
            client.ask(&format!("/page/a?size={size}{how}"));
            client.head();
            if how.is_empty() {
                assert!(client.exactly(size) == body("a", size));
            } else {
                let mut bytes = Vec::new();
                while !bytes.ends_with(b"\r\n0\r\n\r\n") && bytes != b"0\r\n\r\n" {
                    bytes.extend(client.exactly(1));
                }
                assert!(chunks(&bytes).concat() == body("a", size));
            }
        }
    }
    let mut other = Client::asking(&site, "/page/b");
    other.head();
    assert_eq!(site.counts().connections, 2);
    let numbers: Vec<u64> = site
        .requests()
        .iter()
        .map(|request| request.connection)
        .collect();
    assert_eq!(numbers, [1, 1, 1, 1, 1, 1, 2]);
}

#[test]
fn http_1_0_gets_a_close_and_no_chunks_unless_it_asks_to_keep() {
    let site = Site::start().unwrap();
    let mut client = Client::new(&site);
    client.send("GET /page/a?size=20 HTTP/1.0\r\nConnection: Keep-Alive\r\n\r\n");
    assert_eq!(field(&client.head(), "Connection"), Some("keep-alive"));
    assert_eq!(client.exactly(20), body("a", 20));
    client.send("GET /page/a?size=20&chunked HTTP/1.0\r\n\r\n");
    let head = client.head();
    assert_eq!(field(&head, "Connection"), Some("close"));
    assert_eq!(field(&head, "Transfer-Encoding"), None);
    assert_eq!(client.rest(), (body("a", 20), None));
}

#[test]
fn a_whole_url_as_target_is_understood() {
    let site = Site::start().unwrap();
    let (_, sent) = fetch(&site, "GET", &site.url("/page/a?size=5"));
    assert_eq!(sent, body("a", 5));
    assert_eq!(site.requests()[0].target, "/page/a?size=5");
    assert_eq!(status(&fetch(&site, "GET", "http://site").0), 200);
}

#[test]
fn a_head_may_come_byte_by_byte() {
    let site = Site::start().unwrap();
    let mut client = Client::new(&site);
    for byte in b"GET /page/a?size=5 HTTP/1.1\r\nHost: site\r\n\r\n" {
        client.send([*byte]);
    }
    client.head();
    assert_eq!(client.exactly(5), body("a", 5));
}

#[test]
fn requests_sent_ahead_are_answered_in_order() {
    let site = Site::start().unwrap();
    let mut client = Client::new(&site);
    client.send(
        "GET /page/a?delay=300ms&size=4 HTTP/1.1\r\n\r\n\
         GET /page/b?drip=1ms&size=20 HTTP/1.1\r\n\r\n\
         GET /page/c?size=5 HT",
    );
    // The rest comes while the site waits to answer the first.
    eventually("the first has arrived", || site.counts().in_flight == 1);
    client.send("TP/1.1\r\n\r\n");
    for (name, size) in [("a", 4), ("b", 20), ("c", 5)] {
        client.head();
        assert_eq!(client.exactly(size), body(name, size));
    }
    assert_eq!(site.counts().connections, 1);
}

#[test]
fn many_requests_sent_ahead_are_held_back_but_not_lost() {
    let site = Site::start().unwrap();
    let mut client = Client::new(&site);
    let mut requests = "GET /page/a?delay=200ms&size=1 HTTP/1.1\r\n\r\n".to_owned();
    // More than the site keeps for later, and than a head may be long.
    for _ in 0..5000 {
        requests.push_str("GET /page/a?size=1 HTTP/1.1\r\n\r\n");
    }
    let mut sender = client.twin();
    thread::scope(|scope| {
        scope.spawn(|| sender.send(requests));
        for _ in 0..=5000 {
            client.head();
            assert_eq!(client.exactly(1), b"a");
        }
    });
}

#[test]
fn a_request_with_a_body_is_answered_and_the_connection_closed() {
    let site = Site::start().unwrap();
    let mut client = Client::new(&site);
    let body = "x".repeat(100_000);
    client.send(format!(
        "POST /page/a HTTP/1.1\r\nContent-Length: 100000\r\n\r\n{body}"
    ));
    let head = client.head();
    assert_eq!(status(&head), 405);
    assert_eq!(field(&head, "Connection"), Some("close"));
    // No reset, though the site did not want what was sent.
    assert_eq!(client.rest().1, None);
}
