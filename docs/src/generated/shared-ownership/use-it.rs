use shared_ownership::Node;
use std::thread;

fn main() {
    let root = Node::root("home");
    let docs = root.add("docs");
    let writer = thread::spawn(move || docs.add("plan.txt").path());
    assert_eq!(writer.join().unwrap(), "home/docs/plan.txt");

    let docs = root.children().remove(0);
    drop(root); // its last owner: the children are kept by theirs alone
    assert!(docs.parent().is_none());
}
