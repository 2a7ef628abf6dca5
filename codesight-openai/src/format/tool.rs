//! The function tool `computer`.

use std::sync::LazyLock;

use serde_json::value::RawValue;

/// Name of the tool.
pub const TOOL_NAME: &str = "computer";

/// JSON Schema of the tool's argument. A constant text, so that its bytes never depend on how a map is ordered.
pub const TOOL_PARAMETERS: &str = concat!(
    r#"{"type":"object","properties":{"actions":{"type":"array","minItems":1,"items":{"anyOf":["#,
    r#"{"type":"object","properties":{"type":{"const":"click"},"button":{"enum":["left","right","wheel","back","forward"]},"x":{"type":"integer"},"y":{"type":"integer"}},"required":["type","button","x","y"],"additionalProperties":false},"#,
    r#"{"type":"object","properties":{"type":{"enum":["double_click","move"]},"x":{"type":"integer"},"y":{"type":"integer"}},"required":["type","x","y"],"additionalProperties":false},"#,
    r#"{"type":"object","properties":{"type":{"const":"drag"},"path":{"type":"array","minItems":1,"items":{"type":"object","properties":{"x":{"type":"integer"},"y":{"type":"integer"}},"required":["x","y"],"additionalProperties":false}}},"required":["type","path"],"additionalProperties":false},"#,
    r#"{"type":"object","properties":{"type":{"const":"scroll"},"x":{"type":"integer"},"y":{"type":"integer"},"scroll_x":{"type":"integer"},"scroll_y":{"type":"integer"}},"required":["type","x","y","scroll_x","scroll_y"],"additionalProperties":false},"#,
    r#"{"type":"object","properties":{"type":{"const":"keypress"},"keys":{"type":"array","minItems":1,"items":{"type":"string"}}},"required":["type","keys"],"additionalProperties":false},"#,
    r#"{"type":"object","properties":{"type":{"const":"type"},"text":{"type":"string"}},"required":["type","text"],"additionalProperties":false},"#,
    r#"{"type":"object","properties":{"type":{"const":"select_option"},"x":{"type":"integer"},"y":{"type":"integer"},"option":{"type":"string"}},"required":["type","x","y","option"],"additionalProperties":false},"#,
    r#"{"type":"object","properties":{"type":{"const":"navigate"},"url":{"type":"string"}},"required":["type","url"],"additionalProperties":false},"#,
    r#"{"type":"object","properties":{"type":{"const":"wait"}},"required":["type"],"additionalProperties":false},"#,
    r#"{"type":"object","properties":{"type":{"const":"terminate"},"status":{"enum":["success","failure"]}},"required":["type","status"],"additionalProperties":false}"#,
    r#"]}}},"required":["actions"],"additionalProperties":false}"#,
);

/// The tool as it stands in every line.
pub(super) static TOOL: LazyLock<Box<RawValue>> = LazyLock::new(|| {
    let description = "Acts on the web page in the screenshot. Places are whole pixels of the screenshot.";
    RawValue::from_string(format!(
        r#"{{"type":"function","function":{{"name":"{TOOL_NAME}","description":"{description}","parameters":{TOOL_PARAMETERS}}}}}"#
    ))
    .expect("the tool is a constant JSON text")
});
