//! Lines through points.

use std::fmt::Write;

/// Returns an SVG path through the points. It begins with `M`, or continues another path with `L`.
pub(super) fn path(points: &[(f64, f64)], kind: &str, begins: bool) -> String {
    let mut path = String::new();
    let Some((first, rest)) = points.split_first() else { return path };
    _ = write!(path, "{}{:.1} {:.1}", if begins { 'M' } else { 'L' }, first.0, first.1);
    match kind {
        "linear" | "linearClosed" => rest.iter().for_each(|it| _ = write!(path, "L{:.1} {:.1}", it.0, it.1)),
        "step" => steps(&mut path, points, 0.5),
        "stepBefore" => steps(&mut path, points, 0.0),
        "stepAfter" => steps(&mut path, points, 1.0),
        _ => smooth(&mut path, points),
    }
    path
}

/// Appends steps. `after` is the fraction of the distance at which a step occurs.
fn steps(path: &mut String, points: &[(f64, f64)], after: f64) {
    for pair in points.windows(2) {
        _ = write!(path, "H{:.1}V{:.1}H{:.1}", pair[0].0 + (pair[1].0 - pair[0].0) * after, pair[1].1, pair[1].0);
    }
}

/// Appends a curve that never exceeds its points, so that it shows no values that the data lack.
///
/// Source: Fritsch and Carlson, "Monotone piecewise cubic interpolation", 1980.
fn smooth(path: &mut String, points: &[(f64, f64)]) {
    let slope = |pair: &[(f64, f64)]| {
        let run = pair[1].0 - pair[0].0;
        if run == 0.0 { 0.0 } else { (pair[1].1 - pair[0].1) / run }
    };
    let slopes: Vec<_> = points.windows(2).map(slope).collect();
    let tangent = |at: usize| {
        let before = at.checked_sub(1).and_then(|it| slopes.get(it)).copied();
        match (before, slopes.get(at).copied()) {
            (Some(before), Some(after)) if before * after <= 0.0 => 0.0,
            (Some(before), Some(after)) => 2.0 * before * after / (before + after),
            (before, after) => before.or(after).unwrap_or_default(),
        }
    };
    for (at, pair) in points.windows(2).enumerate() {
        let third = (pair[1].0 - pair[0].0) / 3.0;
        let (leave, arrive) = (pair[0].1 + third * tangent(at), pair[1].1 - third * tangent(at + 1));
        _ = write!(
            path,
            "C{:.1} {leave:.1} {:.1} {arrive:.1} {:.1} {:.1}",
            pair[0].0 + third,
            pair[1].0 - third,
            pair[1].0,
            pair[1].1
        );
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const POINTS: [(f64, f64); 3] = [(0.0, 10.0), (10.0, 0.0), (20.0, 10.0)];

    #[test]
    fn lines_go_through_their_points() {
        assert_eq!(path(&POINTS, "linear", true), "M0.0 10.0L10.0 0.0L20.0 10.0");
        assert_eq!(path(&POINTS, "stepAfter", false), "L0.0 10.0H10.0V0.0H10.0H20.0V10.0H20.0");
        assert!(path(&POINTS, "monotone", true).ends_with("20.0 10.0"));
        assert_eq!(
            (path(&[], "natural", true), path(&POINTS[..1], "natural", true)),
            (String::new(), "M0.0 10.0".into())
        );
    }

    #[test]
    fn a_curve_never_leaves_the_range_of_its_points() {
        let points: Vec<_> =
            [0.0, 0.0, 100.0, 100.0, 3.0, 3.0].into_iter().zip(0..).map(|(y, x)| (f64::from(x), y)).collect();
        let path = path(&points, "natural", true);
        let numbers: Vec<f64> = path.split(['M', 'C', ' ']).filter_map(|it| it.parse().ok()).collect();
        assert!(numbers.chunks(2).all(|it| (0.0..=100.0).contains(&it[1])), "{path}");
    }
}
