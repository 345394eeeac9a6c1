//! A run as one page of HTML that stands alone: no network, no script, light and dark.

use std::fmt::Write as _;

use crate::advice;
use crate::chart::{self, Drawing, Line, escape};
use crate::document::Document;
use crate::question::Question;
use crate::rows::Row;
use crate::stats::Spread;
use crate::table::{self, MIB, number};

const STYLE: &str = "
:root { color-scheme: light dark; --ground: #fbfaf7; --text: #2d2d2a; --line: #d8d4c9; --card: #fff; }
@media (prefers-color-scheme: dark) {
  :root { --ground: #16191c; --text: #d9dcde; --line: #3b4148; --card: #1d2125; }
}
body { background: var(--ground); color: var(--text); font: 16px/1.5 system-ui, sans-serif;
  margin: 0 auto; max-width: 70rem; padding: 1rem; }
h1 { font-size: 1.6rem; } h2 { font-size: 1.3rem; margin-top: 2.5rem; } h3 { font-size: 1.05rem; }
figure { background: var(--card); border: 1px solid var(--line); border-radius: 8px; margin: 1rem 0;
  padding: .75rem; }
svg { display: block; height: auto; max-width: 45rem; width: 100%; }
figcaption { font-size: .9rem; }
.scroll { overflow-x: auto; }
table { border-collapse: collapse; font-size: .85rem; font-variant-numeric: tabular-nums; }
th, td { border-bottom: 1px solid var(--line); padding: .2rem .6rem; text-align: right;
  white-space: nowrap; }
th:first-child, td:first-child, td.why { text-align: left; }
dl { display: grid; gap: .1rem 1rem; grid-template-columns: max-content 1fr; }
dd { margin: 0; } li { margin: .3rem 0; } small { opacity: .8; }
";

/// What a chart shows of the rows.
pub struct Picture {
    /// The quantity, in a word or two.
    pub title: &'static str,
    /// The same with its unit, for the axis.
    pub y: &'static str,
    of: fn(&Row) -> Option<Spread>,
    scale: fn(&Row) -> f64,
}

impl Picture {
    /// What it shows of this row, in the unit of its axis.
    pub fn value(&self, row: &Row) -> Option<Spread> {
        Some((self.of)(row)?.scaled((self.scale)(row)))
    }
}

fn picture(
    title: &'static str,
    y: &'static str,
    of: fn(&Row) -> Option<Spread>,
    scale: fn(&Row) -> f64,
) -> Picture {
    Picture {
        title,
        y,
        of,
        scale,
    }
}

/// The charts of one group of a question.
pub fn pictures(question: Question) -> Vec<Picture> {
    match question {
        Question::Io => vec![
            picture("time", "ms a 1,000 pages", Row::work, |row| {
                1e6 / row.units as f64
            }),
            picture(
                "time over the delay",
                "× delay",
                |row| row.limit().and(row.work()),
                |row| 1.0 / row.limit().unwrap_or(1.0),
            ),
            picture("memory", "peak MiB", Row::memory, |_| 1.0 / MIB),
        ],
        Question::Cpu => vec![picture("time", "ms", Row::work, |_| 1e3)],
        Question::Sync => vec![
            picture("time", "ns each", Row::main, |_| 1.0),
            picture("memory", "bytes each", Row::idling, |_| 1.0),
        ],
    }
}

/// The whole page.
pub fn html(document: &Document) -> String {
    let mut page = String::from(
        "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <title>Many things at once: compared on this machine</title>\n",
    );
    let _ = write!(page, "<style>{STYLE}</style>\n</head>\n<body>\n<main>\n");
    page.push_str("<h1>Many things at once: compared on this machine</h1>\n");
    if document.interrupted {
        page.push_str("<p><strong>Interrupted: rows may lack rounds.</strong></p>\n");
    }
    headlines(&mut page, document);
    let groups = table::groups(&document.rows);
    let mut last = None;
    for (question, group, rows) in &groups {
        if last != Some(*question) {
            let title = match question {
                Question::Io => "Waiting for others: fetching pages",
                Question::Cpu => "Computing",
                Question::Sync => "Locks, permits, messages, tasks, threads, processes",
            };
            let _ = writeln!(page, "<h2>{title}</h2>");
            last = Some(*question);
        }
        let _ = writeln!(page, "<h3>{}</h3>", escape(group));
        for picture in pictures(*question) {
            figure(&mut page, group, rows, &picture);
        }
    }
    page.push_str("<h2>All figures</h2>\n");
    for (question, group, rows) in &groups {
        let _ = writeln!(page, "<h3>{}</h3>", escape(group));
        rows_table(&mut page, *question, group, rows);
    }
    advice(&mut page, document);
    let _ = write!(page, "{NOTES}<li>{}</li>\n</ul>\n", table::MEMORY_NOTE);
    page.push_str("<h2>This run</h2>\n");
    facts(&mut page, document);
    page.push_str("</main>\n</body>\n</html>\n");
    page
}

const NOTES: &str = "<h2>How to read it</h2>\n<ul>\n\
<li>Each model ran alone in a process of its own, the site in another, one round of all of them after \
the other. Figures are medians; in parentheses, and as upright strokes in the charts, stand the \
smallest and the largest. Where two ranges overlap, the difference may be noise: \u{201c}place\u{201d} is \
that among the rows with the same number, and 2–4 means that which of these it has is within the noise. \
Of two equal models one comes out ahead by chance in one case of three where there are two rounds, and in \
one of ten where there are three.</li>\n\
<li>The time is that of the work, by the child's own clock. Its start-up stands apart: much of what \
one sees against Python and Node on short runs is the interpreter starting. curl and oha do not tell \
them apart.</li>\n\
<li>Pages that take a while cannot come faster than that: \u{201c}× delay\u{201d} says how many \
times the delay itself the work took, the pages in flight taken as one turn.</li>\n\
<li>Site and fetchers share the machine's cores, so with answers at once the site is part of what is \
measured.</li>\n\
<li>CPU time and switches are the system's accounting of the process and of those that it waited for, \
start-up included. Threads are the most that were seen at once in that process alone.</li>\n\
<li>wrk works for a second at least, not for a number of pages. Its work, CPU time and switches are \
brought to the number that the others fetch; its wall time is not.</li>\n";

fn facts(page: &mut String, document: &Document) {
    page.push_str("<dl>\n");
    let mut fact = |name: &str, value: &str| {
        let _ = writeln!(page, "<dt>{}</dt><dd>{}</dd>", escape(name), escape(value));
    };
    fact("date", &document.date);
    fact("command", &document.command);
    for (name, value) in &document.machine {
        fact(name, value);
    }
    let versions = document.versions.iter();
    let versions: Vec<String> = versions
        .map(|(name, version)| format!("{name} {version}"))
        .collect();
    fact("versions", &versions.join(", "));
    for line in &document.left_out {
        fact("left out", line);
    }
    page.push_str("</dl>\n");
}

/// What a reader should see first.
fn headlines(page: &mut String, document: &Document) {
    if document.advice.is_empty() {
        let _ = writeln!(page, "<p>{}</p>", advice::NOTHING);
        return;
    }
    page.push_str("<ul>\n");
    for advice in advice::headlines(&document.advice) {
        let (about, sentence) = (escape(&advice.about), escape(&advice.sentence));
        let _ = writeln!(page, "<li><strong>{about}.</strong> {sentence}</li>");
    }
    page.push_str("</ul>\n");
}

fn advice(page: &mut String, document: &Document) {
    page.push_str("<h2>What follows from the figures</h2>\n");
    let advice = &document.advice;
    for said in advice.chunk_by(|one, next| one.about == next.about) {
        let _ = writeln!(page, "<h3>{}</h3>\n<ul>", escape(&said[0].about));
        for advice in said {
            let (sentence, cited) = (escape(&advice.sentence), escape(&advice.cited()));
            let _ = writeln!(page, "<li>{sentence}<br><small>{cited}</small></li>");
        }
        page.push_str("</ul>\n");
    }
}

/// The chart of these rows of one group; `None` where no row tells the quantity.
pub fn drawing(rows: &[&Row], picture: &Picture) -> Option<Drawing> {
    let first = rows.first()?;
    let mut lines: Vec<Line> = Vec::new();
    let mut labels: Vec<&str> = Vec::new();
    for row in rows {
        // Those that do not tell this quantity have their colour too: in the next chart of these
        // rows each has the same.
        let known = labels.iter().position(|label| *label == row.label);
        let colour = known.unwrap_or_else(|| {
            labels.push(&row.label);
            labels.len() - 1
        });
        let Some(spread) = picture.value(row) else {
            continue;
        };
        let point = (row.x as f64, spread);
        match lines.iter_mut().find(|line| line.label == row.label) {
            Some(line) => line.points.push(point),
            None => lines.push(Line {
                label: row.label.clone().into_owned(),
                peer: row.peer,
                colour,
                points: vec![point],
            }),
        }
    }
    if first.question == Question::Io && picture.title == "time" {
        lines.extend(physical_limit(rows, labels.len()));
    }
    let title = format!("{}: {}", first.group, picture.title);
    let about = lines.iter().map(|line| {
        let points = line.points.iter();
        let points =
            points.map(|(x, spread)| format!("{} at {}", number(spread.median), number(*x)));
        format!("{}: {}", line.label, points.collect::<Vec<_>>().join(", "))
    });
    let about = about.collect::<Vec<_>>().join(". ");
    let axes = (&*first.swept, picture.y);
    chart::draw(&title, &about, axes, &lines).ok()
}

fn figure(page: &mut String, group: &str, rows: &[&Row], picture: &Picture) {
    let Some(drawing) = drawing(rows, picture) else {
        return;
    };
    let _ = writeln!(
        page,
        "<figure>\n{}\n<figcaption>{}: {}; {}, both axes logarithmic, peers dashed</figcaption>\n</figure>",
        drawing.inline(),
        escape(group),
        picture.title,
        escape(picture.y)
    );
}

/// What no client can undercut: the delay itself.
fn physical_limit(rows: &[&Row], colour: usize) -> Option<Line> {
    let mut points: Vec<(f64, Spread)> = Vec::new();
    for row in rows {
        let at = row.limit()? * 1e6 / row.units as f64;
        if points.iter().all(|(x, _)| *x != row.x as f64) {
            points.push((row.x as f64, Spread::exactly(at)));
        }
    }
    Some(Line {
        label: "the delay itself: no client can be below".to_owned(),
        peer: true,
        colour,
        points,
    })
}

fn rows_table(page: &mut String, question: Question, group: &str, rows: &[&Row]) {
    let columns = table::columns(question);
    let _ = write!(
        page,
        "<div class=\"scroll\" tabindex=\"0\" role=\"region\" aria-label=\"{0}\">\n\
         <table>\n<thead><tr><th scope=\"col\">model</th><th scope=\"col\">{1}</th>",
        escape(group),
        escape(&rows[0].swept)
    );
    for column in &columns {
        let _ = write!(page, "<th scope=\"col\">{}</th>", escape(column.title));
    }
    page.push_str("</tr></thead>\n<tbody>\n");
    for row in rows {
        let (label, x) = (escape(&row.label), number(row.x as f64));
        let _ = write!(page, "<tr><td>{label}</td><td>{x}</td>");
        match table::outcome(row) {
            Some(why) => {
                let (width, why) = (columns.len(), escape(&why));
                let _ = write!(page, "<td class=\"why\" colspan=\"{width}\">{why}</td>");
            }
            None => {
                for column in &columns {
                    let _ = write!(page, "<td>{}</td>", escape(&(column.cell)(row, rows)));
                }
            }
        }
        page.push_str("</tr>\n");
    }
    page.push_str("</tbody>\n</table>\n</div>\n");
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rows::tests::{row, rows};

    /// A document with smaller or larger figures is refused.
    #[test]
    fn the_smallest_and_largest_figures_can_be_drawn() {
        let row = Row {
            delay: 0.0,
            ..row("tokio", 10, &[1e-15, 1e15])
        };
        assert!(drawing(&[&row], &pictures(row.question)[0]).is_some());
    }

    #[test]
    fn a_model_has_one_colour_in_all_charts_of_its_group() {
        // The system's accounting tells no memory of several processes.
        let rows = ["process-fetch", "tokio"].map(|model| {
            let mut row = row(model, 1, &[0.1]);
            row.rounds[0].peak_memory = 1 << 20;
            row
        });
        let rows: Vec<&Row> = rows.iter().collect();
        let pictures = pictures(Question::Io);
        let colour_of_tokio = |title: &str| {
            let picture = pictures.iter().find(|picture| picture.title == title);
            let drawing = drawing(&rows, picture.unwrap()).unwrap().file();
            let legend = drawing.rsplit("<line ").next().unwrap();
            assert!(legend.contains(">tokio<"), "{legend}");
            let (_, colour) = legend.split_once("stroke=\"").unwrap();
            colour[..7].to_owned()
        };
        assert_eq!(
            colour_of_tokio("time over the delay"),
            colour_of_tokio("memory")
        );
    }

    /// A reader sees first what follows from the figures, then the figures, then how they were made.
    #[test]
    fn a_report_begins_with_its_headlines_and_charts() {
        let one_round = rows("tokio 10: 0.1, threads-ureq 10: 0.5");
        let many = (1..=6).flat_map(|group| {
            let rows = rows("tokio 10: 0.1 0.1, threads-ureq 10: 0.5 0.5").into_iter();
            rows.map(move |row| Row {
                group: format!("group {group}"),
                ..row
            })
        });
        for (rows, first, count) in [
            (one_round, "<p>Nothing", 0),
            (many.collect(), "<li><strong>", 5),
        ] {
            let mut document = Document::default();
            document.finish(rows, false);
            let page = html(&document);
            let place = |part: &str| {
                page.find(part)
                    .unwrap_or_else(|| panic!("no {part}: {page}"))
            };
            let (begins, chart) = (place("<h1>"), place("<svg "));
            let order = [
                begins,
                place(first),
                chart,
                page.rfind("<svg ").unwrap(),
                place("<h2>All figures"),
                place("<h2>This run"),
            ];
            assert!(order.is_sorted(), "{order:?}: {page}");
            // At most five headlines before the first chart, and nothing about the machine.
            let before = &page[begins..chart];
            assert_eq!(before.matches("<li>").count(), count, "{before}");
            assert!(!before.contains("<dl>") && !before.contains("<table"));
        }
    }
}
