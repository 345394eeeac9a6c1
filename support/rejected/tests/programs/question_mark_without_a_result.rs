fn main() {
    let _task = async {
        let port: u16 = "8080".parse()?;
        println!("{port}");
    };
}
