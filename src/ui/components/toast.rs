//! Toasts: short-lived messages about actions without a place for messages of their own.

use leptos::{ev, prelude::*};

use super::{Icon, IconKind};
use crate::ui::words::frame as words;

/// Maximum number of toasts on screen. The oldest ones are removed first.
const MAX_TOASTS: usize = 3;
/// Animation whose end removes a toast. The stylesheet defines its duration and pauses it on hover and focus.
const LIFE: &str = "toast-life";

/// Toasts on screen, newest last.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Stack {
    toasts: Vec<(u64, String)>,
    next_key: u64,
}

impl Stack {
    fn push(&mut self, text: String) {
        // A repeated text replaces the earlier toast.
        self.toasts.retain(|(_, it)| *it != text);
        self.toasts.push((self.next_key, text));
        self.next_key += 1;
        let n_surplus = self.toasts.len().saturating_sub(MAX_TOASTS);
        self.toasts.drain(..n_surplus);
    }

    fn remove(&mut self, key: u64) {
        self.toasts.retain(|(it, _)| *it != key);
    }
}

/// Queue of toasts, displayed by [`ToastList`].
#[derive(Clone, Copy)]
pub struct Toasts(RwSignal<Stack>);

impl Toasts {
    /// Creates an empty queue.
    pub fn new() -> Self {
        Self(RwSignal::default())
    }

    /// Shows a toast.
    pub fn say(self, text: impl Into<String>) {
        self.0.try_update(|it| it.push(text.into()));
    }

    /// Closes the newest toast. Returns true if one existed.
    pub fn close_newest(self) -> bool {
        self.0.try_update(|it| it.toasts.pop().is_some()).unwrap_or_default()
    }
}

/// Live region for toasts. It always exists, so that toasts are announced.
#[component]
pub fn ToastList(
    /// The toasts.
    toasts: Toasts,
    /// Called when a focused close button was removed with its toast.
    #[prop(into)]
    on_close: Callback<()>,
) -> impl IntoView {
    let Toasts(stack) = toasts;
    view! {
        <div class="toasts" role="status">
            <For each=move || stack.with(|it| it.toasts.clone()) key=|(key, _)| *key let(toast)>
                <Toast stack key=toast.0 text=toast.1 on_close />
            </For>
        </div>
    }
}

#[component]
fn Toast(stack: RwSignal<Stack>, key: u64, text: String, on_close: Callback<()>) -> impl IntoView {
    let close = move || stack.update(|it| it.remove(key));
    let on_end = move |ev: ev::AnimationEvent| {
        if ev.animation_name() == LIFE {
            close();
        }
    };
    view! {
        <div class="toast" on:animationend=on_end>
            <span class="toast__text" dir="auto">{text}</span>
            <button
                class="icon-button"
                type="button"
                aria-label=words::CLOSE
                title=words::CLOSE
                on:click=move |_| {
                    close();
                    on_close.run(());
                }
            >
                <Icon kind=IconKind::Close />
            </button>
        </div>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn toasts_stack_and_the_oldest_make_room() {
        let mut stack = Stack::default();
        let texts = |stack: &Stack| stack.toasts.iter().map(|(_, text)| text.clone()).collect::<Vec<_>>().join(" ");
        for text in ["a", "b", "c"] {
            stack.push(text.to_owned());
        }
        assert_eq!(texts(&stack), "a b c");
        stack.push("d".to_owned());
        assert_eq!(texts(&stack), "b c d");
        // A repeated text becomes the newest toast with a new lifetime.
        let before = stack.toasts[1].0;
        stack.push("c".to_owned());
        assert_eq!(texts(&stack), "b d c");
        assert!(stack.toasts.iter().all(|(key, _)| *key != before));
        stack.remove(stack.toasts[0].0);
        stack.remove(99);
        assert_eq!(texts(&stack), "d c");
    }
}
