//! Where a view stands in the source.

use std::cell::Cell;

use proc_macro2::Literal;

/// Numbers for the views of one call of the macro, each another one than those of all other calls.
pub(crate) struct Sites {
    call: u32,
    n_given: Cell<u32>,
}

impl Sites {
    pub(crate) fn of_call() -> Self {
        let call = proc_macro::Span::call_site();
        let place = format!("{}:{}:{}", call.file(), call.line(), call.column());
        Self { call: digest(&place), n_given: Cell::new(0) }
    }

    /// The next one, as Rust writes it.
    pub(crate) fn next(&self) -> Literal {
        let number = self.n_given.get();
        self.n_given.set(number + 1);
        Literal::u32_unsuffixed(self.call.wrapping_add(number))
    }
}

/// FNV-1a.
fn digest(text: &str) -> u32 {
    text.bytes().fold(0x811c_9dc5, |sum, byte| (sum ^ u32::from(byte)).wrapping_mul(0x0100_0193))
}
