//! What is measured for a question: its models, each a name and a function.

use anyhow::Context as _;
use measured::Name;

/// Up to which number a model is asked, and why no further; `None` where nothing stops it.
pub(crate) type Most = Option<(u64, &'static str)>;

/// One way to do the work of a question. To add one: its function, and a line in `MODELS`.
#[derive(Clone, Copy)]
pub(crate) struct Model<F> {
    pub(crate) name: Name,
    pub(crate) most: Most,
    pub(crate) run: F,
}

impl<F: Copy> Model<F> {
    pub(crate) const fn new(name: Name, run: F) -> Self {
        let most = None;
        Self { name, most, run }
    }

    /// One that is asked for no number beyond `most`, because of `why`.
    pub(crate) const fn up_to(most: u64, why: &'static str, name: Name, run: F) -> Self {
        let most = Some((most, why));
        Self { name, most, run }
    }
}

/// What the model of this name runs.
pub(crate) fn find<F>(models: &[Model<F>], id: &str) -> anyhow::Result<F>
where
    F: Copy,
{
    let model = models.iter().find(|model| model.name.id == id);
    let model = model.with_context(|| format!("{id}: no such model"))?;
    Ok(model.run)
}
