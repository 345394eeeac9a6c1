//! Builds and serves the book, and holds the house rules as tests.
