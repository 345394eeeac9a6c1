//! The suite for parsers of URLs.

fetcher_suite::urls!(reactor::url::Url, "async-fetch");
