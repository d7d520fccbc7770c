//! The server as a whole: starts everything in order, and stops it in the other.

mod app;
mod connections;
mod patience;
mod redirect;

use crate::{
    access::{self, Access, BadIssuer},
    bus::{BadBus, Bus, Nats},
    embedded::Embedded,
    guards,
    rooms::Settings,
    socket::Origins,
    status,
    store::{Endpoint, Store, StoreConfig, StoreError},
    telemetry,
    tls::{self, Tls},
    turn::{self, Turn},
    web::{Site, SiteError},
};
pub use app::{App, functions_routes, routes};
use connections::Listening;
use hyper_util::service::TowerToHyperService;
use std::{
    net::{IpAddr, SocketAddr},
    path::PathBuf,
    time::Duration,
};
use tokio::{net::TcpListener, time::timeout};

/// How long clients have to take note of the end.
const GOODBYE: Duration = Duration::from_secs(5);
/// How long it waits for its bus before it goes on without.
const SETTLE: Duration = Duration::from_secs(5);
/// How often it is looked whether somebody is left, before the end.
const LOOK: Duration = Duration::from_millis(100);
/// How long whoever balances loads may take to notice that a server takes nobody new.
const NEWS: Duration = Duration::from_secs(5);

/// Everything that a server is told.
#[derive(Debug, Clone)]
pub struct Config {
    /// The address of all ports.
    pub host: IpAddr,
    /// The port of the app: web, sockets, API. 0 takes any that is free, here and below.
    pub port: u16,
    /// The port of the API alone, as the Firebase Functions emulator has it.
    pub functions_port: u16,
    /// The path of the API on that port, such as `/project/region/api`.
    pub functions_path: String,
    /// Where the data is.
    pub database: Database,
    /// The directory of the built web app.
    pub web_dir: PathBuf,
    /// Further origins whose pages may open sockets.
    pub allow_origins: Vec<String>,
    /// Who may make rooms and write posts.
    pub access: access::Settings,
    /// What one address may take, and whose word is taken for which that is.
    pub guards: guards::Settings,
    /// What the rooms are told.
    pub rooms: Settings,
    /// Whether there are other servers over the same data, and what connects it to them.
    pub others: Others,
    /// Where figures are told to whoever reaches it, besides to programs of this machine on the app's port.
    pub metrics: Option<SocketAddr>,
    /// The STUN and TURN server to start along.
    pub turn: Option<turn::Config>,
    /// The certificate of the app's port and the API's. Without one, they speak no TLS.
    pub tls: Option<tls::Origin>,
    /// The port that sends whoever comes without TLS to where it is spoken.
    pub redirect_port: Option<u16>,
}

/// The other servers.
#[derive(Debug, Clone, Default)]
pub enum Others {
    /// There are none.
    #[default]
    None,
    /// They are on NATS: the addresses of its nodes, with commas between them.
    OnNats(String),
    /// They are on this bus.
    On(Bus),
}

/// Where the data is.
#[derive(Debug, Clone)]
pub enum Database {
    /// In a file of ours, served by an emulator inside of this process.
    Embedded {
        /// The file; without one the data is gone with the process.
        file: Option<PathBuf>,
        /// How many bytes of the file are kept in memory at most.
        cache: usize,
        /// Where it listens. It asks nobody who they are.
        host: IpAddr,
        /// The port of its gRPC service.
        port: u16,
        /// The port of the page that shows what is in it.
        page_port: u16,
        /// The project that the data belongs to.
        project: String,
    },
    /// Elsewhere.
    Remote(StoreConfig),
}

/// Why a server does not start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// A port is taken, or not ours to take.
    #[error("cannot listen on {address}: stop what uses the port, or choose another with {flag}")]
    Listen {
        /// The address that was wanted.
        address: SocketAddr,
        /// The flag that chooses another.
        flag: &'static str,
        /// What the operating system says.
        source: std::io::Error,
    },
    /// The embedded Firestore emulator does not start.
    #[error(transparent)]
    Emulator(#[from] crate::embedded::EmbeddedError),
    /// The store is out of reach.
    #[error("cannot connect to Firestore")]
    Store(#[from] StoreError),
    /// What is to connect it to other servers has no such address.
    #[error(transparent)]
    Bus(#[from] BadBus),
    /// There is a certificate, and it cannot be used.
    #[error("cannot speak TLS")]
    Tls(#[from] tls::TlsError),
    /// Whose tokens are to be good cannot be believed.
    #[error("cannot take tokens from --oidc-issuer (TSUKIYO_OIDC_ISSUER)")]
    Issuer(#[from] BadIssuer),
    /// The web app cannot be read.
    #[error("cannot read the web app")]
    Site(#[from] SiteError),
}

/// Where a server listens.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Addresses {
    /// The app.
    pub app: SocketAddr,
    /// The API alone.
    pub functions: SocketAddr,
    /// The embedded Firestore emulator's gRPC service, if there is one.
    pub firestore: Option<SocketAddr>,
    /// The page that shows what is in it.
    pub page: Option<SocketAddr>,
    /// The figures, where they have a port of their own.
    pub metrics: Option<SocketAddr>,
    /// STUN and TURN, as clients reach them.
    pub turn: Option<SocketAddr>,
    /// What sends to where TLS is spoken.
    pub redirect: Option<SocketAddr>,
    /// The app and the API alone speak TLS.
    pub is_secure: bool,
}

/// A server that runs until [`Server::shutdown`].
#[derive(Debug)]
pub struct Server {
    addresses: Addresses,
    app: App,
    listening: Vec<Listening>,
    embedded: Option<Embedded>,
    _turn: Option<Turn>,
}

impl Server {
    /// Starts a server. Everything listens once this returns.
    ///
    /// # Errors
    /// [`StartError`], which names what to change.
    pub async fn start(mut config: Config) -> Result<Self, StartError> {
        // Ports first: a second server on the same ports must not open the first one's data.
        telemetry::start();
        let (app_listener, app_address) = listen(config.host, config.port, "--port (TSUKIYO_PORT)").await?;
        let (functions_listener, functions_address) = listen(
            config.host,
            config.functions_port,
            "--functions-port (TSUKIYO_FUNCTIONS_PORT)",
        )
        .await?;
        let metrics = match config.metrics {
            Some(at) => Some(listen(at.ip(), at.port(), "--metrics-listen (TSUKIYO_METRICS_LISTEN)").await?),
            None => None,
        };
        let redirect = match config.redirect_port {
            Some(port) => Some(listen(config.host, port, "--redirect-port (TSUKIYO_REDIRECT_PORT)").await?),
            None => None,
        };
        let tls = config.tls.map(Tls::start).transpose()?;
        let bound = match &config.turn {
            Some(turn) => Some(open_turn(config.host, turn, &mut config.rooms).await?),
            None => None,
        };
        let site = Site::load(&config.web_dir)?;
        if !site.is_built() {
            let directory = config.web_dir.display();
            tracing::warn!(%directory, "the web app is not built; build it with `./dc.sh app install`");
        }
        let access = Access::new(config.access, config.rooms.tokens.clone())?;
        let (embedded, store) = open(config.database).await?;
        let store = Store::connect(store).await?;
        store.ping().await?;
        let relays = config.rooms.relays.clone();
        let bus = match config.others {
            Others::None => Bus::Alone,
            Others::OnNats(nodes) => Bus::Nats(Nats::connect(&nodes).await?),
            Others::On(bus) => bus,
        };
        let origins = Origins::new(&config.allow_origins);
        let app = App::among(config.rooms, store, site, origins, bus, access).guarded(config.guards);
        app.hub.settle(SETTLE).await;
        let mut listening = vec![
            Listening::start(
                app_listener,
                TowerToHyperService::new(warp::service(routes(&app))),
                app.guards.clone(),
                tls.clone(),
            ),
            Listening::start(
                functions_listener,
                TowerToHyperService::new(warp::service(functions_routes(&app, &config.functions_path))),
                app.guards.clone(),
                tls.clone(),
            ),
        ];
        let metrics_address = metrics.as_ref().map(|(_, address)| *address);
        if let Some((listener, _)) = metrics {
            let routes = status::port_routes(app.hub.clone(), app.store.clone());
            let service = TowerToHyperService::new(warp::service(routes));
            listening.push(Listening::start(listener, service, app.guards.clone(), None));
        }
        let redirect_address = redirect.as_ref().map(|(_, address)| *address);
        if let Some((listener, _)) = redirect {
            let service = TowerToHyperService::new(warp::service(redirect::routes(app_address.port())));
            listening.push(Listening::start(listener, service, app.guards.clone(), None));
        }
        let turn = bound.map(|bound| bound.serve(relays, app.guards.clone(), tls.clone()));
        Ok(Self {
            addresses: Addresses {
                app: app_address,
                functions: functions_address,
                firestore: embedded.as_ref().map(Embedded::grpc_address),
                page: embedded.as_ref().and_then(Embedded::page_address),
                metrics: metrics_address,
                turn: turn.as_ref().map(Turn::address),
                redirect: redirect_address,
                is_secure: tls.is_some(),
            },
            app,
            listening,
            embedded,
            _turn: turn,
        })
    }

    /// Returns where it listens; ports that were 0 are known here.
    pub fn addresses(&self) -> Addresses {
        self.addresses
    }

    /// Returns what it serves.
    pub fn app(&self) -> &App {
        &self.app
    }

    /// Lets nobody new in, and tells whoever asks at `/readyz` so. Returns once nobody is left, or the time is over.
    pub async fn drain(&self, limit: Duration) {
        self.app.hub.drain();
        let empty = async {
            while self.app.hub.census().sockets > 0 {
                tokio::time::sleep(LOOK).await;
            }
        };
        // Whoever balances loads between servers has to hear of it, even when nobody is here.
        let _ = tokio::join!(timeout(limit, empty), tokio::time::sleep(limit.min(NEWS)));
    }

    /// Tells every client, finishes the requests under way, and closes the data.
    pub async fn shutdown(self) {
        for listening in &self.listening {
            listening.stop_accepting();
        }
        self.app.stop().await;
        for listening in self.listening {
            listening.finish(GOODBYE).await;
        }
        if let Some(embedded) = self.embedded {
            embedded.shutdown().await;
        }
    }
}

async fn open(database: Database) -> Result<(Option<Embedded>, StoreConfig), StartError> {
    match database {
        Database::Embedded {
            file,
            cache,
            host,
            port,
            page_port,
            project,
        } => {
            let config = emulator::Config {
                data: file,
                cache,
                grpc: SocketAddr::new(host, port),
                page: Some(SocketAddr::new(host, page_port)),
            };
            let embedded = Embedded::start(config).await?;
            let endpoint = Endpoint::Emulator(reachable(embedded.grpc_address()).to_string());
            Ok((Some(embedded), StoreConfig { project, endpoint }))
        }
        Database::Remote(config) => Ok((None, config)),
    }
}

/// Opens the sockets of STUN and TURN, and lets members be told of them.
async fn open_turn(
    host: IpAddr,
    config: &turn::Config,
    rooms: &mut Settings,
) -> Result<turn::Bound, StartError> {
    let bound = turn::Bound::open(host, config).await;
    let bound = bound.map_err(|source| StartError::Listen {
        address: SocketAddr::new(host, config.port),
        flag: "--turn-port (TSUKIYO_TURN_PORT)",
        source,
    })?;
    rooms.relays.add(bound.turn_urls());
    rooms.ice_servers.push(wire::IceServer {
        urls: vec![bound.stun_url()],
        username: None,
        credential: None,
    });
    Ok(bound)
}

/// Returns an address that this machine reaches a listener under, which "any address" is not everywhere.
pub fn reachable(address: SocketAddr) -> SocketAddr {
    let ip = match address.ip() {
        IpAddr::V4(ip) if ip.is_unspecified() => std::net::Ipv4Addr::LOCALHOST.into(),
        IpAddr::V6(ip) if ip.is_unspecified() => std::net::Ipv6Addr::LOCALHOST.into(),
        ip @ (IpAddr::V4(_) | IpAddr::V6(_)) => ip,
    };
    SocketAddr::new(ip, address.port())
}

async fn listen(
    host: IpAddr,
    port: u16,
    flag: &'static str,
) -> Result<(TcpListener, SocketAddr), StartError> {
    let address = SocketAddr::new(host, port);
    let failed = |source| StartError::Listen {
        address,
        flag,
        source,
    };
    let listener = TcpListener::bind(address).await.map_err(failed)?;
    let address = listener.local_addr().map_err(failed)?;
    Ok((listener, address))
}
