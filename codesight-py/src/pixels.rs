//! Decoded frames as memory that Python reads in place.

use std::ffi::{c_int, c_void};

use bytes::Bytes;
use codesight_storage::image::{ImageLimits, Pixels as Decoded, decode};
use pyo3::exceptions::PyBufferError;
use pyo3::ffi;
use pyo3::prelude::*;
use pyo3::pybacked::PyBackedBytes;

use crate::runtime::work;

/// Decoded samples, 8 bits each, rows from the top left without gaps. Offers the buffer protocol: rows, columns, channels,
/// read-only, over the memory they were decoded into.
#[pyclass(frozen, module = "codesight_sdk._native")]
pub(crate) struct Pixels {
    decoded: Decoded,
    /// Rows, columns, channels.
    shape: [ffi::Py_ssize_t; 3],
    /// Bytes from one to the next of each.
    strides: [ffi::Py_ssize_t; 3],
}

impl Pixels {
    pub(crate) fn new(decoded: Decoded) -> Self {
        let (width, height, channels) =
            (decoded.width() as isize, decoded.height() as isize, decoded.channels() as isize);
        Self { decoded, shape: [height, width, channels], strides: [width * channels, channels, 1] }
    }
}

#[pymethods]
impl Pixels {
    /// Columns.
    #[getter]
    fn width(&self) -> u32 {
        self.decoded.width()
    }

    /// Rows.
    #[getter]
    fn height(&self) -> u32 {
        self.decoded.height()
    }

    /// `RGB` or `RGBA`.
    #[getter]
    fn mode(&self) -> &'static str {
        if self.decoded.has_alpha() { "RGBA" } else { "RGB" }
    }

    /// Rows, as an array of the pixels has them.
    fn __len__(&self) -> usize {
        self.decoded.height() as usize
    }

    #[expect(unsafe_code, reason = "the buffer protocol is made of pointers")]
    unsafe fn __getbuffer__(slf: Bound<'_, Self>, view: *mut ffi::Py_buffer, flags: c_int) -> PyResult<()> {
        if view.is_null() {
            return Err(PyBufferError::new_err("no view was given"));
        }
        let samples = slf.get().decoded.samples();
        let length = ffi::Py_ssize_t::try_from(samples.len())
            .map_err(|_| PyBufferError::new_err("too many samples for a buffer"))?;
        let data = samples.as_ptr().cast_mut().cast::<c_void>();
        // SAFETY: `view` is not null and was given by the interpreter to be filled; the samples are never moved or
        // changed while the object lives, and the view keeps the object; a request to write is refused by the call.
        let filled = unsafe { ffi::PyBuffer_FillInfo(view, slf.as_ptr(), data, length, 1, flags) };
        if filled != 0 {
            return Err(PyErr::fetch(slf.py()));
        }
        let asks = |flag: c_int| flags & flag == flag;
        // SAFETY: as above; shape and strides live as long as the object, and readers do not write to them.
        let view = unsafe { &mut *view };
        if asks(ffi::PyBUF_ND) {
            let pixels = slf.get();
            view.ndim = 3;
            view.shape = pixels.shape.as_ptr().cast_mut();
            if asks(ffi::PyBUF_STRIDES) {
                view.strides = pixels.strides.as_ptr().cast_mut();
            }
        }
        Ok(())
    }
}

/// Decodes a PNG, JPEG or still WebP image.
#[pyfunction]
pub(crate) fn decode_image(py: Python<'_>, image: PyBackedBytes) -> PyResult<Pixels> {
    let image = Bytes::from_owner(image);
    work(py, move || decode(&image, &ImageLimits::default())).map(Pixels::new)
}
