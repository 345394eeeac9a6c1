//! The conformance tests that every fetcher passes, whatever its concurrency model.

pub mod conformance;
#[cfg(target_os = "linux")]
pub mod dial;
pub mod faults;
#[cfg(feature = "parsing")]
pub mod parsing;
pub mod requests;
pub mod scripts;
#[cfg(target_os = "linux")]
pub mod silent;
pub mod tutorial;
#[cfg(feature = "parsing")]
pub mod urls;

/// Ends the tests with the name of the one that calls this, unless the result is dropped in time. The
/// longest case may take two minutes on a busy machine.
pub fn limit() -> testing::watchdog::Limit {
    testing::watchdog::limit_within(std::time::Duration::from_secs(240))
}

/// Makes one test of each case of a module: of these arguments, or of this type.
#[macro_export]
macro_rules! cases {
    ($module:ident, <$parser:ty>; $($case:ident)*) => {
        $(
            #[test]
            fn $case() {
                let _limit = $crate::limit();
                $crate::$module::$case::<$parser>();
            }
        )*
    };
    ($module:ident, $subject:expr; $($case:ident)*) => {
        $(
            #[test]
            fn $case() {
                let _limit = $crate::limit();
                $crate::$module::$case($subject);
            }
        )*
    };
}
