//! What is said for a moment, about actions that have no place of their own to say it.

use leptos::{ev, prelude::*};

use super::{Icon, IconKind};
use crate::ui::words::frame as words;

/// How many are shown at once; the oldest make room.
const MAX_TOASTS: usize = 3;
/// The animation after which one goes. Styles say how long it takes, and that it stands still while somebody is there.
const LIFE: &str = "toast-life";

/// Sentences on top of the page, the newest last.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Stack {
    toasts: Vec<(u64, String)>,
    next_key: u64,
}

impl Stack {
    fn push(&mut self, text: String) {
        // What is said again is not said twice.
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

/// What is said for a moment: [`ToastList`] shows it.
#[derive(Clone, Copy)]
pub struct Toasts(RwSignal<Stack>);

impl Toasts {
    /// Says nothing yet.
    pub fn new() -> Self {
        Self(RwSignal::default())
    }

    /// Says something.
    pub fn say(self, text: impl Into<String>) {
        self.0.try_update(|it| it.push(text.into()));
    }

    /// Closes the newest. Returns whether there was one.
    pub fn close_newest(self) -> bool {
        self.0.try_update(|it| it.toasts.pop().is_some()).unwrap_or_default()
    }
}

/// The place where it is said, which is there before there is something to say, so that it is read out.
#[component]
pub fn ToastList(
    /// What is said.
    toasts: Toasts,
    /// Called when one was closed by its button, which took the focus along.
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
        // Said again, it is the newest, and lives on from then.
        let before = stack.toasts[1].0;
        stack.push("c".to_owned());
        assert_eq!(texts(&stack), "b d c");
        assert!(stack.toasts.iter().all(|(key, _)| *key != before));
        stack.remove(stack.toasts[0].0);
        stack.remove(99);
        assert_eq!(texts(&stack), "d c");
    }
}
