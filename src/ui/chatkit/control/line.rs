//! The way that the events of one answer come.

use std::{
    cell::{Cell, RefCell},
    rc::Rc,
};

use send_wrapper::SendWrapper;
use web_sys::AbortController;

/// The connection of a turn, or of the feed: which run it reads, and what the user wants of it. Cheap to clone.
#[derive(Clone)]
pub(crate) struct Line(SendWrapper<Rc<Inner>>);

#[derive(Default)]
struct Inner {
    /// Ends the request under way.
    controller: RefCell<Option<AbortController>>,
    run_id: RefCell<Option<String>>,
    is_stopped: Cell<bool>,
    is_left: Cell<bool>,
}

impl Line {
    /// A line to nothing yet.
    pub(crate) fn new() -> Self {
        Self(SendWrapper::new(Rc::default()))
    }

    /// A line to a run.
    pub(crate) fn to_run(run_id: String) -> Self {
        let line = Self::new();
        line.set_run(run_id);
        line
    }

    /// The run that it reads, once that is known.
    pub(crate) fn run_id(&self) -> Option<String> {
        self.0.run_id.borrow().clone()
    }

    /// Whether it reads this run.
    pub(crate) fn is_to(&self, run_id: &str) -> bool {
        self.0.run_id.borrow().as_deref() == Some(run_id)
    }

    pub(crate) fn set_run(&self, run_id: String) {
        *self.0.run_id.borrow_mut() = Some(run_id);
    }

    /// Begins another request.
    pub(crate) fn controller(&self) -> Option<AbortController> {
        let controller = AbortController::new().ok();
        self.0.controller.borrow_mut().clone_from(&controller);
        controller
    }

    /// What ends the request under way.
    pub(crate) fn current(&self) -> Option<AbortController> {
        self.0.controller.borrow().clone()
    }

    /// Ends the request under way.
    pub(crate) fn break_off(&self) {
        if let Some(controller) = self.0.controller.borrow().as_ref() {
            controller.abort();
        }
    }

    /// Whether the user wants no more of the answer.
    pub(crate) fn is_stopped(&self) -> bool {
        self.0.is_stopped.get()
    }

    pub(crate) fn set_stopped(&self, is_stopped: bool) {
        self.0.is_stopped.set(is_stopped);
    }

    /// Whether something else is shown by now.
    pub(crate) fn is_left(&self) -> bool {
        self.0.is_left.get()
    }

    pub(crate) fn set_left(&self) {
        self.0.is_left.set(true);
    }
}
