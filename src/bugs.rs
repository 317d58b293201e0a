//! Planted bugs, by which the simulator proves what it finds.
//!
//! A site reads `if bug!("name") { ... }` and says `false` in every build for use. Under
//! `RUSTFLAGS="--cfg omnichannel_bugs"` the variable `OMNICHANNEL_BUG` names the one that is
//! planted; `tests/bugs.rs` lists them.
//!
//! # Why
//!
//! No Cargo feature: features add up over all dependents of a build, and somebody would ship one.

/// Whether the bug of this name is planted: never, in a build for use.
#[cfg(not(omnichannel_bugs))]
macro_rules! bug {
    ($name:literal) => {
        false
    };
}

/// Whether the bug of this name is planted.
#[cfg(omnichannel_bugs)]
macro_rules! bug {
    ($name:literal) => {
        $crate::bugs::is_planted($name)
    };
}

/// Whether it is the bug that the environment names; read once.
#[cfg(omnichannel_bugs)]
#[expect(clippy::disallowed_methods, reason = "never in a build for use")]
pub(crate) fn is_planted(name: &str) -> bool {
    static PLANTED: std::sync::OnceLock<Option<String>> = std::sync::OnceLock::new();
    let planted = PLANTED.get_or_init(|| std::env::var("OMNICHANNEL_BUG").ok());
    planted.as_deref() == Some(name)
}
