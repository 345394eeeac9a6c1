// SPDX-License-Identifier: 0BSD OR MIT OR Apache-2.0
//! A stream by hand: the pages of a list, loaded one after the other. Gives up errors and items.

use futures_util::{Stream, StreamExt};
use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

// ANCHOR: poll_next
type Loading = Pin<Box<dyn Future<Output = (String, Option<u32>)>>>;

async fn load(page: u32) -> (String, Option<u32>) {
    tokio::task::yield_now().await; // the request
    (format!("page {page}"), (page < 3).then_some(page + 1))
}

struct Pages {
    loading: Option<Loading>, // `None`: there is no next page
}

impl Stream for Pages {
    type Item = String;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<String>> {
        let Some(loading) = &mut self.loading else {
            return Poll::Ready(None); // the end, also if it is polled again
        };
        // `Pending` is passed on: the future has stored the waker.
        let (page, next) = ready!(loading.as_mut().poll(context));
        // Made here, but not polled, so it loads nothing before the next call.
        self.loading = next.map(|next| Box::pin(load(next)) as Loading);
        Poll::Ready(Some(page))
    }
}
// ANCHOR_END: poll_next

#[tokio::main(flavor = "current_thread")]
pub(crate) async fn main() {
    let mut pages = Pages {
        loading: Some(Box::pin(load(1))),
    };
    while let Some(page) = pages.next().await {
        println!("{page}");
    }
}
