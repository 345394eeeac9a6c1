// SPDX-License-Identifier: 0BSD OR MIT OR Apache-2.0
//! Prints the picture of the page, drawn from a run: `docs/src/async/async-interval.svg`.

use std::fmt::Write as _;
use std::io::{self, Write as _};
use tokio::time::MissedTickBehavior::{Burst, Delay, Skip};

mod record;
use record::{LONG, PERIOD, record};

const HEAD: &str = r#"<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 620 236" width="620" height="236" role="img" aria-labelledby="title desc">
  <title id="title">When jobs begin after a late one, under Burst, Delay and Skip</title>
  <desc id="desc">Recorded from a run. A job is due every 100 milliseconds. The third one takes 550 milliseconds. Under Burst five jobs begin together when it ends. Under Delay the next jobs follow one period apart from there. Under Skip they return to the multiples of 100 milliseconds.</desc>
  <style>
    .card { fill: #ffffff; stroke: #d0d7de; }
    text { font: 14px system-ui, sans-serif; fill: #1f2328; }
    .small { font-size: 12px; fill: #59636e; }
    .axis { stroke: #8c959f; stroke-width: 1; stroke-dasharray: 3 3; }
    .long { fill: #ffebe9; stroke: #cf222e; }
    .job { fill: #ddf4ff; stroke: #0969da; }
    @media (prefers-color-scheme: dark) {
      .card { fill: #161b22; stroke: #3d444d; }
      text { fill: #e6edf3; }
      .small { fill: #9198a1; }
      .axis { stroke: #656c76; }
      .long { fill: #4c1d20; stroke: #f85149; }
      .job { fill: #12304f; stroke: #4493f8; }
    }
  </style>
  <rect class="card" x="0.5" y="0.5" width="619" height="235" rx="8"/>
"#;

/// The place of a moment on the axis.
fn x(millis: u64) -> u64 {
    90 + millis * 44 / 100
}

fn main() -> io::Result<()> {
    let mut svg = HEAD.to_owned();
    for tick in 0..=11 {
        let (x, label) = (x(tick * PERIOD), tick * PERIOD);
        let _ = writeln!(svg, r#"  <path class="axis" d="M{x} 20V200"/>"#);
        if tick % 2 == 0 {
            let left = x - 10;
            let _ = writeln!(
                svg,
                r#"  <text class="small" x="{left}" y="220">{label}</text>"#
            );
        }
    }
    let _ = writeln!(svg, r#"  <text class="small" x="592" y="220">ms</text>"#);
    for (row, (name, missed)) in [("Burst", Burst), ("Delay", Delay), ("Skip", Skip)]
        .into_iter()
        .enumerate()
    {
        let y = 60 + 56 * row;
        let text = y + 5;
        let _ = writeln!(svg, r#"  <text x="20" y="{text}">{name}</text>"#);
        let (mut last, mut together) = (None, 0);
        for (begin, end) in record(missed)? {
            if end - begin == LONG {
                let (top, left, width) = (y - 10, x(begin), x(end) - x(begin));
                let _ = writeln!(
                    svg,
                    r#"  <rect class="long" x="{left}" y="{top}" width="{width}" height="20"/>"#
                );
                continue;
            }
            // Jobs that begin in the same moment are drawn above each other.
            together = if last == Some(begin) { together + 1 } else { 0 };
            last = Some(begin);
            let (cx, cy) = (x(begin), y - 9 * together);
            let _ = writeln!(svg, r#"  <circle class="job" cx="{cx}" cy="{cy}" r="5"/>"#);
        }
    }
    svg.push_str("</svg>\n");
    io::stdout().write_all(svg.as_bytes())
}
