//! Whether an OLE file is as long as its table of sectors says. The reader of such files makes up for what
//! is missing at the end, which must not pass for whole.

use super::bytes::{u16_at, u32_at};
use crate::spool::Spool;

/// Numbers of sectors from here on have other meanings.
const SECTOR_MAX: u32 = 0xffff_fffa;

/// A sector that is not used.
const FREE: u32 = 0xffff_ffff;

/// Places of the table's sectors in the file's head.
const HEAD_PLACES: usize = 109;

/// Whether the file ends before its last used sector does. What can not be read is cut off as well.
pub(super) fn is_cut(spool: &Spool) -> bool {
    needed_bytes(spool).is_none_or(|needed| spool.size_bytes() < needed)
}

fn needed_bytes(spool: &Spool) -> Option<u64> {
    let head = spool.bytes(0, 512).ok()?;
    let shift = u32::from(u16_at(&head, 30)?).clamp(9, 12);
    let sector_bytes = 1_usize << shift;
    let of_sector = (sector_bytes / 4) as u64;
    let sector = |number: u32| {
        let bytes = spool.bytes((u64::from(number) + 1) << shift, sector_bytes).ok()?;
        (bytes.len() == sector_bytes).then_some(bytes)
    };
    let tables = u32_at(&head, 44)? as usize;
    // A file can not have more sectors of tables than it has sectors.
    if tables as u64 > spool.size_bytes() >> shift {
        return None;
    }
    let mut places: Vec<u32> =
        (0..HEAD_PLACES.min(tables)).map_while(|index| u32_at(&head, 76 + index * 4)).collect();
    let mut next = u32_at(&head, 68)?;
    while next < SECTOR_MAX && places.len() < tables {
        let more = sector(next)?;
        let last = sector_bytes / 4 - 1;
        places.extend((0..last).map_while(|index| u32_at(&more, index * 4)));
        next = u32_at(&more, last * 4)?;
    }
    let mut used: u64 = 0;
    for (index, place) in places.iter().take(tables).enumerate() {
        if *place >= SECTOR_MAX {
            continue;
        }
        let table = sector(*place)?;
        let last = (0..sector_bytes / 4).rev().find(|at| u32_at(&table, at * 4) != Some(FREE));
        used = used.max(last.map_or(0, |last| index as u64 * of_sector + last as u64 + 1));
    }
    Some((used + 1) << shift)
}
