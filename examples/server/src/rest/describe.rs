//! What a handler takes and gives, read off its types, as OpenAPI says it.

use std::collections::BTreeMap;

use axum::Json;
use axum::body::Bytes;
use axum::extract::ws::WebSocketUpgrade;
use axum::extract::{Extension, Path, Query, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use axum::response::sse::Sse;
use codesight_core::ports::Role;
use schemars::generate::{SchemaGenerator, SchemaSettings};
use schemars::{JsonSchema, Schema};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use super::caller::{Anyone, Caller, Roles};
use super::problem::Problem;
use crate::app::App;

const JSON: &str = "application/json";

/// Schemas: of answers in one list that is referred to, of what is asked for in place.
pub(crate) struct Schemas {
    answers: SchemaGenerator,
    questions: SchemaGenerator,
}

impl Schemas {
    pub(super) fn new() -> Self {
        let mut answers = SchemaSettings::draft2020_12().for_serialize();
        answers.definitions_path = "/components/schemas".into();
        let mut questions = SchemaSettings::draft2020_12().for_deserialize();
        questions.inline_subschemas = true;
        Self { answers: answers.into_generator(), questions: questions.into_generator() }
    }

    /// The list.
    pub(super) fn into_components(mut self) -> Map<String, Value> {
        self.answers.take_definitions(true)
    }

    fn question<T: JsonSchema>(&mut self) -> Value {
        let mut schema = self.questions.root_schema_for::<T>();
        schema.remove("$schema");
        schema.to_value()
    }
}

/// One operation, while it is described.
#[derive(Default)]
pub(crate) struct Operation {
    /// The roles of which one is enough; none for everybody.
    pub(super) roles: Option<&'static [Role]>,
    pub(super) parameters: Vec<Value>,
    pub(super) body: Option<Value>,
    pub(super) answers: BTreeMap<u16, Value>,
}

/// An argument of a handler.
pub(crate) trait Argument {
    fn describe(_: &mut Operation, _: &mut Schemas) {}
}

impl Argument for State<App> {}
impl Argument for Anyone {}
impl Argument for HeaderMap {}
impl Argument for WebSocketUpgrade {}
impl<T> Argument for Extension<T> {}
/// Its names and their grammar follow from the route.
impl<T> Argument for Path<T> {}

impl<R: Roles> Argument for Caller<R> {
    fn describe(operation: &mut Operation, _: &mut Schemas) {
        operation.roles = Some(R::ROLES);
    }
}

impl<T: JsonSchema> Argument for Query<T> {
    fn describe(operation: &mut Operation, schemas: &mut Schemas) {
        let schema = schemas.question::<T>();
        let required: Vec<&str> =
            schema["required"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
        for (name, schema) in schema["properties"].as_object().into_iter().flatten() {
            operation.parameters.push(json!({
                "name": name,
                "in": "query",
                "required": required.contains(&name.as_str()),
                "schema": without_null(schema.clone()),
            }));
        }
    }
}

/// A parameter that is not sent is absent, never null.
fn without_null(mut schema: Value) -> Value {
    if let Some(types) = schema.get_mut("type").and_then(Value::as_array_mut) {
        types.retain(|name| name != "null");
        if let [only] = types.as_slice() {
            schema["type"] = only.clone();
        }
    }
    if let Some(choices) = schema.get_mut("anyOf").and_then(Value::as_array_mut) {
        choices.retain(|choice| choice["type"] != "null");
    }
    schema
}

impl<T: JsonSchema> Argument for Json<T> {
    fn describe(operation: &mut Operation, schemas: &mut Schemas) {
        let schema = schemas.question::<T>();
        operation.body = Some(json!({ "required": true, "content": { JSON: { "schema": schema } } }));
    }
}

/// Read by the handler itself.
impl Argument for Bytes {
    fn describe(operation: &mut Operation, _: &mut Schemas) {
        operation.body =
            Some(json!({ "required": false, "content": { JSON: { "schema": { "type": "object" } } } }));
    }
}

/// What a handler gives.
pub(crate) trait Answer {
    /// Adds its answers with `status`, unless it knows better.
    fn describe(status: u16, operation: &mut Operation, schemas: &mut Schemas);
}

/// Whatever the route says.
impl Answer for Response {
    fn describe(_: u16, _: &mut Operation, _: &mut Schemas) {}
}

impl Answer for &'static str {
    fn describe(status: u16, operation: &mut Operation, _: &mut Schemas) {
        let content = json!({ "text/plain": { "schema": { "type": "string" } } });
        operation.answers.insert(status, json!({ "description": "As it should be", "content": content }));
    }
}

impl<S> Answer for Sse<S> {
    fn describe(status: u16, operation: &mut Operation, _: &mut Schemas) {
        let content = json!({ "text/event-stream": { "schema": { "type": "string" } } });
        operation
            .answers
            .insert(status, json!({ "description": "Events until one side ends them", "content": content }));
    }
}

/// Alone it is for answers without a body; before something else the route says which it is.
impl Answer for StatusCode {
    fn describe(status: u16, operation: &mut Operation, _: &mut Schemas) {
        operation.answers.insert(status, json!({ "description": "Done" }));
    }
}

impl<T: JsonSchema> Answer for Json<T> {
    fn describe(status: u16, operation: &mut Operation, schemas: &mut Schemas) {
        let schema = schemas.answers.subschema_for::<T>();
        let content = json!({ JSON: { "schema": schema } });
        operation.answers.insert(status, json!({ "description": "As it should be", "content": content }));
    }
}

impl<T: Answer> Answer for (StatusCode, T) {
    fn describe(status: u16, operation: &mut Operation, schemas: &mut Schemas) {
        T::describe(status, operation, schemas);
    }
}

impl Answer for (StatusCode, HeaderMap) {
    fn describe(status: u16, operation: &mut Operation, schemas: &mut Schemas) {
        StatusCode::describe(status, operation, schemas);
    }
}

impl<T: Answer> Answer for (HeaderMap, T) {
    fn describe(status: u16, operation: &mut Operation, schemas: &mut Schemas) {
        T::describe(status, operation, schemas);
    }
}

impl<T: Answer> Answer for Result<T, Problem> {
    fn describe(status: u16, operation: &mut Operation, schemas: &mut Schemas) {
        T::describe(status, operation, schemas);
    }
}

/// A record whose fields are described where its type is, and not again here.
#[derive(Debug, Serialize, Deserialize)]
#[serde(transparent)]
pub(crate) struct Record<T>(pub(crate) T);

impl<T> JsonSchema for Record<T> {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        let name = std::any::type_name::<T>();
        name.rsplit("::").next().unwrap_or(name).trim_end_matches('>').to_owned().into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        schemars::json_schema!({ "type": "object" })
    }
}
