// SPDX-License-Identifier: 0BSD OR MIT OR Apache-2.0
//! What an HTTP response says about a retry.

use super::Failure;
use std::time::{Duration, SystemTime};

/// Whether an HTTP request that failed with this status may be repeated, and when.
///
/// Only methods that are idempotent (RFC 9110, section 9.2.2) are repeated: they have the same
/// effect once and twice.
pub fn http_failure<E>(
    method: &str,
    status: u16,
    retry_after: Option<&str>,
    error: E,
) -> Failure<E> {
    let idempotent = ["GET", "HEAD", "OPTIONS", "TRACE", "PUT", "DELETE"].contains(&method);
    let passes = [408, 429, 500, 502, 503, 504].contains(&status);
    if !idempotent || !passes {
        return Failure::Never(error);
    }
    let after = retry_after.and_then(|value| parse_retry_after(value, SystemTime::now()));
    match after {
        Some(after) => Failure::After(after, error),
        None => Failure::Backoff(error),
    }
}

/// The value of a `Retry-After` field, which is a number of seconds or a date.
pub fn parse_retry_after(value: &str, now: SystemTime) -> Option<Duration> {
    let value = value.trim();
    if let Ok(seconds) = value.parse() {
        return Some(Duration::from_secs(seconds));
    }
    let date = httpdate::parse_http_date(value).ok()?;
    Some(date.duration_since(now).unwrap_or_default()) // zero if the date has passed
}
