//! The nouns: valid by construction, serialisable, and nothing else.
//!
//! What rooms exchange lives here, so that no room imports another.
//!
//! # Law
//!
//! 1. Imports no room.
//! 2. No float in a persisted value, no hash map anywhere.

mod id;

mod digest;
mod pii;
mod sorted;
mod time;

mod channel;
mod consent;
mod event;
mod form;
mod identifier;
mod message;
mod receipt;
mod touchpoint;

mod customer;
mod evidence;
mod explanation;
mod linking;
mod parts;
mod sighting;

mod anomaly;
mod cap;
mod capabilities;
mod claim;
mod contact;
mod decision;
mod fact;
mod intent;
mod ledger;
mod outbox;
mod pattern;
mod policy;
mod preference;
mod text;

mod country;
mod currency;
mod money;
mod price;
mod profile;

mod book;
mod book_check;
mod exception;
mod offer;
mod quote;
mod quote_text;

mod configuration;
mod erasure;
mod index;
mod indexed;
mod mint;
mod remains;
mod retention;
mod row;
mod subject;
mod subject_text;

mod transfer;

pub use anomaly::Anomaly;
pub use book::{AMOUNT_MAX, Book, BookDraft, ListPrice};
pub use book_check::{BadBook, FAULTS_MAX, Fault, Problem};
pub use cap::{CapWindow, FrequencyCap, Only};
pub use capabilities::{Capabilities, LengthUnit, SendIdempotency, TextLimit};
pub use channel::{
    BadChannelId, Channel, ChannelId, ChannelKind, ChannelTraits, Flow, Identifies, Medium,
};
pub use claim::{Claim, ClaimValue, ClaimedDate, Delay, DelayUnit};
pub use configuration::{
    Configuration, ConfigurationVersion, IdentityRules, Layout, Profile, ThreadRules, Towards,
};
pub use consent::{Consent, ConsentLedger, ConsentSignal, ConsentState, LawfulBasis, Purpose};
pub use contact::{ContactView, Happening, Progress, Reach, SessionState};
pub use country::{Country, UnknownCountry};
pub use currency::{Currency, UnknownCurrency};
pub use customer::{
    Because, Conversation, Customer, Endpoint, GoldenRecord, Provenance, Record, Stated, Threaded,
};
pub use decision::{
    Authorized, Decision, Finding, Obstacle, Outbound, Outcome, Refusal, Ruled, SendOutcome,
    Standing,
};
pub use digest::Digest;
pub(crate) use erasure::Erased;
pub use erasure::{Erasure, ErasureKey, Erasures, Keeping, OptOut, OptOuts, RowCounts, Tombstone};
pub use event::{Code, Decoded, Event, EventKind, Rejection};
pub use evidence::{
    Blocked, Component, IdentifierHome, IdentifierNode, Judge, Millibits, RecordNode, Ruling,
    Rulings, Verdict,
};
pub(crate) use evidence::{bits, in_force};
pub use exception::{Exception, ExceptionChange, Exceptions};
pub use explanation::{Disclosure, Explanation, Reason, Sentence, Span, Weight};
pub use fact::{
    Correction, FactHistory, FactKey, FactValue, KnownFact, Statement, Telling, ToldFact,
};
pub use form::Form;
pub use id::{
    BadId, ComponentId, ConversationId, CustomerId, DecisionId, ErasureId, FactId, IdKey,
    IdentifierId, MessageId, RecordId, ShortKey, TenantId, TouchpointId, VerdictId,
};
pub use identifier::{Assurance, Identifier, Namespace, Stability};
pub use index::Index;
pub use indexed::Indexed;
pub use intent::{Answered, EndedBy, Fallback, Intent, Milestone, Reached};
pub use ledger::{ContactLedger, LedgerEntry, LedgerState};
pub use linking::{Limit, LinkRule, NamespaceRule, SourceRule, Survivorship, SurvivorshipRules};
pub use message::{Author, BlobRef, DeliveryStatus, Direction, Message, Part, Receipt};
pub use money::{BadMoney, BadSum, Money};
pub use offer::{
    BadName, Condition, DeliveryTerms, Effect, ExceptionId, Offer, OfferContent, OfferId, Payment,
    ProductId, Promotion, PromotionCode, PromotionId, ReturnPlace, ReturnTerms, Segment, Subject,
    Terms,
};
pub use outbox::{DeadLetter, Delivery, OutboxEntry, OutboxState, Promise, Reported, Turn};
pub use parts::{ComponentHead, ComponentPart, ComponentRow};
pub use pattern::{BadPattern, Pattern};
pub use pii::Pii;
pub use policy::{
    BadOffset, BadPolicy, Certainty, DeliveryClass, Doubt, Policy, PurposeRules, QuietAction,
    QuietHours, UtcOffset,
};
pub use preference::ChannelEvidence;
pub use price::{
    BadPercent, Percent, Price, Rounding, RoundingLevel, RoundingMode, TaxView, Window,
};
pub use profile::{
    ChannelProfile, Confidence, Element, IdScheme, InboundDelivery, MediaLimit, OptOutRule,
    Outside, PlaceLimit, RateRule, RateScope, Receipts, SessionWindow, Sourced, Support, TextPlace,
};
pub use quote::{
    Basket, BasketLine, Discount, Fulfilment, NotApplied, PersonFacts, PriceRule, Quote,
    QuoteFacts, QuoteStep, QuotedLine, StepReason, Unquotable, WhyNot,
};
pub use receipt::{DeliveryState, Watermark};
pub use remains::Remains;
pub(crate) use retention::RetentionStage;
pub use retention::{Retained, RetentionProgress, RetentionRule};
pub use row::{
    Anchor, BadBody, Body, Changeset, Commit, Expect, IndexEntry, Key, Kind, Page, Put, Range, Row,
    Sort, Version,
};
pub use sighting::{Days, Sighting};
pub use sorted::SortedMap;
pub use subject::{
    KnownChoice, KnownConversation, KnownDecision, KnownTouchpoint, KnownVerdict, SubjectExport,
};
pub use text::{Segments, SmsEncoding, SmsReference, sms_segments};
pub use time::{BadTime, Occurred, TimeOrigin, Timestamp};
pub use touchpoint::{
    Act, Arrival, ArrivalMode, Attributes, Copies, Copy, Details, ObjectRef, Source, Touchpoint,
};
pub use transfer::{BadLine, End, Header, Line, MadeDecision, ToldTouchpoint};
