//! The house rules, held by this workspace. What each means stands in `docs/code/rules`, and that
//! each can fail is shown in `broken.rs`.

use book::rules::{self, Rule};

fn hold(rule: Rule) {
    let faults = rule(&book::root());
    let list: Vec<String> = faults.iter().map(|fault| format!("- {fault}")).collect();
    assert!(faults.is_empty(), "\n{}\n", list.join("\n"));
}

#[test]
fn every_folder_is_a_concept() {
    hold(rules::every_folder_is_a_concept);
}

#[test]
fn headers_have_the_form() {
    hold(rules::headers_have_the_form);
}

#[test]
fn members_inherit_metadata_and_lints() {
    hold(rules::members_inherit);
}

#[test]
fn dependencies_are_explicit() {
    hold(rules::dependencies_are_explicit);
}

#[test]
fn printed_dependencies_are_used() {
    hold(rules::dependencies_are_used);
}

#[test]
fn no_package_is_named_like_a_dependency() {
    hold(rules::no_name_is_taken);
}

#[test]
fn generated_files_are_up_to_date() {
    hold(book::generate::check);
}

#[test]
fn every_page_is_listed() {
    hold(rules::every_page_is_listed);
}

#[test]
fn pages_have_the_form() {
    hold(rules::pages_have_the_form);
}

#[test]
fn includes_exist() {
    hold(rules::includes_exist);
}

#[test]
fn code_comes_from_files() {
    hold(rules::code_comes_from_files);
}

#[test]
fn snippets_carry_no_anchors() {
    hold(rules::snippets_carry_no_anchors);
}

#[test]
fn terms_stand_side_by_side() {
    hold(rules::terms_stand_side_by_side);
}

#[test]
fn no_path_of_a_machine() {
    hold(rules::no_path_of_a_machine);
}

#[test]
fn sentences_say_what_the_runs_say() {
    hold(rules::sentences_say_what_the_runs_say);
}

#[test]
fn links_lead_somewhere_and_nothing_is_fetched() {
    hold(rules::links_lead_somewhere_and_nothing_is_fetched);
}
