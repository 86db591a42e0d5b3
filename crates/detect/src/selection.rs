//! Which identifiers are used.

use crate::Error;
use crate::catalogue::{Catalogue, IDENTIFIERS};

/// A choice of identifiers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Selection {
    /// What is taken.
    pub base: Base,
    /// Ids that are left out of it.
    pub excluded: Vec<String>,
}

/// What a selection starts from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Base {
    /// Every managed identifier.
    All,
    /// Those that are recommended.
    Recommended,
    /// These ids.
    Only(Vec<String>),
    /// None: custom identifiers alone.
    None,
}

impl Selection {
    /// Every managed identifier.
    pub fn all() -> Self {
        Self { base: Base::All, excluded: Vec::new() }
    }

    /// The recommended identifiers.
    pub fn recommended() -> Self {
        Self { base: Base::Recommended, excluded: Vec::new() }
    }

    /// Reads `all`, `recommended`, `none` or ids separated by commas, and ids to leave out (may be empty).
    /// An id that does not exist is an error, which names the one that looks most like it.
    pub fn parse(identifiers: &str, excluded: &str) -> Result<Self, Error> {
        let base = match identifiers.trim() {
            "all" => Base::All,
            "recommended" => Base::Recommended,
            "none" => Base::None,
            list => Base::Only(ids(list)),
        };
        let selection = Self { base, excluded: ids(excluded) };
        selection.resolve()?;
        Ok(selection)
    }

    /// Indices into the catalogue, ascending.
    pub(crate) fn resolve(&self) -> Result<Vec<usize>, Error> {
        let only = match &self.base {
            Base::Only(list) => index_all(list)?,
            Base::All | Base::Recommended | Base::None => Vec::new(),
        };
        let excluded = index_all(&self.excluded)?;
        let indices: Vec<usize> = (0..IDENTIFIERS.len())
            .filter(|index| match self.base {
                Base::All => true,
                Base::Recommended => IDENTIFIERS[*index].recommended,
                Base::Only(_) => only.contains(index),
                Base::None => false,
            })
            .filter(|index| !excluded.contains(index))
            .collect();
        let nothing_meant = self.base == Base::None;
        if indices.is_empty() && !nothing_meant {
            return Err(Error::NothingSelected);
        }
        Ok(indices)
    }
}

fn ids(list: &str) -> Vec<String> {
    list.split(',').map(str::trim).filter(|id| !id.is_empty()).map(str::to_string).collect()
}

fn index_all(list: &[String]) -> Result<Vec<usize>, Error> {
    list.iter()
        .map(|id| match Catalogue::managed().find(id) {
            Some((index, _)) => Ok(index),
            None => Err(Error::UnknownIdentifier { id: id.clone(), suggestion: most_alike(id) }),
        })
        .collect()
}

/// The known id that begins so, or else the one with the least edit distance; there is always one.
fn most_alike(id: &str) -> &'static str {
    let upper = id.to_ascii_uppercase();
    IDENTIFIERS
        .iter()
        .map(|identifier| identifier.id)
        .min_by_key(|known| {
            (!known.starts_with(&upper), edit_distance(upper.as_bytes(), known.as_bytes()))
        })
        .unwrap_or_default()
}

/// An id that is longer than this is not compared in full.
const COMPARED_BYTES_MAX: usize = 80;

fn edit_distance(a: &[u8], b: &[u8]) -> usize {
    let (a, b) = (&a[..a.len().min(COMPARED_BYTES_MAX)], &b[..b.len().min(COMPARED_BYTES_MAX)]);
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, left) in a.iter().enumerate() {
        let mut diagonal = row[0];
        row[0] = i + 1;
        for (j, right) in b.iter().enumerate() {
            let substituted = diagonal + usize::from(left != right);
            diagonal = row[j + 1];
            row[j + 1] = substituted.min(diagonal + 1).min(row[j] + 1);
        }
    }
    row[b.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_and_exclusions() {
        let all = Selection::parse("all", "").unwrap().resolve().unwrap();
        let fewer =
            Selection::parse("all", "EMAIL_ADDRESS, DATE_OF_BIRTH").unwrap().resolve().unwrap();
        assert_eq!(all.len(), fewer.len() + 2);
        let two = Selection::parse("EMAIL_ADDRESS,IBAN", "").unwrap_err();
        assert!(matches!(two, Error::UnknownIdentifier { .. }));
    }

    #[test]
    fn an_unknown_id_is_answered_with_the_most_alike() {
        let error = Selection::parse("credit_card_numbr", "").unwrap_err();
        assert_eq!(
            error.to_string(),
            "there is no identifier `credit_card_numbr`; did you mean `CREDIT_CARD_NUMBER`?"
        );
    }

    #[test]
    fn nothing_selected_is_an_error() {
        assert!(matches!(
            Selection::parse("EMAIL_ADDRESS", "EMAIL_ADDRESS"),
            Err(Error::NothingSelected)
        ));
    }
}
