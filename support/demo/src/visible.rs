//! Text from servers and lists, before it is shown.

/// The text with everything escaped that could steer a terminal, turn its text around, or is no
/// character of XML: control characters, marks for the direction of text, line separators, and
/// noncharacters.
pub(crate) fn visible(text: &str) -> String {
    let mut shown = String::new();
    for c in text.chars() {
        if is_visible(c) {
            shown.push(c);
        } else {
            shown.extend(c.escape_default());
        }
    }
    shown
}

/// The most characters of a message.
const LONGEST: usize = 360;

/// A message of one short line: [`visible`], and without its middle if it is long, as one with a long
/// path is.
pub(crate) fn brief(message: &str) -> String {
    let shown = visible(message);
    let count = shown.chars().count();
    if count <= LONGEST {
        return shown;
    }
    let start = shown.chars().take(LONGEST / 2);
    let end = shown.chars().skip(count - LONGEST / 2 + 1);
    start.chain(['\u{2026}']).chain(end).collect()
}

/// Whether it is printable ASCII alone, as nearly every text is: then nothing has to be escaped.
pub(crate) fn is_plain(text: &str) -> bool {
    text.bytes().all(|byte| matches!(byte, b' '..=b'~'))
}

pub(crate) fn is_visible(c: char) -> bool {
    let is_direction = matches!(c,
        '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    let is_separator = matches!(c, '\u{2028}' | '\u{2029}' | '\u{feff}');
    let is_nothing = matches!(c, '\u{fdd0}'..='\u{fdef}') || c as u32 & 0xfffe == 0xfffe;
    !(c.is_control() || is_direction || is_separator || is_nothing)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_is_short() {
        assert_eq!(brief("a\nb"), "a\\nb");
        let whole = "\u{e9}".repeat(360);
        assert_eq!(brief(&whole), whole);
        let long = format!("begin {} end", "a".repeat(5000));
        let shown = brief(&long);
        assert_eq!(shown.chars().count(), 360);
        assert!(shown.starts_with("begin a") && shown.ends_with("a end"));
    }

    #[test]
    fn what_steers_a_terminal_is_escaped() {
        for (text, shown) in [
            ("caf\u{e9} \u{65e5}\u{1f4a9}", "caf\u{e9} \u{65e5}\u{1f4a9}"),
            ("\u{1b}[2J\n\u{9b}", "\\u{1b}[2J\\n\\u{9b}"),
            (
                "a\u{202e}b\u{2066}c\u{200f}",
                "a\\u{202e}b\\u{2066}c\\u{200f}",
            ),
            (
                "\u{fffe}\u{ffff}\u{2028}\u{1fffe}",
                "\\u{fffe}\\u{ffff}\\u{2028}\\u{1fffe}",
            ),
        ] {
            assert_eq!(visible(text), shown);
        }
    }
}
