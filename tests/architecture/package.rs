//! The package around the sources: features, dependencies, the front door, the guide.

/// What the top level holds, besides dotfiles and what cargo writes.
const FRONT_DOOR: &[&str] = &[
    "CHANGELOG.md",
    "Cargo.toml",
    "LICENSE-APACHE",
    "LICENSE-MIT",
    "README.md",
    "benches",
    "examples",
    "src",
    "tests",
];

const WRITTEN_BY_CARGO: &[&str] = &["Cargo.lock", "Cargo.toml.orig", "target"];

/// The names of a manifest's section, each with whether a comment stands above it.
fn entries<'a>(manifest: &'a str, section: &str) -> Vec<(&'a str, bool)> {
    let header = format!("[{section}]");
    let lines = manifest.lines().skip_while(|line| line.trim() != header).skip(1);
    let mut found = Vec::new();
    let mut comment = false;
    for line in lines.take_while(|line| !line.starts_with('[')) {
        let name = line.split('=').next().unwrap_or_default().trim();
        let plain = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
        if line.contains('=') && !line.starts_with(' ') && name.chars().all(plain) {
            found.push((name, comment));
        }
        comment = line.starts_with('#');
    }
    found
}

/// Each feature says in the manifest what it is, and has a row in the README.
pub(crate) fn features(manifest: &str, readme: &str) -> Vec<String> {
    let mut findings = Vec::new();
    for (name, explained) in entries(manifest, "features") {
        if name == "default" {
            continue;
        }
        if !explained {
            findings.push(format!("Cargo.toml: say in a comment above `{name}` what it gives"));
        }
        if !readme.lines().any(|line| line.starts_with(&format!("| `{name}` |"))) {
            findings
                .push(format!("README.md: give the feature `{name}` a row: | `{name}` | ... |"));
        }
    }
    findings
}

/// Each dependency is defended in the manifest.
pub(crate) fn dependencies(manifest: &str) -> Vec<String> {
    let bare = entries(manifest, "dependencies").into_iter().filter(|(_, explained)| !explained);
    bare.map(|(name, _)| format!("Cargo.toml: say in a comment above `{name}` what it is for"))
        .collect()
}

/// The top level keeps its few names.
pub(crate) fn front_door(names: &[String]) -> Vec<String> {
    let known = |name: &str| {
        name.starts_with('.') || FRONT_DOOR.contains(&name) || WRITTEN_BY_CARGO.contains(&name)
    };
    let strange = names.iter().filter(|name| !known(name));
    strange
        .map(|name| format!("{name}: the front door has no such name; use a dotfile or a folder"))
        .collect()
}

/// Every page of the guide is compiled into the documentation.
pub(crate) fn guide(pages: &[String], module: &str) -> Vec<String> {
    let lost = pages.iter().filter(|page| !module.contains(&format!("include_str!(\"{page}\")")));
    lost.map(|page| format!("src/guide/{page}: include it in src/guide/mod.rs")).collect()
}

mod tests {
    use super::*;

    const MANIFEST: &str = "[features]
default = []
# Adds a store.
sqlite = [
    \"dep:x\",
]

[dependencies]
# Times.
chrono = \"1\"
";

    #[test]
    fn features_without_a_word_or_a_row_are_found() {
        let row = "| `sqlite` | a store in a file |";
        assert_eq!(features(MANIFEST, row).len(), 0);
        assert_eq!(features(MANIFEST, "sqlite").len(), 1);
        assert_eq!(features(&MANIFEST.replace("# Adds a store.\n", ""), row).len(), 1);
    }

    #[test]
    fn undefended_dependencies_are_found() {
        assert_eq!(dependencies(MANIFEST).len(), 0);
        assert_eq!(dependencies(&format!("{MANIFEST}uuid = \"1\"\n")).len(), 1);
    }

    #[test]
    fn strange_names_at_the_front_door_are_found() {
        let names = |names: &[&str]| {
            front_door(&names.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>()).len()
        };
        assert_eq!(names(&["src", ".ci", "Cargo.toml", "target", "LICENSE-MIT"]), 0);
        assert_eq!(names(&["scripts", "NOTES.md"]), 2);
    }

    #[test]
    fn lost_pages_are_found() {
        let pages = ["glossary.md".to_owned(), "design.md".to_owned()];
        assert_eq!(guide(&pages, "#[doc = include_str!(\"glossary.md\")]").len(), 1);
    }
}
