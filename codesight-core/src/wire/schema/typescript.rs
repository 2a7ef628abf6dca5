//! TypeScript declarations from the JSON Schema, so that both always say the same.
//!
//! It knows the shapes that the schema of this crate uses, and gives `unknown` for any other.

use std::fmt::Write;

use serde_json::{Map, Value};

/// One exported type for each definition of `schema`, in the order of their names.
pub fn typescript(schema: &Value) -> String {
    let mut text = String::from(
        "// Generated from the Rust types by `UPDATE_EXPECT=1 cargo test -p codesight-core --all-features schema`.\n",
    );
    for (name, definition) in schema["$defs"].as_object().into_iter().flatten() {
        text.push('\n');
        document(&mut text, definition, "");
        let _ = writeln!(text, "export type {name} = {};", type_of(definition, ""));
    }
    text
}

fn document(text: &mut String, schema: &Value, indent: &str) {
    if let Some(description) = schema["description"].as_str() {
        let description = description.replace("*/", "* /").replace('\n', &format!("\n{indent} * "));
        let _ = writeln!(text, "{indent}/** {description} */");
    }
}

fn type_of(schema: &Value, indent: &str) -> String {
    let Some(schema) = schema.as_object() else { return "unknown".to_owned() };
    if let Some(value) = schema.get("const") {
        return value.to_string();
    }
    if let Some(values) = schema.get("enum").and_then(Value::as_array) {
        return join(values.iter().map(Value::to_string), " | ");
    }
    if let Some(options) =
        ["oneOf", "anyOf"].iter().find_map(|key| schema.get(*key).and_then(Value::as_array))
    {
        let own = object_or_reference(schema, indent);
        let union = join(options.iter().map(|option| type_of(option, indent)), " | ");
        return own.map_or_else(|| union.clone(), |own| format!("{own} & ({union})"));
    }
    object_or_reference(schema, indent).unwrap_or_else(|| plain(schema, indent))
}

/// An object, a reference, or both at once, as internally tagged enums are.
fn object_or_reference(schema: &Map<String, Value>, indent: &str) -> Option<String> {
    let reference =
        schema.get("$ref").and_then(Value::as_str).map(|path| path.trim_start_matches("#/$defs/").to_owned());
    let object = schema
        .get("properties")
        .and_then(Value::as_object)
        .map(|properties| object(schema, properties, indent));
    match (object, reference) {
        (Some(object), Some(reference)) => Some(format!("{object} & {reference}")),
        (object, reference) => object.or(reference),
    }
}

fn object(schema: &Map<String, Value>, properties: &Map<String, Value>, indent: &str) -> String {
    let required: Vec<&str> = schema
        .get("required")
        .and_then(Value::as_array)
        .map(|names| names.iter().filter_map(Value::as_str).collect())
        .unwrap_or_default();
    let inner = format!("{indent}  ");
    let mut text = String::from("{\n");
    for (name, property) in properties {
        document(&mut text, property, &inner);
        let optional = if required.contains(&name.as_str()) { "" } else { "?" };
        let _ = writeln!(text, "{inner}{name}{optional}: {};", type_of(property, &inner));
    }
    if schema.get("additionalProperties").is_some_and(|more| more == &Value::Bool(true)) {
        let _ = writeln!(text, "{inner}[field: string]: unknown;");
    }
    text.push_str(indent);
    text.push('}');
    text
}

fn plain(schema: &Map<String, Value>, indent: &str) -> String {
    match schema.get("type") {
        Some(Value::Array(types)) => {
            join(types.iter().map(|name| named(schema, name.as_str(), indent)), " | ")
        }
        Some(name) => named(schema, name.as_str(), indent),
        None => "unknown".to_owned(),
    }
}

fn named(schema: &Map<String, Value>, name: Option<&str>, indent: &str) -> String {
    match name {
        Some("string") => "string".to_owned(),
        Some("number" | "integer") => "number".to_owned(),
        Some("boolean") => "boolean".to_owned(),
        Some("null") => "null".to_owned(),
        Some("array") => match (schema.get("prefixItems").and_then(Value::as_array), schema.get("items")) {
            (Some(items), _) => format!("[{}]", join(items.iter().map(|item| type_of(item, indent)), ", ")),
            (None, Some(items)) => format!("Array<{}>", type_of(items, indent)),
            (None, None) => "unknown[]".to_owned(),
        },
        Some("object") => match schema.get("additionalProperties") {
            Some(value @ Value::Object(_)) => format!("Record<string, {}>", type_of(value, indent)),
            _ => "Record<string, unknown>".to_owned(),
        },
        _ => "unknown".to_owned(),
    }
}

fn join(parts: impl Iterator<Item = String>, separator: &str) -> String {
    parts.collect::<Vec<_>>().join(separator)
}
