//! Runs typed tasks in worker processes that may die without losing a result.
