//! Assignment of rows to groups. Pure.

use std::collections::HashMap;

/// Key of a group and the keys of its rows.
pub(super) type Keys = (u64, Vec<u64>);

/// Assigns the rows `keys` to groups of `size`.
///
/// Rows remain in their group, so that they are not rendered again. Rows after the last one fill its group. Rows
/// before the first one form new groups, so that visible content does not move. New groups take their keys from
/// `next`.
pub(super) fn regroup(before: &[Keys], keys: &[u64], size: usize, next: &mut u64) -> Vec<Keys> {
    let homes = before.iter().enumerate().flat_map(|(at, (_, rows))| rows.iter().map(move |key| (*key, at)));
    let homes: HashMap<u64, usize> = homes.collect();
    let mut groups: Vec<Keys> = Vec::new();
    let mut last_home = None;
    let mut fresh = Vec::new();
    for key in keys {
        // A row that moved counts as new.
        match homes.get(key).filter(|home| last_home.is_none_or(|last| **home >= last)) {
            None => fresh.push(*key),
            Some(home) if last_home == Some(*home) => {
                // Rows between two rows of a group join the group.
                if let Some((_, rows)) = groups.last_mut() {
                    rows.extend(fresh.drain(..).chain([*key]));
                }
            }
            Some(home) => {
                put(&mut groups, std::mem::take(&mut fresh), size, next);
                groups.push((before[*home].0, vec![*key]));
                last_home = Some(*home);
            }
        }
    }
    put(&mut groups, fresh, size, next);
    groups
}

/// Appends rows to the last group and to new ones.
fn put(groups: &mut Vec<Keys>, mut rows: Vec<u64>, size: usize, next: &mut u64) {
    if let Some((_, last)) = groups.last_mut() {
        let n_fit = size.saturating_sub(last.len()).min(rows.len());
        last.extend(rows.drain(..n_fit));
    }
    for some in rows.chunks(size) {
        groups.push((*next, some.to_vec()));
        *next += 1;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(before: &[(u64, &[u64])], keys: &[u64], expected: &[(u64, &[u64])]) {
        let owned = |it: &[(u64, &[u64])]| it.iter().map(|(key, rows)| (*key, rows.to_vec())).collect::<Vec<Keys>>();
        assert_eq!(regroup(&owned(before), keys, 3, &mut 10), owned(expected));
    }

    #[test]
    fn rows_are_shared_out() {
        check(&[], &[], &[]);
        check(&[], &[1, 2, 3, 4], &[(10, &[1, 2, 3]), (11, &[4])]);
    }

    #[test]
    fn what_follows_fills_the_last_group() {
        check(&[(0, &[1, 2, 3]), (1, &[4])], &[1, 2, 3, 4, 5, 6, 7], &[(0, &[1, 2, 3]), (1, &[4, 5, 6]), (10, &[7])]);
    }

    #[test]
    fn what_was_said_before_leaves_the_others_alone() {
        check(&[(0, &[1])], &[6, 7, 8, 9, 1], &[(10, &[6, 7, 8]), (11, &[9]), (0, &[1])]);
    }

    #[test]
    fn what_comes_between_stays_in_order() {
        check(&[(0, &[1, 2, 3]), (1, &[4])], &[1, 9, 2, 3, 4], &[(0, &[1, 9, 2, 3]), (1, &[4])]);
        check(&[(0, &[1, 2]), (1, &[4])], &[1, 2, 7, 8, 4], &[(0, &[1, 2, 7]), (10, &[8]), (1, &[4])]);
    }

    #[test]
    fn what_is_gone_leaves_no_empty_group() {
        check(&[(0, &[1]), (1, &[2, 3])], &[3], &[(1, &[3])]);
        check(&[(0, &[1]), (1, &[2, 3])], &[], &[]);
    }

    #[test]
    fn rows_that_change_places_are_drawn_again() {
        check(&[(0, &[1, 2]), (1, &[3])], &[3, 1, 2], &[(1, &[3, 1, 2])]);
        check(&[(0, &[1, 2])], &[2, 1], &[(0, &[2, 1])]);
    }

    #[test]
    fn every_row_stands_once_and_in_its_place() {
        let mut next = 0;
        let mut groups: Vec<Keys> = Vec::new();
        let mut seed: u64 = 7;
        let mut random = |below: u64| {
            seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (seed >> 33) % below
        };
        let mut keys: Vec<u64> = Vec::new();
        for n in 0..300 {
            match (random(4), keys.len()) {
                (0, 1..) => _ = keys.remove(usize::try_from(random(keys.len() as u64)).unwrap()),
                (_, len) => keys.insert(usize::try_from(random(len as u64 + 1)).unwrap(), n),
            }
            groups = regroup(&groups, &keys, 3, &mut next);
            assert_eq!(groups.iter().flat_map(|it| it.1.clone()).collect::<Vec<_>>(), keys);
            assert!(groups.iter().all(|it| !it.1.is_empty()));
            let mut ids: Vec<u64> = groups.iter().map(|it| it.0).collect();
            ids.sort_unstable();
            ids.dedup();
            assert_eq!(ids.len(), groups.len());
        }
    }
}
