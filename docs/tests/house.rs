//! This workspace keeps the house rules. `docs/code/rules` says what each means, and `broken.rs`
//! shows that each can fail.

use book::rules::{self, Rule};

fn keeps(rule: Rule) {
    let faults = rule(&book::root());
    let list: Vec<String> = faults.iter().map(|fault| format!("- {fault}")).collect();
    assert!(faults.is_empty(), "\n{}\n", list.join("\n"));
}

#[test]
fn every_folder_is_a_concept() {
    keeps(rules::every_folder_is_a_concept);
}

#[test]
fn headers_have_the_form() {
    keeps(rules::headers_have_the_form);
}

#[test]
fn members_inherit_metadata_and_lints() {
    keeps(rules::members_inherit);
}

#[test]
fn dependencies_are_explicit() {
    keeps(rules::dependencies_are_explicit);
}

#[test]
fn printed_dependencies_are_used() {
    keeps(rules::dependencies_are_used);
}

#[test]
fn no_package_is_named_like_a_dependency() {
    keeps(rules::no_name_is_taken);
}

#[test]
fn generated_files_are_up_to_date() {
    keeps(book::generate::check);
}

#[test]
fn every_page_is_listed() {
    keeps(rules::every_page_is_listed);
}

#[test]
fn pages_have_the_form() {
    keeps(rules::pages_have_the_form);
}

#[test]
fn includes_exist() {
    keeps(rules::includes_exist);
}

#[test]
fn code_comes_from_files() {
    keeps(rules::code_comes_from_files);
}

#[test]
fn snippets_carry_no_anchors() {
    keeps(rules::snippets_carry_no_anchors);
}

#[test]
fn code_lines_are_short() {
    keeps(rules::code_lines_are_short);
}

#[test]
fn words_are_plain() {
    keeps(rules::words_are_plain);
}

#[test]
fn ideas_are_short() {
    keeps(rules::ideas_are_short);
}

#[test]
fn snippets_name_no_crate() {
    keeps(rules::snippets_name_no_crate);
}

#[test]
fn terms_are_side_by_side() {
    keeps(rules::terms_are_side_by_side);
}

#[test]
fn no_path_of_a_machine() {
    keeps(rules::no_path_of_a_machine);
}

#[test]
fn sentences_say_what_the_runs_say() {
    keeps(rules::sentences_say_what_the_runs_say);
}

#[test]
fn links_lead_somewhere_and_nothing_is_fetched() {
    keeps(rules::links_lead_somewhere_and_nothing_is_fetched);
}
