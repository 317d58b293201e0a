//! What the application answers to a request.

use std::fmt;

/// What the application answers to a request, for whatever server took it.
#[derive(Clone, PartialEq, Eq)]
pub struct RawResponse {
    /// The status, in HTTP's numbers.
    pub status: u16,
    /// Headers in order.
    pub headers: Vec<(String, String)>,
    /// The bytes.
    pub body: Vec<u8>,
}

impl RawResponse {
    /// Received: status 200 and an empty body.
    pub fn received() -> Self {
        Self { status: 200, headers: Vec::new(), body: Vec::new() }
    }

    /// Another status, and an empty body.
    pub fn status(status: u16) -> Self {
        Self { status, ..Self::received() }
    }

    /// The same with a body of a media type.
    #[must_use]
    pub fn with_body(mut self, media_type: &str, body: impl Into<Vec<u8>>) -> Self {
        self.headers.push(("Content-Type".to_owned(), media_type.to_owned()));
        self.body = body.into();
        self
    }
}

impl fmt::Debug for RawResponse {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "RawResponse({}, {} bytes)", self.status, self.body.len())
    }
}
