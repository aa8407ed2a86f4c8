use leptos::prelude::*;

use super::{
    cited_sources::CitedSources,
    sources::{SourceLine, view_line},
};
use crate::ui::{
    chatkit::markdown::{
        footnote::go_to,
        inlines::{cite_id, source_id},
    },
    components::Show,
    words::{items as words, markdown},
};

/// Sources of an answer as a numbered, collapsed list.
#[component]
pub(super) fn Citations(
    cited: Memo<CitedSources>,
    /// Prefix of the answer's element ids.
    id: String,
) -> impl IntoView {
    let n_lines = Memo::new(move |_| cited.with(|it| it.lines.len()));
    let id = StoredValue::new(id);
    let lines = move || {
        let CitedSources { lines, marks } = cited.get();
        let has_mark = |number| marks.iter().any(|it| it.mark.number == number);
        let numbered = lines.into_iter().zip(1..);
        numbered.map(|(line, number)| id.with_value(|id| view_cited(line, number, has_mark(number), id))).collect_view()
    };
    view! {
        <Show when=move || n_lines.get() != 0>
            <details class="citations">
                <summary class="citations__summary">{move || words::n_sources(n_lines.get())}</summary>
                <ol class="sources" aria-label=words::SOURCES>
                    {lines}
                </ol>
            </details>
        </Show>
    }
}

fn view_cited(line: SourceLine, number: usize, has_mark: bool, id: &str) -> AnyView {
    let back = has_mark.then(|| {
        let mark = cite_id(id, number);
        view! {
            <a
                class="sources__back"
                href=format!("#{mark}")
                role="doc-backlink"
                aria-label=markdown::back_to_source(number)
                on:click=move |ev| go_to(&ev, &mark)
            >
                "↩\u{fe0e}"
            </a>
        }
    });
    view! {
        <li id=source_id(id, number) tabindex="-1">
            {view_line(line)}
            {back}
        </li>
    }
    .into_any()
}
