//! The programs of the page's traps.

use process_pool::{Pool, Task, serve};
use serde::{Deserialize, Serialize};

// ANCHOR: yours
#[derive(Serialize, Deserialize)]
pub(crate) struct Work;

impl Task for Work {
    type Output = ();
    fn run(self) {}
}
// ANCHOR_END: yours

// ANCHOR: serve
pub(crate) fn wrong() -> std::io::Result<()> {
    let _pool = Pool::<Work>::new(2)?; // a worker starts a pool here as well: an error
    Ok(())
}

pub(crate) fn right() -> std::io::Result<()> {
    serve::<Work>(); // a worker never returns from here
    let _pool = Pool::<Work>::new(2)?;
    Ok(())
}
// ANCHOR_END: serve
