// SPDX-License-Identifier: 0BSD OR MIT OR Apache-2.0
//! A tree with Arc and Weak. Gives up deep trees: dropping some 10,000 levels overflows the
//! stack.

use std::{sync::Arc, sync::Mutex, sync::Weak, thread};

pub(crate) struct Node {
    pub(crate) name: &'static str,
    parent: Weak<Node>, // no owner: the way back
    children: Mutex<Vec<Arc<Node>>>,
}

pub(crate) fn node(name: &'static str, parent: Option<&Arc<Node>>) -> Arc<Node> {
    let node = Arc::new(Node {
        name,
        parent: parent.map(Arc::downgrade).unwrap_or_default(),
        children: Mutex::default(),
    });
    if let Some(parent) = parent {
        let mut children = parent.children.lock().expect("nothing panics under it");
        children.push(Arc::clone(&node)); // the parent is one owner, the caller another
    }
    node
}

pub(crate) fn main() {
    let root = node("root", None);
    let leaf = node("leaf", Some(&root));
    let name = thread::spawn(move || leaf.parent.upgrade().map(|parent| parent.name)).join();
    println!("the parent of leaf: {:?}", name.expect("it only reads"));
}
