//! The fences of the house: reads the sources and says what breaks its laws.
//!
//! Each fence is a function of (path, text) below `tests/architecture/`; its own tests feed it
//! violations, so that no fence is green because it sees nothing.

#[path = "architecture/lexer.rs"]
mod lexer;
#[path = "architecture/limits.rs"]
mod limits;
#[path = "architecture/package.rs"]
mod package;
#[path = "architecture/purity.rs"]
mod purity;
#[path = "architecture/rooms.rs"]
mod rooms;
#[path = "architecture/source.rs"]
mod source;

use std::fs;
use std::path::{Path, PathBuf};

use source::Source;

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

fn text(path: &str) -> String {
    fs::read_to_string(root().join(path)).unwrap_or_else(|e| panic!("{path}: {e}"))
}

/// The names in a folder, sorted; none where there is no folder.
fn names(folder: &Path) -> Vec<String> {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    let mut names: Vec<String> =
        entries.map(|entry| entry.file_name().to_string_lossy().into_owned()).collect();
    names.sort();
    names
}

/// Every Rust file below a folder of the package.
fn sources(folder: &str) -> Vec<Source> {
    let mut found = Vec::new();
    for name in names(&root().join(folder)) {
        let path = format!("{folder}/{name}");
        if root().join(&path).is_dir() {
            found.extend(sources(&path));
        } else if name.ends_with(".rs") {
            found.push(Source::new(&path, &text(&path)));
        }
    }
    found
}

/// The library's files; a file of tests only (`#[cfg(test)] mod x;`) holds no code.
fn library() -> Vec<Source> {
    let mut sources = sources("src");
    let mut tests = Vec::new();
    for source in &sources {
        let folder: Vec<&str> = std::iter::once("src").chain(source.module()).collect();
        let modules = source.modules.iter().filter(|module| module.test);
        tests.extend(modules.map(|module| format!("{}/{}", folder.join("/"), module.name)));
    }
    for source in &mut sources {
        let path = source.path.as_str();
        if tests.iter().any(|t| path == format!("{t}.rs") || path.starts_with(&format!("{t}/"))) {
            source.tokens.clear();
        }
    }
    assert!(sources.len() > 10, "the sources are read");
    sources
}

/// The library's files and every other target's.
fn everything() -> Vec<Source> {
    let others = ["tests", "examples", "benches"].into_iter().flat_map(sources);
    library().into_iter().chain(others).collect()
}

#[track_caller]
fn none(findings: impl IntoIterator<Item = String>) {
    let findings: Vec<String> = findings.into_iter().collect();
    assert!(findings.is_empty(), "{} to mend:\n{}\n", findings.len(), findings.join("\n"));
}

#[test]
fn rooms_name_only_the_rooms_they_may() {
    none(rooms::imports(&library()));
}

#[test]
fn the_door_only_declares_and_re_exports() {
    none(rooms::door(&Source::new("src/lib.rs", &text("src/lib.rs"))));
}

#[test]
fn testkit_sees_public_items_only() {
    none(rooms::public_only(&library()));
}

#[test]
fn every_file_is_reachable() {
    none(rooms::unreachable_files(&library()));
}

#[test]
fn pure_rooms_are_pure() {
    none(library().iter().flat_map(purity::impure));
}

#[test]
fn the_model_holds_no_float() {
    none(library().iter().flat_map(purity::floats));
}

#[test]
fn the_library_does_not_panic() {
    none(library().iter().flat_map(purity::panics));
}

#[test]
fn privileged_constructors_are_called_from_one_file_each() {
    none(purity::privileged(&library()));
}

#[test]
fn files_functions_and_lines_are_short() {
    none(everything().iter().flat_map(limits::sizes));
}

#[test]
fn every_file_opens_with_what_it_is() {
    none(everything().iter().flat_map(limits::opening));
}

#[test]
fn every_feature_is_explained_where_it_is_declared_and_in_the_readme() {
    none(package::features(&text("Cargo.toml"), &text("README.md")));
}

#[test]
fn every_dependency_is_defended() {
    none(package::dependencies(&text("Cargo.toml")));
}

#[test]
fn the_front_door_keeps_its_few_names() {
    none(package::front_door(&names(&root())));
}

#[test]
fn every_page_of_the_guide_is_compiled_into_the_documentation() {
    let pages = names(&root().join("src/guide"));
    let pages: Vec<String> = pages.into_iter().filter(|name| name.ends_with(".md")).collect();
    assert!(!pages.is_empty(), "the guide is read");
    none(package::guide(&pages, &text("src/guide/mod.rs")));
}
