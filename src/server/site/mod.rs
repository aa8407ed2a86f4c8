//! Static files of the pages. build.rs decides on their location: the release binary, or a folder in development.

mod encoding;
mod file_cache;
pub mod other_releases;
mod path_list;
pub mod publication;
mod site_file;
mod stored_files;

use std::{fs, path::Path, sync::LazyLock, time::SystemTime};

use axum::{
    Router,
    extract::Request,
    http::{HeaderValue, header},
    middleware::{self as around, Next},
    response::Response,
};
use tower_http::services::ServeDir;

use crate::model::page::PageFiles;
use other_releases::OtherReleases;
use site_file::SiteFile;

/// Location of the files, set by build.rs. Both variants are always compiled, so that both are checked.
#[allow(dead_code)]
enum Site {
    Embedded(&'static [SiteFile]),
    Folder(&'static str),
}

include!(concat!(env!("OUT_DIR"), "/site.rs"));

/// Serves static files of this release, then of others, and calls `not_found` for other paths.
pub fn with_fallback(not_found: Router, others: OtherReleases) -> Router {
    of_this_release(not_found.layer(around::from_fn_with_state(others, other_releases::serve)))
}

/// Serves static files of this release, which needs no database, and calls `otherwise` for other paths.
pub fn of_this_release(otherwise: Router) -> Router {
    match SITE {
        Site::Embedded(files) => embedded(files, otherwise),
        Site::Folder(folder) => Router::new().fallback_service(ServeDir::new(folder).fallback(otherwise)),
    }
    .layer(around::from_fn(revalidate))
}

fn embedded(files: &'static [SiteFile], not_found: Router) -> Router {
    not_found.layer(around::from_fn(async move |req: Request, next: Next| {
        match files.iter().find(|it| it.path == req.uri().path()) {
            Some(file) => file.answer(req.method(), req.uri().query(), req.headers()),
            None => next.run(req).await,
        }
    }))
}

/// Returns the URLs of the files that every page loads.
pub fn page_files() -> PageFiles {
    static EMBEDDED: LazyLock<PageFiles> = LazyLock::new(|| match SITE {
        Site::Embedded(files) => {
            named(|suffix| Some(files.iter().find(|it| it.path.ends_with(suffix))?.path.to_owned()))
        }
        Site::Folder(_) => named(|_| None),
    });
    match SITE {
        Site::Embedded(_) => EMBEDDED.clone(),
        Site::Folder(folder) => named(|suffix| newest(&Path::new(folder).join("pkg"), suffix)),
    }
}

/// Builds the URLs of the files. Before the first build no names exist, so the returned URLs answer 404.
fn named(find: impl Fn(&str) -> Option<String>) -> PageFiles {
    let path = |suffix: &str| find(suffix).unwrap_or_else(|| format!("/pkg/colloquy{suffix}"));
    PageFiles { style: path(".css"), script: path(".js"), wasm: path(".wasm") }
}

/// Returns the newest file with a suffix. `cargo leptos watch` leaves earlier files with hashed names beside new ones.
fn newest(pkg: &Path, suffix: &str) -> Option<String> {
    let written = |it: &fs::DirEntry| it.metadata().and_then(|it| it.modified()).unwrap_or(SystemTime::UNIX_EPOCH);
    let files = fs::read_dir(pkg).ok()?.flatten().filter(|it| it.file_name().to_string_lossy().ends_with(suffix));
    Some(format!("/pkg/{}", files.max_by_key(written)?.file_name().to_string_lossy()))
}

/// Middleware: responses without `Cache-Control` must be revalidated. This includes 404s, since the file may exist
/// tomorrow.
async fn revalidate(req: Request, next: Next) -> Response {
    let mut response = next.run(req).await;
    response.headers_mut().entry(header::CACHE_CONTROL).or_insert(HeaderValue::from_static("no-cache"));
    response
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn a_page_loads_what_was_built_last() {
        let folder = tempfile::tempdir().unwrap();
        assert_eq!(newest(folder.path(), ".js"), None);
        assert_eq!(newest(&folder.path().join("missing"), ".js"), None);
        let now = SystemTime::now();
        for (name, age_s) in [("colloquy.AAA.js", 9), ("colloquy.js", 2), ("colloquy.BBB.js", 5), ("colloquy.css", 0)] {
            let file = fs::File::create(folder.path().join(name)).unwrap();
            file.set_modified(now - Duration::from_secs(age_s)).unwrap();
        }
        assert_eq!(newest(folder.path(), ".js").unwrap(), "/pkg/colloquy.js");
        assert_eq!(newest(folder.path(), ".css").unwrap(), "/pkg/colloquy.css");
    }

    #[test]
    fn before_the_first_build_a_page_names_what_is_not_there() {
        let files = named(|_| None);
        assert_eq!((files.style.as_str(), files.wasm.as_str()), ("/pkg/colloquy.css", "/pkg/colloquy.wasm"));
    }
}
