//! The median and the range of some rounds: never a single figure.

use serde::Serialize;

/// What the rounds of one row gave for one quantity.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Spread {
    /// The middle one, or the mean of the two in the middle.
    pub median: f64,
    /// The smallest.
    pub min: f64,
    /// The largest.
    pub max: f64,
}

impl Spread {
    /// The spread of these values; `None` if there are none.
    pub fn of(values: impl IntoIterator<Item = f64>) -> Option<Self> {
        let mut values: Vec<f64> = values.into_iter().collect();
        values.sort_by(f64::total_cmp);
        let (min, max) = (*values.first()?, *values.last()?);
        let middle = values.len() / 2;
        let median = if values.len() % 2 == 1 {
            values[middle]
        } else {
            f64::midpoint(values[middle - 1], values[middle])
        };
        Some(Self { median, min, max })
    }

    /// The spread of a value that is the same in every round.
    pub fn exactly(value: f64) -> Self {
        let (median, min, max) = (value, value, value);
        Self { median, min, max }
    }

    /// The same in another unit.
    pub fn scaled(self, scale: f64) -> Self {
        Self {
            median: self.median * scale,
            min: self.min * scale,
            max: self.max * scale,
        }
    }

    /// Whether every round was below every round of the other: only then is a difference more
    /// than noise.
    pub fn below(self, other: Self) -> bool {
        self.max < other.min
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_median_is_in_the_middle_whatever_the_order() {
        let odd = Spread::of([3.0, 1.0, 10.0]).unwrap();
        assert_eq!((odd.min, odd.median, odd.max), (1.0, 3.0, 10.0));
        let even = Spread::of([4.0, 1.0, 2.0, 100.0]).unwrap();
        assert_eq!(even.median, 3.0);
        assert_eq!(Spread::of([]), None);
    }

    #[test]
    fn ranges_that_touch_are_noise() {
        let spread = |min, max| Spread::of([min, max]).unwrap();
        assert!(spread(1.0, 2.0).below(spread(2.1, 3.0)));
        assert!(!spread(1.0, 2.0).below(spread(2.0, 3.0)));
        assert!(!spread(2.0, 3.0).below(spread(1.0, 2.5)));
    }
}
