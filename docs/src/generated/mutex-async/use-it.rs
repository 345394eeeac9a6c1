use mutex_async::{Cache, Connection};

#[tokio::main(flavor = "current_thread")]
async fn main() -> std::io::Result<()> {
    let (ours, mut theirs) = tokio::io::duplex(1024); // a TcpStream, in earnest
    tokio::io::AsyncWriteExt::write_all(&mut theirs, b"Rust\nasync\n").await?;
    let (connection, cache) = (Connection::new(ours), Cache::default());
    let language = cache.get_or_fetch("language", connection.ask("language?"));
    let model = cache.get_or_fetch("model", connection.ask("model?"));
    let (language, model) = tokio::try_join!(language, model)?;
    assert_eq!((&*language, &*model), ("Rust", "async"));
    Ok(())
}
