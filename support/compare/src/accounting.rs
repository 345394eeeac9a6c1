//! What the system says that a child has used.

use std::mem::MaybeUninit;
use std::os::unix::process::ExitStatusExt as _;
use std::process::ExitStatus;
use std::{fs, io};

use measured::Round;
use rustix::process::Pid;

/// Takes leave of a child that has ended: how it ended, and what it and those of its own children used
/// that it waited for. After this its number may belong to another process.
#[expect(
    unsafe_code,
    reason = "no safe wrapper of wait4 tells the context switches"
)]
pub(crate) fn reap(child: Pid) -> io::Result<(ExitStatus, Round)> {
    let mut status = 0;
    let mut usage = MaybeUninit::<libc::rusage>::zeroed();
    // SAFETY: both pointers lead to live memory of the right type, which the call fills. A rusage
    // is plain numbers, so zeroes are one too.
    let reaped = unsafe {
        libc::wait4(
            child.as_raw_nonzero().get(),
            &raw mut status,
            0,
            usage.as_mut_ptr(),
        )
    };
    if reaped < 0 {
        return Err(io::Error::last_os_error());
    }
    // SAFETY: zeroed above, and filled by the call, which succeeded.
    let usage = unsafe { usage.assume_init() };
    let seconds = |time: libc::timeval| time.tv_sec as f64 + time.tv_usec as f64 * 1e-6;
    let count = |number: libc::c_long| u64::try_from(number).unwrap_or(0);
    // Linux counts in KiB, macOS in bytes: getrusage(2) of each.
    let unit = if cfg!(target_vendor = "apple") {
        1
    } else {
        1024
    };
    let round = Round {
        user: seconds(usage.ru_utime),
        system: seconds(usage.ru_stime),
        peak_memory: count(usage.ru_maxrss) * unit,
        voluntary_switches: count(usage.ru_nvcsw),
        involuntary_switches: count(usage.ru_nivcsw),
        ..Round::default()
    };
    Ok((ExitStatus::from_raw(status), round))
}

/// What a file of `/proc` says of a field. Only Linux has such files.
pub(crate) fn proc_field(file: &str, field: &str) -> Option<String> {
    let text = fs::read_to_string(file).ok()?;
    let mut fields = text.lines().filter_map(|line| line.split_once(':'));
    let (_, value) = fields.find(|(name, _)| name.trim_end() == field)?;
    Some(value.trim().to_owned())
}

/// The same for a size, in bytes.
pub(crate) fn proc_bytes(file: &str, field: &str) -> Option<u64> {
    let value = proc_field(file, field)?;
    let kib: u64 = value.strip_suffix(" kB")?.parse().ok()?;
    Some(kib * 1024)
}
