//! Statements over many rows at once.
//!
//! Rows go out in chunks of a few fixed sizes, so that there are few distinct statements and all of
//! them stay prepared. Placeholders are bare question marks: SQLite looks the name of a numbered one
//! up in a list, which makes binding thousands of them quadratic.

use std::collections::HashSet;
use std::hash::Hash;

/// The sizes of chunks, falling. 250 rows of the widest statement stay far below SQLite's bound of
/// 32,766 parameters and PostgreSQL's of 65,535.
const CHUNK_SIZES: [usize; 4] = [250, 50, 10, 1];

/// Cuts a slice into chunks of the fixed sizes, in order.
pub(crate) fn chunks<T>(items: &[T]) -> impl Iterator<Item = &[T]> {
    let mut rest = items;
    std::iter::from_fn(move || {
        let (chunk, tail) = rest.split_at(chunk_size(rest.len())?);
        rest = tail;
        Some(chunk)
    })
}

/// As [`chunks`], and no chunk holds two items of one key.
pub(crate) fn distinct_chunks<'a, T, K: Hash + Eq>(
    items: &'a [T],
    key: impl Fn(&'a T) -> K,
) -> impl Iterator<Item = &'a [T]> {
    let mut rest = items;
    std::iter::from_fn(move || {
        let mut seen = HashSet::new();
        let distinct =
            rest.iter().take(CHUNK_SIZES[0]).take_while(|item| seen.insert(key(item))).count();
        let (chunk, tail) = rest.split_at(chunk_size(distinct)?);
        rest = tail;
        Some(chunk)
    })
}

fn chunk_size(available: usize) -> Option<usize> {
    CHUNK_SIZES.into_iter().find(|size| *size <= available)
}

/// `(?,?),(?,?)`: that many rows of that many columns.
pub(crate) fn rows(count: usize, columns: usize) -> String {
    let mut text = String::with_capacity(count * (2 * columns + 2));
    for row in 0..count {
        text.push_str(if row == 0 { "(" } else { ",(" });
        for column in 0..columns {
            text.push_str(if column == 0 { "?" } else { ",?" });
        }
        text.push(')');
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn chunks_cover_all_in_order_and_in_fixed_sizes() {
        let items: Vec<_> = (0..573).collect();
        let sizes: Vec<_> = chunks(&items).map(<[_]>::len).collect();
        assert_eq!(sizes, [250, 250, 50, 10, 10, 1, 1, 1]);
        assert_eq!(chunks(&items).flatten().copied().collect::<Vec<_>>(), items);
        assert_eq!(chunks::<u8>(&[]).count(), 0);
    }

    #[test]
    fn a_repeated_key_begins_a_new_chunk() {
        let cut: Vec<_> = distinct_chunks(&[1, 1, 2, 3, 2], |k| *k).map(<[_]>::to_vec).collect();
        assert_eq!(cut, [vec![1], vec![1], vec![2], vec![3], vec![2]]);
        let twenty: Vec<_> = (0..10).chain(0..10).collect();
        let sizes: Vec<_> = distinct_chunks(&twenty, |k| *k).map(<[_]>::len).collect();
        assert_eq!(sizes, [10, 10]);
    }

    #[test]
    fn rows_are_written_out() {
        assert_eq!(rows(2, 3), "(?,?,?),(?,?,?)");
        assert_eq!(rows(1, 2), "(?,?)");
    }
}
