//! The protocol and the models as JSON Schema and as TypeScript types. Both are committed; a test compares them.

use schemars::generate::SchemaSettings;
use serde_json::{Value, json};

use super::{BlobDescriptor, ClientMessage, ServerMessage};
use crate::model::{
    ArchiveManifest, FrameIndex, InteractionData, QualityReport, TrainingExample, UnifiedSession,
    VisionAnalysis,
};

/// JSON Schema (draft 2020-12) of both directions, the blob descriptor and the files of an archive.
pub fn json_schema() -> Value {
    let mut generator = SchemaSettings::draft2020_12().into_generator();
    let roots = json!({
        "clientMessage": generator.subschema_for::<ClientMessage>(),
        "serverMessage": generator.subschema_for::<ServerMessage>(),
        "blobDescriptor": generator.subschema_for::<BlobDescriptor>(),
        "interactionData": generator.subschema_for::<InteractionData>(),
        "unifiedSession": generator.subschema_for::<UnifiedSession>(),
        "archiveManifest": generator.subschema_for::<ArchiveManifest>(),
        "frameIndex": generator.subschema_for::<FrameIndex>(),
        "qualityReport": generator.subschema_for::<QualityReport>(),
        "visionAnalysis": generator.subschema_for::<VisionAnalysis>(),
        "trainingExample": generator.subschema_for::<TrainingExample>(),
    });
    json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "codesight.v1",
        "properties": roots,
        "$defs": generator.take_definitions(true),
    })
}

pub use typescript::typescript;

mod typescript;
