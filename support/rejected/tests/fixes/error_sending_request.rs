use std::error::Error;

/// The error and all its causes, in one line.
fn with_causes(error: &dyn Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        text += &format!(": {error}");
        cause = error.source();
    }
    text
}

#[tokio::main(flavor = "current_thread")]
async fn main() {
    if let Err(error) = reqwest::get("http://127.0.0.1:1/").await {
        println!("{}", with_causes(&error)); // ends with: Connection refused (os error 111)
    }
}
