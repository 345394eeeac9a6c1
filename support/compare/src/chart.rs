//! A line for each model, over axes with logarithmic scales, as SVG.

use anyhow::anyhow;
use plotters::prelude::*;

use crate::stats::Spread;
use crate::table::number;

/// One model's points.
pub(crate) struct Line {
    /// The model in words.
    pub(crate) label: String,
    /// Drawn with dashes.
    pub(crate) peer: bool,
    /// What was swept, and what came out.
    pub(crate) points: Vec<(f64, Spread)>,
}

/// Told apart in daylight and at night, on paper and by most eyes; after fifteen they come again,
/// and the legend's order tells.
const COLOURS: [RGBColor; 15] = [
    RGBColor(0xd9, 0x5f, 0x02),
    RGBColor(0x1b, 0x9e, 0x77),
    RGBColor(0x75, 0x70, 0xb3),
    RGBColor(0xe7, 0x29, 0x8a),
    RGBColor(0x4f, 0x94, 0xcd),
    RGBColor(0xb8, 0x86, 0x0b),
    RGBColor(0x66, 0xa6, 0x1e),
    RGBColor(0xc0, 0x39, 0x2b),
    RGBColor(0x17, 0xa2, 0xb8),
    RGBColor(0x8e, 0x6c, 0x4e),
    RGBColor(0xa0, 0x5c, 0xd6),
    RGBColor(0x80, 0x80, 0x80),
    RGBColor(0x3f, 0x6f, 0xff),
    RGBColor(0xb0, 0xa0, 0x30),
    RGBColor(0xff, 0x8a, 0x65),
];

/// plotters knows fixed colours alone. This one, which nothing else has, stands for the colour of
/// the text around the picture, light or dark.
const TEXT: RGBColor = RGBColor(1, 2, 3);
const TEXT_IN_SVG: &str = "#010203";

/// The colour of the line with this number, as CSS has it.
pub(crate) fn colour(number: usize) -> String {
    let RGBColor(red, green, blue) = COLOURS[number % COLOURS.len()];
    format!("#{red:02x}{green:02x}{blue:02x}")
}

/// Draws the lines. `title` and `about` are for those who do not see the picture.
///
/// # Errors
/// If there is no point, or one that has no logarithm.
pub(crate) fn svg(
    title: &str,
    about: &str,
    (x_title, y_title): (&str, &str),
    lines: &[Line],
) -> anyhow::Result<String> {
    let points = lines.iter().flat_map(|line| &line.points);
    let xs = Spread::of(points.clone().map(|(x, _)| *x));
    let ys = Spread::of(points.flat_map(|(_, spread)| [spread.min, spread.max]));
    let (xs, ys) = xs.zip(ys).ok_or_else(|| anyhow!("nothing to draw"))?;
    anyhow::ensure!(xs.min > 0.0 && ys.min > 0.0, "zero has no logarithm");
    let (x_range, y_range) = (
        (xs.min / 1.3..xs.max * 1.3).log_scale(),
        (ys.min / 1.3..ys.max * 1.3).log_scale(),
    );
    let mut drawing = String::new();
    {
        let area = SVGBackend::with_string(&mut drawing, (760, 420)).into_drawing_area();
        let failed = |error| anyhow!("cannot draw: {error}");
        let mut chart = ChartBuilder::on(&area)
            .margin(12)
            .x_label_area_size(44)
            .y_label_area_size(76)
            .build_cartesian_2d(x_range, y_range)
            .map_err(|error| anyhow!("cannot draw: {error}"))?;
        let text = ("sans-serif", 13).into_font().color(&TEXT);
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
            .map_err(|error| anyhow!("cannot draw: {error}"))?;
        for (index, line) in lines.iter().enumerate() {
            let colour = COLOURS[index % COLOURS.len()];
            let medians = line.points.iter().map(|(x, spread)| (*x, spread.median));
            if line.peer {
                let dashes = DashedLineSeries::new(medians.clone(), 6, 4, colour.stroke_width(2));
                chart.draw_series(dashes).map_err(failed)?;
            } else {
                let whole = LineSeries::new(medians.clone(), colour.stroke_width(2));
                chart.draw_series(whole).map_err(failed)?;
            }
            let dots = medians.map(|point| Circle::new(point, 3, colour.filled()));
            chart.draw_series(dots).map_err(failed)?;
            // From the smallest to the largest: where two overlap, the difference may be noise.
            let ranges = line.points.iter().map(|(x, spread)| {
                PathElement::new(vec![(*x, spread.min), (*x, spread.max)], colour)
            });
            chart.draw_series(ranges).map_err(failed)?;
        }
        area.present()
            .map_err(|error| anyhow!("cannot draw: {error}"))?;
    }
    let words = format!(
        "<svg role=\"img\"><title>{}</title><desc>{}</desc>",
        escape(title),
        escape(about)
    );
    // Inside a page of HTML the name space is known, and an address in it only looks like a link.
    let drawing = drawing
        .replace(" xmlns=\"http://www.w3.org/2000/svg\"", "")
        .replace(TEXT_IN_SVG, "currentColor");
    let (start, rest) = drawing
        .split_once("<svg ")
        .and_then(|(_, rest)| rest.split_once('>'))
        .ok_or_else(|| anyhow!("the drawing is no SVG"))?;
    let words = words.replacen("<svg ", &format!("<svg {start} "), 1);
    Ok(words + rest)
}

/// Text, and no markup.
pub(crate) fn escape(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('"', "&quot;")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(label: &str, points: &[(f64, f64)]) -> Line {
        let spread = |median| Spread {
            median,
            min: median * 0.9,
            max: median * 1.1,
        };
        Line {
            label: label.to_owned(),
            peer: label == "peer",
            points: points.iter().map(|&(x, y)| (x, spread(y))).collect(),
        }
    }

    #[test]
    fn a_picture_has_words_and_no_link() {
        let lines = [
            line("ours", &[(1.0, 10.0), (1000.0, 90.0)]),
            line("peer", &[(1.0, 20.0), (1000.0, 5.0)]),
        ];
        let drawing = svg("A & B", "they <cross>", ("in flight", "ms"), &lines).unwrap();
        assert!(drawing.contains("<title>A &amp; B</title>"), "{drawing}");
        assert!(drawing.contains("they &lt;cross&gt;"));
        assert!(drawing.contains("currentColor") && !drawing.contains("http"));
        assert!(drawing.contains(&colour(0)[1..].to_uppercase()) || drawing.contains(&colour(0)));
    }

    #[test]
    fn a_single_point_is_drawn_and_none_is_refused() {
        assert!(svg("t", "a", ("x", "y"), &[line("one", &[(5.0, 5.0)])]).is_ok());
        assert!(svg("t", "a", ("x", "y"), &[line("none", &[])]).is_err());
        assert!(svg("t", "a", ("x", "y"), &[line("zero", &[(1.0, 0.0)])]).is_err());
    }
}
