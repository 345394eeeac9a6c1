//! The lock and the cache under loom: the files that you copy, byte for byte, in every order of
//! their steps; and those files with a bug planted in them, which the same models must find.

// From here on `std` is loom in the shape of std, in the snippets' own `use` lines as well.
extern crate model as std;

#[path = "../src/by_hand.rs"]
pub mod by_hand;
#[path = "../src/cache.rs"]
pub mod cache;
#[path = "model/cache_properties.rs"]
mod cache_properties;
#[path = "model/properties.rs"]
mod properties;

#[test]
fn where_writers_go_first_reading_twice_deadlocks() {
    let test = "model::where_writers_go_first_reading_twice_deadlocks";
    testing::child::assert_caught(test, "deadlock; threads =", || {
        properties::read_twice(by_hand::Prefer::Writers);
    });
}

#[test]
fn where_readers_go_first_reading_twice_does_not() {
    properties::read_twice(by_hand::Prefer::Readers);
}
