//! Decoding cost of a JPEG, from its headers (ITU-T T.81, annex B).

/// Marker of a scan's start.
const SOS: u8 = 0xda;
/// Markers of a frame whose scans refine one another.
const SOF_PROGRESSIVE: [u8; 2] = [0xc2, 0xca];

/// Decoding work of a JPEG, besides its pixels.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Jpeg {
    /// True if all coefficients are held in memory until the last scan.
    pub(super) is_progressive: bool,
    /// Number of scans, at least 1. Each may draw the whole picture.
    pub(super) n_scans: u64,
}

impl Jpeg {
    /// Scans the markers. Embedded thumbnails are counted, too; they are few.
    pub(super) fn read(bytes: &[u8]) -> Self {
        let n_scans = bytes.windows(2).filter(|it| *it == [0xff, SOS]).count();
        Self { is_progressive: is_progressive(bytes), n_scans: u64::try_from(n_scans).unwrap_or(u64::MAX).max(1) }
    }
}

/// Walks the segments up to the frame, or the first scan.
fn is_progressive(bytes: &[u8]) -> bool {
    let mut rest = bytes.get(2..).unwrap_or_default();
    while let [0xff, marker, after @ ..] = rest {
        match (*marker, after) {
            (0xff, _) => rest = &rest[1..],
            (marker, _) if SOF_PROGRESSIVE.contains(&marker) => return true,
            (SOS, _) => return false,
            (_, [high, low, ..]) => {
                let n_bytes = usize::from(u16::from_be_bytes([*high, *low]));
                rest = after.get(n_bytes.max(2)..).unwrap_or_default();
            }
            _ => return false,
        }
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scans_are_counted_and_the_kind_is_known() {
        let check = |bytes: &[u8], is_progressive: bool, n_scans: u64| {
            assert_eq!(Jpeg::read(bytes), Jpeg { is_progressive, n_scans }, "{bytes:x?}");
        };
        let (start, comment, scan) = ([0xff, 0xd8], [0xff, 0xfe, 0, 4, 0xff, 0xc2], [0xff, 0xda, 0, 2]);
        let (baseline, progressive) = ([0xff, 0xc0, 0, 2], [0xff, 0xc2, 0, 2]);
        check(&[&start[..], &comment, &baseline, &scan].concat(), false, 1);
        check(&[&start[..], &comment, &[0xff], &progressive, &scan, &scan, &scan].concat(), true, 3);
        check(&[&start[..], &scan, &progressive].concat(), false, 1);
        for broken in [&[][..], &start, &[0xff; 9], &[0xff, 0xd8, 0xff, 0xfe, 0xff, 0xff], &[0xff, 0xd8, 0xff, 0xe0, 0]]
        {
            check(broken, false, 1);
        }
    }
}
