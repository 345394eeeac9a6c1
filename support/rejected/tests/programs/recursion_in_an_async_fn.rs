async fn countdown(n: u32) {
    if n > 0 {
        countdown(n - 1).await;
    }
}

fn main() {
    let _ = countdown(3);
}
