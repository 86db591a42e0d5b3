//! The schema of an Avro file, from its JSON: types by number, so that they may contain themselves.

use crate::formats::columnar::codecs::malformed;
use crate::gaps::Bound;
use serde_json::Value;
use std::collections::HashMap;

/// Types of one schema. 1,048,576.
const TYPES_MAX: usize = 1 << 20;

/// A type, by its place in [`Schema::types`].
pub(super) type TypeId = usize;

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Type {
    Null,
    Boolean,
    Int,
    Long,
    Float,
    Double,
    Bytes,
    String,
    Fixed {
        size: usize,
    },
    Enum {
        symbols: Vec<String>,
    },
    Array {
        items: TypeId,
    },
    Map {
        values: TypeId,
    },
    Union {
        branches: Vec<TypeId>,
    },
    Record {
        fields: Vec<(String, TypeId)>,
    },
    Date,
    /// A time of day.
    Time {
        per_second: i64,
    },
    Moment {
        per_second: i64,
        is_utc: bool,
    },
    /// A decimal number in bytes, or in so many.
    Decimal {
        size: Option<usize>,
        scale: i32,
    },
    /// 16 bytes.
    Uuid,
}

#[derive(Debug)]
pub(super) struct Schema {
    pub types: Vec<Type>,
    pub root: TypeId,
}

impl Schema {
    pub fn parse(json: &[u8]) -> Result<Self, Bound> {
        // JSON too deep is refused by its parser.
        let json: Value = serde_json::from_slice(json)
            .map_err(|_| malformed("the schema is no JSON, or nested too deep"))?;
        let mut parser = Parser { types: Vec::new(), named: HashMap::new() };
        let root = parser.parse(&json, "").ok_or_else(|| malformed("the schema is damaged"))?;
        Ok(Self { types: parser.types, root })
    }
}

struct Parser {
    types: Vec<Type>,
    named: HashMap<String, TypeId>,
}

impl Parser {
    fn push(&mut self, of: Type) -> Option<TypeId> {
        if self.types.len() >= TYPES_MAX {
            return None;
        }
        self.types.push(of);
        Some(self.types.len() - 1)
    }

    fn parse(&mut self, json: &Value, namespace: &str) -> Option<TypeId> {
        match json {
            Value::String(name) => match primitive(name) {
                Some(of) => self.push(of),
                None => {
                    let full = full_name(name, namespace);
                    self.named.get(&full).or_else(|| self.named.get(name)).copied()
                }
            },
            Value::Array(branches) => {
                let branches = branches.iter().map(|branch| self.parse(branch, namespace));
                let branches = branches.collect::<Option<Vec<_>>>()?;
                self.push(Type::Union { branches })
            }
            Value::Object(object) => match object.get("type")? {
                Value::String(kind) => self.object(kind, json, namespace),
                within => self.parse(within, namespace),
            },
            _ => None,
        }
    }

    fn object(&mut self, kind: &str, json: &Value, namespace: &str) -> Option<TypeId> {
        match kind {
            "array" => {
                let items = self.parse(json.get("items")?, namespace)?;
                self.push(Type::Array { items })
            }
            "map" => {
                let values = self.parse(json.get("values")?, namespace)?;
                self.push(Type::Map { values })
            }
            "record" | "error" | "enum" | "fixed" => self.named(kind, json, namespace),
            _ => {
                let scale = json.get("scale").and_then(Value::as_i64).unwrap_or(0);
                let logical = json.get("logicalType").and_then(Value::as_str).unwrap_or("");
                match (kind, logical) {
                    ("int", "date") => self.push(Type::Date),
                    ("int", "time-millis") => self.push(Type::Time { per_second: 1_000 }),
                    ("long", "time-micros") => self.push(Type::Time { per_second: 1_000_000 }),
                    ("long", logical) => self.push(moment(logical).unwrap_or(Type::Long)),
                    ("bytes", "decimal") => {
                        let scale = i32::try_from(scale).ok()?;
                        self.push(Type::Decimal { size: None, scale })
                    }
                    _ => self.parse(&Value::String(kind.to_owned()), namespace),
                }
            }
        }
    }

    fn named(&mut self, kind: &str, json: &Value, namespace: &str) -> Option<TypeId> {
        let name = json.get("name")?.as_str()?;
        let own = json.get("namespace").and_then(Value::as_str);
        let full = full_name(name, own.unwrap_or(namespace));
        let id = self.push(Type::Null)?;
        self.named.insert(full.clone(), id);
        self.types[id] = match kind {
            "enum" => {
                let symbols = json.get("symbols")?.as_array()?.iter();
                let symbols = symbols.map(|symbol| Some(symbol.as_str()?.to_owned()));
                Type::Enum { symbols: symbols.collect::<Option<_>>()? }
            }
            "fixed" => {
                let size = usize::try_from(json.get("size")?.as_u64()?).ok()?;
                match json.get("logicalType").and_then(Value::as_str) {
                    Some("decimal") => {
                        let scale = json.get("scale").and_then(Value::as_i64).unwrap_or(0);
                        Type::Decimal { size: Some(size), scale: i32::try_from(scale).ok()? }
                    }
                    Some("uuid") if size == 16 => Type::Uuid,
                    _ => Type::Fixed { size },
                }
            }
            _ => {
                let within = full.rsplit_once('.').map_or("", |(namespace, _)| namespace);
                let fields = json.get("fields")?.as_array()?.iter();
                let fields = fields.map(|field| {
                    let name = field.get("name")?.as_str()?.to_owned();
                    Some((name, self.parse(field.get("type")?, within)?))
                });
                Type::Record { fields: fields.collect::<Option<_>>()? }
            }
        };
        Some(id)
    }
}

fn full_name(name: &str, namespace: &str) -> String {
    if name.contains('.') || namespace.is_empty() {
        name.to_owned()
    } else {
        format!("{namespace}.{name}")
    }
}

fn primitive(name: &str) -> Option<Type> {
    Some(match name {
        "null" => Type::Null,
        "boolean" => Type::Boolean,
        "int" => Type::Int,
        "long" => Type::Long,
        "float" => Type::Float,
        "double" => Type::Double,
        "bytes" => Type::Bytes,
        "string" => Type::String,
        _ => return None,
    })
}

fn moment(logical: &str) -> Option<Type> {
    let (unit, is_utc) = match logical.strip_prefix("local-timestamp-") {
        Some(unit) => (unit, false),
        None => (logical.strip_prefix("timestamp-")?, true),
    };
    let per_second = match unit {
        "millis" => 1_000,
        "micros" => 1_000_000,
        "nanos" => 1_000_000_000,
        _ => return None,
    };
    Some(Type::Moment { per_second, is_utc })
}
