//! Starts and stops the server.

use std::{future::Future, io, net::SocketAddr, path::PathBuf, sync::Arc, time::Duration};

use axum::Router;
use tokio::{net::TcpListener, sync::watch, task::JoinHandle};
use tonic::transport::server::TcpIncoming;

use crate::{
    page::{self, requests::Log},
    rest,
    rpc::{FirestoreServer, Service},
    storage::{OpenError, Storage},
    transaction::Transactions,
};

/// Bytes that a request may have: Firestore's 10 MiB and room for what Google's own emulator tolerates.
const MAX_REQUEST_BYTES: usize = 32 * 1024 * 1024;
/// Requests and listeners that one connection may have at a time.
const MAX_STREAMS: u32 = 20_000;
/// How long requests under way may take to finish when the server closes.
const SHUTDOWN_GRACE: Duration = Duration::from_secs(5);
/// Bytes of the file that are kept in memory if nothing else is said: some 100,000 documents with their indexes.
pub const CACHE_BYTES: usize = 256 * 1024 * 1024;
/// How often forgotten transactions are looked for.
const EXPIRY_INTERVAL: Duration = Duration::from_secs(15);

/// Where the server keeps its data and listens. By default that is nowhere but in memory, on a free port of this machine.
#[derive(Clone, Debug)]
pub struct Config {
    /// The data file; `None` keeps everything in memory.
    pub data: Option<PathBuf>,
    /// How many bytes of the file are kept in memory at most; [`CACHE_BYTES`] for a program of its own.
    pub cache: usize,
    /// Where gRPC is served. Port 0 takes a free one.
    pub grpc: SocketAddr,
    /// Where the page is served, if at all.
    pub page: Option<SocketAddr>,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            data: None,
            cache: CACHE_BYTES,
            grpc: ([127, 0, 0, 1], 0).into(),
            page: None,
        }
    }
}

/// Why the server did not start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The data file cannot be used.
    #[error(transparent)]
    Open(#[from] OpenError),
    /// An address cannot be listened on.
    #[error("cannot listen on {address}: {source}")]
    Bind {
        /// The address.
        address: SocketAddr,
        /// Why.
        source: io::Error,
    },
}

/// A running server. It stops when `shutdown` is called, and without grace when its runtime ends.
#[derive(Debug)]
pub struct Emulator {
    grpc: SocketAddr,
    page: Option<SocketAddr>,
    stop: watch::Sender<bool>,
    tasks: Vec<JoinHandle<()>>,
    storage: Arc<Storage>,
}

impl Emulator {
    /// Opens the data file, binds the addresses and serves on the current Tokio runtime.
    ///
    /// # Errors
    /// If the file is in use, damaged or cannot be opened, or if an address cannot be bound.
    pub async fn start(config: Config) -> Result<Self, StartError> {
        let grpc = bind(config.grpc).await?;
        let page = match config.page {
            Some(address) => Some(bind(address).await?),
            None => None,
        };
        let (data, cache) = (config.data.clone(), config.cache);
        let opened = tokio::task::spawn_blocking(move || Storage::open(data.as_deref(), cache)).await;
        let storage = Arc::new(opened.unwrap_or_else(|error| Err(OpenError::Other(error.to_string())))?);
        let transactions = Arc::new(Transactions::default());
        let service = Service {
            storage: Arc::clone(&storage),
            transactions: Arc::clone(&transactions),
            backlog: Arc::default(),
        };
        let (stop, stopped) = watch::channel(false);

        let grpc_address = local(&grpc, config.grpc)?;
        let page_address = page
            .as_ref()
            .zip(config.page)
            .map(|(page, wanted)| local(page, wanted))
            .transpose()?;
        // Without the page nobody could read it.
        let log = page.is_some().then(|| Arc::new(Log::default()));
        let mut tasks = vec![
            tokio::spawn(serve_grpc(
                grpc,
                service.clone(),
                log.clone(),
                wait(stopped.clone()),
            )),
            tokio::spawn(expire(transactions, wait(stopped.clone()))),
        ];
        if let Some(page) = page {
            let router = page::router(page::Site {
                service,
                grpc: grpc_address,
                data: config.data,
                log: log.unwrap_or_default(),
                stopped: stopped.clone(),
            });
            tasks.push(tokio::spawn(serve_page(page, router, wait(stopped))));
        }
        Ok(Self {
            grpc: grpc_address,
            page: page_address,
            stop,
            tasks,
            storage,
        })
    }

    /// Returns the address on which gRPC is served.
    pub fn grpc_addr(&self) -> SocketAddr {
        self.grpc
    }

    /// Returns the address on which the page is served.
    pub fn page_addr(&self) -> Option<SocketAddr> {
        self.page
    }

    /// Stops accepting, lets requests under way finish, and closes the file.
    pub async fn shutdown(self) {
        self.stop.send_replace(true);
        // Streams that never end by themselves would keep the server waiting.
        self.storage.feed().close();
        for mut task in self.tasks {
            if tokio::time::timeout(SHUTDOWN_GRACE, &mut task).await.is_err() {
                tracing::warn!("connections that were still open were cut");
                task.abort();
            }
        }
        let storage = self.storage;
        if let Err(error) = tokio::task::spawn_blocking(move || storage.close()).await {
            tracing::error!(%error, "the data file was not closed");
        }
    }
}

async fn bind(address: SocketAddr) -> Result<TcpListener, StartError> {
    TcpListener::bind(address)
        .await
        .map_err(|source| StartError::Bind { address, source })
}

fn local(listener: &TcpListener, address: SocketAddr) -> Result<SocketAddr, StartError> {
    listener
        .local_addr()
        .map_err(|source| StartError::Bind { address, source })
}

async fn wait(mut stopped: watch::Receiver<bool>) {
    // An error means that the server was dropped, which stops it as well.
    drop(stopped.wait_for(|stopped| *stopped).await);
}

async fn serve_grpc(
    listener: TcpListener,
    service: Service,
    log: Option<Arc<Log>>,
    stopped: impl Future<Output = ()>,
) {
    let incoming = TcpIncoming::from(listener).with_nodelay(Some(true));
    let rest = rest::router(service.clone());
    let grpc = FirestoreServer::new(service).max_decoding_message_size(MAX_REQUEST_BYTES);
    let mut routes = tonic::service::Routes::from(rest).add_service(grpc);
    if let Some(log) = log {
        let recording = axum::middleware::from_fn_with_state(log, page::requests::record);
        routes = routes.into_axum_router().layer(recording).into();
    }
    let served = tonic::transport::Server::builder()
        .accept_http1(true)
        // Each listener is a stream, and clients put many on one connection.
        .max_concurrent_streams(MAX_STREAMS)
        .initial_stream_window_size(1024 * 1024)
        .initial_connection_window_size(4 * 1024 * 1024)
        .add_routes(routes)
        .serve_with_incoming_shutdown(incoming, stopped)
        .await;
    if let Err(error) = served {
        tracing::error!(%error, "the gRPC server broke off");
    }
}

async fn serve_page(
    listener: TcpListener,
    router: Router,
    stopped: impl Future<Output = ()> + Send + 'static,
) {
    if let Err(error) = axum::serve(listener, router)
        .with_graceful_shutdown(stopped)
        .await
    {
        tracing::error!(%error, "the page's server broke off");
    }
}

async fn expire(transactions: Arc<Transactions>, stopped: impl Future<Output = ()>) {
    tokio::pin!(stopped);
    let mut ticks = tokio::time::interval(EXPIRY_INTERVAL);
    loop {
        tokio::select! {
            () = &mut stopped => return,
            _ = ticks.tick() => transactions.expire(),
        }
    }
}
