//! Says where the server has the files that pages load: in a release they are part of the binary, compressed.
//!
//! `.ci/build` puts them into `target/site` before it builds the server, and `cargo leptos` does, since `hash-files` is on.
//! In development they are read from there.

#[path = "src/model/digest.rs"]
mod digest;

use std::{
    env, fs,
    io::{self, Write},
    path::{Path, PathBuf},
    process::Command,
};

/// What `site-root` in Cargo.toml names.
const SITE: &str = "target/site";
/// What these files are made from. They themselves are written anew at each build: to watch them would compile the
/// server every time.
const SOURCES: [&str; 6] = [
    "target/front/wasm32-unknown-unknown/wasm-release/colloquy.wasm",
    "style",
    "public",
    "Cargo.toml",
    ".ci/site/build.mjs",
    ".ci/site/package-lock.json",
];
/// What every page loads.
const NEEDED: [&str; 3] = [".css", ".js", ".wasm"];
/// What is compressed by itself.
const SMALL: [&str; 3] = ["ico", "png", "woff2"];

fn main() {
    println!("cargo:rerun-if-changed=build.rs");
    let is_server = env::var_os("CARGO_FEATURE_SSR").is_some();
    let is_release = env::var("PROFILE").is_ok_and(|it| it == "release");
    let root = PathBuf::from(variable("CARGO_MANIFEST_DIR"));
    let out = PathBuf::from(variable("OUT_DIR"));
    let site = match is_server && is_release {
        true => {
            strip();
            pack_relocations();
            embedded(&root, &out)
        }
        false => format!("Site::Folder({:?})", root.join(SITE)),
    };
    fs::write(out.join("site.rs"), format!("const SITE: Site = {site};\n")).expect("the build folder can be written");
}

/// Leaves the names of functions out, which the profile's `strip` no longer does for a package that it names.
fn strip() {
    if env::var("CARGO_CFG_TARGET_OS").is_ok_and(|it| it == "linux") {
        println!("cargo:rustc-link-arg-bins=-Wl,--strip-all");
    }
}

/// Writes down shortly where the binary holds addresses, of which there are over a hundred thousand. Loaders read that since
/// glibc 2.36, and a binary that is linked on an older one runs there as well.
fn pack_relocations() {
    let version = Command::new("getconf").arg("GNU_LIBC_VERSION").output().map(|it| it.stdout).unwrap_or_default();
    let version = String::from_utf8_lossy(&version);
    let minor = version.trim().strip_prefix("glibc 2.").and_then(|it| it.parse::<u32>().ok());
    let is_for_here = variable("HOST") == variable("TARGET");
    if is_for_here && minor.is_some_and(|it| it >= 36) {
        println!("cargo:rustc-link-arg-bins=-Wl,-z,pack-relative-relocs");
    }
}

/// Compresses all files into the build folder, and returns the Rust that lists them.
fn embedded(root: &Path, out: &Path) -> String {
    for source in SOURCES {
        println!("cargo:rerun-if-changed={source}");
    }
    let folder = root.join(SITE);
    let mut paths = Vec::new();
    // A folder that is not there holds nothing.
    _ = list(&folder, &mut paths);
    // Types are for compilers.
    paths.retain(|it| it.extension().is_none_or(|it| it != "ts"));
    paths.sort();
    for suffix in NEEDED {
        let is_there = paths.iter().any(|it| it.to_string_lossy().ends_with(suffix));
        assert!(
            is_there,
            "{SITE} holds no *{suffix}: a release is built by `make release`, or by `cargo leptos build --release`"
        );
    }
    let files = paths.iter().enumerate().map(|(n, path)| {
        let url = path.strip_prefix(&folder).expect("listed from there").to_string_lossy();
        let bytes = fs::read(path).unwrap_or_else(|err| panic!("{} cannot be read: {err}", path.display()));
        let is_small = path.extension().is_some_and(|it| SMALL.iter().any(|small| it == *small));
        let content = content(&bytes, &out.join(n.to_string()), is_small);
        format!("SiteFile {{ path: \"/{url}\", digest: {:#x}, content: {content} }}", digest::fnv1a(&bytes))
    });
    format!("Site::Embedded(&[{}])", files.collect::<Vec<_>>().join(", "))
}

/// All files in a folder and those below it.
fn list(folder: &Path, found: &mut Vec<PathBuf>) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        match path.is_dir() {
            true => list(&path, found)?,
            false => found.push(path),
        }
    }
    Ok(())
}

/// Writes what is sent of a file, and returns the Rust that names it.
fn content(bytes: &[u8], place: &Path, is_small: bool) -> String {
    if is_small {
        return format!("site_file::Content::Plain(include_bytes!({:?}))", write(place, "plain", bytes));
    }
    let brotli = write(place, "br", &brotli(bytes));
    let gzip = write(place, "gz", &gzip(bytes));
    format!("site_file::Content::Compressed {{ brotli: include_bytes!({brotli:?}), gzip: include_bytes!({gzip:?}) }}")
}

fn write(place: &Path, extension: &str, bytes: &[u8]) -> PathBuf {
    let path = place.with_extension(extension);
    fs::write(&path, bytes).expect("the build folder can be written");
    path
}

fn brotli(bytes: &[u8]) -> Vec<u8> {
    let params = brotli::enc::BrotliEncoderParams { quality: 11, lgwin: 22, ..Default::default() };
    let mut out = Vec::new();
    brotli::BrotliCompress(&mut &*bytes, &mut out, &params).expect("memory takes all");
    out
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    encoder.write_all(bytes).and_then(|()| encoder.finish()).expect("memory takes all")
}

fn variable(name: &str) -> String {
    env::var(name).unwrap_or_else(|_| panic!("cargo sets {name}"))
}
