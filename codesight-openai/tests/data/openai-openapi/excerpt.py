"""Cuts the operations that codesight-openai uses out of OpenAI's published API description.

    python3 excerpt.py openapi.yaml > excerpt.json

The source is https://github.com/openai/openai-openapi (MIT, see LICENSE), commit f85dbe2 of 2026-08-21. What JSON Schema
2020-12 does not know is rewritten: `nullable`, `exclusiveMinimum: true`, discriminators. Descriptions are left out.
"""

import json
import sys

import yaml

PATHS = [
    "/files", "/files/{file_id}", "/files/{file_id}/content",
    "/uploads", "/uploads/{upload_id}/parts", "/uploads/{upload_id}/complete", "/uploads/{upload_id}/cancel",
    "/fine_tuning/jobs", "/fine_tuning/jobs/{fine_tuning_job_id}", "/fine_tuning/jobs/{fine_tuning_job_id}/cancel",
    "/fine_tuning/jobs/{fine_tuning_job_id}/pause", "/fine_tuning/jobs/{fine_tuning_job_id}/resume",
    "/fine_tuning/jobs/{fine_tuning_job_id}/events", "/fine_tuning/jobs/{fine_tuning_job_id}/checkpoints",
    "/models", "/models/{model}", "/batches", "/batches/{batch_id}", "/batches/{batch_id}/cancel",
    "/chat/completions", "/audio/transcriptions",
]
KEEP = {
    "$ref", "type", "properties", "required", "items", "enum", "const", "anyOf", "oneOf", "allOf", "additionalProperties",
    "minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "minLength", "maxLength", "minItems", "maxItems", "pattern",
    "propertyNames", "maxProperties",
}


def schema(node):
    if not isinstance(node, dict):
        return node
    out = {}
    for key, value in node.items():
        if key not in KEEP:
            continue
        if key == "properties":
            out[key] = {name: schema(child) for name, child in value.items()}
        elif key in ("anyOf", "oneOf", "allOf"):
            # Without its discriminator a union may fit more than once.
            out["anyOf" if key == "oneOf" else key] = [schema(child) for child in value]
        elif key in ("items", "additionalProperties", "propertyNames"):
            out[key] = schema(value)
        else:
            out[key] = value
    for bound, limit in (("exclusiveMinimum", "minimum"), ("exclusiveMaximum", "maximum")):
        if out.get(bound) is True:
            out[bound] = out.pop(limit)
        elif out.get(bound) is False:
            del out[bound]
    if node.get("nullable"):
        out = {"anyOf": [out, {"type": "null"}]}
    return out


def references(node, found):
    if isinstance(node, dict):
        if "$ref" in node:
            found.add(node["$ref"].rsplit("/", 1)[1])
        for value in node.values():
            references(value, found)
    elif isinstance(node, list):
        for value in node:
            references(value, found)


def main():
    with open(sys.argv[1], encoding="utf-8") as file:
        source = yaml.load(file, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))
    operations, wanted = [], set()
    for path in PATHS:
        for method in ("get", "post", "delete"):
            operation = source["paths"][path].get(method)
            if operation is None:
                continue
            entry = {"method": method.upper(), "path": path}
            for media, content in operation.get("requestBody", {}).get("content", {}).items():
                entry.setdefault("request", {})[media] = schema(content["schema"])
            for status, response in operation["responses"].items():
                for media, content in response.get("content", {}).items():
                    if media == "application/json":
                        entry.setdefault("responses", {})[status] = schema(content["schema"])
            operations.append(entry)
    references(operations, wanted)
    wanted.add("ErrorResponse")
    schemas, todo = {}, sorted(wanted)
    while todo:
        name = todo.pop()
        if name in schemas:
            continue
        schemas[name] = schema(source["components"]["schemas"][name])
        found = set()
        references(schemas[name], found)
        todo.extend(sorted(found - schemas.keys()))
    json.dump({"operations": operations, "components": {"schemas": dict(sorted(schemas.items()))}},
              sys.stdout, separators=(",", ":"))
    print()


main()
