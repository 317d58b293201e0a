//! The law of consent: which basis bears which choice of the party.
//!
//! # Law
//!
//! | basis (GDPR article 6, paragraph 1) | given | nothing said | withdrawn |
//! |---|---|---|---|
//! | consent (a) | yes | no | no |
//! | contract (b), legal obligation (c), vital interests (d) | yes | yes | yes |
//! | public task (e), legitimate interests (f) | yes | yes | no |
//!
//! # Why
//!
//! Withdrawing consent ends what rests on consent (article 7, paragraph 3) and leaves an invoice or
//! a recall as lawful as before. The right to object (article 21, paragraph 1) is given against
//! (e) and (f) alone, and a withdrawal is read as that objection. Compelling grounds that would
//! override an objection are never assumed.

use crate::model::{ConsentState, LawfulBasis};

/// What a basis and a choice make of a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Permission {
    /// The party agreed, and that is the basis.
    Given,
    /// The basis bears it without consent.
    NotNeeded,
    /// The party said no, which this basis is not open to.
    NotOpen,
    /// The basis is consent, and nobody gave it.
    Missing,
    /// The basis is consent, and it was withdrawn.
    Withdrawn,
    /// The party objected, and the basis is open to objection.
    Objected,
}

impl Permission {
    /// Judges a choice under a basis.
    pub(super) fn of(basis: LawfulBasis, choice: Option<ConsentState>) -> Self {
        use LawfulBasis::{
            Consent, Contract, LegalObligation, LegitimateInterests, PublicTask, VitalInterests,
        };
        match (basis, choice) {
            (Consent, Some(ConsentState::Given)) => Self::Given,
            (Consent, None) => Self::Missing,
            (Consent, Some(ConsentState::Withdrawn)) => Self::Withdrawn,
            (Contract | LegalObligation | VitalInterests, Some(ConsentState::Withdrawn)) => {
                Self::NotOpen
            }
            (PublicTask | LegitimateInterests, Some(ConsentState::Withdrawn)) => Self::Objected,
            (_, None | Some(ConsentState::Given)) => Self::NotNeeded,
        }
    }

    /// Whether the message may go out.
    pub(super) fn holds(self) -> bool {
        matches!(self, Self::Given | Self::NotNeeded | Self::NotOpen)
    }

    /// Its code in findings.
    pub(super) fn code(self) -> &'static str {
        match self {
            Self::Given => "given",
            Self::NotNeeded => "not_needed",
            Self::NotOpen => "not_open",
            Self::Missing => "missing",
            Self::Withdrawn => "withdrawn",
            Self::Objected => "objected",
        }
    }
}

/// The basis in words.
pub(super) fn basis_name(basis: LawfulBasis) -> &'static str {
    match basis {
        LawfulBasis::Consent => "consent",
        LawfulBasis::Contract => "contract",
        LawfulBasis::LegalObligation => "legal obligation",
        LawfulBasis::VitalInterests => "vital interests",
        LawfulBasis::PublicTask => "public task",
        LawfulBasis::LegitimateInterests => "legitimate interests",
    }
}
