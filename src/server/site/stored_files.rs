//! The table `siteFile`: scripts and styles of all releases that ran lately on this database.

use std::collections::HashSet;

use axum::{
    http::{HeaderMap, HeaderValue, Method, header},
    response::Response,
};
use bytes::Bytes;
use sqlx_macros::FromRow;

use super::site_file::{Content, SiteFile, unpack};
use crate::{
    model::{Timestamp, digest::fnv1a},
    server::{Db, Result, db::on},
};

/// A file of another release.
pub struct StoredFile {
    file: SiteFile<String, Bytes>,
    /// The media type, which this release may not know.
    media_type: HeaderValue,
}

impl StoredFile {
    /// Returns the path of its URL.
    pub fn path(&self) -> &str {
        &self.file.path
    }

    /// Returns the size in memory.
    pub fn n_bytes(&self) -> usize {
        let n_bytes = match &self.file.content {
            Content::Plain(plain) => plain.len(),
            Content::Compressed { brotli, gzip } => brotli.len() + gzip.len(),
        };
        n_bytes + self.file.path.len()
    }

    /// Responds to a request for the file.
    pub fn answer(&self, method: &Method, query: Option<&str>, headers: &HeaderMap) -> Response {
        let mut response = self.file.answer(method, query, headers);
        if let Some(media_type) = response.headers_mut().get_mut(header::CONTENT_TYPE) {
            media_type.clone_from(&self.media_type);
        }
        response
    }

    /// Builds the file of a row; `None` if it cannot be read. Its digest, and so its `ETag`, is that of the same file
    /// in a binary.
    fn of_row(path: &str, row: FileRow) -> Option<Self> {
        let media_type = HeaderValue::from_str(&row.media_type).ok()?;
        let (content, digest) = match (row.brotli, row.gzip, row.plain) {
            (Some(brotli), Some(gzip), _) => {
                let digest = fnv1a(&unpack(&gzip).ok()?);
                (Content::Compressed { brotli: brotli.into(), gzip: gzip.into() }, digest)
            }
            (_, _, Some(plain)) => {
                let digest = fnv1a(&plain);
                (Content::Plain(plain.into()), digest)
            }
            _ => return None,
        };
        Some(Self { file: SiteFile { path: path.to_owned(), digest, content }, media_type })
    }

    #[cfg(test)]
    pub fn plain(path: &str, content: Vec<u8>) -> Self {
        let row = FileRow { media_type: "text/plain".to_owned(), brotli: None, gzip: None, plain: Some(content) };
        Self::of_row(path, row).unwrap()
    }
}

#[derive(FromRow)]
#[sqlx(rename_all = "camelCase")]
struct FileRow {
    media_type: String,
    brotli: Option<Vec<u8>>,
    gzip: Option<Vec<u8>>,
    plain: Option<Vec<u8>>,
}

/// Returns the paths of the files that were seen after a time.
pub async fn paths_seen_after(db: &Db, moment: Timestamp) -> Result<HashSet<String>> {
    let paths: Vec<String> = on!(db.read(), pool => sqlx::query_scalar(
        r#"
        select "path"
        from "siteFile"
        where "seenAt" > $1
        "#,
    )
    .bind(moment)
    .fetch_all(pool)
    .await)?;
    Ok(paths.into_iter().collect())
}

/// Returns the paths of all files.
pub async fn paths(db: &Db) -> Result<HashSet<String>> {
    paths_seen_after(db, Timestamp::from_millis(0)).await
}

/// Stores a file, or the time at which it was seen.
pub async fn put(db: &Db, file: &SiteFile, now: Timestamp) -> Result<()> {
    let n_known = on!(db.write(), pool => sqlx::query(
        r#"
        update "siteFile"
        set "seenAt" = $2
        where "path" = $1
        "#,
    )
    .bind(file.path)
    .bind(now)
    .execute(pool)
    .await
    .map(|done| done.rows_affected()))?;
    if n_known > 0 {
        return Ok(());
    }
    let (brotli, gzip, plain) = match file.content {
        Content::Plain(plain) => (None, None, Some(plain)),
        Content::Compressed { brotli, gzip } => (Some(brotli), Some(gzip), None),
    };
    Ok(on!(db.write(), pool => sqlx::query(
        r#"
        insert into "siteFile" ("path", "mediaType", "brotli", "gzip", "plain", "seenAt")
        values ($1, $2, $3, $4, $5, $6)
        on conflict ("path") do update
        set "seenAt" = excluded."seenAt"
        "#,
    )
    .bind(file.path)
    .bind(file.media_type())
    .bind(brotli)
    .bind(gzip)
    .bind(plain)
    .bind(now)
    .execute(pool)
    .await
    .map(drop))?)
}

/// Returns a file. A row without a readable content does not exist.
pub async fn find(db: &Db, path: &str) -> Result<Option<StoredFile>> {
    let row: Option<FileRow> = on!(db.read(), pool => sqlx::query_as(
        r#"
        select "mediaType", "brotli", "gzip", "plain"
        from "siteFile"
        where "path" = $1
        "#,
    )
    .bind(path)
    .fetch_optional(pool)
    .await)?;
    Ok(row.and_then(|row| StoredFile::of_row(path, row)))
}

/// Deletes the files that were not seen after a time.
pub async fn delete_unseen(db: &Db, moment: Timestamp) -> Result<()> {
    Ok(on!(db.write(), pool => sqlx::query(
        r#"
        delete from "siteFile"
        where "seenAt" <= $1
        "#,
    )
    .bind(moment)
    .execute(pool)
    .await
    .map(drop))?)
}
