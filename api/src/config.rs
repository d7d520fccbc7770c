//! The command line, the environment and `.env`: everything that can be set.
//!
//! Every setting of [`Serve`] has a flag and a variable, `TSUKIYO_` and the flag's name. A flag wins over a variable, and
//! a variable over a line of `.env` in the working directory. `.env.example` lists them all.

mod access;
mod guards;
mod ice;
mod rate;
mod secret;
mod tls;
mod turn;

pub use access::BadAccess;
pub use ice::{BadIceServers, parse_ice_servers};
pub use secret::SecretError;
pub use turn::BadTurn;

use crate::{
    rooms::{Limits, Settings, Tokens},
    server::{self, Database, Others},
    store::{Endpoint, StoreConfig},
};
use clap::{Args, Parser, Subcommand, ValueEnum};
use std::{
    net::{IpAddr, SocketAddr},
    path::PathBuf,
    time::Duration,
};
use wire::limits;

/// The project that the data belongs to unless another is named: the ancestor's.
const PROJECT: &str = "nextjs-typescript-firestore";

/// Video rooms: the server of the web app, the signaling sockets, the API and the store.
#[derive(Debug, Parser)]
#[command(name = "tsukiyo", version, max_term_width = 100)]
pub struct Cli {
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

/// What the binary does.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Runs the server until it is sent SIGTERM or SIGINT.
    ///
    /// Without any setting it serves http://localhost:3000 and keeps everything below ./data. Settings are taken from
    /// flags, from the environment, and from the file .env in the working directory, in this order.
    Serve(Box<Serve>),
}

/// The settings of `tsukiyo serve`.
#[derive(Debug, Args)]
pub struct Serve {
    /// The address to listen on, for all ports. 0.0.0.0 is every IPv4 address of this machine.
    #[arg(
        long,
        env = "TSUKIYO_HOST",
        default_value = "127.0.0.1",
        help_heading = "Addresses"
    )]
    host: IpAddr,
    /// The port of the app: web, /ws, /Prod, /api. 0 takes any that is free, as for all ports.
    #[arg(
        long,
        env = "TSUKIYO_PORT",
        default_value_t = 3000,
        help_heading = "Addresses"
    )]
    port: u16,
    /// The port of the API alone, as the Firebase Functions emulator has it.
    #[arg(
        long,
        env = "TSUKIYO_FUNCTIONS_PORT",
        default_value_t = 5001,
        help_heading = "Addresses"
    )]
    functions_port: u16,
    /// The path of the API on that port: `/<project>/<region>/api`.
    #[arg(
        long,
        env = "TSUKIYO_FUNCTIONS_PATH",
        default_value = "/nextjs-typescript-firestore/us-central1/api",
        help_heading = "Addresses"
    )]
    pub functions_path: String,
    /// The address on which the embedded Firestore and its page listen. Whoever reaches it reads and writes everything.
    #[arg(
        long,
        env = "TSUKIYO_FIRESTORE_HOST",
        value_name = "ADDRESS",
        default_value = "127.0.0.1",
        help_heading = "Addresses"
    )]
    firestore_host: IpAddr,
    /// The port of the embedded Firestore.
    #[arg(
        long,
        env = "TSUKIYO_FIRESTORE_PORT",
        default_value_t = 8080,
        help_heading = "Addresses"
    )]
    firestore_port: u16,
    /// The port of the page that shows what is in the embedded Firestore.
    #[arg(
        long,
        env = "TSUKIYO_FIRESTORE_PAGE_PORT",
        default_value_t = 4000,
        help_heading = "Addresses"
    )]
    firestore_page_port: u16,
    /// Where to write the actual addresses, as JSON, once everything listens.
    #[arg(
        long,
        env = "TSUKIYO_READY_FILE",
        value_name = "FILE",
        help_heading = "Addresses"
    )]
    pub ready_file: Option<PathBuf>,
    /// Where to tell figures to Prometheus (/metrics, /healthz, /readyz), such as 10.0.0.1:9464. Without it, /metrics of the
    /// app's port tells them to programs of this machine, and to nobody else.
    #[arg(
        long,
        env = "TSUKIYO_METRICS_LISTEN",
        value_name = "ADDRESS:PORT",
        help_heading = "Addresses"
    )]
    metrics_listen: Option<SocketAddr>,
    #[command(flatten)]
    tls: tls::Tls,
    /// After SIGTERM: for how many seconds at most /readyz says so and nobody new is let in, before those who are here are
    /// told to go elsewhere. For several servers behind a balancer.
    #[arg(
        long,
        env = "TSUKIYO_DRAIN",
        value_name = "SECONDS",
        default_value_t = 0,
        value_parser = clap::value_parser!(u64).range(..=3_600),
        help_heading = "Addresses"
    )]
    pub drain: u64,

    /// Where the embedded Firestore and the secret are kept.
    #[arg(
        long,
        env = "TSUKIYO_DATA_DIR",
        value_name = "DIR",
        default_value = "data",
        help_heading = "Data"
    )]
    data_dir: PathBuf,
    /// How much of the embedded Firestore's file is kept in memory at most, in MiB.
    #[arg(
        long,
        env = "TSUKIYO_FIRESTORE_CACHE",
        value_name = "MIB",
        default_value_t = 16,
        value_parser = clap::builder::RangedU64ValueParser::<usize>::new().range(1..=65_536),
        help_heading = "Data"
    )]
    firestore_cache: usize,
    /// The directory of the built web app.
    #[arg(
        long,
        env = "TSUKIYO_WEB_DIR",
        value_name = "DIR",
        default_value = "target/site",
        help_heading = "Data"
    )]
    web_dir: PathBuf,
    /// A Firestore emulator to use instead of the embedded one.
    #[arg(
        long,
        env = "FIRESTORE_EMULATOR_HOST",
        value_name = "HOST:PORT",
        help_heading = "Data"
    )]
    firestore_emulator_host: Option<String>,
    /// A Google Cloud project: its Firestore is used, with the application's default credentials. With
    /// FIRESTORE_EMULATOR_HOST, only the project's name is.
    #[arg(
        long,
        env = "GOOGLE_CLOUD_PROJECT",
        value_name = "PROJECT",
        help_heading = "Data"
    )]
    google_cloud_project: Option<String>,

    /// NATS servers that connect this server to others over the same Firestore, with commas between them:
    /// nats://a:4222,nats://b:4222. All servers of a site need the same TSUKIYO_SECRET. Without it, this is the only one.
    #[arg(
        long,
        env = "TSUKIYO_BUS",
        value_name = "URLS",
        hide_env_values = true,
        help_heading = "Servers"
    )]
    bus: Option<String>,

    /// STUN and TURN servers for the browsers: URLs with commas between them, or JSON as RTCPeerConnection takes it
    /// ([{"urls":["turn:…"],"username":"…","credential":"…"}]), or "none", which will do within one network.
    #[arg(
        long,
        env = "TSUKIYO_ICE_SERVERS",
        value_name = "SERVERS",
        default_value = "stun:stun.l.google.com:19302",
        help_heading = "Calls"
    )]
    ice_servers: ice::IceServers,
    /// How many members a room may have. A mesh carries some ten.
    #[arg(
        long,
        env = "TSUKIYO_ROOM_MEMBERS",
        default_value_t = limits::ROOM_MEMBERS,
        value_parser = clap::builder::RangedU64ValueParser::<usize>::new().range(1..=1_000),
        help_heading = "Calls"
    )]
    room_members: usize,
    /// How many seconds a member whose connection is lost may take to come back.
    #[arg(
        long,
        env = "TSUKIYO_GRACE",
        value_name = "SECONDS",
        default_value_t = limits::GRACE_SECONDS,
        value_parser = clap::value_parser!(u64).range(..=3_600),
        help_heading = "Calls"
    )]
    grace: u64,
    /// Takes figures of how calls go (time to the first picture, connections that fail, pictures that stand still) from those
    /// people who switch that on in their settings, and adds them to /metrics, without names, rooms or addresses.
    #[arg(
        long,
        env = "TSUKIYO_QUALITY_REPORTS",
        value_parser = clap::builder::FalseyValueParser::new(),
        action = clap::ArgAction::SetTrue,
        help_heading = "Calls"
    )]
    quality_reports: bool,
    #[command(flatten)]
    turn: turn::Turn,

    /// A further origin whose pages may open sockets, such as `https://example.org`; "*" is any. Pages of the server's
    /// own host always may. May be given more than once, or with commas.
    #[arg(
        long,
        env = "TSUKIYO_ALLOW_ORIGIN",
        value_name = "ORIGIN",
        value_delimiter = ',',
        help_heading = "Security"
    )]
    allow_origin: Vec<String>,
    /// The key of the resume tokens, 16 characters or more, the same for all servers of one site. Without one, a random
    /// one is made and kept in the data directory.
    #[arg(
        long,
        env = "TSUKIYO_SECRET",
        value_name = "KEY",
        hide_env_values = true,
        help_heading = "Security"
    )]
    secret: Option<String>,
    #[command(flatten)]
    access: access::Access,
    #[command(flatten)]
    guards: guards::Guards,

    /// Where to write what hosts do to their rooms, as JSON, a line each, besides the log.
    #[arg(
        long,
        env = "TSUKIYO_AUDIT_LOG",
        value_name = "FILE",
        help_heading = "Logging"
    )]
    pub audit_log: Option<PathBuf>,
    /// What to log: a level, or levels by module as RUST_LOG takes them (and RUST_LOG is heeded).
    #[arg(long, env = "TSUKIYO_LOG", value_name = "FILTER", help_heading = "Logging")]
    pub log: Option<String>,
    /// Where to tell what took how long (requests, joins, calls of the store): a collector of OpenTelemetry that takes OTLP over
    /// gRPC, such as http://127.0.0.1:4317.
    #[arg(
        long,
        env = "OTEL_EXPORTER_OTLP_ENDPOINT",
        value_name = "URL",
        help_heading = "Logging"
    )]
    pub otlp_endpoint: Option<String>,
    /// The form of the log.
    #[arg(
        long,
        env = "TSUKIYO_LOG_FORMAT",
        value_name = "FORMAT",
        default_value = "text",
        help_heading = "Logging"
    )]
    pub log_format: LogFormat,
}

/// The form of the log.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum LogFormat {
    /// A line for people.
    Text,
    /// An object a line, for programs.
    Json,
}

/// Settings that cannot be followed.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// There is no secret.
    #[error(transparent)]
    Secret(#[from] SecretError),
    /// It cannot be told who may make rooms and write posts.
    #[error(transparent)]
    Access(#[from] BadAccess),
    /// The settings of TURN contradict each other.
    #[error(transparent)]
    Turn(#[from] BadTurn),
}

impl Serve {
    /// Makes what the server is told. Reads the secret from the data directory, or puts one there.
    ///
    /// # Errors
    /// [`ConfigError`]
    pub fn config(&self) -> Result<server::Config, ConfigError> {
        let given = |text: &Option<String>| text.clone().filter(|text| !text.is_empty());
        let secret = secret::load(given(&self.secret), &self.data_dir)?;
        let project = given(&self.google_cloud_project);
        let database = match (given(&self.firestore_emulator_host), project) {
            (Some(host), project) => Database::Remote(StoreConfig {
                project: project.unwrap_or_else(|| PROJECT.to_owned()),
                endpoint: Endpoint::Emulator(host),
            }),
            (None, Some(project)) => Database::Remote(StoreConfig {
                project,
                endpoint: Endpoint::GoogleCloud,
            }),
            (None, None) => Database::Embedded {
                file: Some(self.data_dir.join("firestore.redb")),
                cache: self.firestore_cache << 20,
                host: self.firestore_host,
                port: self.firestore_port,
                page_port: self.firestore_page_port,
                project: PROJECT.to_owned(),
            },
        };
        if matches!(database, Database::Embedded { host, .. } if !host.is_loopback()) {
            tracing::warn!(
                "anybody who reaches the embedded Firestore at {} reads and writes everything in it",
                self.firestore_host
            );
        }
        if given(&self.bus).is_some() {
            if matches!(database, Database::Embedded { .. }) {
                tracing::warn!(
                    "--bus wants one Firestore for all servers: name it with FIRESTORE_EMULATOR_HOST or \
                     GOOGLE_CLOUD_PROJECT, or let the others name this server's"
                );
            }
            if given(&self.secret).is_none() {
                tracing::warn!("--bus wants the same TSUKIYO_SECRET for all servers, and none is given");
            }
        }
        let limits = self.guards.rooms(Limits {
            room_members: self.room_members,
            grace: Duration::from_secs(self.grace),
            ..Limits::default()
        });
        let guards = self.guards.settings();
        let access = self.access.settings()?;
        let (turn, relays) = self.turn.settings(self.host, &secret)?;
        if access.token.is_none() && access.issuer.is_none() && !self.host.is_loopback() {
            tracing::warn!(
                "anybody who reaches {} may make rooms and write posts; --api-token-file and --oidc-issuer change that",
                self.host
            );
        }
        Ok(server::Config {
            host: self.host,
            port: self.port,
            functions_port: self.functions_port,
            functions_path: self.functions_path.clone(),
            database,
            web_dir: self.web_dir.clone(),
            allow_origins: self.allow_origin.clone(),
            access,
            guards,
            others: given(&self.bus).map_or(Others::None, Others::OnNats),
            metrics: self.metrics_listen,
            turn,
            tls: self.tls.origin(&self.data_dir),
            redirect_port: self.tls.redirect_port,
            rooms: Settings {
                limits,
                tokens: Tokens::new(&secret),
                ice_servers: self.ice_servers.0.clone(),
                relays,
                version: env!("CARGO_PKG_VERSION").to_owned(),
                restricted: false,
                reports: self.quality_reports,
                shared: false,
            },
        })
    }
}
