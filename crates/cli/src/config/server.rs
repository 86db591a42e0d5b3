//! `[server]`: the pages and the API.

use super::reader::Section;
use super::setting::Setting;
use std::net::{Ipv4Addr, SocketAddr};

/// The port that is listened on by default.
const PORT: u16 = 8017;

/// The pages and the API.
#[derive(Clone, Debug)]
pub struct Server {
    /// Where to listen.
    pub listen: SocketAddr,
    /// The address under which people reach the pages, without a slash at its end.
    pub public_url: String,
}

impl Server {
    pub(super) fn read(section: &mut Section<'_, '_>) -> Self {
        let listen: SocketAddr =
            section.value("listen", SocketAddr::from((Ipv4Addr::LOCALHOST, PORT)));
        let default = format!("http://{listen}");
        let url: String = section.value_where("public_url", default, |url: &String| {
            let rest = url.strip_prefix("https://").or_else(|| url.strip_prefix("http://"));
            match rest {
                Some(rest) if !rest.is_empty() && !rest.contains(['?', '#', ' ']) => Ok(()),
                _ => Err(format!("is {}, which is no http or https address", url.show())),
            }
        });
        Self { listen, public_url: url.trim_end_matches('/').to_owned() }
    }
}
