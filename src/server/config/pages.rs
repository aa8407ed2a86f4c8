//! What our pages do.

use serde_json::Value;
use url::{Host, Url};

use super::{
    page_file::page_file,
    shown::{hide_from_debug, wrong_url},
    value::{given, switch},
};
use crate::server::{Error, Result};

/// The settings of pages, as they are given.
#[derive(Clone, clap::Args)]
pub struct PageSettings {
    /// URL of a ChatKit server that the chat page asks by itself, for instance `https://api.example.com/chatkit`: it
    /// allows our origin by CORS and verifies our tokens. Unset: our own.
    #[arg(long, env = "CHATKIT_API_URL")]
    pub chatkit_api_url: Option<String>,

    /// File that fits the chat page to the server that answers: greeting, prompts, tools, models, attachments,
    /// dictation, actions of widgets, in JSON as the options of the official client. Unset: what our own server can do.
    #[arg(long, env = "CHATKIT_PAGE")]
    pub chatkit_page: Option<String>,

    /// Whether there is a page that tries out all that the ChatKit client can do, for developers: `on` or `off`.
    /// Unset: off.
    #[arg(long, env = "EXAMPLES")]
    pub examples: Option<String>,

    /// Whether there is a page that shows every item and widget of the client at once: `on` or `off`. Unset: off.
    #[arg(long, env = "GALLERY")]
    pub gallery: Option<String>,
}

/// What our pages do.
#[derive(Clone, Debug)]
pub struct PageConfig {
    /// The ChatKit server that the chat page asks by itself, in place of ours.
    pub chatkit_api_url: Option<Url>,
    /// What the chat page is told about the server that answers, as `config/page_file.rs` describes it.
    pub chatkit_page: Option<Value>,
    /// Whether there is a page for developers.
    pub examples: bool,
    /// Whether there is a gallery.
    pub gallery: bool,
}

// A URL that cannot be used may hold a password.
hide_from_debug!(PageSettings);

impl PageSettings {
    /// Judges the settings.
    ///
    /// # Errors
    /// [`Error::Config`] with the variable's name, what is wrong and what would be right.
    pub(super) fn judge(self) -> Result<PageConfig> {
        Ok(PageConfig {
            chatkit_api_url: given(self.chatkit_api_url).map(|text| api_url(&text)).transpose()?,
            chatkit_page: page_file(self.chatkit_page)?,
            examples: switch("EXAMPLES", self.examples, false)?,
            gallery: switch("GALLERY", self.gallery, false)?,
        })
    }
}

impl PageConfig {
    /// True if the operator's file turns dictation on.
    pub fn offers_dictation(&self) -> bool {
        self.chatkit_page.as_ref().is_some_and(|page| page["composer"]["dictation"]["enabled"] == true)
    }

    /// Returns the origin of that server, for the pages' policy.
    pub fn chatkit_origin(&self) -> Option<String> {
        self.chatkit_api_url.as_ref().map(|url| url.origin().ascii_serialization())
    }
}

fn api_url(text: &str) -> Result<Url> {
    let variable = "CHATKIT_API_URL";
    match Url::parse(text) {
        // Everybody who opens the page would read the password.
        Ok(url) if !url.username().is_empty() || url.password().is_some() => {
            Err(Error::Config(format!("{variable} holds a user or a password; the page asks with tokens alone")))
        }
        // A policy takes no address of IPv6.
        Ok(url) if matches!(url.host(), Some(Host::Ipv6(_))) => {
            Err(wrong_url(variable, text, "browsers' policies know no IPv6 addresses: write a name or an IPv4 address"))
        }
        Ok(url) if matches!(url.scheme(), "http" | "https") && url.query().is_none() && url.fragment().is_none() => {
            Ok(url)
        }
        _ => Err(wrong_url(
            variable,
            text,
            "write an http or https URL without a query, such as https://api.example.com/chatkit",
        )),
    }
}
