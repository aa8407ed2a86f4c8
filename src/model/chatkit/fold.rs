//! Applies updates to items: the same on both sides, and as the Python SDK does.

use serde_json::{Value, json};

use super::{AssistantContent, AssistantMessage, ItemUpdate, OutputText, ThreadItem};

/// The most parts of an answer. A larger index in an event is ignored, so that it cannot fill the memory.
const MAX_CONTENT_PARTS: usize = 1000;

impl ThreadItem {
    /// Applies an update. Returns `false`, and leaves the item unchanged, if the update is for another kind of item.
    pub fn apply(&mut self, update: ItemUpdate) -> bool {
        match (self, update) {
            (Self::AssistantMessage(message), update) => message.apply(update),
            (Self::Widget(it), ItemUpdate::WidgetRootUpdated { widget }) => {
                it.widget = widget;
                true
            }
            (Self::Widget(it), ItemUpdate::WidgetTextDelta { component_id, delta, done }) => {
                node(&mut it.widget, &component_id).is_some_and(|node| append(node, &delta, done))
            }
            (Self::Widget(it), ItemUpdate::WidgetComponentUpdated { component_id, component }) => {
                node(&mut it.widget, &component_id).map(|node| *node = component).is_some()
            }
            (Self::Workflow(it), ItemUpdate::WorkflowTaskAdded { task_index, task }) => {
                let tasks = &mut it.workflow.tasks;
                tasks.insert(task_index.min(tasks.len()), task);
                true
            }
            (Self::Workflow(it), ItemUpdate::WorkflowTaskUpdated { task_index, task }) => {
                it.workflow.tasks.get_mut(task_index).map(|old| *old = task).is_some()
            }
            (Self::GeneratedImage(it), ItemUpdate::GeneratedImageUpdated { image, progress }) => {
                it.image = Some(image);
                it.progress = progress.filter(|it| it.is_finite()).map(|it| it.clamp(0.0, 1.0)).or(it.progress);
                true
            }
            _ => false,
        }
    }
}

impl AssistantMessage {
    fn apply(&mut self, update: ItemUpdate) -> bool {
        match update {
            ItemUpdate::TextDelta { content_index, delta } => {
                self.part(content_index).map(|part| part.text.push_str(&delta)).is_some()
            }
            ItemUpdate::AnnotationAdded { content_index, annotation_index, annotation } => {
                let Some(part) = self.part(content_index) else { return false };
                part.annotations.insert(annotation_index.min(part.annotations.len()), annotation);
                true
            }
            ItemUpdate::ContentPartAdded { content_index, content: AssistantContent::OutputText(new) }
            | ItemUpdate::ContentPartDone { content_index, content: AssistantContent::OutputText(new) } => {
                self.part(content_index).map(|part| replace(part, new)).is_some()
            }
            _ => false,
        }
    }

    /// Returns a part, after adding empty parts for missing ones.
    fn part(&mut self, index: usize) -> Option<&mut OutputText> {
        if index >= MAX_CONTENT_PARTS {
            return None;
        }
        while self.content.len() <= index {
            self.content.push(AssistantContent::OutputText(OutputText::default()));
        }
        let AssistantContent::OutputText(part) = &mut self.content[index];
        Some(part)
    }
}

/// Replaces a part. The Python SDK sends `done` without the annotations that it sent before, so these are kept.
fn replace(part: &mut OutputText, new: OutputText) {
    let annotations = std::mem::take(&mut part.annotations);
    *part = new;
    if part.annotations.is_empty() {
        part.annotations = annotations;
    }
}

/// Appends text to a streaming component.
fn append(node: &mut Value, delta: &str, done: bool) -> bool {
    let Value::Object(fields) = node else { return false };
    match fields.get_mut("value") {
        Some(Value::String(text)) => text.push_str(delta),
        _ => _ = fields.insert("value".to_owned(), json!(delta)),
    }
    if done {
        fields.insert("streaming".to_owned(), json!(false));
    }
    true
}

/// Finds a component by its id in the tree.
fn node<'a>(root: &'a mut Value, id: &str) -> Option<&'a mut Value> {
    if root.get("id").and_then(Value::as_str) == Some(id) {
        return Some(root);
    }
    // A `Transition` has one child, all others a list.
    match root.get_mut("children")? {
        Value::Array(children) => children.iter_mut().find_map(|child| node(child, id)),
        child => node(child, id),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Applies updates to an item in turn; all but the last must mean something.
    #[track_caller]
    fn fold(item: Value, updates: &[Value]) -> (Value, bool) {
        let mut fields = json!({ "id": "x", "thread_id": "thr_1", "created_at": "2026-11-23T00:03:18.787Z" });
        fields.as_object_mut().unwrap().extend(item.as_object().unwrap().clone());
        let mut item: ThreadItem = serde_json::from_value(fields).unwrap();
        let mut applied = true;
        for update in updates {
            assert!(applied, "{update}");
            applied = item.apply(serde_json::from_value(update.clone()).unwrap());
        }
        (serde_json::to_value(item).unwrap(), applied)
    }

    fn widget(children: &Value) -> Value {
        json!({ "type": "widget", "widget": { "type": "Card", "children": children } })
    }

    #[test]
    fn text_grows_in_components_with_an_id_wherever_they_stand() {
        let delta = |id: &str, delta: &str, done: bool| json!({ "type": "widget.streaming_text.value_delta", "component_id": id, "delta": delta, "done": done });
        let tree = json!([
            { "type": "Row", "children": [{ "type": "Text", "id": "a", "value": "H", "streaming": true }] },
            { "type": "Transition", "children": { "type": "Markdown", "id": "b" } },
            { "type": "Text", "value": "c" },
        ]);
        let updates = [delta("a", "el", false), delta("b", "x", false), delta("a", "lo", true)];
        let (item, _) = fold(widget(&tree), &updates);
        let children = &item["widget"]["children"];
        assert_eq!(
            children[0]["children"][0],
            json!({ "type": "Text", "id": "a", "value": "Hello", "streaming": false })
        );
        assert_eq!(children[1]["children"]["value"], "x");
        assert!(!fold(widget(&tree), &[delta("c", "x", false)]).1);
    }

    #[test]
    fn widgets_are_replaced_whole_or_by_component() {
        let component = json!({ "type": "Text", "id": "a", "value": "new" });
        let by_id = json!({ "type": "widget.component.updated", "component_id": "a", "component": component });
        let (item, _) = fold(widget(&json!([{ "type": "Text", "id": "a", "value": "old" }])), &[by_id]);
        assert_eq!(item["widget"]["children"], json!([component]));
        let root = json!({ "type": "ListView", "children": [], "depth": null });
        let (item, _) = fold(widget(&json!([])), &[json!({ "type": "widget.root.updated", "widget": root })]);
        assert_eq!(item["widget"], root);
    }

    #[test]
    fn tasks_come_at_their_place_and_change_only_where_they_are() {
        let task = |text: &str| json!({ "type": "thought", "status_indicator": "none", "content": text });
        let added =
            |at: usize, text: &str| json!({ "type": "workflow.task.added", "task_index": at, "task": task(text) });
        let updated =
            |at: usize, text: &str| json!({ "type": "workflow.task.updated", "task_index": at, "task": task(text) });
        let workflow = json!({ "type": "workflow", "workflow": { "type": "reasoning", "tasks": [] } });
        let updates = [added(7, "a"), added(0, "b"), updated(1, "c"), updated(2, "d")];
        let (item, applied) = fold(workflow, &updates);
        assert_eq!((&item["workflow"]["tasks"], applied), (&json!([task("b"), task("c")]), false));
    }

    #[test]
    fn an_update_of_another_kind_of_item_changes_nothing() {
        let image = json!({ "id": "img_1", "url": "data:," });
        let update = json!({ "type": "generated_image.updated", "image": image, "progress": 0.5 });
        let (item, applied) = fold(json!({ "type": "generated_image" }), std::slice::from_ref(&update));
        assert_eq!((&item["image"], applied), (&image, true));
        assert_eq!(item.get("progress"), None, "it is not stored");
        assert!(!fold(widget(&json!([])), &[update]).1);
        assert!(!fold(json!({ "type": "song" }), &[json!({ "type": "song.verse_added" })]).1);
    }

    #[test]
    fn a_picture_knows_how_far_it_is() {
        let fields =
            json!({ "id": "x", "thread_id": "t", "created_at": "2026-11-23T00:03:18.787Z", "type": "generated_image" });
        let mut item: ThreadItem = serde_json::from_value(fields).unwrap();
        let mut progress = |said: Option<f64>| {
            let image = json!({ "id": "img_1", "url": "data:," });
            let update = json!({ "type": "generated_image.updated", "image": image, "progress": said });
            assert!(item.apply(serde_json::from_value(update).unwrap()));
            match &item {
                ThreadItem::GeneratedImage(it) => it.progress,
                _ => unreachable!("BUG: it is a picture"),
            }
        };
        assert_eq!(progress(None), None);
        assert_eq!(progress(Some(0.25)), Some(0.25));
        assert_eq!(progress(None), Some(0.25));
        assert_eq!(progress(Some(7.0)), Some(1.0));
    }
}
