//! The suite for requests of the caller's own shape.

use async_fetch_async_std::{Client, FetchError, Limits, Page, Request, fetch_all};
use async_std::task::block_on;

fn all(requests: Vec<Request>, limits: Limits) -> Vec<Result<Page, FetchError>> {
    block_on(fetch_all(&Client::new(), requests, limits))
}

fn retry_after(page: &Page) -> Option<&str> {
    page.headers.get("retry-after")?.to_str().ok()
}

fetcher_suite::requests!(async_fetch_async_std, all, retry_after;
    a_request_has_the_method_and_headers_that_it_was_given
    a_bad_method_or_header_costs_its_own_row
    a_status_error_has_what_is_needed_to_act_on_it
    a_redirect_changes_the_method_as_browsers_do
    credentials_stay_with_their_server
    a_post_does_not_use_a_connection_that_was_closed
    a_post_is_never_sent_twice
);
