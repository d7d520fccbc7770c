//! The settings of STUN and TURN.

use super::ice::{BadIceServers, parse_ice_servers};
use crate::turn::{self, Quota, Relays};
use clap::Args;
use std::{
    fs, io,
    net::IpAddr,
    path::{Path, PathBuf},
    time::Duration,
};

/// The least length of the shared key, in bytes.
const LEAST: usize = 16;

/// Why the settings of TURN cannot be followed.
#[derive(Debug, thiserror::Error)]
pub enum BadTurn {
    /// There are other servers, and no key that is shared with them.
    #[error("--turn-server wants --turn-secret-file: the key that the server was told as static-auth-secret")]
    NoSecret,
    /// The file cannot be read.
    #[error("cannot read the key of TURN from {0}")]
    Io(String, #[source] io::Error),
    /// The key is too short.
    #[error("the key of TURN must have at least {LEAST} characters; `openssl rand -hex 32` makes one")]
    Short,
    /// Browsers would be sent to an address that is none.
    #[error("--turn-port wants --turn-external: {0} is no address that others reach this machine under")]
    NoAddress(IpAddr),
    /// A server's URL is none.
    #[error(transparent)]
    Url(#[from] BadIceServers),
}

#[derive(Debug, Args)]
pub(super) struct Turn {
    /// The port, UDP and TCP, of a STUN and TURN server inside of this process, such as 3478. It relays between members of
    /// its rooms, and to nobody else.
    #[arg(long, env = "TSUKIYO_TURN_PORT", value_name = "PORT", help_heading = "Calls")]
    turn_port: Option<u16>,
    /// The address that others reach it under, where it listens on all (--host 0.0.0.0) or behind a NAT.
    #[arg(
        long,
        env = "TSUKIYO_TURN_EXTERNAL",
        value_name = "ADDRESS",
        help_heading = "Calls"
    )]
    turn_external: Option<IpAddr>,
    /// A port of TURN over TLS, such as 443, for networks that let nothing else out. It shows the site's certificate.
    #[arg(
        long,
        env = "TSUKIYO_TURN_TLS_PORT",
        value_name = "PORT",
        requires = "certificate",
        help_heading = "Calls"
    )]
    turn_tls_port: Option<u16>,
    /// The name in that certificate under which others reach this machine.
    #[arg(long, env = "TSUKIYO_TURN_NAME", value_name = "NAME", help_heading = "Calls")]
    turn_name: Option<String>,
    /// TURN servers elsewhere that make their credentials of a shared key (coturn: use-auth-secret), with commas.
    #[arg(
        long,
        env = "TSUKIYO_TURN_SERVER",
        value_name = "URL",
        value_delimiter = ',',
        help_heading = "Calls"
    )]
    turn_server: Vec<String>,
    /// A file with the key that is shared with them, 16 characters or more.
    #[arg(
        long,
        env = "TSUKIYO_TURN_SECRET_FILE",
        value_name = "FILE",
        help_heading = "Calls"
    )]
    turn_secret_file: Option<PathBuf>,
    /// For how many seconds a member's credentials are good.
    #[arg(
        long,
        env = "TSUKIYO_TURN_LIFE",
        value_name = "SECONDS",
        default_value_t = 86_400,
        value_parser = clap::value_parser!(u64).range(60..=2_592_000),
        help_heading = "Calls"
    )]
    turn_life: u64,
    /// How many allocations a member may have at once.
    #[arg(
        long,
        env = "TSUKIYO_TURN_ALLOCATIONS",
        value_name = "NUMBER",
        default_value_t = 64,
        help_heading = "Calls"
    )]
    turn_allocations: usize,
    /// How many megabits a second are relayed for a member.
    #[arg(
        long,
        env = "TSUKIYO_TURN_MEGABITS",
        value_name = "NUMBER",
        default_value_t = 40,
        value_parser = clap::value_parser!(u64).range(1..=100_000),
        help_heading = "Calls"
    )]
    turn_megabits: u64,
}

impl Turn {
    /// Returns the server to start, if there is to be one, and the relays that members are told; `key` is what a key is made of
    /// where none is given.
    pub fn settings(&self, host: IpAddr, key: &[u8]) -> Result<(Option<turn::Config>, Relays), BadTurn> {
        let life = Duration::from_secs(self.turn_life);
        let mut relays = match &self.turn_secret_file {
            Some(file) => Relays::new(Vec::new(), secret(file)?, life),
            None if self.turn_server.is_empty() => Relays::derived(key, life),
            None => return Err(BadTurn::NoSecret),
        };
        if self.turn_port.is_some() && self.turn_external.is_none() && host.is_unspecified() {
            return Err(BadTurn::NoAddress(host));
        }
        if !self.turn_server.is_empty() {
            parse_ice_servers(&self.turn_server.join(","))?;
            relays.add(self.turn_server.clone());
        }
        let server = self.turn_port.map(|port| turn::Config {
            port,
            external: self.turn_external,
            tls_port: self.turn_tls_port,
            name: self.turn_name.clone(),
            quota: Quota {
                allocations: self.turn_allocations,
                bytes_per_second: self.turn_megabits * 1_000_000 / 8,
            },
        });
        Ok((server, relays))
    }
}

fn secret(file: &Path) -> Result<String, BadTurn> {
    let text = fs::read_to_string(file).map_err(|error| BadTurn::Io(file.display().to_string(), error))?;
    let text = text.trim();
    if text.len() < LEAST {
        return Err(BadTurn::Short);
    }
    Ok(text.to_owned())
}
