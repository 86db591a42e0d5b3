//! The failures of the AWS sample that Lakegate takes further, each as a test that it can not happen
//! here. The numbers are those of the project's list of the sample's 30 defects.
//!
//! | # | what went wrong there | shown here by |
//! |---|---|---|
//! | 1 | an error while reading findings released everything | `defect_01_*` |
//! | 2 | a clean batch asked for approval of nothing | `defect_02_*` |
//! | 3 | what was skipped or read in part was released as clean | `defect_03_*` |
//! | 4 | a mail scanner's GET approved | tests of the server: it has the pages |
//! | 5 | the token in the URL was the whole authority | tests of `links` and of the server |
//! | 6 | the verdict was bound to the key | `defect_06_*`, `defect_06b_*`, `defect_06c_*` |
//! | 7 | the same key overwrote | `defect_07_*` |
//! | 8 | an error after some moves stranded objects | `defect_08_*`, `defect_08b_*` |
//! | 9 | one bad object blocked all; 5 GiB | `defect_09_*`, and `s3::defect_09_*` |
//! | 10 | a hundred objects used the time up | `defect_10_*` |
//! | 11 | a crash before the tag lost the object | `defect_11_*` |
//! | 12 | an upload between copy and delete was destroyed | `defect_12_*` |
//! | 13 | deny deleted at once, failures were swallowed | `defect_13_*` |
//! | 14 | no answer in five days: nobody was told | `defect_14_*` |
//! | 15 | everything expired after ten days | `defect_15_*` |
//! | 16 | errors were printed and looked like success | `defect_16_*` |
//! | 17 | a failed notice was never sent again | `defect_17_*` |
//! | 18 | one decision for the whole run | `defect_18_*` |
//! | 19 | the producer's tags were replaced | `defect_19_*` |
//! | 20 | findings were thrown away | `defect_20_*` |
//! | 21 | suppression had no effect | `defect_21_*`; allow lists: tests of the engine |
//! | 22 | findings were read before they were there | `defect_22_*` |
//! | 23 | a cancelled job started another | not here: there is no outside job; see core's model check |
//! | 24 | every mover listed the whole stage | `defect_24_*` |
//! | 25 | dependencies were installed at run time | not a matter of the gate: one static binary |
//! | 26 | defaults that could not be deployed | tests of the CLI and its configuration |
//! | 27 | rights far wider than needed | `defect_27_*` |
//! | 28 | nothing recorded who decided what | `defect_28_*` |
//! | 29 | a reused link was an error 502 | tests of the server |
//! | 30 | no notice of time-outs, no metrics, no dry run | `defect_14_*`; the rest are lacks, not failures |

mod judging_and_moving;
mod people_and_records;

use crate::support::{World, block_on, invariants};
use lakegate_core::object::Zone;
use lakegate_store::FaultPoint;

const DAY_S: i64 = 24 * 60 * 60;

/// A test in memory, with the invariants at its end.
fn staged(test: impl AsyncFn(&mut World)) {
    block_on(async {
        let mut world = World::memory().await;
        test(&mut world).await;
        world.plan.calm();
        invariants::assert_hold(&world).await;
    });
}

fn in_zone(point: &FaultPoint<'_>, zone: Zone) -> bool {
    point.location == format!("memory://{zone}")
}
