//! The suite for parsers of URLs.

demo::urls!(thread_fetch_std::url::Url, "thread-fetch");
