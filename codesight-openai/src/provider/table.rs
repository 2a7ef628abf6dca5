//! The services this version knows, as their documents described them on 2026-11-22. No call was made to any of them.

use super::profile::{Authorization, Dialect, Offers, Profile};
use crate::limits::Limits;

const READ: &str = "2026-11-22";

pub(super) const NAMES: &[&str] =
    &["openai", "azure", "together", "fireworks", "vllm", "llama.cpp", "ollama"];

pub(super) fn named(name: &str) -> Option<Profile> {
    Some(match name {
        "openai" => openai(),
        "azure" => azure(),
        "together" => together(),
        "fireworks" => fireworks(),
        "vllm" => {
            inference("vllm", "http://127.0.0.1:8000/v1", "vLLM documentation: OpenAI-compatible server")
        }
        "llama.cpp" => inference(
            "llama.cpp",
            "http://127.0.0.1:8080/v1",
            "llama.cpp documentation: server; images need --mmproj",
        ),
        "ollama" => {
            inference("ollama", "http://127.0.0.1:11434/v1", "Ollama documentation: OpenAI compatibility")
        }
        _ => return None,
    })
}

fn profile(name: &str, base_url: &str, source: &str, offers: Offers, limits: Limits) -> Profile {
    Profile {
        name: name.to_owned(),
        as_of: READ.to_owned(),
        source: source.to_owned(),
        base_url: base_url.to_owned(),
        authorization: Authorization::Bearer,
        query: Vec::new(),
        headers: Default::default(),
        dialect: Dialect::OpenAi,
        offers,
        limits,
        notices: Vec::new(),
    }
}

fn all() -> Offers {
    Offers {
        files: true,
        uploads: true,
        fine_tuning: true,
        dpo: true,
        reinforcement: true,
        pause: true,
        training_images: true,
        training_tools: true,
        chat_images: true,
        json_schema: true,
        batches: true,
        transcription: true,
    }
}

fn openai() -> Profile {
    let source = "OpenAI API reference; Deprecations page";
    let mut profile = profile("openai", "https://api.openai.com/v1", source, all(), Limits::openai());
    profile.notices = vec![
        "Hosted fine-tuning is closing: new jobs are refused to organisations without recent use since 2026-05-07 and 2026-07-02, and to everybody from 2027-01-06.".to_owned(),
        "Fine-tunes of gpt-4o, gpt-4o-mini, gpt-4.1 and gpt-4.1-mini are announced to shut down on 2027-01-14; train the same data elsewhere in time.".to_owned(),
        "Images with people, faces, children or CAPTCHAs are dropped from training files.".to_owned(),
    ];
    profile
}

fn azure() -> Profile {
    let source = "Microsoft Foundry documentation: fine-tuning, model retirement schedule";
    // The resource's own address replaces the placeholder.
    let address = "https://RESOURCE.openai.azure.com/openai/v1";
    let offers = Offers { transcription: false, ..all() };
    let mut profile = profile("azure", address, source, offers, Limits::azure());
    profile.authorization = Authorization::Header { name: "api-key".to_owned() };
    profile.notices = vec![
        "Training is for existing customers; it retires no earlier than 2027-04-01 (gpt-4o) and 2027-04-14 (gpt-4.1).".to_owned(),
        "A trained model answers only after it is deployed through the management API; `model` is then the deployment's name.".to_owned(),
        "Images with people, faces or CAPTCHAs are dropped from training files.".to_owned(),
    ];
    profile
}

fn together() -> Profile {
    let source = "Together documentation: Vision-language fine-tuning; OpenAPI description of 2026-04-28";
    let offers = Offers { uploads: false, reinforcement: false, pause: false, ..all() };
    let mut profile = profile("together", "https://api.together.ai/v1", source, offers, Limits::together());
    profile.dialect = Dialect::Together;
    profile.notices =
        vec!["Whether examples with both images and tool calls are trained is not documented.".to_owned()];
    profile
}

fn fireworks() -> Profile {
    let source = "Fireworks documentation: Vision model fine-tuning; Supervised fine-tuning";
    let offers = Offers { uploads: false, pause: false, batches: false, ..all() };
    let mut profile =
        profile("fireworks", "https://api.fireworks.ai/v1", source, offers, Limits::fireworks());
    profile.dialect = Dialect::Fireworks;
    profile.notices = vec![
        "Images must be PNG or JPEG, in the line.".to_owned(),
        "Jobs live below an account: its id is part of every address.".to_owned(),
    ];
    profile
}

/// A server that answers and does not train.
fn inference(name: &str, base_url: &str, source: &str) -> Profile {
    let offers = Offers { chat_images: true, json_schema: true, ..Offers::default() };
    profile(name, base_url, source, offers, Limits::openai())
}
