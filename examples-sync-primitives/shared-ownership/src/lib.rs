//! One value with several owners, freed when the last lets go: Arc for the owners, Weak for the way back.
//!
//! Run it: `cargo run -p shared-ownership`
//!
//! *Notice:* a clone of an Arc is one more owner of the same value, as `b = a` is in Python. A parent
//! owns its children, and a child only knows its parent: owners in a circle would never be freed.
//!
//! *Use instead:* a plain reference where a scope outlives the borrower (`thread::scope`); `Rc` if
//! no second thread is involved; `mutex` inside the Arc for what changes.
//!
//! The page: `docs/src/locks/shared-ownership.md`
//!
//! # Use it
//! ```
//! use shared_ownership::Node;
//! use std::thread;
//!
//! fn main() {
//!     let root = Node::root("home");
//!     let docs = root.add("docs");
//!     let writer = thread::spawn(move || docs.add("plan.txt").path());
//!     assert_eq!(writer.join().unwrap(), "home/docs/plan.txt");
//!
//!     let docs = root.children().remove(0);
//!     drop(root); // its last owner: the children are kept by theirs alone
//!     assert!(docs.parent().is_none());
//! }
//! ```

pub mod by_hand;

use std::mem;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};

/// A named node of a tree that threads share. It is freed when nobody owns it: not its parent, and
/// nobody who kept the Arc.
#[derive(Debug)]
pub struct Node {
    name: String,
    /// Not an owner, or each would keep the other for ever.
    parent: Weak<Node>,
    children: Mutex<Vec<Arc<Node>>>,
}

impl Node {
    /// The root of a new tree.
    pub fn root(name: &str) -> Arc<Self> {
        Self::below(Weak::new(), name)
    }

    /// Adds a child, which this node owns. Who keeps the returned Arc owns it as well.
    pub fn add(self: &Arc<Self>, name: &str) -> Arc<Self> {
        let child = Self::below(Arc::downgrade(self), name);
        self.lock().push(Arc::clone(&child));
        child
    }

    /// Lets go of a child, and says whether it was one: this very child, not one of equal name.
    pub fn remove(&self, child: &Arc<Self>) -> bool {
        let mut children = self.lock();
        let before = children.len();
        children.retain(|other| !Arc::ptr_eq(other, child));
        children.len() < before
    }

    /// The parent, kept alive while the returned Arc is. `None` for a root, and once the parent is
    /// freed.
    pub fn parent(&self) -> Option<Arc<Self>> {
        self.parent.upgrade()
    }

    /// The children of this moment.
    pub fn children(&self) -> Vec<Arc<Self>> {
        self.lock().clone()
    }

    /// The names from the topmost ancestor that is alive, with slashes between.
    pub fn path(&self) -> String {
        let mut path = self.name.clone();
        let mut above = self.parent();
        while let Some(node) = above {
            path = format!("{}/{path}", node.name);
            above = node.parent();
        }
        path
    }

    fn below(parent: Weak<Self>, name: &str) -> Arc<Self> {
        Arc::new(Self {
            name: name.to_owned(),
            parent,
            children: Mutex::default(),
        })
    }

    /// Every change here is one step, which no panic leaves half done. So poison means nothing.
    fn lock(&self) -> MutexGuard<'_, Vec<Arc<Self>>> {
        self.children.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Node {
    /// One node after another. Left to itself, each child would be freed within its parent's drop,
    /// and a deep tree would overflow the stack.
    fn drop(&mut self) {
        let mut freed = mem::take(&mut *self.lock());
        while let Some(node) = freed.pop() {
            // Some for the last owner alone. With try_unwrap, two who let go at once could both fail.
            if let Some(node) = Arc::into_inner(node) {
                freed.append(&mut node.lock());
            }
        }
    }
}
