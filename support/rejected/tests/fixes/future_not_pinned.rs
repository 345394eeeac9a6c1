use std::pin::pin;

async fn tick() {
    println!("tick");
}

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let mut tick = pin!(tick());
    (&mut tick).await; // in a loop with select!: pin once, before the loop
}
