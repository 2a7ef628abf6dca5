//! Tables on their way to whatever reads Arrow: pyarrow, pandas, polars, DuckDB, Ray. Nothing is copied.

use std::sync::Arc;

use arrow_array::ffi_stream::FFI_ArrowArrayStream;
use arrow_array::{ArrayRef, RecordBatch, RecordBatchIterator};
use arrow_schema::ffi::FFI_ArrowSchema;
use arrow_schema::{ArrowError, Field, Schema, SchemaRef};
use codesight_core::{Error, ErrorKind, Result};
use pyo3::prelude::*;
use pyo3::types::PyCapsule;

use crate::errors::{exception, invalid};

/// A table that speaks the Arrow PyCapsule protocol: `__arrow_c_stream__` and `__arrow_c_schema__`.
#[pyclass(frozen, module = "codesight_sdk._native")]
pub(crate) struct ArrowTable {
    schema: SchemaRef,
    batches: Vec<RecordBatch>,
}

impl ArrowTable {
    /// A table of these columns.
    pub(crate) fn new(fields: Vec<Field>, columns: Vec<ArrayRef>) -> Result<Self> {
        let schema = Arc::new(Schema::new(fields));
        let batch = RecordBatch::try_new(Arc::clone(&schema), columns).map_err(unexpected)?;
        Ok(Self { schema, batches: vec![batch] })
    }
}

#[pymethods]
impl ArrowTable {
    /// Rows.
    #[getter]
    fn num_rows(&self) -> usize {
        self.batches.iter().map(RecordBatch::num_rows).sum()
    }

    /// Tables of the same columns as one, without copying them.
    #[staticmethod]
    fn concat(tables: Vec<Bound<'_, Self>>) -> PyResult<Self> {
        let Some(first) = tables.first() else {
            return Err(invalid("arrow.concat", "there is no table"));
        };
        let schema = Arc::clone(&first.get().schema);
        if tables.iter().any(|table| table.get().schema != schema) {
            return Err(invalid("arrow.concat", "the tables have different columns"));
        }
        let batches = tables.iter().flat_map(|table| table.get().batches.clone()).collect();
        Ok(Self { schema, batches })
    }

    /// Names of the columns.
    #[getter]
    fn column_names(&self) -> Vec<String> {
        self.schema.fields().iter().map(|field| field.name().clone()).collect()
    }

    fn __len__(&self) -> usize {
        self.num_rows()
    }

    /// The Arrow C stream. A schema that is asked for is not cast to: the protocol leaves that to the reader.
    #[pyo3(signature = (requested_schema=None))]
    fn __arrow_c_stream__<'py>(
        &self,
        py: Python<'py>,
        requested_schema: Option<Bound<'py, PyAny>>,
    ) -> PyResult<Bound<'py, PyCapsule>> {
        drop(requested_schema);
        let batches = self.batches.clone().into_iter().map(Ok);
        let reader = RecordBatchIterator::new(batches, Arc::clone(&self.schema));
        let stream = FFI_ArrowArrayStream::new(Box::new(reader));
        PyCapsule::new_with_value(py, stream, c"arrow_array_stream")
    }

    /// The Arrow C schema.
    fn __arrow_c_schema__<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyCapsule>> {
        let schema =
            FFI_ArrowSchema::try_from(self.schema.as_ref()).map_err(|error| exception(unexpected(error)))?;
        PyCapsule::new_with_value(py, schema, c"arrow_schema")
    }
}

fn unexpected(error: ArrowError) -> Error {
    Error::new(ErrorKind::Unexpected, "python.arrow", "the columns do not fit together")
        .caused_by(error.to_string())
}
