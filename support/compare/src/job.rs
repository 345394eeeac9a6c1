//! What is to be run: a job for each model and each piece of work.

use std::ffi::OsString;

use measured::table::number;
use measured::{Name, Row};

use crate::model::{Model, Most};
use crate::options::Options;
use crate::peers::{Output, Program};

/// A row to be, and the child that gives its rounds.
#[derive(Debug)]
pub(crate) struct Job {
    /// The row, still without rounds. Where it says why, it is not run at all.
    pub(crate) row: Row,
    pub(crate) program: OsString,
    pub(crate) arguments: Vec<String>,
    /// How to understand what it prints.
    pub(crate) output: Output,
    /// What must come out, where something does.
    pub(crate) answer: Option<u64>,
    /// On how many cores it runs; `None` means all.
    pub(crate) cores: Option<usize>,
}

/// Selects the models to measure: those that the command line names, each up to its limit.
pub(crate) struct Selection<'a> {
    pub(crate) options: &'a Options,
    /// What is not asked of some models: the numbers that are beyond them.
    skipped: Vec<(&'static str, &'static str, Vec<u64>)>,
}

impl<'a> Selection<'a> {
    pub(crate) fn new(options: &'a Options) -> Self {
        Self {
            options,
            skipped: Vec::new(),
        }
    }

    /// A job for each of these that is wanted: the same work for all of them. `row` makes the row of
    /// each, and `arguments` are those of the work, for our own children.
    pub(crate) fn jobs<F>(
        &mut self,
        models: &[Model<F>],
        peers: &[Program],
        arguments: &[String],
        row: impl Fn(Name) -> Row,
    ) -> Vec<Job> {
        let own = |model: &Model<F>| Program::own(row(model.name).question, model.name, model.most);
        let own: Vec<Program> = models.iter().map(own).collect();
        let mut jobs = Vec::new();
        for program in own.iter().chain(peers) {
            let row = row(program.name);
            if self.takes(program.name, program.most, row.x) {
                jobs.push(Job {
                    row,
                    program: program.path.clone(),
                    arguments: program.arguments(arguments),
                    output: program.output,
                    answer: None,
                    cores: None,
                });
            }
        }
        jobs
    }

    /// Whether the model is asked for this number. What is not asked is kept for the reader.
    fn takes(&mut self, model: Name, most: Most, x: u64) -> bool {
        if !self.options.wants(model) {
            return false;
        }
        let Some((_, why)) = most.filter(|(most, _)| x > *most) else {
            return true;
        };
        match self.skipped.iter_mut().find(|(name, ..)| *name == model.id) {
            Some((.., xs)) if xs.contains(&x) => {}
            Some((.., xs)) => xs.push(x),
            None => self.skipped.push((model.id, why, vec![x])),
        }
        false
    }

    /// One line for each model.
    pub(crate) fn skipped(&self) -> Vec<String> {
        let lines = self.skipped.iter().map(|(model, why, xs)| {
            let xs: Vec<String> = xs.iter().map(|&x| number(x as f64)).collect();
            format!("{model} at {}: {why}", xs.join(", "))
        });
        lines.collect()
    }
}

#[cfg(test)]
mod tests {
    use measured::names;

    use super::*;
    use crate::options::tests::parse;

    #[test]
    fn what_is_beyond_a_model_is_named_once_with_its_reason() {
        let options = parse("compare").unwrap();
        let mut selection = Selection::new(&options);
        let most = Some((300, "it knows no more"));
        let taken =
            [300, 1_000, 5_000, 1_000].map(|x| selection.takes(names::io_peers::CURL, most, x));
        assert_eq!(taken, [true, false, false, false]);
        assert!(selection.takes(names::io::TOKIO, None, u64::MAX));
        let said = ["curl at 1,000, 5,000: it knows no more"];
        assert_eq!(selection.skipped(), said);
    }
}
