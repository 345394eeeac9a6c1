//! The tree and the Arc made by hand, with real threads: who is freed, when, and how often.

use shared_ownership::{Node, by_hand};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Barrier};
use std::thread;

/// Threads may share both, and may be given both.
const _: () = {
    const fn sendable_and_shareable<T: Send + Sync>() {}
    sendable_and_shareable::<Node>();
    sendable_and_shareable::<by_hand::Arc<u32>>();
};

#[test]
fn a_path_leads_up_to_the_topmost_that_is_alive() {
    let root = Node::root("a");
    let leaf = root.add("b").add("c");
    assert_eq!(leaf.path(), "a/b/c");
    let middle = leaf.parent().unwrap();
    assert_eq!(root.children().len(), 1);
    drop(root);
    assert!(middle.parent().is_none());
    assert_eq!(leaf.path(), "b/c");
    drop(middle);
    assert_eq!(leaf.path(), "c");
}

#[test]
fn this_very_child_is_removed_and_none_of_equal_name() {
    let root = Node::root("root");
    let (one, other) = (root.add("twin"), root.add("twin"));
    let stranger = Node::root("twin");
    assert!(!root.remove(&stranger));
    assert!(root.remove(&one));
    assert!(!root.remove(&one));
    let left = root.children();
    assert_eq!(left.len(), 1);
    assert!(Arc::ptr_eq(&left[0], &other));
    assert_eq!(Arc::strong_count(&one), 1);
}

#[test]
fn a_removed_branch_goes_with_all_that_nobody_else_owns() {
    let root = Node::root("root");
    let branch = root.add("branch");
    let (kept, gone) = (branch.add("kept"), Arc::downgrade(&branch.add("gone")));
    assert!(root.remove(&branch));
    assert_eq!(gone.strong_count(), 1);
    drop(branch);
    assert_eq!(gone.strong_count(), 0);
    assert_eq!(kept.path(), "kept");
}

#[test]
fn every_child_that_threads_add_is_there_and_goes_with_the_root() {
    const THREADS: usize = 8;
    const EACH: usize = 500;
    let root = Node::root("root");
    thread::scope(|scope| {
        for _ in 0..THREADS {
            scope.spawn(|| {
                for _ in 0..EACH {
                    assert_eq!(root.add("child").path(), "root/child");
                }
            });
        }
    });
    let children: Vec<_> = root.children().iter().map(Arc::downgrade).collect();
    assert_eq!(children.len(), THREADS * EACH);
    drop(root);
    assert!(children.iter().all(|child| child.strong_count() == 0));
}

#[test]
fn a_deep_tree_goes_without_overflowing_the_stack() {
    // The root and a node half-way, let go at the same time: either may be the last.
    const DEPTH: usize = 200_000;
    let root = Node::root("0");
    let mut leaf = Arc::clone(&root);
    for _ in 0..DEPTH {
        leaf = leaf.add("x");
    }
    let middle = (0..DEPTH / 2).fold(Arc::clone(&leaf), |node, _| node.parent().unwrap());
    let seen = Arc::downgrade(&leaf);
    drop(leaf);
    let start = Barrier::new(2);
    thread::scope(|scope| {
        for node in [root, middle] {
            let start = &start;
            scope.spawn(move || {
                start.wait();
                drop(node);
            });
        }
    });
    assert_eq!(seen.strong_count(), 0);
}

/// Counts how often it is dropped.
struct Counted<'a>(&'a AtomicUsize);

impl Drop for Counted<'_> {
    fn drop(&mut self) {
        self.0.fetch_add(1, Ordering::Relaxed);
    }
}

#[test]
fn by_hand_the_value_is_dropped_once_and_by_the_last() {
    for _ in 0..200 {
        let drops = AtomicUsize::new(0);
        let value = by_hand::Arc::new(Counted(&drops));
        thread::scope(|scope| {
            for _ in 0..4 {
                let value = by_hand::Arc::clone(&value);
                scope.spawn(move || {
                    for _ in 0..100 {
                        drop(by_hand::Arc::clone(&value));
                    }
                    assert_eq!(value.0.load(Ordering::Relaxed), 0);
                });
            }
        });
        assert_eq!(by_hand::Arc::strong_count(&value), 1);
        drop(value);
        assert_eq!(drops.into_inner(), 1);
    }
}

#[test]
fn by_hand_only_a_single_owner_may_change_the_value() {
    let mut one = by_hand::Arc::new(1);
    let other = by_hand::Arc::clone(&one);
    assert!(by_hand::Arc::ptr_eq(&one, &other));
    assert!(!by_hand::Arc::ptr_eq(&one, &by_hand::Arc::new(1)));
    assert_eq!(by_hand::Arc::get_mut(&mut one), None);
    drop(other);
    *by_hand::Arc::get_mut(&mut one).unwrap() += 1;
    assert_eq!(*one, 2);
}
