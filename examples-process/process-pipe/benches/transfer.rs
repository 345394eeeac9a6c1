//! What moving data to a child costs by a pipe, a socket and a file: `cargo bench -p process-pipe`.
//!
//! All are timed in turns within one run, and the median of the turns counts. Compare the ratios
//! between machines, not the seconds.

use std::io;

#[cfg(unix)]
fn main() -> io::Result<()> {
    unix::main()
}

#[cfg(not(unix))]
fn main() -> io::Result<()> {
    Err(io::Error::other("this bench needs the sockets of Unix"))
}

#[cfg(unix)]
mod unix {
    use std::fs::File;
    use std::io::{self, Write};
    use std::os::fd::OwnedFd;
    use std::os::unix::net::UnixStream;
    use std::process::{Command, Stdio};
    use std::time::Instant;
    use std::{env, fs, process};

    const PROGRAM: &str = env!("CARGO_BIN_EXE_process-pipe");
    const BYTES: usize = 256 << 20;
    const TURNS: usize = 11;

    pub(super) fn main() -> io::Result<()> {
        let mut out = io::stdout().lock();
        let data = vec![b'x'; BYTES];
        let path = env::temp_dir().join(format!("process-pipe-{}", process::id()));
        let mut seconds = [(); 4].map(|()| Vec::new());
        for _ in 0..TURNS {
            seconds[0].push(timed(|| {
                let (reader, mut writer) = io::pipe()?;
                read_by_a_child(reader.into(), || {
                    writer.write_all(&data).map(|()| drop(writer))
                })
            })?);
            seconds[1].push(timed(|| {
                let (reader, mut writer) = UnixStream::pair()?;
                let reader = Stdio::from(OwnedFd::from(reader));
                read_by_a_child(reader, || writer.write_all(&data).map(|()| drop(writer)))
            })?);
            seconds[2].push(timed(|| {
                fs::write(&path, &data)?;
                read_by_a_child(File::open(&path)?.into(), || Ok(()))
            })?);
            seconds[3].push(timed(|| read_by_a_child(Stdio::null(), || Ok(())))?);
        }
        fs::remove_file(path)?;
        let [pipe, socket, file, nothing] = seconds.map(median);
        writeln!(out, "256 MiB to a child, which counts them:")?;
        for (name, time) in [("pipe", pipe), ("socket", socket), ("file", file)] {
            let (milliseconds, ratio) = (time * 1e3, time / pipe);
            writeln!(
                out,
                "  {name:<22} {milliseconds:7.1} ms  {ratio:.2} × the pipe"
            )?;
        }
        let milliseconds = nothing * 1e3;
        writeln!(out, "  a child without input  {milliseconds:7.1} ms")
    }

    fn timed(run: impl FnOnce() -> io::Result<()>) -> io::Result<f64> {
        let start = Instant::now();
        run()?;
        Ok(start.elapsed().as_secs_f64())
    }

    fn read_by_a_child(stdin: Stdio, write: impl FnOnce() -> io::Result<()>) -> io::Result<()> {
        let mut command = Command::new(PROGRAM);
        command.args(["child", "count"]).stdin(stdin);
        let child = command.stdout(Stdio::piped()).spawn()?;
        drop(command); // it has the child's end
        write()?;
        child.wait_with_output().map(drop)
    }

    fn median(mut times: Vec<f64>) -> f64 {
        times.sort_by(f64::total_cmp);
        times[times.len() / 2]
    }
}
