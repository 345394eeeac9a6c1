//! The suite for parsers of URLs.

fetcher_suite::urls!(thread_fetch_std::url::Url, "thread-fetch");
