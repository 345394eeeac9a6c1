/// The pages that a demonstration visits: each slow, framed or sized in its own way, and none
/// faulty. One after another they take about six seconds.
pub const TOUR: [&str; 12] = [
    "/page/slowest?delay=1200ms&size=4KiB",
    "/page/quick?delay=20ms&size=1KiB",
    "/page/espresso?delay=300ms&size=2KiB",
    "/page/slower?delay=1s&size=3KiB",
    "/page/photo?delay=150ms&size=1MiB",
    "/page/dripping?drip=80ms&size=10KiB",
    "/page/chunked?delay=250ms&size=32KiB&chunked",
    "/page/no-length?delay=350ms&size=8KiB&close",
    "/redirect/2?to=/page/moved&delay=100ms",
    "/page/slow?delay=700ms&size=5KiB",
    "/page/news?delay=450ms&size=64KiB",
    "/page/empty?delay=200ms&size=0",
];
