//! Public corpora, where they are laid out: `CODESIGHT_CORPORA` names the folder.

use std::path::{Path, PathBuf};

/// A folder of the corpora, or `None` with a printed reason.
pub(crate) fn folder(name: &str) -> Option<PathBuf> {
    let Some(root) = std::env::var_os("CODESIGHT_CORPORA") else {
        eprintln!("SKIPPED {name}: CODESIGHT_CORPORA is not set");
        return None;
    };
    let folder = Path::new(&root).join(name);
    assert!(folder.is_dir(), "CODESIGHT_CORPORA is set, but {} is no folder", folder.display());
    Some(folder)
}

/// Names and bytes of the files in a folder, by name.
pub(crate) fn files(folder: &Path) -> Vec<(String, Vec<u8>)> {
    let mut paths: Vec<PathBuf> = std::fs::read_dir(folder)
        .expect("readable folder")
        .map(|entry| entry.expect("entry").path())
        .collect();
    paths.sort();
    let read = |path: PathBuf| {
        let name = path.file_name()?.to_str()?.to_owned();
        path.is_file().then(|| (name, std::fs::read(&path).expect("readable file")))
    };
    paths.into_iter().filter_map(read).collect()
}
