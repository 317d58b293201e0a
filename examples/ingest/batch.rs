//! Hands many small files over in few commits; each keeps its own fate.

use omnichannel::Hub;
use omnichannel::channel::RawInbound;
use omnichannel::hub::Reception;
use omnichannel::model::{ArrivalMode, ChannelId, Rejection, Source, TenantId};

use crate::Failure;
use crate::arguments::Arguments;
use crate::files::{Input, Piece};
use crate::report::FileReport;

/// Most requests that are handed over at once.
const REQUESTS_MAX: usize = 500;

/// About how many bytes are handed over at once.
const BYTES_MAX: usize = 4 << 20;

/// Requests that wait, and the files that they are pieces of.
pub(crate) struct Batch<'a> {
    hub: &'a Hub,
    tenant: TenantId,
    arguments: &'a Arguments,
    files: Vec<(Input, Reception)>,
    requests: Vec<RawInbound>,
    /// Of each request: its file, and the index of its first event in it.
    places: Vec<(usize, usize)>,
    bytes: usize,
}

impl<'a> Batch<'a> {
    pub(crate) fn new(hub: &'a Hub, tenant: TenantId, arguments: &'a Arguments) -> Self {
        let (files, requests, places) = (Vec::new(), Vec::new(), Vec::new());
        Self { hub, tenant, arguments, files, requests, places, bytes: 0 }
    }

    /// Begins a file; the pieces that follow are its own.
    pub(crate) fn begin(&mut self, input: Input) {
        self.files.push((input, Reception::default()));
    }

    /// Refuses the file that was begun last, unread.
    pub(crate) fn refuse(&mut self, rejection: Rejection) {
        if let Some((_, whole)) = self.files.last_mut() {
            whole.rejected.push(rejection);
        }
    }

    pub(crate) fn add(&mut self, piece: Piece) -> Result<(), Failure> {
        let (input, _) = self.files.last().ok_or("a piece of no file")?;
        let source = self.arguments.source.as_ref().unwrap_or(&input.name);
        let channel = ChannelId::new(input.channel.as_str())?;
        self.places.push((self.files.len() - 1, piece.first));
        self.bytes += piece.body.len();
        let mut request = RawInbound::new(self.tenant, channel, piece.body)
            .source(Source::new(source.as_str()))
            .mode(self.mode())
            .attested("a file that the operator named");
        request.received_at = self.arguments.received_at;
        self.requests.push(request);
        Ok(())
    }

    /// Whoever states when the requests were received replays them as they came, clock correction
    /// included; otherwise they come from an archive.
    fn mode(&self) -> ArrivalMode {
        let stated = self.arguments.received_at;
        stated.map_or(ArrivalMode::Backfill, |_| ArrivalMode::Live)
    }

    pub(crate) fn is_full(&self) -> bool {
        self.requests.len() >= REQUESTS_MAX || self.bytes >= BYTES_MAX
    }

    /// Hands everything over. Reports every file, but not the last where `more` of it may follow.
    pub(crate) async fn hand_over(&mut self, more: bool) -> Result<Vec<FileReport>, Failure> {
        self.bytes = 0;
        let requests = std::mem::take(&mut self.requests);
        let receptions = self.hub.receive_many(requests).await?;
        for ((file, first), reception) in self.places.drain(..).zip(receptions) {
            append(&mut self.files[file].1, reception, first);
        }
        let open = usize::from(more && !self.files.is_empty());
        let done = self.files.drain(..self.files.len() - open);
        Ok(done.map(|(input, whole)| FileReport::new(&input, &whole)).collect())
    }
}

/// Adds what became of a piece, whose first event has the index `first` in the file.
fn append(whole: &mut Reception, mut piece: Reception, first: usize) {
    for rejection in piece.rejected.iter_mut().chain(&mut piece.ignored) {
        rejection.index = rejection.index.map(|index| index + first);
    }
    for taken in &mut piece.taken {
        taken.index += first;
    }
    whole.taken.extend(piece.taken);
    whole.rejected.extend(piece.rejected);
    whole.ignored.extend(piece.ignored);
}
