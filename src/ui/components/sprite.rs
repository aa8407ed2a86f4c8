//! Icons that servers name, in one file beside the wasm: `public/icons.svg`.

use crate::model::digest::fnv1a;

const FILE: &str = "/icons.svg";
/// Both sides were built with the same file, so its address says which: then browsers keep it for ever.
const DIGEST: u64 = fnv1a(include_bytes!("../../../public/icons.svg"));

/// Where the picture of a name is: one of ChatKit's (`calendar`), or `lucide:` and one of Lucide's. `None` for what
/// cannot be a name; nothing is drawn for one that the file does not hold.
pub(crate) fn href(name: &str) -> Option<String> {
    let name = name.strip_prefix("lucide:").unwrap_or(name);
    let is_name =
        !name.is_empty() && name.chars().all(|it| it.is_ascii_lowercase() || it.is_ascii_digit() || it == '-');
    is_name.then(|| format!("{FILE}?{DIGEST:016x}#{name}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_lead_into_the_file_and_nowhere_else() {
        let (file, icon) =
            href("calendar").unwrap().split_once('#').map(|(a, b)| (a.to_owned(), b.to_owned())).unwrap();
        assert_eq!(icon, "calendar");
        assert!(file.strip_prefix("/icons.svg?").is_some_and(|it| it.len() == 16), "{file}");
        assert_eq!(href("lucide:chart-pie").unwrap(), format!("{file}#chart-pie"));
        for odd in ["", "lucide:", "vendor:x", "a/../b", "x#y", "A\"><script>"] {
            assert_eq!(href(odd), None, "{odd}");
        }
    }
}
