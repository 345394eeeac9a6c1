//! The suite for requests of the caller's own shape.

use std::time::Duration;

use fetcher_suite::requests::{self, Failure};
use thread_fetch_std::{Client, FetchError, Limits, Page, Request, fetch_all};

const ONE_AT_A_TIME: Limits = Limits {
    concurrency: 1,
    timeout: Duration::from_secs(30),
    max_body: 1 << 20,
};

fn fetch(requests: &[requests::Request]) -> Vec<Result<requests::Page, Failure>> {
    let requests = requests.iter().map(|asked| {
        let start = Request::new(asked.method, &asked.url);
        let headers = asked.headers.iter();
        headers.fold(start, |request, (name, value)| request.header(name, value))
    });
    let results = fetch_all(&Client::new(), requests, ONE_AT_A_TIME);
    let results = results.into_iter();
    results
        .map(|result| result.map(page).map_err(failure))
        .collect()
}

fn failure(error: FetchError) -> Failure {
    let message = error.to_string();
    let page = match error {
        FetchError::Status(answer) => Some(page(*answer)),
        _ => None,
    };
    Failure { message, page }
}

fn page(page: Page) -> requests::Page {
    requests::Page {
        retry_after: page.header("retry-after").map(str::to_owned),
        status: page.status,
        url: page.url,
        body: page.body,
    }
}

fetcher_suite::requests!(fetch;
    a_request_has_the_method_and_headers_that_it_was_given
    a_bad_method_or_header_costs_its_own_row
    a_status_error_has_what_is_needed_to_act_on_it
    a_redirect_changes_the_method_as_browsers_do
    credentials_stay_with_their_server
    a_redirect_to_another_scheme_is_an_error
    a_request_that_may_be_repeated_is_sent_again_once
);
