//! Ready recipes for open trainers. They were written by the trainers' documents (TRL 1.16, ms-swift 4.6) and run on no GPU.

use serde::{Deserialize, Serialize};

/// Which trainer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Recipe {
    /// ms-swift, which reads OpenAI's lines as they are.
    #[default]
    MsSwift,
    /// TRL, with a script that turns the lines into its columns.
    Trl,
}

const TRL: &str = include_str!("recipe_trl.py");

impl Recipe {
    /// Its name.
    pub fn name(self) -> &'static str {
        match self {
            Self::MsSwift => "ms-swift",
            Self::Trl => "trl",
        }
    }

    pub(super) fn file_name(self) -> &'static str {
        match self {
            Self::MsSwift => "recipe.sh",
            Self::Trl => "recipe.py",
        }
    }

    pub(super) fn command(self) -> Vec<String> {
        let program = match self {
            Self::MsSwift => "bash",
            Self::Trl => "python3",
        };
        vec![program.to_owned(), self.file_name().to_owned()]
    }

    /// The recipe for a model to start from.
    pub fn write(self, base_model: &str, epochs: Option<u32>, validated: bool) -> String {
        let epochs = epochs.unwrap_or(3);
        match self {
            Self::MsSwift => {
                let model = quoted(base_model);
                let validation = if validated { " \\\n  --val_dataset validation.jsonl" } else { "" };
                format!(
                    "#!/usr/bin/env bash\nset -euo pipefail\nswift sft \\\n  --model {model} \\\n  --dataset lines.jsonl{validation} \\\n  \
                     --train_type lora \\\n  --num_train_epochs {epochs} \\\n  --add_version false \\\n  --output_dir output\n"
                )
            }
            Self::Trl => {
                let model = serde_json::to_string(base_model).unwrap_or_default();
                let validated = if validated { "True" } else { "False" };
                TRL.replace("\"@MODEL@\"", &model)
                    .replace("\"@EPOCHS@\"", &epochs.to_string())
                    .replace("\"@VALIDATED@\"", validated)
            }
        }
    }
}

/// For a shell, whatever it holds.
fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', "'\\''"))
}
