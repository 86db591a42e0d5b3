//! The kinds of value that a setting can have: how each is read and shown.

use super::document::Node;
use super::location::Location;
use super::quantity::{Size, parse_duration, show_duration};
use super::schedule::Schedule;
use serde_json::Value as Json;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// A value as it was written.
#[derive(Clone, Copy, Debug)]
pub(super) enum Given<'a> {
    /// In the file.
    Node(&'a Node),
    /// In a flag or an environment variable, where everything is text.
    Text(&'a str),
}

impl<'a> Given<'a> {
    /// The text, if it is one.
    pub fn text(self) -> Result<&'a str, String> {
        match self {
            Given::Node(Node::Text(text)) => Ok(text),
            Given::Text(text) => Ok(text),
            Given::Node(Node::Integer(number)) => Err(format!("it is the number {number}")),
            Given::Node(other) => Err(format!("it is {}", other.kind())),
        }
    }
}

/// A kind of value.
pub(super) trait Setting: Sized {
    /// The kind, for messages: what stands after `must be`.
    const KIND: &'static str;

    /// Reads one; says what is wrong where it can not. Relative paths are taken from `base`.
    fn read(given: Given<'_>, base: &Path) -> Result<Self, String>;

    /// As output shows it: what the file would hold.
    fn show(&self) -> Json;
}

impl Setting for String {
    const KIND: &'static str = "a text";

    fn read(given: Given<'_>, _: &Path) -> Result<Self, String> {
        match given.text()? {
            "" => Err("it is empty".to_owned()),
            text => Ok(text.to_owned()),
        }
    }

    fn show(&self) -> Json {
        Json::from(self.as_str())
    }
}

impl Setting for bool {
    const KIND: &'static str = "true or false";

    fn read(given: Given<'_>, _: &Path) -> Result<Self, String> {
        match given {
            Given::Node(Node::Boolean(value)) => Ok(*value),
            Given::Text("true") => Ok(true),
            Given::Text("false") => Ok(false),
            Given::Text(text) => Err(format!("it is {text:?}")),
            Given::Node(Node::Text(text)) => Err(format!("it is the text {text:?}")),
            Given::Node(other) => Err(format!("it is {}", other.kind())),
        }
    }

    fn show(&self) -> Json {
        Json::from(*self)
    }
}

impl Setting for u64 {
    const KIND: &'static str = "a whole number";

    fn read(given: Given<'_>, _: &Path) -> Result<Self, String> {
        match given {
            Given::Node(Node::Integer(n)) => {
                u64::try_from(*n).map_err(|_| "it is less than 0".to_owned())
            }
            Given::Text(text) => text.trim().parse().map_err(|_| format!("it is {text:?}")),
            Given::Node(other) => Err(format!("it is {}", other.kind())),
        }
    }

    fn show(&self) -> Json {
        Json::from(*self)
    }
}

impl Setting for Duration {
    const KIND: &'static str = "a duration";

    fn read(given: Given<'_>, _: &Path) -> Result<Self, String> {
        parse_duration(given.text()?)
    }

    fn show(&self) -> Json {
        Json::from(show_duration(*self))
    }
}

impl Setting for Size {
    const KIND: &'static str = "a size";

    fn read(given: Given<'_>, _: &Path) -> Result<Self, String> {
        Size::parse(given.text()?)
    }

    fn show(&self) -> Json {
        Json::from(self.to_string())
    }
}

impl Setting for Schedule {
    const KIND: &'static str = "a schedule";

    fn read(given: Given<'_>, _: &Path) -> Result<Self, String> {
        Schedule::parse(given.text()?)
    }

    fn show(&self) -> Json {
        Json::from(self.to_string())
    }
}

impl Setting for Location {
    const KIND: &'static str = "a folder or an S3 prefix";

    fn read(given: Given<'_>, base: &Path) -> Result<Self, String> {
        Location::parse(given.text()?, base)
    }

    fn show(&self) -> Json {
        Json::from(self.to_string())
    }
}

impl Setting for PathBuf {
    const KIND: &'static str = "a path";

    fn read(given: Given<'_>, base: &Path) -> Result<Self, String> {
        match Location::parse(given.text()?, base)? {
            Location::Folder(path) => Ok(path),
            Location::S3 { .. } => Err("it must be local".to_owned()),
        }
    }

    fn show(&self) -> Json {
        Json::from(self.display().to_string())
    }
}

impl Setting for SocketAddr {
    const KIND: &'static str = "an IP address with a port";

    fn read(given: Given<'_>, _: &Path) -> Result<Self, String> {
        let text = given.text()?;
        text.parse().map_err(|_| format!("it is {text:?}"))
    }

    fn show(&self) -> Json {
        Json::from(self.to_string())
    }
}

/// An array; in a flag or a variable its elements stand between commas.
impl<T: Setting> Setting for Vec<T> {
    const KIND: &'static str = "an array";

    fn read(given: Given<'_>, base: &Path) -> Result<Self, String> {
        let element = |given, index: usize| {
            T::read(given, base).map_err(|why| format!("element {}: {why}", index + 1))
        };
        match given {
            Given::Node(Node::List(list)) => {
                list.iter().enumerate().map(|(i, e)| element(Given::Node(&e.node), i)).collect()
            }
            Given::Text(text) => text
                .split(',')
                .map(str::trim)
                .filter(|part| !part.is_empty())
                .enumerate()
                .map(|(i, part)| element(Given::Text(part), i))
                .collect(),
            Given::Node(other) => Err(format!("it is {}", other.kind())),
        }
    }

    fn show(&self) -> Json {
        Json::Array(self.iter().map(T::show).collect())
    }
}

/// A value as TOML writes it.
pub fn toml_text(value: &Json) -> String {
    match value {
        // Every escape of JSON's is one of TOML's; DEL is the one that TOML escapes and JSON does not.
        Json::String(_) => value.to_string().replace('\u{7f}', "\\u007f"),
        Json::Array(elements) => {
            let elements: Vec<String> = elements.iter().map(toml_text).collect();
            format!("[{}]", elements.join(", "))
        }
        other => other.to_string(),
    }
}
