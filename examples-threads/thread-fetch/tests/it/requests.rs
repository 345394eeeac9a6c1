//! The suite for requests of the caller's own shape.

use thread_fetch::{FetchError, Limits, Page, Request, agents_with, config, fetch_all};

fn all(requests: Vec<Request>, limits: Limits) -> Vec<Result<Page, FetchError>> {
    fetch_all(
        &agents_with(1, config(2).proxy(None).build()),
        requests,
        limits,
    )
}

fn retry_after(page: &Page) -> Option<&str> {
    page.headers.get("retry-after")?.to_str().ok()
}

fetcher_suite::requests!(thread_fetch, all, retry_after;
    a_request_has_the_method_and_headers_that_it_was_given
    a_bad_method_or_header_costs_its_own_row
    a_status_error_has_what_is_needed_to_act_on_it
    a_redirect_changes_the_method_as_browsers_do
    credentials_stay_with_their_server
    a_post_does_not_use_a_connection_that_was_closed
    a_redirect_to_another_scheme_is_an_error
    a_request_that_may_be_repeated_is_sent_again_once
);
