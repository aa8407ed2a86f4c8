//! The connection that delivers the events of an answer.

use std::{
    cell::{Cell, RefCell},
    rc::Rc,
};

use send_wrapper::SendWrapper;
use web_sys::AbortController;

/// The connection of a turn or of the feed: the run it reads, and whether the user stopped or left it. Cheap to
/// clone.
#[derive(Clone)]
pub(crate) struct Connection(SendWrapper<Rc<Inner>>);

#[derive(Default)]
struct Inner {
    /// Aborts the current request.
    controller: RefCell<Option<AbortController>>,
    run_id: RefCell<Option<String>>,
    is_stopped: Cell<bool>,
    is_abandoned: Cell<bool>,
}

impl Connection {
    /// Creates a connection without a run.
    pub(crate) fn new() -> Self {
        Self(SendWrapper::new(Rc::default()))
    }

    /// Creates a connection to a run.
    pub(crate) fn to_run(run_id: String) -> Self {
        let line = Self::new();
        line.set_run(run_id);
        line
    }

    /// Returns the id of its run, once known.
    pub(crate) fn run_id(&self) -> Option<String> {
        self.0.run_id.borrow().clone()
    }

    /// True if it reads the run `run_id`.
    pub(crate) fn reads_run(&self, run_id: &str) -> bool {
        self.0.run_id.borrow().as_deref() == Some(run_id)
    }

    pub(crate) fn set_run(&self, run_id: String) {
        *self.0.run_id.borrow_mut() = Some(run_id);
    }

    /// Creates the abort controller of a new request.
    pub(crate) fn controller(&self) -> Option<AbortController> {
        let controller = AbortController::new().ok();
        self.0.controller.borrow_mut().clone_from(&controller);
        controller
    }

    /// Returns the abort controller of the current request.
    pub(crate) fn current(&self) -> Option<AbortController> {
        self.0.controller.borrow().clone()
    }

    /// Aborts the current request.
    pub(crate) fn abort_request(&self) {
        if let Some(controller) = self.0.controller.borrow().as_ref() {
            controller.abort();
        }
    }

    /// True if the user stopped the answer.
    pub(crate) fn is_stopped(&self) -> bool {
        self.0.is_stopped.get()
    }

    pub(crate) fn set_stopped(&self, is_stopped: bool) {
        self.0.is_stopped.set(is_stopped);
    }

    /// True if another thread has been opened.
    pub(crate) fn is_abandoned(&self) -> bool {
        self.0.is_abandoned.get()
    }

    pub(crate) fn abandon(&self) {
        self.0.is_abandoned.set(true);
    }
}
