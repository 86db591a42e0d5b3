//! Which identifiers are used.

use crate::Error;
use crate::catalogue::{Catalogue, IDENTIFIERS};
use crate::custom::CustomIdentifier;

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
        let selection = Self::read(identifiers, excluded);
        selection.resolve()?;
        Ok(selection)
    }

    fn read(identifiers: &str, excluded: &str) -> Self {
        let base = match identifiers.trim() {
            "all" => Base::All,
            "recommended" => Base::Recommended,
            "none" => Base::None,
            list => Base::Only(ids(list)),
        };
        Self { base, excluded: ids(excluded) }
    }

    /// As [`Selection::parse`], where the ids may be those of custom identifiers, too. Answers also with
    /// the custom identifiers that are chosen: `all_custom` of them, or those that are named, but what
    /// is left out.
    ///
    /// # Errors
    /// When an id is neither a managed nor a custom identifier's.
    pub fn among(
        identifiers: &str,
        excluded: &str,
        custom: &[CustomIdentifier],
        all_custom: bool,
    ) -> Result<(Self, Vec<CustomIdentifier>), Error> {
        let mut selection = Self::read(identifiers, excluded);
        let left_out = take_custom(&mut selection.excluded, custom);
        let mut named = Vec::new();
        if let Base::Only(list) = &mut selection.base {
            named = take_custom(list, custom);
            if list.is_empty() && !named.is_empty() {
                selection.base = Base::None;
            }
        }
        let chosen = custom.iter().filter(|identifier| {
            let id = &identifier.id;
            (all_custom || named.contains(id)) && !left_out.contains(id)
        });
        let chosen: Vec<CustomIdentifier> = chosen.cloned().collect();
        let known = || custom.iter().map(|identifier| identifier.id.as_str());
        match selection.resolve() {
            Err(Error::UnknownIdentifier { id, .. }) => {
                let suggestion = most_alike(&id, known());
                return Err(Error::UnknownIdentifier { id, suggestion });
            }
            // Of the managed identifiers nothing is left, but there are custom ones.
            Err(Error::NothingSelected) if !chosen.is_empty() => {
                selection = Self { base: Base::None, excluded: Vec::new() };
            }
            Err(error) => return Err(error),
            Ok(_) => {}
        }
        Ok((selection, chosen))
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

/// What stands for many identifiers.
const WORDS: [&str; 3] = ["all", "recommended", "none"];

fn ids(list: &str) -> Vec<String> {
    list.split(',').map(str::trim).filter(|id| !id.is_empty()).map(str::to_string).collect()
}

fn index_all(list: &[String]) -> Result<Vec<usize>, Error> {
    if let Some(word) = WORDS.into_iter().find(|word| list.iter().any(|id| id == word)) {
        return Err(Error::StandsAlone { word });
    }
    list.iter()
        .map(|id| match Catalogue::managed().find(id) {
            Some((index, _)) => Ok(index),
            None => {
                let suggestion = most_alike(id, std::iter::empty());
                Err(Error::UnknownIdentifier { id: id.clone(), suggestion })
            }
        })
        .collect()
}

/// Takes the ids of custom identifiers out of a list, and answers with them.
fn take_custom(ids: &mut Vec<String>, custom: &[CustomIdentifier]) -> Vec<String> {
    let is_custom = |id: &String| custom.iter().any(|identifier| identifier.id == *id);
    ids.extract_if(.., |id| is_custom(id)).collect()
}

/// The known id that begins so, or else the one with the least edit distance; there is always one.
fn most_alike<'a>(id: &str, custom: impl Iterator<Item = &'a str>) -> String {
    let wanted = id.to_ascii_uppercase();
    custom
        .chain(IDENTIFIERS.iter().map(|identifier| identifier.id))
        .min_by_key(|known| {
            let known = known.to_ascii_uppercase();
            (!known.starts_with(&wanted), edit_distance(wanted.as_bytes(), known.as_bytes()))
        })
        .unwrap_or_default()
        .to_owned()
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
        let mixed = Selection::parse("EMAIL_ADDRESS,all", "").unwrap_err();
        assert_eq!(mixed.to_string(), "`all` stands alone, not in a list of ids");
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
    fn custom_identifiers_are_chosen_by_their_ids() {
        let custom = ["EMPLOYEE_ID", "badge-no"].map(|id| CustomIdentifier::new(id, "[0-9]{6}"));
        let chosen = |identifiers, excluded, all| {
            let (selection, chosen) =
                Selection::among(identifiers, excluded, &custom, all).unwrap();
            let ids: Vec<String> = chosen.into_iter().map(|identifier| identifier.id).collect();
            (selection.resolve().unwrap().len(), ids.join(","))
        };
        let all = IDENTIFIERS.len();
        assert_eq!(chosen("all", "", false), (all, String::new()));
        assert_eq!(chosen("all", "badge-no,EMAIL_ADDRESS", true), (all - 1, "EMPLOYEE_ID".into()));
        assert_eq!(chosen("EMPLOYEE_ID", "", false), (0, "EMPLOYEE_ID".into()));
        assert_eq!(chosen("EMPLOYEE_ID,EMAIL_ADDRESS", "", false), (1, "EMPLOYEE_ID".into()));
        assert_eq!(chosen("EMAIL_ADDRESS", "", true), (1, "EMPLOYEE_ID,badge-no".into()));
        let left = chosen("EMPLOYEE_ID,EMAIL_ADDRESS", "EMAIL_ADDRESS", false);
        assert_eq!(left, (0, "EMPLOYEE_ID".into()));
        let error = Selection::among("BADGE_NO", "", &custom, false).unwrap_err();
        assert_eq!(
            error.to_string(),
            "there is no identifier `BADGE_NO`; did you mean `badge-no`?"
        );
        let nothing = Selection::among("badge-no", "badge-no", &custom, false).unwrap();
        assert_eq!((nothing.0.base, nothing.1.len()), (Base::None, 0));
    }

    #[test]
    fn nothing_selected_is_an_error() {
        assert!(matches!(
            Selection::parse("EMAIL_ADDRESS", "EMAIL_ADDRESS"),
            Err(Error::NothingSelected)
        ));
    }
}
