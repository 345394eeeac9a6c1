//! The bytes that pages serve.

/// Prime, so that the text does not repeat in step with any buffer's size: a piece that is lost,
/// doubled or out of order shows.
const LENGTH: usize = 16_381;

static TEXT: [u8; LENGTH] = text();

/// Random letters in lines of 64: what a terminal shows without harm, and a compiler bakes in.
const fn text() -> [u8; LENGTH] {
    let mut text = [b'\n'; LENGTH];
    let mut state = 1_u32;
    let mut index = 0;
    while index < LENGTH {
        // The constants of Numerical Recipes' linear congruential generator; its high bits are
        // the better ones.
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        if index % 64 != 63 {
            text[index] = b'a' + (state >> 28) as u8;
        }
        index += 1;
    }
    text
}

/// The body that `/page/NAME?size=SIZE` serves, always the same: the name, then lines of
/// letters, cut to `size` bytes. NAME is taken as it stands in the URL.
pub fn body(name: &str, size: usize) -> Vec<u8> {
    let mut body = Vec::with_capacity(size);
    append(name, 0, size, &mut body);
    body
}

/// Appends the `count` bytes that begin at byte `from` of the body of page `name`.
pub(crate) fn append(name: &str, from: u64, count: usize, to: &mut Vec<u8>) {
    let end = to.len() + count;
    let title = name.len() as u64;
    let mut position = from;
    while to.len() < end {
        let run = if position < title {
            &name.as_bytes()[position as usize..]
        } else {
            // Names differ in where their letters begin.
            let start = name
                .bytes()
                .fold(0, |sum, byte| sum * 31 % 4096 + u64::from(byte));
            &TEXT[((start + position - title) % LENGTH as u64) as usize..]
        };
        let run = &run[..run.len().min(end - to.len())];
        to.extend_from_slice(run);
        position += run.len() as u64;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pieces_make_the_whole() {
        let whole = body("a-name", 100_000);
        assert_eq!(whole.len(), 100_000);
        assert!(whole.starts_with(b"a-name"));
        for piece in [1, 7, 1000, 16_381, 16_384] {
            let mut pieces = Vec::new();
            while pieces.len() < whole.len() {
                let count = piece.min(whole.len() - pieces.len());
                append("a-name", pieces.len() as u64, count, &mut pieces);
            }
            assert!(pieces == whole, "in pieces of {piece}");
        }
    }

    #[test]
    fn names_differ_in_every_part() {
        assert_eq!(body("long-name", 4), b"long");
        assert_ne!(body("a", 9000)[8000..], body("b", 9000)[8000..]);
    }
}
