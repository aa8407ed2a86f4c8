//! Small pictures of large ones, so that a conversation with photographs opens quickly on a telephone.
//!
//! A picture of some ten kilobytes is its own preview: nothing is gained by making it smaller, and it may move. A
//! larger one gets a still picture, once, when it is uploaded. One that cannot be read is its own preview, too.

use std::io::Cursor;

use bytes::Bytes;
use futures_util::stream;
use image::{
    DynamicImage, ExtendedColorType, ImageDecoder, ImageEncoder, ImageError, ImageReader, Limits,
    codecs::{jpeg::JpegEncoder, png::PngEncoder},
    error::{LimitError, LimitErrorKind},
};

use super::{
    files::{self, FileKind},
    media,
    rows::AttachmentRow,
    store::Expected,
};
use crate::server::{
    Error,
    chat::{Chat, error::Result},
    tx::Tx,
};

/// Up to this size a picture is its own preview.
const SMALL_BYTES: i64 = 64 * 1024;
/// Beyond this size, too: it would have to be held in memory.
const MAX_BYTES: i64 = 32 * 1024 * 1024;
/// The most pixels of a picture that is read, 200 MB of memory: a small file can claim any number.
const MAX_PIXELS: u64 = 50_000_000;
/// The most memory that reading a picture may take, in bytes.
const MAX_ALLOC: u64 = 256 * 1024 * 1024;
/// The longer side of a preview, in pixels.
const SIDE: u32 = 640;
/// Of JPEG, up to 100.
const QUALITY: u8 = 80;

/// A small picture.
struct Preview {
    media_type: &'static str,
    bytes: Vec<u8>,
}

/// Makes the preview of an uploaded attachment, if it wants one. A failure is logged: the picture then stands for itself.
pub(super) async fn make_for(chat: &Chat, row: &AttachmentRow, original: &str) {
    if !media::is_image(&row.mime_type) || !(SMALL_BYTES..=MAX_BYTES).contains(&row.size) {
        return;
    }
    if let Err(err) = try_make_for(chat, row, original).await {
        tracing::warn!(attachment.id = row.id, error = %err, "no preview was made of a picture");
    }
}

async fn try_make_for(chat: &Chat, row: &AttachmentRow, original: &str) -> Result<()> {
    let attachments = chat.attachments();
    let _turn = attachments.previews.acquire().await.expect("BUG: nobody closes it");
    let bytes = attachments.files.read_whole(original).await?;
    let made = tokio::task::spawn_blocking(move || make(&bytes)).await;
    let preview = made.map_err(|err| Error::Files(err.into()))?.map_err(|err| Error::Files(err.into()))?;
    let size = i64::try_from(preview.bytes.len()).unwrap_or(i64::MAX);
    // Nothing would be gained, and files would take more room than their users are counted for.
    if size >= row.size {
        return Ok(());
    }
    let name = files::announce(chat.db(), FileKind::Preview, preview.media_type, chat.now()).await?;
    let expected = Expected { media_type: preview.media_type, n_bytes: Some(size), max_bytes: size };
    let chunks = stream::iter([Ok::<_, std::convert::Infallible>(Bytes::from(preview.bytes))]);
    attachments.files.write(&name, chunks, &expected).await?;
    let mut tx = Tx::begin(chat.db()).await?;
    if !files::attach(&mut tx, &name, size, &row.id).await? {
        drop(tx);
        return files::discard(chat, &name).await;
    }
    tx.commit().await?;
    Ok(())
}

/// Makes a picture smaller; a transparent one stays so. Takes up to a second of a processor.
fn make(bytes: &[u8]) -> Result<Preview, ImageError> {
    let mut reader = ImageReader::new(Cursor::new(bytes)).with_guessed_format()?;
    let mut limits = Limits::default();
    limits.max_alloc = Some(MAX_ALLOC);
    reader.limits(limits);
    let mut decoder = reader.into_decoder()?;
    let (width, height) = decoder.dimensions();
    if u64::from(width) * u64::from(height) > MAX_PIXELS {
        return Err(ImageError::Limits(LimitError::from_kind(LimitErrorKind::DimensionError)));
    }
    // Telephones do not turn a picture, but note how it was held.
    let orientation = decoder.orientation()?;
    let picture = DynamicImage::from_decoder(decoder)?;
    let mut small = if width.max(height) > SIDE { picture.thumbnail(SIDE, SIDE) } else { picture };
    small.apply_orientation(orientation);
    encode(&small)
}

fn encode(picture: &DynamicImage) -> Result<Preview, ImageError> {
    let (width, height) = (picture.width(), picture.height());
    let mut bytes = Vec::new();
    if picture.color().has_alpha() {
        PngEncoder::new(&mut bytes).write_image(&picture.to_rgba8(), width, height, ExtendedColorType::Rgba8)?;
        return Ok(Preview { media_type: "image/png", bytes });
    }
    let encoder = JpegEncoder::new_with_quality(&mut bytes, QUALITY);
    encoder.write_image(&picture.to_rgb8(), width, height, ExtendedColorType::Rgb8)?;
    Ok(Preview { media_type: "image/jpeg", bytes })
}

#[cfg(test)]
mod tests {
    use image::{GenericImageView, Rgb, RgbImage, Rgba, RgbaImage};

    use super::*;

    fn png(picture: impl Into<DynamicImage>) -> Vec<u8> {
        let mut bytes = Cursor::new(Vec::new());
        picture.into().write_to(&mut bytes, image::ImageFormat::Png).unwrap();
        bytes.into_inner()
    }

    #[test]
    fn the_longer_side_is_cut_and_the_shape_stays() {
        let check = |size: (u32, u32), expected: (u32, u32)| {
            let preview = make(&png(RgbImage::from_pixel(size.0, size.1, Rgb([200, 10, 10])))).unwrap();
            assert_eq!(preview.media_type, "image/jpeg");
            assert_eq!(image::load_from_memory(&preview.bytes).unwrap().dimensions(), expected, "{size:?}");
        };
        check((1280, 640), (640, 320));
        check((100, 1280), (50, 640));
        check((30, 20), (30, 20));
    }

    #[test]
    fn what_is_transparent_stays_so() {
        let preview = make(&png(RgbaImage::from_pixel(700, 700, Rgba([0, 0, 0, 0])))).unwrap();
        assert_eq!(preview.media_type, "image/png");
        assert_eq!(image::load_from_memory(&preview.bytes).unwrap().get_pixel(3, 3)[3], 0);
    }

    #[test]
    fn what_cannot_be_read_or_claims_too_many_pixels_has_none() {
        let mut huge = png(RgbImage::new(1, 1));
        // The width and the height of a PNG's header; its checksum is wrong now, too, but is read later.
        huge[16..24].copy_from_slice(&[0, 0, 0x40, 0, 0, 0, 0x40, 0]);
        for bytes in [&huge[..], b"\x89PNG\r\n\x1a\n", b"GIF89a", b"", &png(RgbImage::new(9, 9))[..60]] {
            assert!(make(bytes).is_err());
        }
    }
}
