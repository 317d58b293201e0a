//! The import table: which room may name which, and what testkit may see.

use std::collections::{BTreeMap, BTreeSet};

use super::source::Source;

const NOUNS: &[&str] = &["error", "model"];
const DECIDED: &[&str] =
    &["error", "model", "identity", "offer", "consistency", "conversation", "journey"];
const ALL: &[&str] = &[
    "error",
    "model",
    "identity",
    "offer",
    "consistency",
    "conversation",
    "journey",
    "engine",
    "channel",
    "storage",
    "hub",
];

/// Each room and the rooms that it may name besides itself.
const TABLE: &[(&str, &[&str])] = &[
    // No room: planted bugs, which builds for use do not have. Any room may ask for one by macro.
    ("bugs", &[]),
    ("error", &[]),
    ("model", &["error"]),
    ("identity", NOUNS),
    ("offer", NOUNS),
    ("consistency", NOUNS),
    ("conversation", NOUNS),
    ("journey", NOUNS),
    ("engine", DECIDED),
    ("channel", NOUNS),
    ("storage", NOUNS),
    ("hub", ALL),
    ("testkit", ALL),
    ("guide", &[]),
];

fn allowed(room: &str) -> Option<&'static [&'static str]> {
    TABLE.iter().find(|(name, _)| *name == room).map(|(_, rooms)| *rooms)
}

/// What the door re-exports, and the room from which each name comes.
fn exports(sources: &[Source]) -> BTreeMap<String, String> {
    let door = sources.iter().find(|source| source.path == "src/lib.rs");
    let paths = door.map(Source::paths).unwrap_or_default();
    let named = paths.into_iter().filter(|(_, path)| allowed(&path[0]).is_some());
    named.filter_map(|(_, path)| Some((path.last()?.clone(), path[0].clone()))).collect()
}

/// A path within the crate from its root; `None` for a path into another crate or a local name.
fn from_root(source: &Source, path: &[String]) -> Option<Vec<String>> {
    let own: Vec<String> = source.module().into_iter().map(str::to_owned).collect();
    let ups = path.iter().take_while(|name| *name == "super").count();
    let (base, rest) = match path[0].as_str() {
        "crate" | "omnichannel" => (&own[..0], &path[1..]),
        "self" => (&own[..], &path[1..]),
        "super" => (&own[..own.len().saturating_sub(ups)], &path[ups..]),
        _ => return None,
    };
    Some(base.iter().chain(rest).cloned().collect())
}

/// Who names whom against the table.
pub(crate) fn imports(sources: &[Source]) -> Vec<String> {
    let exports = exports(sources);
    let mut findings = Vec::new();
    for source in sources.iter().filter(|source| source.room() != "lib") {
        let room = source.room();
        let Some(rooms) = allowed(room) else {
            findings.push(source.finding(
                1,
                format_args!("`{room}` is no room; give it a row in the import table first"),
            ));
            continue;
        };
        for (line, path) in source.paths() {
            let Some(full) = from_root(source, &path) else { continue };
            let first = full.first().map_or("*", String::as_str);
            let named = exports.get(first).map_or(first, String::as_str);
            if named == "*" {
                findings.push(source.finding(line, "name what you import from the crate's root"));
            } else if allowed(named).is_some() && named != room && !rooms.contains(&named) {
                let may = if rooms.is_empty() { "no room".to_owned() } else { rooms.join(", ") };
                findings.push(source.finding(
                    line,
                    format_args!(
                        "`{room}` names `{named}`, but may name only {may}; put what both need \
                         into `model`, or compose them in `engine`"
                    ),
                ));
            }
        }
    }
    findings
}

/// The door declares and re-exports by name; it holds no logic.
pub(crate) fn door(source: &Source) -> Vec<String> {
    let logic = ["fn", "struct", "enum", "trait", "impl", "static", "const"];
    let mut findings = Vec::new();
    for token in &source.tokens {
        if logic.contains(&token.text.as_str()) {
            findings.push(source.finding(
                token.line,
                format_args!("the door holds no `{}`; move it into a room", token.text),
            ));
        }
    }
    for (line, path) in source.paths() {
        if path.last().is_some_and(|name| name == "*") {
            findings.push(source.finding(line, "re-export by name, not with `*`"));
        }
    }
    findings
}

/// Testkit names public items only: what it can do, a stranger's test can do.
///
/// A method call (`x.name()`) does not say whose method it is, so it is no finding; a path does.
pub(crate) fn public_only(sources: &[Source]) -> Vec<String> {
    let hidden = hidden_names(sources);
    let mut findings = Vec::new();
    for source in sources.iter().filter(|source| source.room() == "testkit") {
        for (line, path) in source.paths() {
            let full = from_root(source, &path).unwrap_or_default();
            if full.first().is_some_and(|room| room != "testkit")
                && let Some(private) = private_module(sources, &full)
            {
                findings.push(source.finding(
                    line,
                    format_args!(
                        "testkit goes through the private module `{private}`; use the \
                                  public path"
                    ),
                ));
            }
        }
        for (at, token) in source.tokens.iter().enumerate() {
            let method = at > 0 && source.text_at(at - 1) == ".";
            let called = source.text_at(at + 1) == "(" && !method;
            if hidden.get(&token.text).is_some_and(|function| called || !function) {
                let name = &token.text;
                let todo = "which is not public; do it as a stranger would";
                findings.push(source.finding(token.line, format_args!("uses `{name}`, {todo}")));
            }
        }
    }
    findings
}

/// The first module of a path that is declared without `pub`.
fn private_module(sources: &[Source], full: &[String]) -> Option<String> {
    // The last name may be a function that is called like its module.
    (0..full.len().saturating_sub(1)).find_map(|depth| {
        let parent: Vec<&str> = full[..depth].iter().map(String::as_str).collect();
        let file = sources.iter().find(|source| source.module() == parent)?;
        let module = file.modules.iter().find(|module| module.name == full[depth])?;
        (!module.public).then(|| full[..=depth].join("::"))
    })
}

/// Names of items that are `pub(crate)` and are declared nowhere in another way; whether they are
/// functions. What is hidden further than that, the compiler keeps from testkit.
fn hidden_names(sources: &[Source]) -> BTreeMap<String, bool> {
    let kinds = ["fn", "struct", "enum", "trait", "type", "const", "static"];
    let (mut hidden, mut open) = (BTreeMap::new(), BTreeSet::new());
    for source in sources {
        for at in 0..source.tokens.len().saturating_sub(1) {
            let (kind, name) = (source.text_at(at), source.text_at(at + 1));
            if !kinds.contains(&kind) || !source.tokens[at + 1].is_word() || kinds.contains(&name) {
                continue;
            }
            let modifier = at > 0 && ["const", "async"].contains(&source.text_at(at - 1));
            let start = at - usize::from(modifier);
            let before = |back: usize| start.checked_sub(back).map_or("", |at| source.text_at(at));
            if [before(4), before(3), before(2), before(1)] == ["pub", "(", "crate", ")"] {
                hidden.insert(name.to_owned(), kind == "fn");
            } else {
                open.insert(name.to_owned());
            }
        }
    }
    hidden.retain(|name, _| !open.contains(name));
    hidden
}

/// Every file below `src` is declared by a `mod` line of its parent.
pub(crate) fn unreachable_files(sources: &[Source]) -> Vec<String> {
    let mut reached: BTreeSet<&str> = BTreeSet::new();
    let mut open = vec!["src/lib.rs".to_owned()];
    while let Some(path) = open.pop() {
        let Some(source) = sources.iter().find(|source| source.path == path) else { continue };
        reached.insert(&source.path);
        let mut folder = vec!["src"];
        folder.extend(source.module());
        let folder = folder.join("/");
        for module in &source.modules {
            open.push(format!("{folder}/{}.rs", module.name));
            open.push(format!("{folder}/{}/mod.rs", module.name));
        }
    }
    let lost = sources.iter().filter(|source| !reached.contains(source.path.as_str()));
    lost.map(|s| s.finding(1, "no `mod` line declares this file; declare or delete it")).collect()
}

mod tests {
    use super::*;

    fn tree(files: &[(&str, &str)]) -> Vec<Source> {
        files.iter().map(|(path, text)| Source::new(path, text)).collect()
    }

    fn imports_of(path: &str, text: &str) -> usize {
        let door = "mod error;\npub use error::Error;\npub use hub::Hub;";
        imports(&tree(&[("src/lib.rs", door), (path, text)])).len()
    }

    #[test]
    fn the_table_is_kept_in_every_spelling() {
        for (text, findings) in [
            ("use crate::model::Customer;", 0),
            ("use crate::{Error, model::{Pii, TenantId}};", 0),
            ("use super::normalise; use super::super::identity::x;", 0),
            ("/// See [`crate::offer`].\nfn f() {}", 0),
            ("#[cfg(test)] mod tests { use crate::storage::MemoryStore; }", 0),
            ("use crate::offer::quote;", 1),
            ("use crate::{model::Pii, offer::quote};", 1),
            ("use super::super::offer::quote;", 1),
            ("fn f() { crate::consistency::confirm() }", 1),
            ("use crate::Hub;", 1),
            ("use crate::*;", 1),
            ("use omnichannel::offer;", 1),
        ] {
            assert_eq!(imports_of("src/identity/partition.rs", text), findings, "{text}");
        }
    }

    #[test]
    fn every_room_has_its_row() {
        assert_eq!(imports_of("src/model/id.rs", "use crate::identity::x;"), 1);
        assert_eq!(imports_of("src/engine/step.rs", "use crate::identity::x;"), 0);
        assert_eq!(imports_of("src/engine/step.rs", "use crate::storage::Store;"), 1);
        assert_eq!(imports_of("src/channel/mod.rs", "use super::storage::Store;"), 1);
        assert_eq!(imports_of("src/hub/mod.rs", "use crate::testkit::block_on;"), 1);
        assert_eq!(imports_of("src/hub/mod.rs", "use crate::{engine, storage, channel};"), 0);
        assert_eq!(imports_of("src/guide/mod.rs", "use crate::model::Pii;"), 1);
        assert_eq!(imports_of("src/helpers/mod.rs", ""), 1);
    }

    #[test]
    fn the_door_holds_no_logic() {
        let door = |text: &str| door(&Source::new("src/lib.rs", text)).len();
        assert_eq!(door("pub mod model;\nmod error;\npub use error::{Error, Result};"), 0);
        assert_eq!(door("pub fn hub() {}"), 1);
        assert_eq!(door("pub use hub::*;"), 1);
    }

    #[test]
    fn testkit_sees_what_a_stranger_sees() {
        let findings = |text: &str| {
            public_only(&tree(&[
                ("src/lib.rs", "mod error; pub mod model; pub mod testkit; pub use error::Error;"),
                ("src/error.rs", "pub struct Error;"),
                (
                    "src/model/mod.rs",
                    "mod id; pub mod time; mod check; pub use {check::check, id::IdKey};",
                ),
                ("src/model/id.rs", "impl IdKey { pub(crate) const fn mint(&self) {} }"),
                ("src/model/time.rs", "pub(crate) struct Hidden; pub fn shown() {}"),
                ("src/testkit/mod.rs", text),
            ]))
            .len()
        };
        assert_eq!(findings("use crate::model::{IdKey, time::shown}; use crate::Error;"), 0);
        assert_eq!(findings("use crate::model::check; fn f(x: Event) { x.mint }"), 0);
        assert_eq!(findings("use crate::error::Error;"), 1);
        assert_eq!(findings("use crate::model::id::IdKey;"), 1);
        assert_eq!(findings("fn f(key: &IdKey) { IdKey::mint(key) }"), 1);
        assert_eq!(findings("fn f(key: &IdKey) { crate::model::IdKey::mint(key) }"), 1);
        assert_eq!(findings("use crate::model::mint; fn f() { mint() }"), 1);
        assert_eq!(findings("fn f(words: &[String]) { words.mint() }"), 0);
        assert_eq!(findings("fn f(x: Hidden) {}"), 1);
        assert_eq!(findings("fn mint() {} fn f() { mint() }"), 0);
    }

    #[test]
    fn lost_files_are_found() {
        let lost = |files: &[(&str, &str)]| unreachable_files(&tree(files)).len();
        let door = ("src/lib.rs", "pub mod a;");
        assert_eq!(lost(&[door, ("src/a/mod.rs", "mod b;"), ("src/a/b.rs", "")]), 0);
        assert_eq!(lost(&[door, ("src/a/mod.rs", "// mod b;"), ("src/a/b.rs", "")]), 1);
        assert_eq!(lost(&[door, ("src/a.rs", "mod b;"), ("src/a/b.rs", "mod c;")]), 0);
    }
}
