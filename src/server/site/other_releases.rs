//! Serves scripts and styles of other releases from the database.

use std::sync::{Arc, Mutex, PoisonError};

use axum::{
    extract::{Request, State},
    http::{StatusCode, header},
    middleware::Next,
    response::{IntoResponse, Response},
};
use tokio::time::Instant;

use super::{
    file_cache::FileCache,
    path_list::PathList,
    site_file::has_hash,
    stored_files::{self, StoredFile},
};
use crate::server::{Db, Result};

/// The maximum size of all files in memory.
const MAX_CACHE_BYTES: usize = 32 << 20;

/// The files of other releases. Cheap to clone.
#[derive(Clone)]
pub struct OtherReleases {
    db: Db,
    cache: Arc<Mutex<FileCache>>,
    /// Locked while the database is queried, so that requests for one file cause one query.
    paths: Arc<tokio::sync::Mutex<PathList>>,
}

impl OtherReleases {
    /// Reads files from a database.
    pub fn new(db: Db) -> Self {
        Self { db, cache: Arc::new(Mutex::new(FileCache::new(MAX_CACHE_BYTES))), paths: Arc::default() }
    }

    async fn find(&self, path: &str) -> Result<Option<Arc<StoredFile>>> {
        let asked = Instant::now();
        if let Some(file) = self.cached(path) {
            return Ok(Some(file));
        }
        let mut paths = self.paths.lock().await;
        // Another request may have read the file meanwhile.
        if let Some(file) = self.cached(path) {
            return Ok(Some(file));
        }
        if !paths.has(path, asked, stored_files::paths(&self.db)).await? {
            return Ok(None);
        }
        let Some(file) = stored_files::find(&self.db, path).await? else { return Ok(None) };
        let file = Arc::new(file);
        self.cache.lock().unwrap_or_else(PoisonError::into_inner).add(Arc::clone(&file));
        Ok(Some(file))
    }

    fn cached(&self, path: &str) -> Option<Arc<StoredFile>> {
        self.cache.lock().unwrap_or_else(PoisonError::into_inner).get(path)
    }
}

/// Middleware: serves files with hashed names that the database has.
pub async fn serve(State(others): State<OtherReleases>, req: Request, next: Next) -> Response {
    let path = req.uri().path();
    if !has_hash(path) {
        return next.run(req).await;
    }
    match others.find(path).await {
        Ok(Some(file)) => file.answer(req.method(), req.uri().query(), req.headers()),
        Ok(None) => next.run(req).await,
        Err(err) => {
            tracing::warn!(error = %err, "reading a file of another release failed");
            (StatusCode::SERVICE_UNAVAILABLE, [(header::RETRY_AFTER, "1")]).into_response()
        }
    }
}

#[cfg(test)]
mod tests;
