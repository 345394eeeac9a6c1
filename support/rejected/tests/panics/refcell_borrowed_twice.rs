use std::cell::RefCell;

fn main() {
    let names = RefCell::new(vec!["one"]);
    let first = names.borrow();
    names.borrow_mut().push("two");
    println!("{first:?}");
}
