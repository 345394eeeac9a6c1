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

/// Makes one test of each case of a module: of these arguments, or of this type.
#[macro_export]
macro_rules! cases {
    ($module:ident, <$parser:ty>; $($case:ident)*) => {
        $(
            #[test]
            fn $case() {
                $crate::$module::$case::<$parser>();
            }
        )*
    };
    ($module:ident, $subject:expr; $($case:ident)*) => {
        $(
            #[test]
            fn $case() {
                $crate::$module::$case($subject);
            }
        )*
    };
}
