//! The house rules. Each takes the root of a workspace and adds what breaks it, with the fix.

pub mod coming;
pub mod concepts;
pub mod manifests;
pub mod pages;
pub mod paths;
pub mod rendered;
pub mod sentences;
pub mod style;

use std::path::Path;
use std::thread;

use crate::fault::{Fault, Faults};

/// One rule.
pub type Rule = fn(&Path, &mut Faults<'_>);

/// Every rule, in the order in which its faults are printed.
pub const ALL: [Rule; 21] = [
    concepts::every_folder_is_a_concept,
    concepts::headers_have_the_form,
    concepts::ideas_are_short,
    concepts::snippets_name_no_crate,
    manifests::members_inherit,
    manifests::dependencies_are_explicit,
    manifests::dependencies_are_used,
    manifests::targets_are_listed,
    manifests::no_name_is_taken,
    crate::generate::check,
    pages::every_page_is_listed,
    pages::pages_have_the_form,
    pages::includes_exist,
    pages::code_comes_from_files,
    pages::snippets_carry_no_anchors,
    style::code_lines_are_short,
    style::words_are_plain,
    coming::terms_are_side_by_side,
    paths::no_path_of_a_machine,
    sentences::sentences_say_what_the_runs_say,
    rendered::links_lead_somewhere_and_nothing_is_fetched,
];

/// What breaks one rule.
pub fn faults(rule: Rule, root: &Path) -> Vec<Fault> {
    let mut faults = Faults::new(root);
    rule(root, &mut faults);
    faults.found
}

/// What breaks any rule. They run at the same time, because some read every file or build the book.
///
/// # Panics
/// If a rule does.
pub fn check(root: &Path) -> Vec<Fault> {
    thread::scope(|scope| {
        let running = ALL.map(|rule| scope.spawn(move || faults(rule, root)));
        let found = running.map(|rule| rule.join().expect("a rule returns"));
        found.into_iter().flatten().collect()
    })
}
