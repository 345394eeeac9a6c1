async fn count(names: &[String]) -> usize {
    let names = names.to_vec(); // the task owns a copy
    tokio::spawn(async move { names.len() }).await.unwrap()
}

#[tokio::main(flavor = "current_thread")]
async fn main() {
    println!("{}", count(&["one".to_owned()]).await);
}
