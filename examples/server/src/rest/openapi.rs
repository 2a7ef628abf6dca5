//! The description of the interface, OpenAPI 3.1, made from the routes; and a page that shows it.

use axum::Json;
use axum::extract::Extension;
use codesight_core::ports::Role;
use serde_json::{Map, Value, json};
use std::sync::Arc;

use super::caller::Anyone;
use super::describe::{Operation, Schemas};
use super::route::Listed;

/// The description, as it is given out.
#[derive(Debug, Clone)]
pub(crate) struct Document(pub(crate) Arc<Value>);

/// `GET /openapi.json`.
pub(crate) async fn document(_: Anyone, Extension(document): Extension<Document>) -> Json<Value> {
    Json(document.0.as_ref().clone())
}

/// Describes these routes.
pub(super) fn describe(routes: &[Listed]) -> Value {
    let mut schemas = Schemas::new();
    let mut paths = Map::new();
    for route in routes {
        let operation = operation(route, &mut schemas);
        let path = paths.entry(route.path).or_insert_with(|| json!({}));
        path[route.method] = operation;
    }
    let mut components = schemas.into_components();
    components.insert("Problem".to_owned(), problem());
    json!({
        "openapi": "3.1.0",
        "info": {
            "title": "CodeSight server",
            "version": env!("CARGO_PKG_VERSION"),
            "description": "Recorded sessions, what was found in them, and the rights of the people in them. \
                Recording itself is the WebSocket protocol codesight.v1 at /v1/stream.",
            "license": { "name": "MIT OR Apache-2.0" },
        },
        "paths": paths,
        "components": {
            "schemas": components,
            "securitySchemes": {
                "key": { "type": "http", "scheme": "bearer", "description": "An API key" },
                "signIn": {
                    "type": "apiKey", "in": "cookie", "name": "codesight",
                    "description": "From POST /v1/sign-in; over HTTPS it is named __Host-codesight. What changes \
                        something also needs the header X-CSRF-Token, whose value GET /v1/me tells.",
                },
            },
        },
    })
}

fn operation(route: &Listed, schemas: &mut Schemas) -> Value {
    let mut described = Operation::default();
    (route.describe)(route.status, &mut described, schemas);
    for (status, media_type, what) in &route.answers {
        let schema = match *media_type {
            "application/json" => json!({ "type": "object" }),
            _ => json!({ "type": "string", "format": "binary" }),
        };
        let content = json!({ *media_type: { "schema": schema } });
        described.answers.insert(*status, json!({ "description": what, "content": content }));
    }
    let mut parameters: Vec<Value> = names(route.path).map(path_parameter).collect();
    parameters.append(&mut described.parameters);
    if route.method == "post" && described.roles.is_some() {
        parameters.push(json!({
            "name": "Idempotency-Key", "in": "header", "required": false,
            "description": "Sent again within a day, the same request is answered as it was, and done once.",
            "schema": { "type": "string", "pattern": "^[A-Za-z0-9-]{1,70}$" },
        }));
    }
    let mut answers: Map<String, Value> =
        described.answers.into_iter().map(|(status, answer)| (status.to_string(), answer)).collect();
    answers.insert(
        "default".to_owned(),
        json!({
            "description": "A problem, with a stable code",
            "content": { "application/problem+json": { "schema": { "$ref": "#/components/schemas/Problem" } } },
        }),
    );
    let mut operation = json!({
        "operationId": route.name,
        "summary": route.summary,
        "responses": answers,
    });
    if !parameters.is_empty() {
        operation["parameters"] = parameters.into();
    }
    if let Some(body) = described.body {
        operation["requestBody"] = body;
    }
    match described.roles {
        None => operation["security"] = json!([]),
        Some(roles) => {
            operation["security"] = json!([{ "key": [] }, { "signIn": [] }]);
            operation["x-roles"] = roles.iter().map(|role: &Role| role.as_str()).collect();
        }
    }
    operation
}

/// The names in a path's braces.
fn names(path: &str) -> impl Iterator<Item = &str> {
    path.split('/').filter_map(|part| part.strip_prefix('{')?.strip_suffix('}'))
}

fn path_parameter(name: &str) -> Value {
    let pattern = if name == "hash" { "^[0-9a-f]{64}$" } else { "^[A-Za-z0-9-]{1,70}$" };
    json!({ "name": name, "in": "path", "required": true, "schema": { "type": "string", "pattern": pattern } })
}

fn problem() -> Value {
    json!({
        "type": "object",
        "description": "RFC 9457",
        "required": ["type", "title", "status", "code", "detail"],
        "properties": {
            "type": { "type": "string" },
            "title": { "type": ["string", "null"] },
            "status": { "type": "integer" },
            "code": { "type": "string", "description": "Stable: decide by it, never by the words" },
            "detail": { "type": "string" },
        },
    })
}
