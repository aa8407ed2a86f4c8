//! Connection of the chat to its server.

use super::Ask;

/// Additional headers of every request, beside the token's.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum Headers {
    /// No additional headers.
    #[default]
    None,
    /// Constant names and values.
    Fixed(Vec<(String, String)>),
    /// Computed before each request.
    Asked(Ask<(), Vec<(String, String)>>),
}

impl Headers {
    /// Returns the headers.
    pub(crate) async fn get(&self) -> Vec<(String, String)> {
        match self {
            Self::None => Vec::new(),
            Self::Fixed(headers) => headers.clone(),
            Self::Asked(ask) => ask.ask(()).await.unwrap_or_default(),
        }
    }
}

impl<N: Into<String>, V: Into<String>, const LEN: usize> From<[(N, V); LEN]> for Headers {
    fn from(headers: [(N, V); LEN]) -> Self {
        Self::Fixed(headers.into_iter().map(|(name, value)| (name.into(), value.into())).collect())
    }
}
