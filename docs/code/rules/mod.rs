//! The house rules. Each takes the root of a workspace and returns what breaks it, with the fix.

mod coming;
mod concepts;
mod manifests;
mod pages;
mod paths;
mod rendered;
mod sentences;

use std::path::Path;

pub use coming::terms_stand_side_by_side;
pub use concepts::{every_folder_is_a_concept, headers_have_the_form};
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

use crate::fault::Fault;

/// One rule.
pub type Rule = fn(&Path) -> Vec<Fault>;

/// Every rule, the cheap ones first.
pub const ALL: [Rule; 16] = [
    every_folder_is_a_concept,
    headers_have_the_form,
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
    terms_stand_side_by_side,
    no_path_of_a_machine,
    sentences_say_what_the_runs_say,
    links_lead_somewhere_and_nothing_is_fetched,
];
