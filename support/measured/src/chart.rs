//! A line for each model, over axes with logarithmic scales, as SVG.

use std::fmt::Write as _;

use anyhow::Context as _;
use plotters::prelude::*;

use crate::stats::Spread;
use crate::table::number;

/// One model's points.
pub struct Line {
    /// The model in words.
    pub label: String,
    /// Drawn with dashes.
    pub peer: bool,
    /// The number of its colour.
    pub colour: usize,
    /// What was swept, and what came out.
    pub points: Vec<(f64, Spread)>,
}

/// Colours that most readers can tell apart, on light and dark ground and on paper. A sixteenth line
/// has the first colour again, and the order of the legend tells which it is.
const COLOURS: [u32; 15] = [
    0xd95f02, 0x1b9e77, 0x7570b3, 0xe7298a, 0x4f94cd, 0xb8860b, 0x66a61e, 0xc0392b, 0x17a2b8,
    0x8e6c4e, 0xa05cd6, 0x808080, 0x3f6fff, 0xb0a030, 0xff8a65,
];

/// plotters knows only fixed colours. This one, which nothing else has, is replaced by the colour of
/// the text around the picture, light or dark.
const TEXT: RGBColor = RGBColor(1, 2, 3);
const TEXT_IN_SVG: &str = "#010203";

/// The colour of the line, red, green and blue.
fn colour(line: &Line) -> u32 {
    COLOURS[line.colour % COLOURS.len()]
}

/// A picture, to be put into a page or into a file.
pub struct Drawing {
    title: String,
    about: String,
    height: u32,
    inner: String,
}

/// Narrow, so that its words can still be read on a small screen.
const WIDTH: u32 = 600;
const PLOT_HEIGHT: u32 = 380;
const LEGEND_LINE: u32 = 21;

/// Draws the lines, and below them which is which. `title` and `about` are for those who do not see
/// the picture. What is not above zero has no place on these axes and is left out.
///
/// # Errors
/// If there is no point.
pub fn draw(
    title: &str,
    about: &str,
    (x_title, y_title): (&str, &str),
    lines: &[Line],
) -> anyhow::Result<Drawing> {
    let drawable = |(x, spread): &&(f64, Spread)| *x > 0.0 && spread.min > 0.0;
    let points = lines
        .iter()
        .flat_map(|line| line.points.iter().filter(drawable));
    let xs = Spread::of(points.clone().map(|(x, _)| *x));
    let ys = Spread::of(points.flat_map(|(_, spread)| [spread.min, spread.max]));
    let (xs, ys) = xs.zip(ys).context("nothing to draw")?;
    let (x_range, y_range) = (
        (xs.min / 1.3..xs.max * 1.3).log_scale(),
        (ys.min / 1.3..ys.max * 1.3).log_scale(),
    );
    let mut plot = String::new();
    {
        let area = SVGBackend::with_string(&mut plot, (WIDTH, PLOT_HEIGHT)).into_drawing_area();
        let mut chart = ChartBuilder::on(&area)
            .margin(12)
            .x_label_area_size(44)
            .y_label_area_size(76)
            .build_cartesian_2d(x_range, y_range)
            .context("cannot draw")?;
        let text = ("sans-serif", 15).into_font().color(&TEXT);
        chart
            .configure_mesh()
            .label_style(text.clone())
            .axis_desc_style(text)
            .axis_style(TEXT.mix(0.6))
            .bold_line_style(TEXT.mix(0.15))
            .light_line_style(TEXT.mix(0.05))
            .x_desc(x_title)
            .y_desc(y_title)
            .x_label_formatter(&|x| number(*x))
            .y_label_formatter(&|y| number(*y))
            .draw()
            .context("cannot draw")?;
        for line in lines {
            let [_, red, green, blue] = colour(line).to_be_bytes();
            let colour = RGBColor(red, green, blue);
            let points = line.points.iter().filter(drawable);
            let medians = points.clone().map(|(x, spread)| (*x, spread.median));
            if line.peer {
                let dashes = DashedLineSeries::new(medians.clone(), 6, 4, colour.stroke_width(2));
                chart.draw_series(dashes).context("cannot draw")?;
            } else {
                let whole = LineSeries::new(medians.clone(), colour.stroke_width(2));
                chart.draw_series(whole).context("cannot draw")?;
            }
            // A shape as well as a colour, for readers who cannot tell the colours apart.
            let marks = medians.map(|point| match line.colour % 4 {
                0 => Circle::new(point, 3, colour.filled()).into_dyn(),
                1 => TriangleMarker::new(point, 5, colour.filled()).into_dyn(),
                2 => Cross::new(point, 4, colour.stroke_width(2)).into_dyn(),
                _ => Circle::new(point, 5, colour.stroke_width(2)).into_dyn(),
            });
            chart.draw_series(marks).context("cannot draw")?;
            // From the smallest to the largest: where two overlap, the difference may be noise.
            let ranges = points.map(|(x, spread)| {
                PathElement::new(vec![(*x, spread.min), (*x, spread.max)], colour)
            });
            chart.draw_series(ranges).context("cannot draw")?;
        }
        area.present().context("cannot draw")?;
    }
    let inner = plot
        .split_once("<svg ")
        .and_then(|(_, rest)| rest.split_once('>')?.1.rsplit_once("</svg>"))
        .context("the drawing is no SVG")?
        .0
        .replace(TEXT_IN_SVG, "currentColor");
    Ok(Drawing {
        title: escape(title),
        about: escape(about),
        height: PLOT_HEIGHT + LEGEND_LINE * lines.len() as u32 + LEGEND_LINE / 2,
        inner: inner.trim().to_owned() + &legend(lines),
    })
}

/// Which line is which, below the plot.
fn legend(lines: &[Line]) -> String {
    let mut legend = String::new();
    for (index, line) in lines.iter().enumerate() {
        let x = 24;
        let y = PLOT_HEIGHT + LEGEND_LINE / 2 + LEGEND_LINE * index as u32;
        let dashes = match line.peer {
            true => " stroke-dasharray=\"6 4\"",
            false => "",
        };
        let (middle, stroke) = (x + 13, format!("#{:06x}", colour(line)));
        let mark = match line.colour % 4 {
            0 => format!("<circle cx=\"{middle}\" cy=\"{y}\" r=\"4\" fill=\"{stroke}\"/>"),
            1 => format!(
                "<path d=\"M{middle} {}l6 10h-12z\" fill=\"{stroke}\"/>",
                y - 6
            ),
            2 => format!(
                "<path d=\"M{} {}l10 10m0 -10l-10 10\" stroke=\"{stroke}\" stroke-width=\"2\"/>",
                middle - 5,
                y - 5
            ),
            _ => format!(
                "<circle cx=\"{middle}\" cy=\"{y}\" r=\"5\" fill=\"none\" stroke=\"{stroke}\" stroke-width=\"2\"/>"
            ),
        };
        let _ = write!(
            legend,
            "\n<line x1=\"{x}\" y1=\"{y}\" x2=\"{}\" y2=\"{y}\" stroke=\"{}\" stroke-width=\"3\"{dashes}/>{mark}\
             \n<text x=\"{}\" y=\"{}\" font-family=\"sans-serif\" font-size=\"15\" fill=\"currentColor\">{}</text>",
            x + 26,
            stroke,
            x + 34,
            y + 5,
            escape(&line.label)
        );
    }
    legend
}

impl Drawing {
    /// For a page of HTML, with the colour of the text around it. There the name space is known,
    /// and the address of it would only look like a link.
    pub fn inline(&self) -> String {
        self.svg("", "")
    }

    /// For a file of its own, which brings its ground along, light or dark.
    pub fn file(&self) -> String {
        let style = "<style>svg{color:#2d2d2a;background:#fbfaf7}\
                     @media(prefers-color-scheme:dark){svg{color:#d9dcde;background:#1b1f24}}</style>\n";
        self.svg(" xmlns=\"http://www.w3.org/2000/svg\"", style) + "\n"
    }

    fn svg(&self, attributes: &str, style: &str) -> String {
        let Self {
            title,
            about,
            height,
            inner,
        } = self;
        format!(
            "<svg{attributes} viewBox=\"0 0 {WIDTH} {height}\" role=\"img\">\
             <title>{title}</title><desc>{about}</desc>\n{style}{inner}\n</svg>"
        )
    }
}

/// Text, and no markup.
pub fn escape(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('"', "&quot;")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(label: &str, points: &[(f64, f64)]) -> Line {
        let spread = |median| Spread::of([median * 0.9, median, median * 1.1]).unwrap();
        Line {
            label: label.to_owned(),
            peer: label == "peer",
            colour: 0,
            points: points.iter().map(|&(x, y)| (x, spread(y))).collect(),
        }
    }

    #[test]
    fn a_picture_has_words_and_no_link() {
        let lines = [
            line("ours", &[(1.0, 10.0), (1000.0, 90.0)]),
            line("peer", &[(1.0, 20.0), (1000.0, 5.0)]),
        ];
        let drawing = draw("A & B", "they <cross>", ("in flight", "ms"), &lines).unwrap();
        let inline = drawing.inline();
        assert!(inline.contains("<title>A &amp; B</title>"), "{inline}");
        assert!(inline.contains("they &lt;cross&gt;"));
        assert!(inline.contains("currentColor") && !inline.contains("http"));
        assert!(inline.contains(">ours</text>") && inline.contains(">peer</text>"));
        assert!(drawing.file().contains("xmlns=") && drawing.file().contains("dark"));
        // Markdown would end a block of HTML at an empty line.
        assert!(!inline.contains("\n\n"));
    }

    #[test]
    fn a_single_point_is_drawn_and_none_is_refused() {
        let drawn = |lines: &[Line]| draw("t", "a", ("x", "y"), lines).is_ok();
        assert!(drawn(&[line("one", &[(5.0, 5.0)])]));
        assert!(!drawn(&[line("none", &[])]));
        assert!(!drawn(&[line("zero", &[(1.0, 0.0)])]));
        assert!(drawn(&[
            line("zero", &[(1.0, 0.0)]),
            line("one", &[(1.0, 1.0)])
        ]));
    }
}
