//! Masking.

use std::sync::{Arc, Mutex, PoisonError};

use codesight_core::Error;
use codesight_core::model::InteractionData;
use codesight_core::ports::SecretKey;
use codesight_core::privacy::{
    DetectInput, Masker as CoreMasker, PatternDetector, PiiDetector, PiiType, Pseudonymizer, Raw, Surface,
};
use pyo3::prelude::*;
use pyo3::pybacked::PyBackedBytes;
use pyo3::types::PyBytes;

use crate::errors::{exception, invalid};

const SURFACES: [Surface; 7] = [
    Surface::Text,
    Surface::Title,
    Surface::Url,
    Surface::Selector,
    Surface::Attribute,
    Surface::FieldValue,
    Surface::Unknown,
];

/// Masks the records of one session under one key.
#[pyclass(frozen, module = "codesight_sdk._native")]
pub(crate) struct Masker {
    masker: Mutex<CoreMasker>,
    detector: Arc<PatternDetector>,
}

fn surface(name: &str) -> PyResult<Surface> {
    let found = SURFACES.into_iter().find(|surface| surface.as_str() == name);
    found.ok_or_else(|| invalid("mask", "no such surface"))
}

#[pymethods]
impl Masker {
    #[new]
    fn new(key: [u8; 32]) -> Self {
        let detector = Arc::new(PatternDetector::new());
        let shared: Arc<dyn PiiDetector> = Arc::<PatternDetector>::clone(&detector);
        let masker = CoreMasker::new(shared, Pseudonymizer::new(SecretKey::from_bytes(key)));
        Self { masker: Mutex::new(masker), detector }
    }

    /// Masks one text.
    fn text(&self, py: Python<'_>, text: String, surface_name: &str) -> PyResult<String> {
        let surface = surface(surface_name)?;
        py.detach(|| {
            let mut masker = self.masker.lock().unwrap_or_else(PoisonError::into_inner);
            Ok(masker.text(Raw::new(text), surface).into_inner())
        })
    }

    /// Masks one interaction, JSON in and JSON out.
    fn interaction<'py>(&self, py: Python<'py>, interaction: PyBackedBytes) -> PyResult<Bound<'py, PyBytes>> {
        let masked = py.detach(|| {
            // Serde's message is left out: it may quote what is about to be masked.
            let raw: InteractionData = serde_json::from_slice(&interaction).map_err(|error| {
                Error::invalid("mask.interaction", "this is no interaction")
                    .with("line", error.line())
                    .with("column", error.column())
            })?;
            let mut masker = self.masker.lock().unwrap_or_else(PoisonError::into_inner);
            masker.interaction(Raw::new(raw)).to_json()
        });
        Ok(PyBytes::new(py, &masked.map_err(exception)?))
    }

    /// What was masked so far: type, surface and how often.
    fn report(&self) -> Vec<(&'static str, &'static str, u32)> {
        let masker = self.masker.lock().unwrap_or_else(PoisonError::into_inner);
        masker
            .report()
            .counts()
            .map(|(kind, surface, count)| (kind.as_str(), surface.as_str(), count))
            .collect()
    }

    /// Where personal data is in a text: start and end in characters, type, and a score from 0 to 1.
    fn detect(
        &self,
        py: Python<'_>,
        text: String,
        surface_name: &str,
        cue: &str,
    ) -> PyResult<Vec<(usize, usize, &'static str, f32)>> {
        let surface = surface(surface_name)?;
        Ok(py.detach(|| {
            let mut spans = Vec::new();
            self.detector.detect(&DetectInput { text: &text, surface, cue, country: None }, &mut spans);
            let characters = |bytes: usize| text.get(..bytes).map_or(0, |before| before.chars().count());
            spans
                .iter()
                .map(|span| {
                    (characters(span.range.start), characters(span.range.end), span.kind.as_str(), span.score)
                })
                .collect()
        }))
    }
}

/// The types of personal data.
#[pyfunction]
pub(crate) fn pii_types() -> Vec<&'static str> {
    PiiType::ALL.into_iter().map(PiiType::as_str).collect()
}
