//! Lets one thread at a time at a value, with std's Mutex.
