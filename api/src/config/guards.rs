//! The settings of what a client may take of the server.

use super::rate;
use crate::{
    guards::{self, Proxies},
    rooms::{Limits, Rate},
};
use clap::{Args, builder::RangedU64ValueParser};
use ipnet::IpNet;
use std::time::Duration;

/// Limits. Rates are written as `5/s`, `60/min` or `100/h`, with `:BURST` for how many may come at once; `off` lifts one.
/// "An address" is of IPv6 the network (/64). This machine itself is not counted by address.
#[derive(Debug, Args)]
pub(super) struct Guards {
    /// The network of a proxy that stands before the server, such as 10.0.0.0/8: what it says in X-Forwarded-For and
    /// X-Forwarded-Proto is believed. May be given more than once, or with commas.
    #[arg(
        long,
        env = "TSUKIYO_TRUSTED_PROXY",
        value_name = "CIDR",
        value_delimiter = ',',
        help_heading = "Security"
    )]
    trusted_proxy: Vec<IpNet>,

    /// Sockets that are open from one address.
    #[arg(
        long,
        env = "TSUKIYO_LIMIT_SOCKETS",
        value_name = "NUMBER",
        default_value_t = 200,
        help_heading = "Limits"
    )]
    limit_sockets: usize,
    /// Connections of one address that have not become sockets.
    #[arg(
        long,
        env = "TSUKIYO_LIMIT_CONNECTIONS",
        value_name = "NUMBER",
        default_value_t = 256,
        help_heading = "Limits"
    )]
    limit_connections: usize,
    /// People of one address who wait before one room.
    #[arg(
        long,
        env = "TSUKIYO_LIMIT_WAITING",
        value_name = "NUMBER",
        default_value_t = 8,
        help_heading = "Limits"
    )]
    limit_waiting: usize,
    /// New sockets from one address. Rates are written 5/s, 60/min or 100/h, with :BURST for how many may come at once;
    /// off lifts one. Of IPv6 an address is its network (/64); this machine itself is not counted by address.
    #[arg(long, env = "TSUKIYO_LIMIT_OPENS", value_name = "RATE", default_value = "5/s:300", value_parser = rate::parse, help_heading = "Limits")]
    limit_opens: Rate,
    /// Joins from one address.
    #[arg(long, env = "TSUKIYO_LIMIT_JOINS", value_name = "RATE", default_value = "5/s:300", value_parser = rate::parse, help_heading = "Limits")]
    limit_joins: Rate,
    /// Passcodes tried from one address for one room, and vain knocks.
    #[arg(long, env = "TSUKIYO_LIMIT_GUESSES", value_name = "RATE", default_value = "3/min:5", value_parser = rate::parse, help_heading = "Limits")]
    limit_guesses: Rate,
    /// Messages of any kind from one member.
    #[arg(long, env = "TSUKIYO_LIMIT_MESSAGES", value_name = "RATE", default_value = "100/s:1000", value_parser = rate::parse, help_heading = "Limits")]
    limit_messages: Rate,
    /// Chat messages from one member.
    #[arg(long, env = "TSUKIYO_LIMIT_CHATS", value_name = "RATE", default_value = "10/s:150", value_parser = rate::parse, help_heading = "Limits")]
    limit_chats: Rate,
    /// Posts written, changed or deleted from one address.
    #[arg(long, env = "TSUKIYO_LIMIT_POSTS", value_name = "RATE", default_value = "60/min", value_parser = rate::parse, help_heading = "Limits")]
    limit_posts: Rate,
    /// Requests of the API from one address that only read.
    #[arg(long, env = "TSUKIYO_LIMIT_READS", value_name = "RATE", default_value = "20/s:400", value_parser = rate::parse, help_heading = "Limits")]
    limit_reads: Rate,
    /// For how many seconds a client may keep the server waiting for a request's head, and between two requests.
    #[arg(long, env = "TSUKIYO_LIMIT_HEAD", value_name = "SECONDS", default_value_t = 30, value_parser = seconds(), help_heading = "Limits")]
    limit_head: u64,
    /// The same for a request's body.
    #[arg(long, env = "TSUKIYO_LIMIT_BODY", value_name = "SECONDS", default_value_t = 60, value_parser = seconds(), help_heading = "Limits")]
    limit_body: u64,
    /// For how many seconds a client may take nothing of its answer.
    #[arg(long, env = "TSUKIYO_LIMIT_ANSWER", value_name = "SECONDS", default_value_t = 30, value_parser = seconds(), help_heading = "Limits")]
    limit_answer: u64,
}

fn seconds() -> RangedU64ValueParser {
    clap::value_parser!(u64).range(1..=3_600)
}

impl Guards {
    /// Returns what the guards are told.
    pub fn settings(&self) -> guards::Settings {
        guards::Settings {
            limits: guards::Limits {
                connections: self.limit_connections,
                sockets: self.limit_sockets,
                opens: self.limit_opens,
                writes: self.limit_posts,
                reads: self.limit_reads,
            },
            times: guards::Times {
                head: Duration::from_secs(self.limit_head),
                body: Duration::from_secs(self.limit_body),
                answer: Duration::from_secs(self.limit_answer),
            },
            proxies: Proxies::new(self.trusted_proxy.clone()),
        }
    }

    /// Returns the limits of the rooms, with those that are not set here as given.
    pub fn rooms(&self, others: Limits) -> Limits {
        Limits {
            messages: self.limit_messages,
            chats: self.limit_chats,
            guesses: self.limit_guesses,
            joins: self.limit_joins,
            waiting: self.limit_waiting,
            ..others
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::{Cli, Command};
    use clap::Parser;

    #[test]
    fn what_the_help_says_is_what_holds() {
        let Command::Serve(serve) = Cli::parse_from(["tsukiyo", "serve"]).command;
        let settings = serve.guards.settings();
        assert_eq!(settings.limits, guards::Limits::default());
        assert_eq!(settings.times, guards::Times::default());
        assert_eq!(serve.guards.rooms(Limits::default()), Limits::default());
    }
}
