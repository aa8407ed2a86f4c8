//! How the chat talks to its server.

use super::Ask;

/// Headers that go along with every request, beside the token's.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum Headers {
    /// None.
    #[default]
    None,
    /// Always the same: names and values.
    Fixed(Vec<(String, String)>),
    /// Asked for before each request.
    Asked(Ask<(), Vec<(String, String)>>),
}

impl Headers {
    /// Returns them.
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
