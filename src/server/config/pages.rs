//! Web pages.

use serde_json::Value;
use url::{Host, Url};

use super::{
    page_file::page_file,
    parse::{non_blank, switch},
    redaction::{hide_from_debug, invalid_url},
};
use crate::server::{Error, Result};

/// Unvalidated settings of web pages.
#[derive(Clone, clap::Args)]
pub struct PageSettings {
    /// URL of a ChatKit server that the chat page calls directly, for instance `https://api.example.com/chatkit`. It
    /// must allow this origin by CORS and verify its tokens. Unset: this server.
    #[arg(long, env = "CHATKIT_API_URL")]
    pub chatkit_api_url: Option<String>,

    /// JSON file that adapts the chat page to the server that answers, with options of the official client: greeting,
    /// prompts, tools, models, attachments, dictation, widget actions. Unset: what this server supports.
    #[arg(long, env = "CHATKIT_PAGE")]
    pub chatkit_page: Option<String>,

    /// Serve a page for developers that tries out all features of the ChatKit client: `on` or `off`. Unset: off.
    #[arg(long, env = "EXAMPLES")]
    pub examples: Option<String>,

    /// Serve a page that shows every item and widget of the client at once: `on` or `off`. Unset: off.
    #[arg(long, env = "GALLERY")]
    pub gallery: Option<String>,
}

/// Options of web pages.
#[derive(Clone, Debug)]
pub struct PageConfig {
    /// URL of the ChatKit server that the chat page calls directly, instead of this one.
    pub chatkit_api_url: Option<Url>,
    /// Options of the chat page, in the form that `config/page_file` validates.
    pub chatkit_page: Option<Value>,
    /// True if the page for developers is served.
    pub examples: bool,
    /// True if the gallery is served.
    pub gallery: bool,
}

// An invalid URL may hold a password.
hide_from_debug!(PageSettings);

impl PageSettings {
    /// Validates the settings.
    ///
    /// # Errors
    /// [`Error::Config`] with the variable's name, the problem and a valid example.
    pub(super) fn validate(self) -> Result<PageConfig> {
        Ok(PageConfig {
            chatkit_api_url: non_blank(self.chatkit_api_url).map(|text| api_url(&text)).transpose()?,
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

    /// Returns the origin of `chatkit_api_url`, for the pages' content security policy.
    pub fn chatkit_origin(&self) -> Option<String> {
        self.chatkit_api_url.as_ref().map(|url| url.origin().ascii_serialization())
    }
}

fn api_url(text: &str) -> Result<Url> {
    let variable = "CHATKIT_API_URL";
    match Url::parse(text) {
        // Every visitor of the page could read the password.
        Ok(url) if !url.username().is_empty() || url.password().is_some() => {
            Err(Error::Config(format!("{variable} holds a user or a password; the page asks with tokens alone")))
        }
        // A content security policy cannot hold IPv6 addresses.
        Ok(url) if matches!(url.host(), Some(Host::Ipv6(_))) => Err(invalid_url(
            variable,
            text,
            "browsers' policies know no IPv6 addresses: write a name or an IPv4 address",
        )),
        Ok(url) if matches!(url.scheme(), "http" | "https") && url.query().is_none() && url.fragment().is_none() => {
            Ok(url)
        }
        _ => Err(invalid_url(
            variable,
            text,
            "write an http or https URL without a query, such as https://api.example.com/chatkit",
        )),
    }
}
