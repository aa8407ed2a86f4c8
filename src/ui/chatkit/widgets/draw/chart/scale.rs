/// Linear scale from values to vertical positions.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Scale {
    low: f64,
    high: f64,
    step: f64,
    top: f64,
    bottom: f64,
}

impl Scale {
    /// Creates a scale that begins and ends at round values.
    pub(super) fn new(low: f64, high: f64, top: f64, bottom: f64) -> Self {
        let span = (high - low).max(f64::MIN_POSITIVE);
        let raw = span / 4.0;
        let size = 10_f64.powf(raw.log10().floor());
        let step = [1.0, 2.0, 2.5, 5.0, 10.0].into_iter().map(|it| it * size).find(|it| *it >= raw * 0.999);
        let step = step.filter(|it| it.is_finite() && *it > 0.0).unwrap_or(1.0);
        let (low, high) = ((low / step).floor() * step, (high / step).ceil() * step);
        Self { low, high: if high > low { high } else { low + step }, step, top, bottom }
    }

    pub(super) fn at(self, value: f64) -> f64 {
        let part = (value - self.low) / (self.high - self.low);
        self.bottom - part.clamp(0.0, 1.0) * (self.bottom - self.top)
    }

    /// Returns the round values of the axis.
    pub(super) fn ticks(self) -> Vec<f64> {
        let mut ticks = Vec::new();
        let mut tick = self.low;
        while tick <= self.high + self.step / 2.0 && ticks.len() < 12 {
            ticks.push(tick);
            tick += self.step;
        }
        ticks
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ticks_are_round_and_hold_all_values() {
        for (low, high, ticks) in [
            (0.0, 100.0, vec![0.0, 25.0, 50.0, 75.0, 100.0]),
            (0.0, 7.0, vec![0.0, 2.0, 4.0, 6.0, 8.0]),
            (-3.0, 5.0, vec![-4.0, -2.0, 0.0, 2.0, 4.0, 6.0]),
        ] {
            assert_eq!(Scale::new(low, high, 0.0, 100.0).ticks(), ticks);
        }
        let scale = Scale::new(0.0, 100.0, 10.0, 110.0);
        assert_eq!((scale.at(0.0), scale.at(100.0), scale.at(50.0)), (110.0, 10.0, 60.0));
    }

    #[test]
    fn no_values_and_odd_ones_have_a_scale() {
        for (low, high) in [(0.0, 0.0), (0.0, 1e300), (0.0, 1e-300), (-1e300, 1e301)] {
            let scale = Scale::new(low, high, 0.0, 100.0);
            assert!(scale.ticks().len() <= 12 && (0.0..=100.0).contains(&scale.at(high)), "{low} {high}");
        }
    }
}
