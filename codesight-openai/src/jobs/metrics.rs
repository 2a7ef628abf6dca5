//! The table of figures that a job leaves.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use codesight_core::model::TrainingMetrics;
use codesight_core::{Error, ErrorKind, Result};

/// One step. What the service left empty, or wrote as -1, is none.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct MetricsRow {
    /// Which step.
    pub step: u64,
    /// Loss on the batch.
    pub train_loss: Option<f64>,
    /// Share of tokens predicted right in the batch.
    pub train_accuracy: Option<f64>,
    /// Loss on validation lines.
    pub valid_loss: Option<f64>,
    /// Share of tokens predicted right in validation lines.
    pub valid_accuracy: Option<f64>,
}

/// All steps in order.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct MetricsTable {
    /// The steps.
    pub rows: Vec<MetricsRow>,
}

impl MetricsTable {
    /// Reads a result file: CSV whose columns are found by name, plain or base64.
    ///
    /// # Errors
    /// [`ErrorKind::Corrupt`] for bytes that are no table with a column `step`.
    pub fn read(bytes: &[u8]) -> Result<Self> {
        let corrupt =
            || Error::new(ErrorKind::Corrupt, "jobs.metrics", "the result file is no table of steps");
        let plain = if bytes.trim_ascii().starts_with(b"step") || bytes.contains(&b',') {
            bytes.to_vec()
        } else {
            let packed: Vec<u8> = bytes.iter().copied().filter(|byte| !byte.is_ascii_whitespace()).collect();
            STANDARD.decode(packed).map_err(|_| corrupt())?
        };
        let mut reader =
            csv::ReaderBuilder::new().flexible(true).trim(csv::Trim::All).from_reader(plain.as_slice());
        let headers = reader.headers().map_err(|_| corrupt())?.clone();
        let column = |names: &[&str]| {
            names.iter().find_map(|name| {
                headers.iter().position(|header| header.trim_start_matches('\u{feff}') == *name)
            })
        };
        let step = column(&["step"]).ok_or_else(corrupt)?;
        let columns = [
            column(&["train_loss", "training_loss"]),
            column(&["train_accuracy", "train_mean_token_accuracy", "training_token_accuracy"]),
            column(&["valid_loss", "full_valid_loss", "validation_loss"]),
            column(&["valid_mean_token_accuracy", "valid_accuracy", "full_valid_mean_token_accuracy"]),
        ];
        let mut rows = Vec::new();
        for record in reader.records() {
            let record = record.map_err(|_| corrupt())?;
            let Some(step) = record.get(step).and_then(|text| text.parse::<f64>().ok()) else { continue };
            let figure = |column: Option<usize>| {
                let value: f64 = record.get(column?)?.parse().ok()?;
                (value.is_finite() && value >= 0.0).then_some(value)
            };
            let [train_loss, train_accuracy, valid_loss, valid_accuracy] = columns.map(figure);
            rows.push(MetricsRow {
                step: step as u64,
                train_loss,
                train_accuracy,
                valid_loss,
                valid_accuracy,
            });
        }
        Ok(Self { rows })
    }

    /// The last known figure of each kind.
    pub fn summary(&self, trained_tokens: Option<u64>) -> TrainingMetrics {
        let last = |of: fn(&MetricsRow) -> Option<f64>| self.rows.iter().rev().find_map(of);
        TrainingMetrics {
            steps: self.rows.iter().map(|row| row.step).max().unwrap_or_default(),
            epochs: 0.0,
            trained_tokens: trained_tokens.unwrap_or_default(),
            training_loss: last(|row| row.train_loss),
            validation_loss: last(|row| row.valid_loss),
            token_accuracy: last(|row| row.valid_accuracy).or_else(|| last(|row| row.train_accuracy)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TABLE: &str = "step,train_loss,train_accuracy,valid_loss,valid_mean_token_accuracy\n\
                         1,2.5,0.4,,\n2,1.25,0.5,-1,-1\n3,1.0,0.75,1.5,0.5\n4,0.5,0.9,,\n";

    #[test]
    fn empty_cells_and_minus_one_are_no_figures() {
        let table = MetricsTable::read(TABLE.as_bytes()).unwrap();
        assert_eq!(table.rows.len(), 4);
        assert_eq!(table.rows[1].valid_loss, None);
        let summary = table.summary(Some(90));
        assert_eq!((summary.steps, summary.trained_tokens), (4, 90));
        assert_eq!((summary.training_loss, summary.validation_loss), (Some(0.5), Some(1.5)));
        assert_eq!(summary.token_accuracy, Some(0.5));
    }

    #[test]
    fn a_table_may_be_base64_and_its_columns_in_any_order() {
        let packed = STANDARD.encode("train_loss,step\n0.5,7\n");
        let table = MetricsTable::read(packed.as_bytes()).unwrap();
        assert_eq!(table.rows, [MetricsRow { step: 7, train_loss: Some(0.5), ..MetricsRow::default() }]);
        for bad in ["<html>, no</html>", "loss,acc\n1,2\n", "%%%"] {
            assert_eq!(MetricsTable::read(bad.as_bytes()).unwrap_err().kind(), ErrorKind::Corrupt, "{bad}");
        }
    }
}
