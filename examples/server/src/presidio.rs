//! A recogniser of names behind HTTP, as Presidio's analyzer serves it: `POST /analyze`.
//!
//! Meant for a service beside this one: plain HTTP, one connection for an interaction. What it is sent was masked
//! before. Only names and places are believed: of everything with a form the detector knows more.

use std::time::Duration;

use async_trait::async_trait;
use axum::body::Body;
use codesight_core::privacy::{EntityRecognizer, Masked, PiiSpan, PiiType};
use codesight_core::{Error, ErrorKind, Result};
use hyper::client::conn::http1::{SendRequest, handshake};
use hyper::{Request, StatusCode, Uri};
use hyper_util::rt::TokioIo;
use serde::{Deserialize, Serialize};
use tokio::net::TcpStream;

const OPERATION: &str = "recognizer.recognize";
/// For all texts of one interaction.
const PATIENCE: Duration = Duration::from_secs(20);
const MAX_ANSWER_BYTES: usize = 1 << 20;
/// Presidio's scores of names by its default models begin at 0.85; what comes with less is a guess.
const LEAST_SCORE: f32 = 0.6;

/// The service at an address such as `http://127.0.0.1:5002`.
#[derive(Debug)]
pub(crate) struct Presidio {
    authority: String,
    language: String,
}

#[derive(Serialize)]
struct Question<'a> {
    text: &'a str,
    language: &'a str,
    score_threshold: f32,
}

/// Places are counted in characters.
#[derive(Deserialize)]
struct Entity {
    entity_type: String,
    start: usize,
    end: usize,
    score: f32,
}

impl Presidio {
    /// The service that is reached under an address like `http://HOST:PORT`.
    pub(crate) fn new(address: &str, language: &str) -> Result<Self> {
        let uri: Option<Uri> = address.parse().ok().filter(|uri: &Uri| uri.scheme_str() == Some("http"));
        let authority = uri
            .as_ref()
            .and_then(Uri::authority)
            .ok_or_else(|| Error::invalid("recognizer.new", "the address is not like http://HOST:PORT"))?;
        let port = authority.port_u16().unwrap_or(80);
        Ok(Self { authority: format!("{}:{port}", authority.host()), language: language.to_owned() })
    }

    async fn connect(&self) -> Result<SendRequest<Body>> {
        let stream = TcpStream::connect(&self.authority).await.map_err(failed)?;
        let (sender, connection) = handshake(TokioIo::new(stream)).await.map_err(failed)?;
        // Ends with the sender, and by itself when the service hangs up.
        tokio::spawn(async move { drop(connection.await) });
        Ok(sender)
    }

    async fn ask(&self, sender: &mut SendRequest<Body>, text: &str) -> Result<Vec<PiiSpan>> {
        let question = Question { text, language: &self.language, score_threshold: LEAST_SCORE };
        let body = serde_json::to_vec(&question).map_err(failed)?;
        let request = Request::post("/analyze")
            .header("host", &self.authority)
            .header("content-type", "application/json")
            .body(Body::from(body))
            .map_err(failed)?;
        let answer = sender.send_request(request).await.map_err(failed)?;
        if answer.status() != StatusCode::OK {
            let refused = Error::new(ErrorKind::Unavailable, OPERATION, "the recogniser refused");
            return Err(refused.with("status", answer.status().as_u16()));
        }
        let body =
            axum::body::to_bytes(Body::new(answer.into_body()), MAX_ANSWER_BYTES).await.map_err(failed)?;
        let entities: Vec<Entity> = serde_json::from_slice(&body).map_err(|_| {
            Error::new(ErrorKind::Corrupt, OPERATION, "the answer is not the one of an analyzer")
        })?;
        Ok(entities.iter().filter_map(|entity| span(text, entity)).collect())
    }
}

/// Without the cause: what a service says may quote what it was given.
fn failed<E: std::error::Error>(_: E) -> Error {
    Error::new(ErrorKind::Unavailable, OPERATION, "the recogniser cannot be reached")
}

fn span(text: &str, entity: &Entity) -> Option<PiiSpan> {
    let kind = match entity.entity_type.as_str() {
        "PERSON" => PiiType::PersonName,
        "LOCATION" => PiiType::PostalAddress,
        _ => return None,
    };
    let byte = |characters: usize| match text.char_indices().nth(characters) {
        Some((byte, _)) => Some(byte),
        None => (text.chars().count() == characters).then_some(text.len()),
    };
    let range = byte(entity.start)?..byte(entity.end)?;
    (entity.score >= LEAST_SCORE && !range.is_empty()).then_some(PiiSpan {
        range,
        kind,
        score: entity.score,
        evidence: "model",
    })
}

#[async_trait]
impl EntityRecognizer for Presidio {
    fn version(&self) -> &str {
        "presidio-analyzer"
    }

    async fn recognize(&self, texts: &Masked<Vec<String>>) -> Result<Vec<Vec<PiiSpan>>> {
        let all = async {
            let mut sender = self.connect().await?;
            let mut spans = Vec::with_capacity(texts.len());
            for text in texts.iter() {
                spans.push(self.ask(&mut sender, text).await?);
            }
            Ok(spans)
        };
        let late = |_| Error::new(ErrorKind::Unavailable, OPERATION, "the recogniser took too long");
        tokio::time::timeout(PATIENCE, all).await.unwrap_or_else(|error| Err(late(error)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entity(entity_type: &str, start: usize, end: usize, score: f32) -> Entity {
        Entity { entity_type: entity_type.to_owned(), start, end, score }
    }

    #[test]
    fn characters_become_bytes_and_only_names_and_places_are_believed() {
        let text = "Für Zoë";
        let span_of = |entity: &Entity| span(text, entity).map(|span| (span.kind, &text[span.range]));
        assert_eq!(span_of(&entity("PERSON", 4, 7, 0.85)), Some((PiiType::PersonName, "Zoë")));
        assert_eq!(span_of(&entity("LOCATION", 0, 3, 0.7)), Some((PiiType::PostalAddress, "Für")));
        for wrong in [
            entity("PHONE_NUMBER", 4, 7, 0.99),
            entity("PERSON", 4, 9, 0.99),
            entity("PERSON", 7, 4, 0.99),
            entity("PERSON", 4, 7, 0.2),
        ] {
            assert_eq!(span_of(&wrong), None);
        }
    }

    #[test]
    fn an_address_that_is_none_is_refused() {
        for wrong in ["https://recogniser.test", "/analyze", "recogniser"] {
            assert!(Presidio::new(wrong, "en").is_err(), "{wrong}");
        }
        assert!(Presidio::new("http://127.0.0.1:5002", "en").is_ok());
    }
}
