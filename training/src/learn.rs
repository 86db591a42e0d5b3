//! The averaged perceptron: weights that make the best tags of a text the right ones.

use crate::dice::Dice;
use crate::draft::Draft;
use lakegate_tagger::features::{self, Cell, ROWS_LOG2};
use lakegate_tagger::gazetteer::{Gazetteer, known};
use lakegate_tagger::model::{self, Scores, TAGS, Tag};
use lakegate_tagger::token::{self, Token};
use lakegate_tagger::windows;

/// Tokens with their right tags.
pub struct Example {
    cells: Vec<Cell>,
    tags: Vec<Tag>,
}

/// Of names in the lists, so many in a hundred are shown as if no list knew them.
const UNKNOWN_PERCENT: u8 = 14;

/// The examples of a training text.
pub fn examples(draft: &Draft, lists: Gazetteer<'_>, rng: &Dice, out: &mut Vec<Example>) {
    let mut tokens = Vec::new();
    token::cut(&draft.text, 0..draft.text.len(), lists, &mut tokens);
    let mut tags = vec![Tag::Other; tokens.len()];
    for (range, kind) in &draft.spans {
        let (mut tag, further) = kind.tags();
        let within = |token: &Token| token.start >= range.start && token.end <= range.end;
        for (token, slot) in tokens.iter_mut().zip(&mut tags).filter(|(token, _)| within(token)) {
            (*slot, tag) = (tag, further);
            if rng.u8(..100) < UNKNOWN_PERCENT && !token.has(known::WORD | known::PARTICLE) {
                token.known &= !(known::GIVEN | known::FAMILY | known::RARE | known::PLACE);
            }
        }
    }
    windows::each(&tokens, &mut Vec::new(), |window| {
        let mut tags = tags[window.clone()].to_vec();
        let mut before = Tag::Other;
        for tag in &mut tags {
            if !tag.may_follow(before) {
                *tag = if *tag == Tag::Person { Tag::PersonFirst } else { Tag::AddressFirst };
            }
            before = *tag;
        }
        let mut cells = Vec::new();
        features::cells(&tokens[window.clone()], 0..window.len(), &mut cells);
        out.push(Example { cells, tags });
    });
}

/// A weight and the sum of all its past values.
#[derive(Clone, Copy, Default)]
struct Weight {
    now: f32,
    total: f64,
    since: u32,
}

impl Weight {
    fn add(&mut self, change: f32, step: u32) {
        self.total += f64::from(self.now) * f64::from(step - self.since);
        self.since = step;
        self.now += change;
    }

    fn average(&self, step: u32) -> f64 {
        (self.total + f64::from(self.now) * f64::from(step - self.since)) / f64::from(step.max(1))
    }
}

/// Weights in the making.
pub struct Learner {
    rows: Vec<[Weight; TAGS]>,
    pairs: [[Weight; TAGS]; TAGS],
    step: u32,
}

impl Learner {
    /// All weights zero.
    pub fn new() -> Self {
        Self {
            rows: vec![[Weight::default(); TAGS]; 1 << ROWS_LOG2],
            pairs: [[Weight::default(); TAGS]; TAGS],
            step: 0,
        }
    }

    /// Learns from an example; returns how many tags were wrong.
    pub fn learn(&mut self, example: &Example) -> usize {
        self.step += 1;
        let scores: Vec<Scores> =
            (0..example.tags.len()).map(|at| self.scores(example, at)).collect();
        let pairs: [Scores; TAGS] = std::array::from_fn(|before| {
            std::array::from_fn(|tag| {
                let allowed = Tag::ALL[tag].may_follow(Tag::ALL[before]);
                if allowed {
                    (self.pairs[before][tag].now * SCALE) as i32
                } else {
                    model::IMPOSSIBLE
                }
            })
        });
        let (mut back, mut tags) = (Vec::new(), Vec::new());
        model::best(&scores, &pairs, &mut back, &mut tags);
        let wrong = tags.iter().zip(&example.tags).filter(|(a, b)| a != b).count();
        if wrong > 0 {
            self.correct(example, &tags);
        }
        wrong
    }

    fn scores(&self, example: &Example, at: usize) -> Scores {
        let mut sums = [0.0f32; TAGS];
        features::rows(&example.cells, model::cell_index(at), &mut |row| {
            for (sum, weight) in sums.iter_mut().zip(&self.rows[row]) {
                *sum += weight.now;
            }
        });
        sums.map(|sum| (sum * SCALE) as i32)
    }

    fn correct(&mut self, example: &Example, guessed: &[Tag]) {
        let step = self.step;
        for (at, (guess, right)) in guessed.iter().zip(&example.tags).enumerate() {
            if guess != right {
                let rows = &mut self.rows;
                features::rows(&example.cells, model::cell_index(at), &mut |row| {
                    rows[row][*right as usize].add(1.0, step);
                    rows[row][*guess as usize].add(-1.0, step);
                });
            }
            let Some(before) = at.checked_sub(1) else { continue };
            let (was, should) = (guessed[before], example.tags[before]);
            if (was, *guess) != (should, *right) {
                self.pairs[should as usize][*right as usize].add(1.0, step);
                self.pairs[was as usize][*guess as usize].add(-1.0, step);
            }
        }
    }

    /// The weights' file: averages, scaled so that the largest but a few fit in eight bits.
    pub fn file(&self) -> Vec<u8> {
        let averages: Vec<f64> = self.rows.iter().flatten().map(|w| w.average(self.step)).collect();
        let mut sizes: Vec<f64> = averages.iter().map(|a| a.abs()).filter(|a| *a > 0.0).collect();
        sizes.sort_by(f64::total_cmp);
        let top = sizes.get(sizes.len() * 9995 / 10_000).copied().unwrap_or(1.0).max(1e-9);
        let scale = 127.0 / top;
        let mut file = Vec::with_capacity(model::FILE_BYTES);
        for before in &self.pairs {
            for weight in before {
                let value = (weight.average(self.step) * scale).round().clamp(-32_000.0, 32_000.0);
                file.extend_from_slice(&(value as i16).to_le_bytes());
            }
        }
        file.extend(averages.iter().map(|a| (a * scale).round().clamp(-127.0, 127.0) as i8 as u8));
        file
    }
}

/// Scores are whole numbers; so many of them are one of the learner's steps.
const SCALE: f32 = 16.0;
