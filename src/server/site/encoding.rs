//! Content negotiation: the encoding of a file that a client accepts.

use axum::http::{HeaderMap, header};

/// Content encodings, in ascending preference.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Encoding {
    /// Uncompressed.
    Identity,
    /// gzip.
    Gzip,
    /// Brotli.
    Brotli,
}

impl Encoding {
    /// Returns the value for `Content-Encoding`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Identity => "identity",
            Self::Gzip => "gzip",
            Self::Brotli => "br",
        }
    }

    /// Returns the preferred encoding by `Accept-Encoding`; among equals, the smallest. Falls back to the uncompressed
    /// file (RFC 9110 §12.5.3).
    pub fn preferred(headers: &HeaderMap) -> Self {
        let texts = headers.get_all(header::ACCEPT_ENCODING).iter().filter_map(|it| it.to_str().ok());
        let wishes: Vec<(&str, u16)> = texts.flat_map(|it| it.split(',')).filter_map(parse_member).collect();
        let weight = |names: &[&str]| {
            let named =
                |name: &str| wishes.iter().find(|(it, _)| it.eq_ignore_ascii_case(name)).map(|(_, weight)| *weight);
            names.iter().find_map(|name| named(name)).or_else(|| named("*"))
        };
        let weights = [
            // An unnamed identity is acceptable, but least preferred.
            (weight(&["identity"]), Self::Identity),
            (weight(&["gzip", "x-gzip"]), Self::Gzip),
            (weight(&["br"]), Self::Brotli),
        ];
        let taken = weights.into_iter().filter(|(weight, _)| weight.is_some_and(|it| it > 0));
        taken.max().map_or(Self::Identity, |(_, encoding)| encoding)
    }
}

/// Parses one member of the header and its weight in thousandths: `gzip;q=0.5`. Returns `None` if it is malformed.
fn parse_member(text: &str) -> Option<(&str, u16)> {
    let (name, parameter) = text.split_once(';').unwrap_or((text, "q=1"));
    let (q, value) = parameter.trim().split_once('=')?;
    let weight: f32 = value.trim().parse().ok()?;
    let is_weight = q.trim().eq_ignore_ascii_case("q") && (0.0..=1.0).contains(&weight);
    is_weight.then_some((name.trim(), (weight * 1000.0).round() as u16))
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;

    use super::*;

    #[test]
    fn the_client_chooses() {
        let check = |lines: &[&str], expected: Encoding| {
            let mut headers = HeaderMap::new();
            for line in lines {
                headers.append(header::ACCEPT_ENCODING, HeaderValue::from_str(line).unwrap());
            }
            assert_eq!(Encoding::preferred(&headers), expected, "{lines:?}");
        };
        use Encoding::{Brotli, Gzip, Identity};
        check(&[], Identity);
        check(&[""], Identity);
        check(&["gzip, deflate, br, zstd"], Brotli);
        check(&["gzip, deflate"], Gzip);
        check(&["GZIP"], Gzip);
        check(&["x-gzip"], Gzip);
        check(&["deflate"], Identity);
        check(&["br;q=0.5, gzip;q=0.8"], Gzip);
        check(&["br ; q=0.801,gzip;q=0.8"], Brotli);
        check(&["br;q=0, gzip;q=0.001"], Gzip);
        check(&["br;q=0"], Identity);
        check(&["*"], Brotli);
        check(&["*;q=0"], Identity);
        check(&["*;q=0.5, br;q=0"], Gzip);
        check(&["*;q=0, gzip"], Gzip);
        check(&["identity, br;q=0.9"], Identity);
        check(&["identity;q=0.5, br;q=0.5"], Brotli);
        check(&["identity;q=0, gzip;q=0.1"], Gzip);
        check(&["gzip;q=0.2", "br;q=0.1"], Gzip);
        // Malformed members are ignored.
        check(&["br;q=2, gzip;q=x, ,;"], Identity);
        check(&["br;level=3, gzip"], Gzip);
    }
}
