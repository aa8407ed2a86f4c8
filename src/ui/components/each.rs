use std::hash::{DefaultHasher, Hash, Hasher};

use leptos::prelude::*;

use crate::ui::{
    live::Live,
    view::{IntoPart, component, part},
};

/// A row of a list: what it is known by, and what draws it.
struct Row {
    key: u64,
    draw: Box<dyn FnOnce() -> AnyView + Send>,
}

/// Draws each of `each`, and draws those again whose `key` is new.
///
/// Leptos's own is compiled anew for each kind of items; here that one is given the same kind always.
#[component]
pub fn Each<T, K, V>(
    each: impl Fn() -> Vec<T> + Send + Sync + 'static,
    key: impl Fn(&T) -> K + Send + Sync + 'static,
    children: impl Fn(T) -> V + Clone + Send + Sync + 'static,
) -> impl IntoView
where
    T: Send + 'static,
    K: Hash,
    V: IntoPart + 'static,
{
    let rows: Live<Vec<Row>> = Box::new(move || {
        each()
            .into_iter()
            .map(|it| {
                let children = children.clone();
                Row { key: digest(&key(&it)), draw: Box::new(move || part(children(it))) }
            })
            .collect()
    });
    view_rows(rows)
}

fn digest(key: &impl Hash) -> u64 {
    let mut hasher = DefaultHasher::new();
    key.hash(&mut hasher);
    hasher.finish()
}

fn view_rows(rows: Live<Vec<Row>>) -> AnyView {
    let draw = |row: Row| (row.draw)();
    component(leptos::prelude::For(
        leptos::prelude::ForProps::builder().each(rows).key(|row: &Row| row.key).children(draw).build(),
    ))
}
