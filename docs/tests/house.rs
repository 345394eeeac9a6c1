//! This workspace keeps the house rules. `docs/code/rules` says what each means, and `broken.rs`
//! shows that each can fail.

use book::rules;

#[test]
fn this_workspace_keeps_the_house_rules() {
    let faults = rules::check(&book::root());
    let list: Vec<String> = faults.iter().map(|fault| format!("- {fault}")).collect();
    assert!(faults.is_empty(), "\n{}\n", list.join("\n"));
}
