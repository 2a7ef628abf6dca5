//! Asking models recorded steps.

use codesight_core::time::Clock;
use codesight_core::{Error, Result};
use codesight_openai::chat::{ChatModel, ChatPrice};
use codesight_openai::client::Client;
use codesight_openai::evaluate::{
    EvaluationCase, EvaluationOptions, EvaluationReport, GoldenSet, ModelReport, evaluate, to_html,
};
use pyo3::prelude::*;
use pyo3::pybacked::PyBackedBytes;
use pyo3::types::PyBytes;

use crate::archive::json;
use crate::clock::SystemClock;
use crate::errors::{exception, invalid};
use crate::runtime::{blocking, wait};
use crate::service::Service;
use crate::told::Told;

/// What models did at recorded steps.
#[pyclass(frozen, module = "codesight_sdk._native")]
pub(crate) struct Evaluation {
    report: EvaluationReport,
    cases: Vec<EvaluationCase>,
    left_out: Vec<usize>,
}

#[pymethods]
impl Evaluation {
    /// Everything as JSON.
    fn report<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyBytes>> {
        json(py, &self.report)
    }

    /// A page that stands alone.
    fn page(&self, py: Python<'_>) -> String {
        py.detach(|| to_html(&self.report, &self.cases))
    }

    /// The lines that could not be asked, counted from 1.
    #[getter]
    fn left_out(&self) -> Vec<usize> {
        self.left_out.clone()
    }

    /// The picture of each step, encoded.
    fn pictures<'py>(&self, py: Python<'py>) -> Vec<(&str, Option<Bound<'py, PyBytes>>)> {
        let picture = |case: &EvaluationCase| case.image.as_ref().map(|image| PyBytes::new(py, image));
        self.cases.iter().map(|case| (case.id.as_str(), picture(case))).collect()
    }

    /// The answers of the first model as a golden set, as JSON.
    fn golden<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyBytes>> {
        json(py, &GoldenSet::record(self.first()?))
    }

    /// The steps that the first model answers otherwise than a golden set, each with whether that is for the worse.
    fn changes(&self, golden: &[u8]) -> PyResult<Vec<(String, bool)>> {
        let changes = GoldenSet::from_json(golden).map_err(exception)?.compare(self.first()?);
        Ok(changes.iter().map(|change| (change.id.clone(), change.is_regression())).collect())
    }
}

impl Evaluation {
    fn first(&self) -> PyResult<&ModelReport> {
        self.report.models.first().ok_or_else(|| invalid("evaluate.golden", "no model was asked"))
    }
}

/// Asks each model every line, given with its task, and compares what they do with what the person did. `told` is told
/// the answers so far and all of them.
#[pyfunction]
#[pyo3(signature = (service, lines, *, models, steps, parallel, told))]
pub(crate) fn evaluate_models(
    py: Python<'_>,
    service: &Service,
    lines: Vec<(String, PyBackedBytes)>,
    models: Vec<String>,
    steps: Option<usize>,
    parallel: usize,
    told: Option<Py<PyAny>>,
) -> PyResult<Evaluation> {
    let client = service.client("evaluate")?.clone();
    let told = Told::new(told);
    let evaluated = wait(py, async {
        let (cases, left_out) = blocking(move || Ok(cases(&lines, steps))).await?;
        if cases.is_empty() {
            return Err(Error::invalid("evaluate", "there is no step to ask"));
        }
        let report = ask(&client, &models, &cases, parallel, &told).await?;
        Ok(Evaluation { report, cases, left_out })
    });
    told.end(evaluated)
}

fn cases(lines: &[(String, PyBackedBytes)], steps: Option<usize>) -> (Vec<EvaluationCase>, Vec<usize>) {
    let (mut cases, mut left_out) = (Vec::new(), Vec::new());
    for (at, (task, line)) in lines.iter().enumerate() {
        if steps.is_some_and(|steps| cases.len() >= steps) {
            break;
        }
        match EvaluationCase::from_line(format!("step {}", at + 1), task, line) {
            Ok(case) => cases.push(case),
            Err(_) => left_out.push(at + 1),
        }
    }
    (cases, left_out)
}

async fn ask(
    client: &Client,
    models: &[String],
    cases: &[EvaluationCase],
    parallel: usize,
    told: &Told,
) -> Result<EvaluationReport> {
    let all = models.len() * cases.len();
    let mut reports = Vec::with_capacity(models.len());
    for (at, name) in models.iter().enumerate() {
        let options = EvaluationOptions { parallel, price: ChatPrice::of_tuned(name) };
        let model = ChatModel::new(client.clone(), name);
        let asked = evaluate(&model, cases, &options, |done| {
            // A function that raised is not called again, and ends the evaluation after this model.
            let _ = told.tell((at * cases.len() + done, all));
        });
        reports.push(asked.await);
        told.check()?;
    }
    Ok(EvaluationReport::new(SystemClock.now(), reports))
}
