//! Fetches many URLs at once with N worker threads over one shared queue and ureq.
