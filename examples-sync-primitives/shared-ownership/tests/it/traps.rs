//! The traps of the page.

use std::cell::RefCell;
use std::rc::{Rc, Weak};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

// ANCHOR: circle
static ALIVE: AtomicUsize = AtomicUsize::new(0);

#[derive(Default)]
struct Person {
    owns: RefCell<Option<Rc<Person>>>,
    knows: RefCell<Weak<Person>>,
}

fn person() -> Rc<Person> {
    ALIVE.fetch_add(1, Ordering::Relaxed);
    Rc::default()
}

impl Drop for Person {
    fn drop(&mut self) {
        ALIVE.fetch_sub(1, Ordering::Relaxed);
    }
}

#[test]
fn owners_in_a_circle_are_never_dropped() {
    let (ann, bob) = (person(), person());
    ann.owns.replace(Some(Rc::clone(&bob)));
    bob.owns.replace(Some(Rc::clone(&ann)));
    drop((ann, bob));
    assert_eq!(ALIVE.swap(0, Ordering::Relaxed), 2); // wrong: both leaked, silently

    let (ann, bob) = (person(), person());
    ann.owns.replace(Some(Rc::clone(&bob)));
    bob.knows.replace(Rc::downgrade(&ann)); // right: the way back is not an owner
    assert!(bob.knows.borrow().upgrade().is_some());
    drop((ann, bob));
    assert_eq!(ALIVE.load(Ordering::Relaxed), 0);
}
// ANCHOR_END: circle

#[test]
// ANCHOR: make-mut
fn make_mut_copies_only_what_others_own() {
    let mut a = Arc::new(vec![1]);
    Arc::make_mut(&mut a).push(2); // the only owner: changed in place
    let b = Arc::clone(&a);
    Arc::make_mut(&mut a).push(3); // b is a second owner: a gets a copy, and changes that
    assert_eq!((&*a, &*b), (&vec![1, 2, 3], &vec![1, 2]));
    assert!(!Arc::ptr_eq(&a, &b));
}
// ANCHOR_END: make-mut

#[test]
// ANCHOR: unwrap
fn the_last_owner_takes_the_value_out() {
    let a = Arc::new(String::from("no copy"));
    let b = Arc::clone(&a);
    let a = Arc::try_unwrap(a).expect_err("b owns it too"); // the Arc comes back
    drop(b);
    assert_eq!(Arc::try_unwrap(a), Ok(String::from("no copy")));
}
// ANCHOR_END: unwrap

#[test]
// ANCHOR: clone
fn the_clone_of_an_arc_is_not_a_copy_of_the_value() {
    let a = Arc::new(vec![1]);
    let same: Arc<Vec<i32>> = Arc::clone(&a); // one more owner
    let copy: Vec<i32> = a.to_vec(); // another vector
    let wrapped: Arc<Vec<i32>> = Arc::new((*a).clone()); // a copy, in an Arc of its own
    assert!(Arc::ptr_eq(&a, &same));
    assert!(!Arc::ptr_eq(&a, &wrapped));
    assert_eq!((*a).clone(), copy);
    assert_eq!(Arc::strong_count(&a), 2);
}
// ANCHOR_END: clone
