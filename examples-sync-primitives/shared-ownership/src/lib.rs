// SPDX-License-Identifier: 0BSD OR MIT OR Apache-2.0
//! One value with several owners, freed with the last one: Arc for owners, Weak for the way back.
//!
//! From the project "Many Things at Once", where `cargo run -p shared-ownership` demonstrates it
//! and `docs/src/locks/shared-ownership.md` explains it.
//!
//! *Notice:* a clone of an Arc is one more owner of the same value, not a copy. A parent owns its
//! children, and a child only refers to its parent: owners in a circle are never freed.
//!
//! *Use instead:* a plain reference where a scope outlives the borrower (`thread::scope`); `Rc`
//! if only one thread is involved; `mutex` inside the Arc for a value that changes.
//!
//! # Use it
//! ```ignore
//! use shared_ownership::Node;
//! use std::thread;
//!
//! fn main() {
//!     let root = Node::root("home");
//!     let docs = root.add("docs");
//!     let writer = thread::spawn(move || docs.add("plan.txt").path());
//!     println!("{}", writer.join().unwrap()); // home/docs/plan.txt
//!
//!     let docs = root.children().remove(0);
//!     drop(root); // the last owner of the root: it is freed, and `docs` is not
//!     println!("parent: {:?}", docs.parent()); // None
//! }
//! ```

pub mod by_hand;

use std::fmt;
use std::mem;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};

/// A named node of a tree that threads share. It is freed when it has no owner: neither its
/// parent nor anyone who kept the Arc.
pub struct Node {
    name: String,
    /// Not an owner, else parent and child would keep each other alive forever.
    parent: Weak<Node>,
    children: Mutex<Vec<Arc<Node>>>,
}

impl Node {
    /// The root of a new tree.
    pub fn root(name: &str) -> Arc<Self> {
        Self::below(Weak::new(), name)
    }

    /// Adds a child, which this node owns. The returned Arc is a second owner.
    pub fn add(self: &Arc<Self>, name: &str) -> Arc<Self> {
        let child = Self::below(Arc::downgrade(self), name);
        self.lock().push(Arc::clone(&child));
        child
    }

    /// Removes this very child, not another of equal name. Returns whether it was a child.
    pub fn remove(&self, child: &Arc<Self>) -> bool {
        let mut children = self.lock();
        let before = children.len();
        children.retain(|other| !Arc::ptr_eq(other, child));
        children.len() < before
    }

    /// The parent, which stays alive as long as the returned Arc. `None` for a root, and after
    /// the parent is freed.
    pub fn parent(&self) -> Option<Arc<Self>> {
        self.parent.upgrade()
    }

    /// The children at this moment.
    pub fn children(&self) -> Vec<Arc<Self>> {
        self.lock().clone()
    }

    /// The names from the topmost living ancestor down to this node, separated by slashes.
    pub fn path(&self) -> String {
        let mut names = vec![self.name.clone()];
        let mut above = self.parent();
        while let Some(node) = above {
            names.push(node.name.clone());
            above = node.parent();
        }
        names.reverse();
        names.join("/")
    }

    fn below(parent: Weak<Self>, name: &str) -> Arc<Self> {
        Arc::new(Self {
            name: name.to_owned(),
            parent,
            children: Mutex::default(),
        })
    }

    /// Every change is one step, which no panic can leave half done. So poison is ignored.
    fn lock(&self) -> MutexGuard<'_, Vec<Arc<Self>>> {
        self.children.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Shows the names of the children, not the whole tree: a deep one would overflow the stack.
impl fmt::Debug for Node {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let children = self.children();
        let names: Vec<&str> = children.iter().map(|child| &*child.name).collect();
        f.debug_struct("Node")
            .field("name", &self.name)
            .field("children", &names)
            .finish_non_exhaustive()
    }
}

impl Drop for Node {
    /// Frees one node after another. By default each child would be freed inside its parent's
    /// drop, and a deep tree would overflow the stack.
    fn drop(&mut self) {
        let mut freed = mem::take(&mut *self.lock());
        while let Some(node) = freed.pop() {
            // Some for the last owner only. With try_unwrap, two owners that drop at the same
            // time could both fail.
            if let Some(node) = Arc::into_inner(node) {
                freed.append(&mut node.lock());
            }
        }
    }
}
