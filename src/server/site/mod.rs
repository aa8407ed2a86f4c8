//! The files that pages load. build.rs says where they are: in the release binary, in development in a folder.

mod encoding;
mod file;

use std::{fs, path::Path, sync::LazyLock, time::SystemTime};

use axum::{
    Router,
    extract::Request,
    http::{HeaderValue, header},
    middleware::{self as around, Next},
    response::Response,
};
use tower_http::services::ServeDir;

use self::file::SiteFile;
use crate::model::page::PageFiles;

/// Where the files are; build.rs makes one of them. Both are compiled, so that either is checked.
#[allow(dead_code)]
enum Site {
    Embedded(&'static [SiteFile]),
    Folder(&'static str),
}

include!(concat!(env!("OUT_DIR"), "/site.rs"));

/// Answers with a file where there is one, else with what comes behind.
pub fn before(not_found: Router) -> Router {
    match SITE {
        Site::Embedded(files) => embedded(files, not_found),
        Site::Folder(folder) => Router::new().fallback_service(ServeDir::new(folder).fallback(not_found)),
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

/// Where the files are that every page loads.
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

/// Before the first build nothing has a name; then the files that are told are not there.
fn named(find: impl Fn(&str) -> Option<String>) -> PageFiles {
    let path = |suffix: &str| find(suffix).unwrap_or_else(|| format!("/pkg/colloquy{suffix}"));
    PageFiles { style: path(".css"), script: path(".js"), wasm: path(".wasm") }
}

/// `cargo leptos watch` puts what it builds anew beside what it has given a hash before.
fn newest(pkg: &Path, suffix: &str) -> Option<String> {
    let written = |it: &fs::DirEntry| it.metadata().and_then(|it| it.modified()).unwrap_or(SystemTime::UNIX_EPOCH);
    let files = fs::read_dir(pkg).ok()?.flatten().filter(|it| it.file_name().to_string_lossy().ends_with(suffix));
    Some(format!("/pkg/{}", files.max_by_key(written)?.file_name().to_string_lossy()))
}

/// Whatever does not say otherwise may be another thing tomorrow: also what is not there today.
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
