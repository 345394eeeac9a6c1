use std::{ptr, thread};

struct Device(*mut u8);

// SAFETY: no other thread uses what the pointer points to.
unsafe impl Send for Device {}

fn main() {
    let device = Device(ptr::null_mut());
    let thread = thread::spawn(move || device.0.is_null());
    thread.join().unwrap();
}
