//! The programs of the page's traps.

use process_pool::{Pool, serve};

use crate::work::Work;

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
