//! Which part of an Office document leads to which (ECMA-376, part 2).

use super::package::Package;
use super::xml::{self, Element, Handler};

/// Relations of one part that are kept; more are no document that a person made.
const RELATIONS_MAX: usize = 100_000;

/// One relation to another part.
pub(super) struct Relation {
    pub id: String,
    /// The last word of its type, such as `comments`.
    pub kind: String,
    /// The name of the part.
    pub target: String,
}

/// The relations of a part, or of the whole for an empty name. What can not be read has none; the part
/// that tells them is read once more among the rest, where that is told.
pub(super) fn of(package: &mut Package<'_>, part: &str) -> Vec<Relation> {
    let (folder, name) = part.rsplit_once('/').unwrap_or(("", part));
    let relations = if folder.is_empty() {
        format!("_rels/{name}.rels")
    } else {
        format!("{folder}/_rels/{name}.rels")
    };
    let mut gather = Gather { folder, relations: Vec::new() };
    if let Some(index) = package.find(&relations)
        && let Ok(mut part) = package.look(index)
    {
        let _ = xml::read("relations", &mut part, &mut gather);
    }
    gather.relations
}

struct Gather<'f> {
    folder: &'f str,
    relations: Vec<Relation>,
}

impl Handler for Gather<'_> {
    fn start(&mut self, element: &Element<'_>) {
        if element.local() != "Relationship" || self.relations.len() >= RELATIONS_MAX {
            return;
        }
        let is_external = element.attribute("TargetMode").is_some_and(|mode| mode == "External");
        let target = element.attribute("Target").filter(|_| !is_external);
        if let (Some(id), Some(target)) = (element.attribute("Id"), target) {
            let kind = element.attribute("Type").unwrap_or_default();
            let kind = kind.rsplit('/').next().unwrap_or_default().to_owned();
            self.relations.push(Relation { id, kind, target: resolve(self.folder, &target) });
        }
    }
    fn end(&mut self, _: &str) {}
    fn text(&mut self, _: &str) {}
    fn remark(&mut self, _: &str) {}
}

/// The name of the part to which a reference from a folder leads.
pub(super) fn resolve(folder: &str, target: &str) -> String {
    let target = target.replace('\\', "/");
    let mut steps: Vec<&str> = match target.starts_with('/') {
        true => Vec::new(),
        false => folder.split('/').filter(|step| !step.is_empty()).collect(),
    };
    for step in target.split('/') {
        match step {
            "" | "." => {}
            ".." => {
                steps.pop();
            }
            step => steps.push(step),
        }
    }
    steps.join("/")
}
