//! When each request started and ended, as bars: on a terminal, and as SVG for light and dark pages.

use std::fmt::Write as _;
use std::time::Duration;

use crate::visible::is_visible;
use svg::Document;
use svg::node::element::{Group, Line, Rectangle, Style, Text, Title};

/// One request.
#[derive(Clone, Debug)]
pub struct Bar {
    /// The text beside the bar.
    pub label: String,
    /// When it started, since a moment that is the same for all bars.
    pub start: Duration,
    /// When it ended.
    pub end: Duration,
    /// Whether it failed; such a bar is drawn in another pattern and colour.
    pub failed: bool,
}

/// The most bars that a terminal shows; the SVG shows all.
const ON_A_TERMINAL: usize = 40;

/// From the first start to the last end.
fn span(bars: &[Bar]) -> (Duration, Duration) {
    let first = bars.iter().map(|bar| bar.start).min().unwrap_or_default();
    let last = bars.iter().map(|bar| bar.end).max().unwrap_or_default();
    // A span of zero would be a division by zero.
    (first, last.max(first + Duration::from_micros(1)))
}

/// The start of a label, with `.` for each character that must not be printed or drawn.
fn label(bar: &Bar, length: usize) -> String {
    let shown = |c| if is_visible(c) { c } else { '.' };
    bar.label.chars().take(length).map(shown).collect()
}

/// The bars as lines of `width` columns.
pub fn text(bars: &[Bar], width: usize) -> String {
    let (first, last) = span(bars);
    let shown = &bars[..bars.len().min(ON_A_TERMINAL)];
    let widest = shown.iter().map(|bar| bar.label.chars().count()).max();
    let label_width = widest.unwrap_or(0).min(width / 3);
    let columns = width.saturating_sub(label_width + 2).max(10);
    let column = |time: Duration| {
        let share = (time - first).as_secs_f64() / (last - first).as_secs_f64();
        (share * columns as f64).round() as usize
    };
    let mut drawing = String::new();
    for bar in shown {
        let label = label(bar, label_width);
        let start = column(bar.start).min(columns - 1);
        let length = column(bar.end).saturating_sub(start).max(1);
        let fill = if bar.failed { "░" } else { "█" };
        let line = format!(
            "{label:<label_width$}  {}{}",
            " ".repeat(start),
            fill.repeat(length)
        );
        drawing.push_str(&line);
        drawing.push('\n');
    }
    let end = time(last - first);
    let gap = " ".repeat(columns.saturating_sub(1 + end.chars().count()));
    // Writing to a String cannot fail.
    let _ = writeln!(drawing, "{:<label_width$}  0{gap}{end}", "");
    if shown.len() < bars.len() {
        let more = bars.len() - shown.len();
        let _ = writeln!(
            drawing,
            "and {more} more: --timeline FILE draws all of them"
        );
    }
    drawing
}

const WIDTH: f64 = 720.0;
const MARGIN: f64 = 16.0;
/// On the right, for half of the last tick's label.
const RIGHT: f64 = 40.0;
const LABELS: f64 = 150.0;
const TOP: f64 = 44.0;

/// Colours for light and dark. The picture paints its own background, because a page that shows it as
/// an image cannot give it one.
const STYLE: &str = "
.ground { fill: #fbfaf7; stroke: #d8d4c9; }
text { font: 12px system-ui, sans-serif; fill: #3a3a36; }
.title { font-size: 14px; font-weight: 600; }
.grid { stroke: #d8d4c9; }
.bar { fill: #2f6f8f; }
.failed { fill: #b4472e; }
@media (prefers-color-scheme: dark) {
.ground { fill: #1d2125; stroke: #3b4148; }
text { fill: #d5d8da; }
.grid { stroke: #3b4148; }
.bar { fill: #74b3d1; }
.failed { fill: #e58a72; }
}";

/// The bars as an SVG document.
pub fn svg(title: &str, bars: &[Bar]) -> String {
    let (first, last) = span(bars);
    let seconds = (last - first).as_secs_f64();
    // Many bars are drawn thin and without labels, so that the picture fits on a screen or two.
    let row = if bars.len() <= 100 {
        20.0
    } else {
        (2000.0 / bars.len() as f64).max(0.2)
    };
    let height = TOP + row * bars.len() as f64 + 30.0;
    let scale = (WIDTH - MARGIN - LABELS - RIGHT) / seconds;
    // Tenths of a pixel are finer than any screen, and keep the file short.
    let px = |length: f64| (length * 10.0).round() / 10.0;
    let x = |at: f64| px(MARGIN + LABELS + at * scale);

    let mut drawing = Document::new()
        .set("viewBox", (0.0, 0.0, WIDTH, height))
        .set("role", "img")
        .add(Title::new(format!(
            "{title}: {} requests in {seconds:.2} s",
            bars.len()
        )))
        .add(Style::new(STYLE))
        .add(
            Rectangle::new()
                .set("class", "ground")
                .set("width", WIDTH)
                .set("height", height)
                .set("rx", 8),
        )
        .add(
            Text::new(title)
                .set("class", "title")
                .set("x", MARGIN)
                .set("y", 24),
        );
    let step = tick(seconds);
    let mut at = 0.0;
    while at <= seconds {
        let place = x(at);
        drawing = drawing
            .add(
                Line::new()
                    .set("class", "grid")
                    .set("x1", place)
                    .set("x2", place)
                    .set("y1", TOP - 6.0)
                    .set("y2", height - 24.0),
            )
            .add(
                Text::new(seconds_text(at, step))
                    .set("x", place)
                    .set("y", height - 8.0)
                    .set("text-anchor", if at == 0.0 { "start" } else { "middle" }),
            );
        at += step;
    }
    for (index, bar) in bars.iter().enumerate() {
        let top = TOP + row * index as f64;
        let mut group = Group::new().add(
            Rectangle::new()
                .set("class", if bar.failed { "failed" } else { "bar" })
                .set("x", x((bar.start - first).as_secs_f64()))
                .set("y", px(top + row * 0.15))
                .set(
                    "width",
                    px(bar.end.saturating_sub(bar.start).as_secs_f64() * scale).max(1.0),
                )
                .set("height", px(row * 0.7).max(0.2))
                .set("rx", px(row * 0.1)),
        );
        if row >= 14.0 {
            group = group.add(
                Text::new(label(bar, 22))
                    .set("x", MARGIN)
                    .set("y", px(top + row * 0.7)),
            );
        }
        drawing = drawing.add(group);
    }
    format!("{drawing}\n")
}

/// The step from tick to tick that gives three to eight of them: 1, 2 or 5 times a power of ten.
fn tick(seconds: f64) -> f64 {
    let power = 10f64.powf((seconds / 4.0).log10().floor());
    [1.0, 2.0, 5.0, 10.0]
        .map(|factor| factor * power)
        .into_iter()
        .find(|step| seconds / step <= 8.0)
        .unwrap_or(10.0 * power)
}

fn seconds_text(at: f64, step: f64) -> String {
    if step >= 1.0 {
        format!("{at:.0} s")
    } else if step >= 0.001 {
        format!("{:.0} ms", at * 1e3)
    } else {
        format!("{:.0} µs", at * 1e6)
    }
}

/// A time as the report and the timeline show it.
pub(crate) fn time(time: Duration) -> String {
    if time < Duration::from_secs(1) {
        format!("{} ms", time.as_millis())
    } else {
        format!("{:.2} s", time.as_secs_f64())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bar(label: &str, start: u64, end: u64, failed: bool) -> Bar {
        let [start, end] = [start, end].map(Duration::from_millis);
        Bar {
            label: label.to_owned(),
            start,
            end,
            failed,
        }
    }

    #[test]
    fn a_bar_starts_and_ends_with_its_request() {
        let drawn = text(&[bar("a", 100, 200, false), bar("b", 150, 200, true)], 23);
        let lines: Vec<_> = drawn.lines().collect();
        assert_eq!(lines[0], format!("a  {}", "█".repeat(20)));
        assert_eq!(lines[1], format!("b  {}{}", " ".repeat(10), "░".repeat(10)));
        assert!(
            lines[2].starts_with("   0") && lines[2].ends_with("100 ms"),
            "{}",
            lines[2]
        );
    }

    #[test]
    fn a_terminal_shows_forty_bars_and_says_that_there_are_more() {
        let bars = vec![bar("x", 0, 10, false); 45];
        assert!(text(&bars, 60).ends_with("and 5 more: --timeline FILE draws all of them\n"));
        assert_eq!(svg("t", &bars).matches("class=\"bar\"").count(), 45);
    }

    #[test]
    fn drawing_nothing_is_no_error() {
        assert!(text(&[], 80).contains('0'));
        assert!(svg("t", &[]).contains("</svg>"));
        assert!(text(&[bar("now", 5, 5, false)], 1).contains('█'));
    }

    #[test]
    fn labels_are_text_not_markup() {
        let drawn = svg("<&>", &[bar("<script>&\"", 0, 1, false)]);
        assert!(!drawn.contains("<script"), "{drawn}");
        assert!(drawn.contains("&lt;script&gt;&amp;"), "{drawn}");
    }

    #[test]
    fn what_xml_forbids_is_replaced() {
        let drawn = svg(
            "t",
            &[bar("/a\u{fffe}\u{202e}\u{1b}\u{ffff}b", 0, 1, false)],
        );
        assert!(
            drawn.contains(">\n/a....b\n<") || drawn.contains(">/a....b<"),
            "{drawn}"
        );
    }

    #[test]
    fn ticks_are_round_and_few() {
        for (seconds, step) in [(1.0, 0.2), (4.2, 1.0), (0.05, 0.01), (60.0, 10.0)] {
            let found = tick(seconds);
            assert!((found - step).abs() < step * 1e-6, "{seconds} s: {found}");
        }
    }

    /// Requests end in any order, so the last to end is not the last of the list.
    #[test]
    fn the_span_reaches_to_the_last_end() {
        let bars = [bar("a", 100, 300, false), bar("b", 150, 200, false)];
        let [first, last] = [100, 300].map(Duration::from_millis);
        assert_eq!(span(&bars), (first, last));
        assert!(span(&[bar("now", 5, 5, false)]).1 > Duration::from_millis(5));
    }

    #[test]
    fn times_have_a_unit_that_fits() {
        assert_eq!(time(Duration::from_millis(999)), "999 ms");
        assert_eq!(time(Duration::from_millis(1234)), "1.23 s");
        assert_eq!(seconds_text(2.0, 1.0), "2 s");
        assert_eq!(seconds_text(0.2, 0.2), "200 ms");
        assert_eq!(seconds_text(0.0002, 0.0002), "200 \u{b5}s");
    }
}
