//! The suite for parsers of URLs.

demo::urls!(reactor::url::Url, "async-fetch");
