//! Icons that servers name, in one file beside the wasm: `public/icons.svg`.

const FILE: &str = "/icons.svg";

/// Where the picture of a name is: one of ChatKit's (`calendar`), or `lucide:` and one of Lucide's. `None` for what
/// cannot be a name; nothing is drawn for one that the file does not hold.
pub(crate) fn href(name: &str) -> Option<String> {
    let name = name.strip_prefix("lucide:").unwrap_or(name);
    let is_name =
        !name.is_empty() && name.chars().all(|it| it.is_ascii_lowercase() || it.is_ascii_digit() || it == '-');
    is_name.then(|| format!("{FILE}#{name}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_lead_into_the_file_and_nowhere_else() {
        assert_eq!(href("calendar").unwrap(), "/icons.svg#calendar");
        assert_eq!(href("lucide:chart-pie").unwrap(), "/icons.svg#chart-pie");
        for odd in ["", "lucide:", "vendor:x", "a/../b", "x#y", "A\"><script>"] {
            assert_eq!(href(odd), None, "{odd}");
        }
    }
}
