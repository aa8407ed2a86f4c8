//! Grouping of threads by time: today, yesterday, a month. It depends on the browser's clock, so groups exist after
//! hydration only.

use std::collections::HashMap;

use js_sys::Date;
use leptos::prelude::*;

use super::thread_search::ThreadSearch;
use crate::{
    model::Timestamp,
    ui::{
        chatkit::{ChatKitControl, ThreadId},
        locale,
        words::history as words,
    },
};

const DAY_MS: f64 = 86_400_000.0;

/// Returns the first thread of each group with the group's name.
pub(super) fn follow(
    control: ChatKitControl,
    search: ThreadSearch,
    ids: Memo<Vec<ThreadId>>,
) -> Memo<HashMap<ThreadId, String>> {
    let groups = RwSignal::new(HashMap::new());
    Effect::new(move |_| {
        let is_search = !search.query().is_empty();
        let moments = control.threads.with(|list| {
            let moment = |id: &ThreadId| Some((id.clone(), list.get(id)?.created_at));
            ids.with(|ids| ids.iter().filter_map(moment).collect::<Vec<_>>())
        });
        groups.set(if is_search { HashMap::new() } else { firsts(moments, name_of) });
    });
    Memo::new(move |_| groups.get())
}

/// Returns the first thread of each run of equal names.
fn firsts(moments: Vec<(ThreadId, Timestamp)>, name_of: impl Fn(Timestamp) -> String) -> HashMap<ThreadId, String> {
    let mut firsts = HashMap::new();
    let mut before = None;
    for (id, at) in moments {
        let name = name_of(at);
        if before.as_ref() != Some(&name) {
            firsts.insert(id, name.clone());
        }
        before = Some(name);
    }
    firsts
}

fn name_of(at: Timestamp) -> String {
    let date = Date::new(&(at.millis() as f64).into());
    let n_days = day(&Date::new_0()) - day(&date);
    words::days_ago(n_days).map_or_else(|| month(&date), str::to_owned)
}

/// Returns the day number in the local time zone.
fn day(date: &Date) -> i64 {
    ((date.get_time() - date.get_timezone_offset() * 60_000.0) / DAY_MS).floor() as i64
}

/// Returns month and year in the browser's language.
fn month(date: &Date) -> String {
    let options = locale::options(&[("month", "long"), ("year", "numeric")]);
    date.to_locale_date_string(&locale::language(), &options).into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_first_of_a_group_bears_its_name() {
        let days = [("a", 0), ("b", 0), ("c", 1), ("d", 3), ("e", 7), ("f", 8), ("g", 30)];
        let moments = days.map(|(id, at)| (id.to_owned(), Timestamp::from_millis(at))).into();
        let named = firsts(moments, |at| words::days_ago(at.millis()).unwrap_or_default().to_owned());
        let mut ids: Vec<_> = named.iter().map(|(id, name)| format!("{id} {name}")).collect();
        ids.sort();
        assert_eq!(ids, ["a Today", "c Yesterday", "d Last 7 days", "f Last 30 days"]);
    }

    #[test]
    fn what_is_older_has_a_month_and_what_is_to_come_is_today() {
        assert_eq!((words::days_ago(31), words::days_ago(-1)), (None, Some("Today")));
    }
}
