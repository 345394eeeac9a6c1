//! What the system says that a child has used.

use std::mem::MaybeUninit;
use std::os::unix::process::ExitStatusExt as _;
use std::process::ExitStatus;
use std::{fs, io};

use rustix::process::Pid;

/// The accounting of one child and of those of its own children that it waited for.
#[derive(Debug)]
pub(crate) struct Usage {
    /// How it ended.
    pub(crate) status: ExitStatus,
    /// Seconds of CPU time in the program.
    pub(crate) user: f64,
    /// Seconds of CPU time in the system.
    pub(crate) system: f64,
    /// Bytes resident at most, in the largest of the processes.
    pub(crate) peak_memory: u64,
    /// Context switches because it waited.
    pub(crate) voluntary: u64,
    /// Context switches because the time slice was up.
    pub(crate) involuntary: u64,
}

/// Takes leave of a child that has ended. After this its number may belong to another process.
///
/// # Errors
/// If it is no child of this process, or was waited for already.
#[expect(
    unsafe_code,
    reason = "no safe wrapper of wait4 tells the context switches"
)]
pub(crate) fn reap(child: Pid) -> io::Result<Usage> {
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
    Ok(Usage {
        status: ExitStatus::from_raw(status),
        user: seconds(usage.ru_utime),
        system: seconds(usage.ru_stime),
        peak_memory: count(usage.ru_maxrss) * unit,
        voluntary: count(usage.ru_nvcsw),
        involuntary: count(usage.ru_nivcsw),
    })
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
