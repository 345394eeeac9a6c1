//! Lets at most N threads in at a time: a semaphore from a Mutex and a Condvar, since std has none.
