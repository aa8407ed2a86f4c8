//! Futures for the end of a turn or request.

use std::{
    cell::RefCell,
    pin::Pin,
    rc::Rc,
    task::{Context, Poll, Waker},
};

use crate::ui::chatkit::EndReason;

/// The end of an operation, as a future. The operation continues even if it is not awaited.
///
/// Also resolves to [`EndReason::Stopped`] if the page opens another thread before the end.
#[derive(Debug)]
pub struct Ending(Rc<RefCell<Inner>>);

/// The sender of an [`Ending`]. Dropping it sends [`EndReason::Stopped`].
pub(super) struct EndingSender(Rc<RefCell<Inner>>);

#[derive(Debug, Default)]
struct Inner {
    reason: Option<EndReason>,
    waker: Option<Waker>,
}

/// Creates an ending and its sender.
pub(super) fn ending() -> (EndingSender, Ending) {
    let inner = Rc::<RefCell<Inner>>::default();
    (EndingSender(Rc::clone(&inner)), Ending(inner))
}

impl EndingSender {
    pub(super) fn notify(&self, reason: EndReason) {
        let mut inner = self.0.borrow_mut();
        inner.reason.get_or_insert(reason);
        let waker = inner.waker.take();
        drop(inner);
        waker.into_iter().for_each(Waker::wake);
    }
}

impl Drop for EndingSender {
    fn drop(&mut self) {
        self.notify(EndReason::Stopped);
    }
}

impl Future for Ending {
    type Output = EndReason;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<EndReason> {
        let mut inner = self.0.borrow_mut();
        match inner.reason {
            Some(reason) => Poll::Ready(reason),
            None => {
                inner.waker = Some(cx.waker().clone());
                Poll::Pending
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::{
        pin::pin,
        sync::{
            Arc,
            atomic::{AtomicUsize, Ordering},
        },
        task::Wake,
    };

    use super::*;

    #[derive(Default)]
    struct Wakes(AtomicUsize);

    impl Wake for Wakes {
        fn wake(self: Arc<Self>) {
            self.0.fetch_add(1, Ordering::Relaxed);
        }
    }

    #[test]
    fn who_waits_is_woken_once_with_what_was_told_first() {
        for reason in [EndReason::Complete, EndReason::Failed, EndReason::Stopped] {
            let wakes = Arc::new(Wakes::default());
            let waker = Waker::from(Arc::clone(&wakes));
            let mut cx = Context::from_waker(&waker);
            let (end_sender, ending) = ending();
            let mut ending = pin!(ending);
            assert_eq!(ending.as_mut().poll(&mut cx), Poll::Pending);
            end_sender.notify(reason);
            drop(end_sender);
            assert_eq!(ending.as_mut().poll(&mut cx), Poll::Ready(reason));
            assert_eq!(wakes.0.load(Ordering::Relaxed), 1);
        }
    }

    #[test]
    fn an_end_comes_if_nobody_tells_it_or_nobody_waits() {
        let mut cx = Context::from_waker(Waker::noop());
        let (end_sender, ending) = ending();
        drop(end_sender);
        assert_eq!(pin!(ending).poll(&mut cx), Poll::Ready(EndReason::Stopped));
        let (end_sender, ending) = self::ending();
        drop(ending);
        end_sender.notify(EndReason::Complete);
    }
}
