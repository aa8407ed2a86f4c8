//! Entries in groups, which the browser lays out separately.

use leptos::prelude::*;

use crate::ui::chatkit::{ChatKitControl, items::Item};

/// Class of the element that holds only the groups.
pub(super) const ENTRIES: &str = "transcript__entries";

/// All entries, oldest first.
#[component]
pub(super) fn Entries(control: ChatKitControl) -> impl IntoView {
    view! {
        <div class=ENTRIES>
            <For each=move || control.rows.groups() key=|group| group.key let:group>
                <div class="transcript__group">
                    <For each=move || group.rows.get() key=|row| row.key let:row>
                        <Item control row />
                    </For>
                </div>
            </For>
        </div>
    }
}
