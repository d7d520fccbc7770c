//! The real server, without a port: every connection is a pair of in-memory streams.

use api::{
    App, Origins,
    access::Access,
    bus::Bus,
    rooms::Settings,
    store::{Endpoint, Store, StoreConfig},
    web::Site,
};
use emulator::Emulator;
use http_body_util::{BodyExt, Empty};
use hyper::body::Bytes;
use hyper_util::{rt::TokioIo, service::TowerToHyperService};
use std::{cell::RefCell, rc::Rc};
use tokio::{
    io::{DuplexStream, copy_bidirectional, duplex},
    task::AbortHandle,
};

/// What a stream holds at once. Small, so that messages are cut in pieces as on a network.
const PIPE: usize = 4 * 1024;

/// A server that can be killed and started again over the same store. Clones are the same.
#[derive(Clone)]
pub struct Server(Rc<Inner>);

struct Inner {
    settings: Settings,
    access: Access,
    store: Store,
    app: RefCell<Option<App>>,
    /// What carries the bytes between a client and the server.
    cables: RefCell<Vec<AbortHandle>>,
    emulator: RefCell<Option<Emulator>>,
}

impl std::fmt::Debug for Server {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Server").finish_non_exhaustive()
    }
}

impl Server {
    /// Starts a server over a store of its own.
    pub async fn start(settings: Settings, access: Access) -> Self {
        let emulator = Emulator::start(emulator::Config::default())
            .await
            .expect("an emulator in memory starts");
        let store = Store::connect(StoreConfig {
            project: "tests".to_owned(),
            endpoint: Endpoint::Emulator(emulator.grpc_addr().to_string()),
        })
        .await
        .expect("the emulator is there");
        let server = Self(Rc::new(Inner {
            settings,
            access,
            store,
            app: RefCell::default(),
            cables: RefCell::default(),
            emulator: RefCell::new(Some(emulator)),
        }));
        server.revive();
        server
    }

    /// Kills it: every socket breaks, and what it knew is forgotten. Its store stays.
    pub fn kill(&self) {
        self.0.app.replace(None);
        for cable in self.0.cables.take() {
            cable.abort();
        }
    }

    /// Starts it again.
    pub fn revive(&self) {
        let site = Site::load(std::path::Path::new("/nowhere")).expect("a site that is not built is one");
        let app = App::among(
            self.0.settings.clone(),
            self.0.store.clone(),
            site,
            Origins::default(),
            Bus::Alone,
            self.0.access.clone(),
        );
        self.0.app.replace(Some(app));
    }

    /// Opens a connection to it. `None` while it is not there.
    pub fn connect(&self) -> Option<DuplexStream> {
        let app = self.0.app.borrow();
        let service = TowerToHyperService::new(warp::service(api::routes(app.as_ref()?)));
        let (client, mut near) = duplex(PIPE);
        let (mut far, server) = duplex(PIPE);
        let connection = hyper::server::conn::http1::Builder::new()
            .serve_connection(TokioIo::new(server), service)
            .with_upgrades();
        // Both end with an error when a client goes away, which is an everyday matter here.
        tokio::spawn(async move {
            let _ = connection.await;
        });
        let cable = tokio::spawn(async move {
            let _ = copy_bidirectional(&mut near, &mut far).await;
        });
        self.0.cables.borrow_mut().push(cable.abort_handle());
        Some(client)
    }

    /// Sends a request for a JSON document, as a browser's `fetch` does.
    ///
    /// # Errors
    /// What is wrong, for a person to read.
    pub async fn get(&self, path: &str, bearer: Option<&str>) -> Result<String, String> {
        let io = self.connect().ok_or("the server is not there")?;
        let text = |error: hyper::Error| error.to_string();
        let (mut sender, connection) = hyper::client::conn::http1::handshake(TokioIo::new(io))
            .await
            .map_err(text)?;
        let task = tokio::spawn(connection);
        let request = http::Request::get(path)
            .header("host", "localhost")
            .header("authorization", format!("Bearer {}", bearer.unwrap_or_default()))
            .body(Empty::<Bytes>::new())
            .map_err(|error| error.to_string())?;
        let response = sender.send_request(request).await.map_err(text)?;
        let status = response.status();
        let body = response.into_body().collect().await.map_err(text)?.to_bytes();
        task.abort();
        let body = String::from_utf8_lossy(&body).into_owned();
        if status.is_success() { Ok(body) } else { Err(body) }
    }

    /// Ends it, and its store.
    pub async fn shutdown(&self) {
        self.kill();
        let emulator = self.0.emulator.take();
        if let Some(emulator) = emulator {
            emulator.shutdown().await;
        }
    }
}
