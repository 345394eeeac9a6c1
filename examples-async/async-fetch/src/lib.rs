//! Fetches many URLs at once on one thread with tokio and reqwest.
