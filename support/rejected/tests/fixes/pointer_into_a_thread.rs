use std::ffi::c_void;
use std::{ptr, thread};

struct Device(*mut c_void);

// SAFETY: the library that made the pointer allows its use from any one thread at a time, and this
// type is neither `Clone` nor `Sync`.
unsafe impl Send for Device {}

impl Device {
    fn is_null(&self) -> bool {
        self.0.is_null()
    }
}

fn main() {
    let device = Device(ptr::null_mut());
    let thread = thread::spawn(move || device.is_null()); // a method: moves the whole `Device`
    println!("{}", thread.join().unwrap());
}
