//! The rows of the transcript, a few to a group: what changes costs a group, however long the conversation is.

mod regroup;

use std::collections::HashMap;

use leptos::prelude::*;

use regroup::{Keys, regroup};

/// How many rows a group has at most, unless some are put into its middle.
///
/// `transcript.css` has an estimate of its height, and older messages are put in a group at a time.
pub(super) const ROWS_PER_GROUP: usize = 8;

/// An entry of the transcript: what tells that it changed.
#[derive(Clone)]
pub(crate) struct Row {
    pub(crate) key: u64,
    pub(crate) changed: ArcTrigger,
}

/// Rows that stand together, and stay together as long as they are shown.
#[derive(Clone)]
pub(crate) struct Group {
    pub(crate) key: u64,
    pub(crate) rows: ArcRwSignal<Vec<Row>>,
}

/// All rows, oldest first.
#[derive(Clone, Copy)]
pub(crate) struct Rows {
    groups: RwSignal<Vec<Group>>,
    changed: StoredValue<HashMap<u64, ArcTrigger>>,
    last_key: RwSignal<Option<u64>>,
    published: Trigger,
    /// Counts the groups that there were.
    n_groups: StoredValue<u64>,
}

impl Rows {
    pub(super) fn new() -> Self {
        Self {
            groups: RwSignal::default(),
            changed: StoredValue::default(),
            last_key: RwSignal::new(None),
            published: Trigger::new(),
            n_groups: StoredValue::new(0),
        }
    }

    pub(crate) fn groups(&self) -> Vec<Group> {
        self.groups.get()
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.groups.with(Vec::is_empty)
    }

    pub(crate) fn last_key(&self) -> Option<u64> {
        self.last_key.get()
    }

    /// Is told whenever rows may have come or gone.
    pub(crate) fn track(&self) {
        self.published.track();
    }

    /// Tells a row that it changed.
    pub(super) fn notify(&self, key: u64) {
        let changed = self.changed.try_with_value(|it| it.get(&key).cloned()).flatten();
        changed.inspect(ArcTrigger::notify);
    }

    /// Shows the rows that have these keys; `None` when the page is gone.
    pub(super) fn publish(&self, keys: &[u64]) -> Option<()> {
        self.changed.try_update_value(|it| {
            *it = keys.iter().map(|key| (*key, it.remove(key).unwrap_or_default())).collect();
        })?;
        let old = self.groups.try_get_untracked()?;
        let before: Vec<Keys> = old.iter().map(|it| (it.key, it.keys())).collect();
        let after = self.n_groups.try_update_value(|next| regroup(&before, keys, ROWS_PER_GROUP, next))?;
        let is_changed = !before.iter().map(|it| it.0).eq(after.iter().map(|it| it.0));
        let old: HashMap<u64, Group> = old.into_iter().map(|it| (it.key, it)).collect();
        let groups: Vec<Group> = after.into_iter().map(|it| self.group(old.get(&it.0), it)).collect();
        if is_changed {
            self.groups.try_set(groups);
        }
        if self.last_key.try_get_untracked()? != keys.last().copied() {
            self.last_key.try_set(keys.last().copied());
        }
        self.published.notify();
        Some(())
    }

    /// Makes a group, or the one that there is hold these rows.
    fn group(&self, old: Option<&Group>, (key, row_keys): Keys) -> Group {
        let row = |key: &u64| {
            let changed = self.changed.with_value(|it| it.get(key).cloned());
            Row { key: *key, changed: changed.unwrap_or_default() }
        };
        match old {
            None => Group { key, rows: ArcRwSignal::new(row_keys.iter().map(row).collect()) },
            Some(old) => {
                if old.keys() != row_keys {
                    old.rows.set(row_keys.iter().map(row).collect());
                }
                old.clone()
            }
        }
    }
}

impl Group {
    fn keys(&self) -> Vec<u64> {
        self.rows.with_untracked(|rows| rows.iter().map(|it| it.key).collect())
    }
}
