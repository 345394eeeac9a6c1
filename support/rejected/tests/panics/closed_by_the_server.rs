use std::io::{self, Read};
use std::net::TcpListener;
use std::thread;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let server = TcpListener::bind("127.0.0.1:0")?;
    let url = format!("http://{}/", server.local_addr()?);
    thread::spawn(move || -> io::Result<()> {
        let (mut connection, _) = server.accept()?;
        let _ = connection.read(&mut [0; 4096])?; // a request has arrived, and gets no response
        Ok(())
    });
    let client = reqwest::Client::new();
    let response = client.get(url).send().await?;
    println!("{}", response.status());
    Ok(())
}
