//! Rows of the transcript in small groups. A change costs one group, however long the conversation is.

mod regroup;

use std::collections::HashMap;

use leptos::prelude::*;

use regroup::{Keys, regroup};

/// Maximum number of rows in a group, unless rows are inserted into its middle.
///
/// `transcript.css` estimates the height of a group. Older messages are inserted one group at a time.
pub(super) const ROWS_PER_GROUP: usize = 8;

/// One entry of the transcript and the trigger of its changes.
#[derive(Clone)]
pub(crate) struct Row {
    pub(crate) key: u64,
    pub(crate) changed: ArcTrigger,
}

/// Consecutive rows. They remain in the same group while they are shown.
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
    /// Number of groups created so far.
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

    /// Subscribes to added and removed rows.
    pub(crate) fn track(&self) {
        self.published.track();
    }

    /// Notifies a row of its change.
    pub(super) fn notify(&self, key: u64) {
        let changed = self.changed.try_with_value(|it| it.get(&key).cloned()).flatten();
        changed.inspect(ArcTrigger::notify);
    }

    /// Publishes the rows with these keys. Returns `None` if the page is closed.
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

    /// Creates a group, or sets the rows of the existing one.
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
