//! Request and response bodies that report their progress to their connection.

use std::{
    pin::Pin,
    task::{Context, Poll},
};

use axum::{Error, body};
use bytes::Bytes;
use hyper::body::{Body, Frame, Incoming, SizeHint};

use super::connections::Connection;

/// Body of a request.
pub(super) struct RequestBody {
    body: Incoming,
    connection: Connection,
}

/// Body of a response. Hyper drops it when it is completely written.
pub(super) struct ResponseBody {
    body: body::Body,
    connection: Connection,
}

impl RequestBody {
    pub(super) fn new(body: Incoming, connection: Connection) -> Self {
        Self { body, connection }
    }
}

impl ResponseBody {
    pub(super) fn new(body: body::Body, connection: Connection) -> Self {
        Self { body, connection }
    }
}

impl Body for RequestBody {
    type Data = Bytes;
    type Error = hyper::Error;

    fn poll_frame(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, Self::Error>>> {
        let frame = Pin::new(&mut self.body).poll_frame(cx);
        match frame {
            Poll::Ready(_) => self.connection.note_body_read(),
            Poll::Pending => self.connection.note_body_awaited(),
        }
        frame
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

impl Drop for RequestBody {
    fn drop(&mut self) {
        self.connection.note_body_read();
    }
}

impl Body for ResponseBody {
    type Data = Bytes;
    type Error = Error;

    fn poll_frame(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, Self::Error>>> {
        Pin::new(&mut self.body).poll_frame(cx)
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

impl Drop for ResponseBody {
    fn drop(&mut self) {
        self.connection.note_answered();
    }
}
