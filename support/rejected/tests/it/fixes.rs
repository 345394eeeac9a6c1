//! Each program in `tests/fixes` compiles and runs to its end.

use std::process::{ExitCode, Termination};

macro_rules! fixes {
    ($($name:ident)*) => {
        $(
            mod $name {
                include!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixes/", stringify!($name), ".rs"));

                pub(super) fn run() -> super::ExitCode {
                    // The first of them wins; the others find it installed.
                    let _ = rustls::crypto::ring::default_provider().install_default();
                    super::Termination::report(main())
                }
            }

            #[test]
            fn $name() {
                assert!($name::run() == ExitCode::SUCCESS);
            }
        )*
    };
}

include!(concat!(env!("OUT_DIR"), "/fixes.rs"));
