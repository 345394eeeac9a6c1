use std::ffi::c_void;
use std::{ptr, thread};

fn main() {
    let device: *mut c_void = ptr::null_mut();
    let thread = thread::spawn(move || device.is_null());
    thread.join().unwrap();
}
