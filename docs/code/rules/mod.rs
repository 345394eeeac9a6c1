//! The house rules. Each takes the root of a workspace and adds what breaks it, with the fix.

mod coming;
mod concepts;
mod manifests;
mod pages;
mod paths;
mod rendered;
mod sentences;
mod style;

use std::path::Path;
use std::thread;

pub use coming::terms_are_side_by_side;
pub use concepts::{
    every_folder_is_a_concept, headers_have_the_form, ideas_are_short, snippets_name_no_crate,
};
pub use manifests::{
    dependencies_are_explicit, dependencies_are_used, members_inherit, no_name_is_taken,
};
pub use pages::{
    code_comes_from_files, every_page_is_listed, includes_exist, pages_have_the_form,
    snippets_carry_no_anchors,
};
pub use paths::no_path_of_a_machine;
pub use rendered::links_lead_somewhere_and_nothing_is_fetched;
pub use sentences::sentences_say_what_the_runs_say;
pub use style::{code_lines_are_short, prose_report, words_are_plain};

use crate::fault::{Fault, Faults};

/// One rule.
pub type Rule = fn(&Path, &mut Faults<'_>);

/// Every rule, in the order in which its faults are printed.
pub const ALL: [Rule; 20] = [
    every_folder_is_a_concept,
    headers_have_the_form,
    ideas_are_short,
    snippets_name_no_crate,
    members_inherit,
    dependencies_are_explicit,
    dependencies_are_used,
    no_name_is_taken,
    crate::generate::check,
    every_page_is_listed,
    pages_have_the_form,
    includes_exist,
    code_comes_from_files,
    snippets_carry_no_anchors,
    code_lines_are_short,
    words_are_plain,
    terms_are_side_by_side,
    no_path_of_a_machine,
    sentences_say_what_the_runs_say,
    links_lead_somewhere_and_nothing_is_fetched,
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
