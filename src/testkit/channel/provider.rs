//! A provider that fails as providers do, behind any codec.

use std::collections::VecDeque;
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use async_trait::async_trait;
use futures_util::future::BoxFuture;

use crate::channel::{RawOutbound, Transport, TransportAnswer};
use crate::hub::{Entropy, SeededEntropy};
use crate::model::DeliveryStatus;

/// What goes wrong with one call.
#[non_exhaustive]
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// Nothing: it is taken, and answered.
    None,
    /// Nothing left: the connection could not be made.
    NotSent,
    /// It was lost on its way; nobody answered.
    LostBefore,
    /// It was taken, and the answer was lost.
    LostAfter,
    /// Too many calls; come back after so many seconds, where the provider says it.
    Busy(Option<u32>),
    /// The provider fell over before it took anything: 500.
    FellBefore,
    /// The provider took it and fell over: 500.
    FellAfter,
    /// It is down, and says so: 503 with the seconds to wait.
    Down(u32),
    /// Not this one, ever: 400.
    Refused,
    /// It was taken, and the answer is no answer: 200 with other bytes.
    Garbled,
    /// It was taken, and its receipts come before the answer.
    Hasty,
}

/// Every fault, for those who try each.
pub const FAULTS: [Fault; 13] = [
    Fault::None,
    Fault::NotSent,
    Fault::LostBefore,
    Fault::LostAfter,
    Fault::Busy(None),
    Fault::Busy(Some(7)),
    Fault::Busy(Some(3_600)),
    Fault::FellBefore,
    Fault::FellAfter,
    Fault::Down(60),
    Fault::Refused,
    Fault::Garbled,
    Fault::Hasty,
];

/// What your provider's bytes look like.
pub trait Dialect: fmt::Debug + Send + Sync + 'static {
    /// The idempotency key of a call, where the provider reads one: it takes a key once.
    fn key(&self, call: &RawOutbound) -> Option<String> {
        let _ = call;
        None
    }

    /// The body of an answer that took a call under that id.
    fn taken(&self, id: &str) -> Vec<u8>;

    /// The body by which it reports what became of a message.
    fn report(&self, id: &str, status: DeliveryStatus) -> Vec<u8>;
}

/// A call that was taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TakenCall {
    /// The provider's id of it.
    pub id: String,
    /// Its idempotency key, where the provider reads one.
    pub key: Option<String>,
    /// The call.
    pub call: RawOutbound,
}

/// Takes reports as they come: the way back to the application.
type Listener = Box<dyn Fn(Vec<u8>) -> BoxFuture<'static, ()> + Send + Sync>;

/// A provider that fails as it is told, or as a seed has it: a [`Transport`] for
/// [`Wired`](crate::channel::Wired) around your codec.
///
/// It keeps what it took, so that a test can say what arrived, whatever the application believes.
///
/// ```
/// use omnichannel::channel::{RawOutbound, Transport, TransportAnswer};
/// use omnichannel::model::DeliveryStatus;
/// use omnichannel::testkit::block_on;
/// use omnichannel::testkit::channel::{Dialect, Fault, FaultyProvider};
///
/// #[derive(Debug)]
/// struct Json;
///
/// impl Dialect for Json {
///     fn taken(&self, id: &str) -> Vec<u8> {
///         format!(r#"{{"id":"{id}"}}"#).into_bytes()
///     }
///     fn report(&self, id: &str, status: DeliveryStatus) -> Vec<u8> {
///         format!(r#"{{"of":"{id}","status":"{status}"}}"#).into_bytes()
///     }
/// }
///
/// let provider = FaultyProvider::new(Json, [Fault::LostAfter]);
/// let (method, path) = ("POST".to_owned(), "/".to_owned());
/// let call = RawOutbound { method, path, headers: Vec::new(), body: b"Hello".to_vec() };
/// assert_eq!(block_on(provider.call(call)), TransportAnswer::NoAnswer);
/// assert_eq!(provider.taken().len(), 1, "and nobody knows");
/// ```
#[derive(Clone)]
pub struct FaultyProvider(Arc<Inner>);

struct Inner {
    dialect: Box<dyn Dialect>,
    chance: Option<SeededEntropy>,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    faults: VecDeque<Fault>,
    calm: bool,
    taken: Vec<TakenCall>,
    listener: Option<Arc<Listener>>,
}

impl FaultyProvider {
    /// Fails as told, call by call; after the last fault all goes well.
    pub fn new(dialect: impl Dialect, faults: impl IntoIterator<Item = Fault>) -> Self {
        Self::with(dialect, faults, None)
    }

    /// Fails by chance, at every second call or so; the same seed, the same faults.
    pub fn seeded(dialect: impl Dialect, seed: u64) -> Self {
        Self::with(dialect, [], Some(SeededEntropy::new(seed)))
    }

    fn with(
        dialect: impl Dialect,
        faults: impl IntoIterator<Item = Fault>,
        chance: Option<SeededEntropy>,
    ) -> Self {
        let state = State { faults: faults.into_iter().collect(), ..State::default() };
        Self(Arc::new(Inner { dialect: Box::new(dialect), chance, state: Mutex::new(state) }))
    }

    /// Says who hears of receipts that come before the answer ([`Fault::Hasty`]); nobody, at first.
    pub fn report_to(
        &self,
        listener: impl Fn(Vec<u8>) -> BoxFuture<'static, ()> + Send + Sync + 'static,
    ) {
        self.state().listener = Some(Arc::new(Box::new(listener)));
    }

    /// From now on all goes well.
    pub fn calm(&self) {
        let mut state = self.state();
        state.faults.clear();
        state.calm = true;
    }

    /// What was taken, in order.
    pub fn taken(&self) -> Vec<TakenCall> {
        self.state().taken.clone()
    }

    /// The reports of everything taken: sent, delivered, read, of each.
    pub fn reports(&self) -> Vec<Vec<u8>> {
        let taken = self.taken();
        taken.iter().flat_map(|call| self.reports_of(&call.id)).collect()
    }

    /// The same, each up to three times and in the order that a seed has it.
    pub fn scrambled_reports(&self, seed: u64) -> Vec<Vec<u8>> {
        let dice = SeededEntropy::new(seed);
        let copies = |report: Vec<u8>| vec![report; below(&dice, 3) + 1];
        let mut reports: Vec<Vec<u8>> = self.reports().into_iter().flat_map(copies).collect();
        for place in (1..reports.len()).rev() {
            reports.swap(place, below(&dice, place + 1));
        }
        reports
    }

    fn reports_of(&self, id: &str) -> [Vec<u8>; 3] {
        [DeliveryStatus::Sent, DeliveryStatus::Delivered, DeliveryStatus::Read]
            .map(|status| self.0.dialect.report(id, status))
    }

    /// A panic elsewhere cannot leave the state half written: each use is one step.
    fn state(&self) -> MutexGuard<'_, State> {
        self.0.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn next_fault(&self) -> Fault {
        let (told, calm) = {
            let mut state = self.state();
            (state.faults.pop_front(), state.calm)
        };
        match (told, &self.0.chance) {
            (Some(told), _) => told,
            (None, Some(dice)) if !calm && below(dice, 2) == 1 => FAULTS[below(dice, FAULTS.len())],
            _ => Fault::None,
        }
    }

    /// Takes a call, once for each key; the provider's id of it.
    fn take(&self, call: RawOutbound) -> String {
        let key = self.0.dialect.key(&call);
        let mut state = self.state();
        let known = state.taken.iter().find(|taken| key.is_some() && taken.key == key);
        if let Some(known) = known {
            return known.id.clone();
        }
        let id = format!("p-{}", state.taken.len() + 1);
        state.taken.push(TakenCall { id: id.clone(), key, call });
        id
    }

    async fn be_hasty(&self, id: &str) {
        let listener = self.state().listener.clone();
        if let Some(listener) = listener {
            for report in self.reports_of(id) {
                listener(report).await;
            }
        }
    }
}

fn below(dice: &SeededEntropy, sides: usize) -> usize {
    usize::try_from(dice.next_u64() % sides.max(1) as u64).unwrap_or(0)
}

fn answered(status: u16, wait: Option<u32>, body: Vec<u8>) -> TransportAnswer {
    let wait = wait.map(|seconds| ("Retry-After".to_owned(), seconds.to_string()));
    TransportAnswer::Answered { status, headers: wait.into_iter().collect(), body }
}

#[async_trait]
impl Transport for FaultyProvider {
    async fn call(&self, call: RawOutbound) -> TransportAnswer {
        let fault = self.next_fault();
        match fault {
            Fault::NotSent => return TransportAnswer::NotSent,
            Fault::LostBefore => return TransportAnswer::NoAnswer,
            Fault::Busy(wait) => return answered(429, wait, b"{}".to_vec()),
            Fault::FellBefore => return answered(500, None, b"{}".to_vec()),
            Fault::Down(wait) => return answered(503, Some(wait), b"{}".to_vec()),
            Fault::Refused => return answered(400, None, b"{}".to_vec()),
            _ => {}
        }
        let id = self.take(call);
        match fault {
            Fault::LostAfter => TransportAnswer::NoAnswer,
            Fault::FellAfter => answered(500, None, b"{}".to_vec()),
            Fault::Garbled => answered(200, None, b"<html>".to_vec()),
            Fault::Hasty => {
                self.be_hasty(&id).await;
                answered(200, None, self.0.dialect.taken(&id))
            }
            _ => answered(200, None, self.0.dialect.taken(&id)),
        }
    }
}

/// Calls hold people's words: only counts are shown.
impl fmt::Debug for FaultyProvider {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("FaultyProvider")
            .field("dialect", &self.0.dialect)
            .field("taken", &self.state().taken.len())
            .finish_non_exhaustive()
    }
}
