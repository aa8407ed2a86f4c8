//! Decodes and shrinks a picture within bounds of memory and time.
//!
//! The bytes are untrusted. The header is validated before anything is allocated. The decoder then reads in small
//! steps, and each step may cancel it. The JPEG decoder takes the whole file at once. Its work is therefore bounded by
//! the header's claims: pixels times scans.

use std::io::{self, BufRead, Cursor, Read, Seek, SeekFrom};

use image::{
    DynamicImage, ExtendedColorType, ImageDecoder, ImageEncoder, ImageError, ImageFormat, ImageReader, Limits,
    codecs::{jpeg::JpegEncoder, png::PngEncoder},
    error::{LimitError, LimitErrorKind},
};

use super::jpeg::Jpeg;

/// Maximum number of pixels of a decoded picture. A small file can claim any number.
const MAX_PIXELS: u64 = 50_000_000;
/// Maximum memory for decoding a picture, in bytes.
const MAX_ALLOC: u64 = 256 * 1024 * 1024;
/// Memory per pixel of a progressive JPEG, in bytes: three coefficients of two bytes and three colours.
const PROGRESSIVE_BYTES: u64 = 9;
/// Maximum number of pixels drawn by all scans of a JPEG.
const MAX_DRAWN: u64 = 12 * MAX_PIXELS;
/// Number of bytes per decoding step. DEFLATE can expand them a thousandfold.
const STEP_BYTES: usize = 4 * 1024;
/// Longer side of a thumbnail, in pixels.
const SIDE: u32 = 640;
/// JPEG quality, up to 100.
const QUALITY: u8 = 80;

/// A small picture.
#[derive(Debug)]
pub(super) struct Thumbnail {
    pub(super) media_type: &'static str,
    pub(super) bytes: Vec<u8>,
}

/// Shrinks a picture and keeps its transparency. Takes up to a second of CPU time.
///
/// # Errors
/// [`ImageError`] if the picture is undecodable or exceeds the memory or work limit, or if `goes_on` returns `false`.
pub(super) fn make(bytes: &[u8], goes_on: &dyn Fn() -> bool) -> Result<Thumbnail, ImageError> {
    let mut reader = ImageReader::new(SteppedReader { bytes: Cursor::new(bytes), goes_on }).with_guessed_format()?;
    let jpeg = (reader.format() == Some(ImageFormat::Jpeg)).then(|| Jpeg::read(bytes));
    let mut limits = Limits::default();
    limits.max_alloc = Some(MAX_ALLOC);
    reader.limits(limits);
    let mut decoder = reader.into_decoder()?;
    let (width, height) = decoder.dimensions();
    if !is_within_limits(u64::from(width) * u64::from(height), decoder.total_bytes(), jpeg) {
        return Err(ImageError::Limits(LimitError::from_kind(LimitErrorKind::DimensionError)));
    }
    // Phones do not rotate a picture but record its orientation.
    let orientation = decoder.orientation()?;
    let picture = DynamicImage::from_decoder(decoder)?;
    let mut small = if width.max(height) > SIDE { picture.thumbnail(SIDE, SIDE) } else { picture };
    small.apply_orientation(orientation);
    encode(&small)
}

fn is_within_limits(n_pixels: u64, n_bytes: u64, jpeg: Option<Jpeg>) -> bool {
    let is_drawn_quickly = jpeg.is_none_or(|it| n_pixels.saturating_mul(it.n_scans) <= MAX_DRAWN);
    let n_bytes = match jpeg {
        Some(Jpeg { is_progressive: true, .. }) => n_pixels.saturating_mul(PROGRESSIVE_BYTES),
        _ => n_bytes,
    };
    n_pixels <= MAX_PIXELS && n_bytes <= MAX_ALLOC && is_drawn_quickly
}

/// Bytes supplied in small steps.
struct SteppedReader<'a> {
    bytes: Cursor<&'a [u8]>,
    goes_on: &'a dyn Fn() -> bool,
}

impl Read for SteppedReader<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let n_read = self.fill_buf()?.read(buffer)?;
        self.consume(n_read);
        Ok(n_read)
    }
}

impl BufRead for SteppedReader<'_> {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        if !(self.goes_on)() {
            return Err(io::Error::other("the picture takes too long"));
        }
        let rest = self.bytes.fill_buf()?;
        Ok(&rest[..rest.len().min(STEP_BYTES)])
    }

    fn consume(&mut self, n_bytes: usize) {
        self.bytes.consume(n_bytes);
    }
}

impl Seek for SteppedReader<'_> {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        self.bytes.seek(to)
    }
}

fn encode(picture: &DynamicImage) -> Result<Thumbnail, ImageError> {
    let (width, height) = (picture.width(), picture.height());
    let mut bytes = Vec::new();
    if picture.color().has_alpha() {
        PngEncoder::new(&mut bytes).write_image(&picture.to_rgba8(), width, height, ExtendedColorType::Rgba8)?;
        return Ok(Thumbnail { media_type: "image/png", bytes });
    }
    let encoder = JpegEncoder::new_with_quality(&mut bytes, QUALITY);
    encoder.write_image(&picture.to_rgb8(), width, height, ExtendedColorType::Rgb8)?;
    Ok(Thumbnail { media_type: "image/jpeg", bytes })
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;

    use image::{GenericImageView, ImageBuffer, Rgb, RgbImage, Rgba, RgbaImage};

    use super::*;

    fn made(bytes: &[u8]) -> Result<Thumbnail, ImageError> {
        make(bytes, &|| true)
    }

    fn png(picture: impl Into<DynamicImage>) -> Vec<u8> {
        let mut bytes = Cursor::new(Vec::new());
        picture.into().write_to(&mut bytes, image::ImageFormat::Png).unwrap();
        bytes.into_inner()
    }

    #[test]
    fn the_longer_side_is_cut_and_the_shape_stays() {
        let check = |size: (u32, u32), expected: (u32, u32)| {
            let preview = made(&png(RgbImage::from_pixel(size.0, size.1, Rgb([200, 10, 10])))).unwrap();
            assert_eq!(preview.media_type, "image/jpeg");
            assert_eq!(image::load_from_memory(&preview.bytes).unwrap().dimensions(), expected, "{size:?}");
        };
        check((1280, 640), (640, 320));
        check((100, 1280), (50, 640));
        check((30, 20), (30, 20));
    }

    #[test]
    fn what_is_transparent_stays_so() {
        let preview = made(&png(RgbaImage::from_pixel(700, 700, Rgba([0, 0, 0, 0])))).unwrap();
        assert_eq!(preview.media_type, "image/png");
        assert_eq!(image::load_from_memory(&preview.bytes).unwrap().get_pixel(3, 3)[3], 0);
    }

    #[test]
    fn what_cannot_be_read_or_claims_too_many_pixels_has_none() {
        let mut huge = png(RgbImage::new(1, 1));
        // Width and height in a PNG header. The checksum is now wrong too, but is verified later.
        huge[16..24].copy_from_slice(&[0, 0, 0x40, 0, 0, 0, 0x40, 0]);
        for bytes in [&huge[..], b"\x89PNG\r\n\x1a\n", b"GIF89a", b"", &png(RgbImage::new(9, 9))[..60]] {
            assert!(made(bytes).is_err());
        }
    }

    #[test]
    fn a_picture_that_takes_too_much_memory_has_none() {
        // Fewer pixels than the maximum, of eight bytes each.
        let mut deep = png(ImageBuffer::<Rgba<u16>, _>::new(1, 1));
        let side = 6_000_u32;
        assert!(u64::from(side).pow(2) < MAX_PIXELS && u64::from(side).pow(2) * 8 > MAX_ALLOC);
        deep[16..20].copy_from_slice(&side.to_be_bytes());
        deep[20..24].copy_from_slice(&side.to_be_bytes());
        let crc = crc32(&deep[12..29]);
        deep[29..33].copy_from_slice(&crc.to_be_bytes());
        assert!(matches!(made(&deep), Err(ImageError::Limits(_))));
    }

    #[test]
    fn reading_a_picture_stops_when_it_may_not_go_on() {
        let noise = RgbImage::from_fn(300, 300, |x, y| Rgb([(x * y % 251) as u8, (x * 7 + y) as u8, (x ^ y) as u8]));
        let bytes = png(noise);
        let n_steps = Cell::new(0);
        let check = |max_steps: usize| {
            n_steps.set(0);
            make(&bytes, &|| n_steps.replace(n_steps.get() + 1) < max_steps).is_ok()
        };
        assert!(check(usize::MAX) && n_steps.get() > 2 && n_steps.get() >= bytes.len() / STEP_BYTES);
        assert!(!check(n_steps.get() / 2));
    }

    #[test]
    fn a_jpeg_that_is_drawn_too_often_has_none() {
        let mut bytes = Vec::new();
        JpegEncoder::new(&mut bytes).write_image(&[0; 3 * 64 * 64], 64, 64, ExtendedColorType::Rgb8).unwrap();
        assert!(made(&bytes).is_ok());
        let n_scans = usize::try_from(MAX_DRAWN / (64 * 64)).unwrap() + 1;
        bytes.extend([0xff, 0xda].repeat(n_scans));
        assert!(matches!(made(&bytes), Err(ImageError::Limits(_))));
    }

    /// Checksum of a PNG chunk.
    fn crc32(bytes: &[u8]) -> u32 {
        !bytes.iter().fold(!0, |crc: u32, byte| {
            (0..8).fold(crc ^ u32::from(*byte), |crc, _| if crc & 1 == 1 { (crc >> 1) ^ 0xedb8_8320 } else { crc >> 1 })
        })
    }
}
