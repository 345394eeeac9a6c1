//! Whether two runs rank the models alike.

use crate::rows::Row;
use crate::table;

/// What became in the second run of the differences that the first one ranks.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Agreement {
    /// The second run ranks them in the same way.
    pub alike: usize,
    /// In the second run they are within the noise.
    pub noise: usize,
    /// The second run does not have both of the two, or one of them did not finish there.
    pub missing: usize,
    /// The second run ranks them the other way round: each in words.
    pub reversed: Vec<String>,
}

/// Looks in the second run for each difference that the first one ranks.
pub fn of(first: &[Row], second: &[Row]) -> Agreement {
    let mut agreement = Agreement::default();
    let again = |row: &Row| {
        second.iter().find(|other| {
            (&other.group, &other.model, other.x) == (&row.group, &row.model, row.x)
                && other.main().is_some()
        })
    };
    for (_, group, rows) in table::groups(first) {
        for one in &rows {
            let below = |other: &&&Row| other.x == one.x && one.below(other, Row::main);
            for other in rows.iter().filter(below) {
                let Some((one_again, other_again)) = again(one).zip(again(other)) else {
                    agreement.missing += 1;
                    continue;
                };
                if one_again.below(other_again, Row::main) {
                    agreement.alike += 1;
                } else if other_again.below(one_again, Row::main) {
                    agreement.reversed.push(format!(
                        "{group}, {}: {} and {}",
                        table::number(one.x as f64),
                        one.label,
                        other.label
                    ));
                } else {
                    agreement.noise += 1;
                }
            }
        }
    }
    agreement
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rows::tests::rows;

    #[test]
    fn each_difference_is_alike_noise_reversed_or_missing() {
        let first = rows(
            "a 1: 0.1 0.1, b 1: 0.2 0.2, c 1: 0.3 0.3, d 1: 0.4 0.4, not-in-second 1: 0.5 0.5",
        );
        let second = rows("a 1: 0.1 0.1, b 1: 0.2 0.4, c 1: 0.3 0.4, d 1: 0.2 0.25");
        let agreement = of(&first, &second);
        // a stays before all. b and c overlap, b and d too; c and d have changed places.
        assert_eq!((agreement.alike, agreement.noise), (3, 2));
        // Each of these four is faster than the one that is missing.
        assert_eq!(agreement.missing, 4);
        assert_eq!(agreement.reversed, ["Pages that take 50ms, 1: c and d"]);
    }

    #[test]
    fn what_the_first_run_does_not_rank_is_not_counted() {
        let noisy = rows("a 1: 0.1 0.3, b 1: 0.2 0.4");
        let clear = rows("a 1: 0.1 0.1, b 1: 0.2 0.2");
        assert_eq!(of(&noisy, &clear), Agreement::default());
    }
}
