//! What may be repeated over HTTP, and when; in the end against the test server.

use async_retry::{Budget, Failure, GaveUp, Policy, Why, http_failure, parse_retry_after, retry};
use demo_site::Site;
use std::io;
use std::time::{Duration, SystemTime, UNIX_EPOCH};
use testing::watchdog;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

#[test]
fn only_idempotent_methods_and_passing_statuses_are_repeated() {
    for method in ["GET", "HEAD", "OPTIONS", "TRACE", "PUT", "DELETE"] {
        for status in [408, 429, 500, 502, 503, 504] {
            assert_eq!(http_failure(method, status, None, ()), Failure::Backoff(()));
            let after = Failure::After(Duration::from_secs(9), ());
            assert_eq!(http_failure(method, status, Some("9"), ()), after);
            assert_eq!(
                http_failure(method, status, Some("soon"), ()),
                Failure::Backoff(())
            );
        }
        for status in [400, 401, 403, 404, 409, 410, 422, 501, 505] {
            assert_eq!(
                http_failure(method, status, Some("9"), ()),
                Failure::Never(())
            );
        }
    }
    for method in ["POST", "PATCH", "CONNECT", "get", ""] {
        for status in [408, 429, 500, 502, 503, 504] {
            assert_eq!(
                http_failure(method, status, Some("9"), ()),
                Failure::Never(())
            );
        }
    }
}

#[test]
fn retry_after_is_seconds_or_a_date() {
    let now = UNIX_EPOCH + Duration::from_secs(784_111_777); // Sun, 06 Nov 1994 08:49:37 GMT
    let parse = |value| parse_retry_after(value, now).map(|after| after.as_secs());
    assert_eq!(parse("0"), Some(0));
    assert_eq!(parse(" 120 "), Some(120));
    assert_eq!(parse("Sun, 06 Nov 1994 08:50:37 GMT"), Some(60));
    assert_eq!(parse("Sunday, 06-Nov-94 08:50:37 GMT"), Some(60));
    assert_eq!(parse("Sun Nov  6 08:50:37 1994"), Some(60));
    assert_eq!(
        parse("Sun, 06 Nov 1994 08:49:36 GMT"),
        Some(0),
        "it has passed"
    );
    for wrong in [
        "",
        "soon",
        "-1",
        "1.5",
        "99999999999999999999",
        "Sun, 06 Nov 1994",
    ] {
        assert_eq!(parse(wrong), None, "{wrong}");
    }
}

async fn exchange(site: &Site, method: &str, path: &str) -> io::Result<(u16, Option<String>)> {
    let mut connection = TcpStream::connect(site.address()).await?;
    let request = format!("{method} {path} HTTP/1.0\r\n\r\n");
    connection.write_all(request.as_bytes()).await?;
    let mut response = Vec::new();
    connection.read_to_end(&mut response).await?;
    let response = String::from_utf8_lossy(&response);
    let status = response
        .split(' ')
        .nth(1)
        .and_then(|status| status.parse().ok());
    let after = response
        .lines()
        .find_map(|line| line.strip_prefix("Retry-After: "));
    Ok((status.expect("it is HTTP"), after.map(str::to_owned)))
}

/// Makes a request. Returns when each call was made, by the clock on the wall.
async fn request(
    site: &Site,
    method: &str,
    path: &str,
) -> (Vec<SystemTime>, Result<u16, GaveUp<u16>>) {
    let policy = Policy {
        base: Duration::from_millis(1),
        ..Policy::default()
    };
    let mut moments = Vec::new();
    let budget = Budget::new(0, 99);
    let result = retry(&policy, &budget, || {
        moments.push(SystemTime::now());
        async {
            match exchange(site, method, path)
                .await
                .expect("the server is there")
            {
                (status @ 200..400, _) => Ok(status),
                (status, after) => Err(http_failure(method, status, after.as_deref(), status)),
            }
        }
    });
    let result = result.await;
    (moments, result)
}

#[tokio::test]
async fn a_get_is_repeated_until_the_server_answers() {
    let _limit = watchdog::limit();
    let site = Site::start().expect("a port is free");
    let (moments, result) = request(&site, "GET", "/fault/flaky?times=3").await;
    assert_eq!((moments.len(), result), (4, Ok(200)));
    assert_eq!(site.counts().requests, 4);
}

#[tokio::test]
async fn a_post_is_never_repeated() {
    let _limit = watchdog::limit();
    let site = Site::start().expect("a port is free");
    let (_, result) = request(&site, "POST", "/fault/flaky?retry-after=0").await;
    let expected = GaveUp {
        why: Why::NotRepeatable,
        calls: 1,
        error: Some(503),
    };
    assert_eq!((result, site.counts().requests), (Err(expected), 1));
}

#[tokio::test]
async fn a_missing_page_is_not_asked_for_again() {
    let _limit = watchdog::limit();
    let site = Site::start().expect("a port is free");
    let (_, result) = request(&site, "GET", "/fault/status/404").await;
    assert_eq!(
        result.map_err(|gave_up| gave_up.why),
        Err(Why::NotRepeatable)
    );
    assert_eq!(site.counts().requests, 1);
}

#[tokio::test]
async fn no_call_is_before_the_date_that_the_server_names() {
    let _limit = watchdog::limit();
    let site = Site::start().expect("a port is free");
    let later = SystemTime::now() + Duration::from_secs(2);
    let date = httpdate::fmt_http_date(later); // in whole seconds
    let earliest = httpdate::parse_http_date(&date).expect("it is a date");
    let path = format!(
        "/fault/flaky?times=1&retry-after={}",
        date.replace(' ', "+")
    );
    let (moments, result) = request(&site, "GET", &path).await;
    assert_eq!((moments.len(), result), (2, Ok(200)));
    assert!(moments[0] < earliest && moments[1] >= earliest);
}
