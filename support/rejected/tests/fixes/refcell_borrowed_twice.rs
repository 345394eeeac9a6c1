use std::cell::RefCell;

fn main() {
    let names = RefCell::new(vec!["one"]);
    let first = names.borrow()[0]; // the borrow ends at the end of this line
    names.borrow_mut().push("two");
    println!("{first}");
}
