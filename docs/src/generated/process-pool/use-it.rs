#[derive(serde::Serialize, serde::Deserialize)]
struct Square(u64);

impl process_pool::Task for Square {
    type Output = u64;
    fn run(self) -> u64 { self.0 * self.0 }
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    process_pool::serve::<Square>(); // First in main: a worker stays in here.
    let pool = process_pool::Pool::new(2)?;
    let squares: Result<Vec<u64>, _> = pool.map((1..=4).map(Square)).collect();
    assert_eq!(squares?, [1, 4, 9, 16]);
    Ok(())
}
