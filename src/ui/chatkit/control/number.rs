//! Which chat of its page a chat is.

use leptos::prelude::*;

/// How many chats there are, known to the whole page.
#[derive(Clone, Default)]
struct Count(ArcStoredValue<u32>);

/// Returns a number that no other chat of the page has. Server and browser count alike, since they render in the same
/// order.
pub(super) fn next() -> u32 {
    let count = use_context::<Count>().unwrap_or_else(|| {
        let count = Count::default();
        // Whoever comes next may stand anywhere else in the page.
        if let Some(root) = root() {
            root.with(|| provide_context(count.clone()));
        }
        count
    });
    let number = count.0.get_value();
    count.0.set_value(number + 1);
    number
}

fn root() -> Option<Owner> {
    let mut owner = Owner::current()?;
    while let Some(parent) = owner.parent() {
        owner = parent;
    }
    Some(owner)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn chats_beside_each_other_have_numbers_of_their_own() {
        let page = Owner::new();
        let numbers = page.with(|| [Owner::new().with(next), Owner::new().with(|| Owner::new().with(next)), next()]);
        assert_eq!(numbers, [0, 1, 2]);
        assert_eq!(Owner::new_root(None).with(next), 0);
    }
}
