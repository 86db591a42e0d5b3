//! Tables that keep attributes and values: a column whose cells name what stands in another one of their
//! row, such as `attribute`, `value`.
//!
//! The names of the columns tell, by the one rule of [`Roles`]; what could be a name in many tables counts
//! only beside a column that is surely one of values.

use crate::tables::roles::Roles;

/// Columns that are looked at.
const COLUMNS_MAX: usize = 1_024;

/// Pairs that a table may have: each row looks for all of them.
const PAIRS_MAX: usize = 32;

/// How often the names that such cells give may start anew: if they are always others, they are none.
pub(crate) const RESTARTS_MAX: u32 = 64;

/// A column of values, and the one that names them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Pair {
    /// From 0.
    pub attribute: u32,
    pub value: u32,
    /// Of the attribute's name.
    pub roles: Roles,
}

/// The pairs among columns of these names.
pub(crate) fn pairs<'n>(names: impl Iterator<Item = &'n str>) -> Vec<Pair> {
    let roles: Vec<Roles> = names.take(COLUMNS_MAX).map(Roles::of).collect();
    let values = (0..roles.len()).filter(|column| roles[*column].is_value());
    let of = |value: usize| {
        let attribute = attribute_of(&roles, value)?;
        let number = |column: usize| u32::try_from(column).ok();
        let (attribute, value) = (attribute, value);
        Some(Pair { attribute: number(attribute)?, value: number(value)?, roles: roles[attribute] })
    };
    values.filter_map(of).take(PAIRS_MAX).collect()
}

fn attribute_of(roles: &[Roles], value: usize) -> Option<usize> {
    let is_sure = |column: &usize| roles[*column].are(Roles::ATTRIBUTE);
    let is_likely = |column: &usize| roles[*column].are(LIKELY) && !roles[*column].is_value();
    let before = (0..value).rev();
    let behind = value + 1..roles.len();
    if !roles[value].are(Roles::VALUE) {
        return before.take(1).find(is_sure);
    }
    let sure = before.clone().find(is_sure).or_else(|| behind.clone().find(is_sure));
    let near = || before.clone().find(is_likely).or_else(|| behind.take(1).find(is_likely));
    sure.or_else(near)
}

/// What names values only beside what is surely a value.
const LIKELY: Roles = Roles::NAME.and(Roles::KIND);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_that_name_others() {
        let check = |names: &str, expect: &[(u32, u32)]| {
            let found = pairs(names.split(','));
            let found: Vec<_> = found.iter().map(|pair| (pair.attribute, pair.value)).collect();
            assert_eq!(found, expect, "{names}");
        };
        check("attribute,value", &[(0, 1)]);
        check("entity_id,field_name,unit,field_value,at", &[(1, 3)]);
        check("id,question,answer", &[(1, 2)]);
        check("id,name,value", &[(1, 2)]);
        check("code,result", &[(0, 1)]);
        check("value,attribute", &[(1, 0)]);
        check("key,text", &[(0, 1)]);
        check("id,meta_key,value_text,value_number", &[(1, 2), (1, 3)]);
        check("key1,value1,key2,value2", &[(0, 1), (2, 3)]);
        check("name,text", &[]);
        check("name,ssn,city", &[]);
        check("value,total", &[]);
    }
}
