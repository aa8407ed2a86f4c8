//! Citation marks of an answer.

use super::sources::SourceLine;
use crate::{
    model::chatkit::{Annotation, AssistantContent, AssistantMessage},
    ui::chatkit::markdown::citation_mark::{Mark, PlacedMark},
};

/// Unique sources of an answer and the marks in its text that cite them.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct CitedSources {
    pub(super) lines: Vec<SourceLine>,
    pub(super) marks: Vec<PlacedMark>,
}

impl CitedSources {
    /// Collects sources and marks. A source without a position is marked at the end of its text.
    pub(super) fn of(message: &AssistantMessage) -> Self {
        let mut cited = Self::default();
        let mut start = 0;
        for AssistantContent::OutputText(part) in &message.content {
            for annotation in &part.annotations {
                cited.add(annotation, start, &part.text);
            }
            start += part.text.len();
        }
        let mut seen = Vec::new();
        for marked in &mut cited.marks {
            marked.mark.is_first = !seen.contains(&marked.mark.number);
            seen.push(marked.mark.number);
        }
        cited
    }

    fn add(&mut self, annotation: &Annotation, start: usize, text: &str) {
        let Some(line) = SourceLine::of(&annotation.source) else { return };
        let at = self.lines.iter().position(|it| *it == line).unwrap_or_else(|| {
            self.lines.push(line);
            self.lines.len() - 1
        });
        let offset = annotation.index.and_then(|it| offset_of(text, it)).map_or(usize::MAX, |it| start + it);
        let mark = Mark { number: at + 1, title: self.lines[at].title().to_owned(), is_first: false };
        if !self.marks.iter().any(|it| it.offset == offset && it.mark.number == mark.number) {
            // Marks at the same offset keep their order.
            let at = self.marks.partition_point(|it| it.offset <= offset);
            self.marks.insert(at, PlacedMark { offset, mark });
        }
    }
}

/// Returns the byte offset of the character `index`, as the Python server counts. `None` beyond the end.
fn offset_of(text: &str, index: u64) -> Option<usize> {
    let index = usize::try_from(index).ok()?;
    text.char_indices().map(|(at, _)| at).chain([text.len()]).nth(index)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn marks_have_the_places_and_numbers_of_their_sources() {
        let url = |title: &str| json!({ "type": "url", "title": title, "url": format!("https://{title}.example") });
        let cite =
            |title: &str, index: Option<u64>| json!({ "type": "annotation", "source": url(title), "index": index });
        let part = |text: &str, annotations: serde_json::Value| json!({ "type": "output_text", "text": text, "annotations": annotations });
        let content = json!([
            part(
                "\u{e9}\u{1f600}.",
                json!([cite("b", Some(3)), cite("a", Some(2)), cite("b", Some(3)), cite("a", None)])
            ),
            part("Two", json!([cite("b", Some(3)), { "type": "annotation", "source": { "type": "song" } }])),
        ]);
        let message =
            json!({ "id": "x", "thread_id": "t", "created_at": "2026-11-23T00:03:18.787Z", "content": content });
        let cited = CitedSources::of(&serde_json::from_value(message).unwrap());
        let marks: Vec<_> = cited.marks.iter().map(|it| (it.offset, it.mark.number, it.mark.is_first)).collect();
        assert_eq!(marks, [(6, 2, true), (7, 1, true), (10, 1, false), (usize::MAX, 2, false)]);
        assert_eq!(cited.lines.iter().map(SourceLine::title).collect::<Vec<_>>(), ["b", "a"]);
    }

    #[test]
    fn characters_are_counted_as_python_does() {
        assert_eq!(offset_of("\u{e9}\u{1f600}x", 2), Some(6));
        assert_eq!(offset_of("ab", 2), Some(2));
        assert_eq!(offset_of("ab", 3), None);
        assert_eq!(offset_of("ab", u64::MAX), None);
    }
}
