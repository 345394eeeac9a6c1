//! The tree and the Arc by hand, with real threads: what is freed, when, and how often.

use shared_ownership::{Node, by_hand};
use std::cell::Cell;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Barrier, MutexGuard};
use std::thread;
use testing::watchdog;

/// `Send`, but not `Sync`.
type Sendable = Cell<u8>;
/// `Sync`, but not `Send`.
type Shareable = MutexGuard<'static, u8>;

const _: () = {
    const fn send_and_sync<T: Send + Sync>() {}
    send_and_sync::<Node>();
    send_and_sync::<by_hand::Arc<u32>>();
};

/// As std's: an `Arc` of what lives longer is one of what lives shorter.
const _: for<'a> fn(by_hand::Arc<&'static str>, &'a str) -> by_hand::Arc<&'a str> = |arc, _| arc;

/// Compiles only while none of these has the trait: else two impls would fit.
#[test]
fn an_arc_by_hand_may_be_sent_and_shared_only_if_its_value_may_be_both() {
    trait NotSync<Why> {
        fn is_not_sync() {}
    }
    impl<T> NotSync<()> for T {}
    impl<T: Sync> NotSync<u8> for T {}
    trait NotSend<Why> {
        fn is_not_send() {}
    }
    impl<T> NotSend<()> for T {}
    impl<T: Send> NotSend<u8> for T {}
    <by_hand::Arc<Sendable> as NotSync<_>>::is_not_sync();
    <by_hand::Arc<Sendable> as NotSend<_>>::is_not_send();
    <by_hand::Arc<Shareable> as NotSync<_>>::is_not_sync();
    <by_hand::Arc<Shareable> as NotSend<_>>::is_not_send();
}

#[test]
fn debug_shows_names_and_values() {
    let _limit = watchdog::limit();
    let root = Node::root("a");
    let _kept = (root.add("b"), root.add("c"));
    assert_eq!(
        format!("{root:?}"),
        r#"Node { name: "a", children: ["b", "c"], .. }"#
    );
    assert_eq!(format!("{:?}", by_hand::Arc::new(vec![1])), "[1]");
}

#[test]
fn a_deep_tree_can_be_printed_and_has_a_path() {
    // In a process of its own: an overflow ends the process, without the name of the test.
    let test = "behaviour::a_deep_tree_can_be_printed_and_has_a_path";
    testing::child::alone(test, &[], deep_tree_can_be_printed_and_has_a_path);
}

fn deep_tree_can_be_printed_and_has_a_path() {
    let _limit = watchdog::limit();
    const DEPTH: usize = 200_000;
    let root = Node::root("root");
    let mut leaf = Arc::clone(&root);
    for _ in 0..DEPTH {
        leaf = leaf.add("x");
    }
    assert_eq!(
        format!("{root:?}"),
        r#"Node { name: "root", children: ["x"], .. }"#
    );
    assert_eq!(leaf.path().len(), "root".len() + DEPTH * "/x".len());
}

#[test]
fn a_path_begins_at_the_topmost_living_ancestor() {
    let _limit = watchdog::limit();
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
fn remove_removes_this_child_and_no_other_of_equal_name() {
    let _limit = watchdog::limit();
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
fn a_removed_branch_is_freed_except_what_has_other_owners() {
    let _limit = watchdog::limit();
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
fn children_added_by_threads_are_all_there_and_freed_with_the_root() {
    let _limit = watchdog::limit();
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
fn a_deep_tree_is_freed_without_overflowing_the_stack() {
    // In a process of its own: an overflow ends the process, without the name of the test.
    let test = "behaviour::a_deep_tree_is_freed_without_overflowing_the_stack";
    testing::child::alone(test, &[], deep_tree_is_freed_without_overflowing_the_stack);
}

fn deep_tree_is_freed_without_overflowing_the_stack() {
    let _limit = watchdog::limit();
    // The root and a node halfway down are dropped at the same time: either may be last.
    const DEPTH: usize = 200_000;
    let root = Node::root("0");
    let mut leaf = Arc::clone(&root);
    for _ in 0..DEPTH {
        leaf = leaf.add("x");
    }
    let middle = (0..DEPTH / 2).fold(Arc::clone(&leaf), |node, _| {
        node.parent().expect("it is deep")
    });
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
fn by_hand_the_last_owner_drops_the_value_once() {
    let _limit = watchdog::limit();
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
    let _limit = watchdog::limit();
    let mut one = by_hand::Arc::new(1);
    let other = by_hand::Arc::clone(&one);
    assert!(by_hand::Arc::ptr_eq(&one, &other));
    let equal = by_hand::Arc::new(1);
    let _as_many_owners = equal.clone();
    assert!(!by_hand::Arc::ptr_eq(&one, &equal));
    assert_eq!(by_hand::Arc::get_mut(&mut one), None);
    drop(other);
    *by_hand::Arc::get_mut(&mut one).unwrap() += 1;
    assert_eq!(*one, 2);
}
