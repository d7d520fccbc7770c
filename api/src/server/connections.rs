//! Accepts connections on one port, and serves HTTP/1.1 over each.

use super::patience::Patient;
use crate::{
    guards::{Guards, Proxies, Ticket},
    socket::Peer,
    tls::Tls,
};
use http::{Request, Response, Uri};
use hyper::{
    body::{Body, Incoming},
    server::conn::http1,
    service::Service,
};
use hyper_util::rt::{TokioIo, TokioTimer};
use std::{net::IpAddr, pin::pin, time::Duration};
use tokio::{
    io::{AsyncRead, AsyncWrite},
    net::{TcpListener, TcpStream},
    sync::watch,
    time::{sleep, timeout},
};

/// The most that a request's head may be.
const HEAD_BYTES: usize = 64 * 1024;
/// The pause after the operating system gave no connection, which is when it has no more file descriptors.
const PAUSE: Duration = Duration::from_millis(100);

type BoxError = Box<dyn std::error::Error + Send + Sync>;

/// A service whose requests tell where they come from.
#[derive(Debug, Clone)]
struct Named<S> {
    service: S,
    /// The other end of the connection.
    from: IpAddr,
    guards: Guards,
    /// The connection is one of TLS.
    is_secure: bool,
}

impl<S: Service<Request<Incoming>>> Service<Request<Incoming>> for Named<S> {
    type Response = S::Response;
    type Error = S::Error;
    type Future = S::Future;

    fn call(&self, mut request: Request<Incoming>) -> S::Future {
        // CONNECT names a host and no path; what looks for one, as routes do, must find one.
        if request.uri().path_and_query().is_none() {
            *request.uri_mut() = Uri::from_static("/");
        }
        let (proxies, headers) = (self.guards.proxies(), request.headers());
        let peer = Peer {
            address: proxies.client(self.from, headers),
            is_local: self.from.to_canonical().is_loopback()
                && !proxies.trust(self.from)
                && !Proxies::are_in(headers),
            is_secure: self.is_secure || proxies.is_secure(self.from, headers),
        };
        request.extensions_mut().insert(peer);
        self.service.call(request)
    }
}

/// A port that is listened on. Every task that serves it holds a receiver.
#[derive(Debug)]
pub struct Listening(watch::Sender<bool>);

impl Listening {
    /// Serves everybody who connects, and speaks TLS if that is given.
    pub fn start<S, B>(listener: TcpListener, service: S, guards: Guards, tls: Option<Tls>) -> Self
    where
        S: Service<Request<Incoming>, Response = Response<B>> + Clone + Send + 'static,
        S::Future: Send,
        S::Error: Into<BoxError>,
        B: Body + Send + 'static,
        B::Data: Send,
        B::Error: Into<BoxError>,
    {
        let (stop, stopped) = watch::channel(false);
        tokio::spawn(accept(listener, service, guards, tls, stopped));
        Self(stop)
    }

    /// Takes no more connections, and no more requests over those there are.
    pub fn stop_accepting(&self) {
        self.0.send_replace(true);
    }

    /// Waits until the requests under way are answered, but no longer than that.
    pub async fn finish(self, limit: Duration) {
        self.stop_accepting();
        if timeout(limit, self.0.closed()).await.is_err() {
            tracing::warn!("some requests were not answered in time");
        }
    }
}

async fn accept<S, B>(
    listener: TcpListener,
    service: S,
    guards: Guards,
    tls: Option<Tls>,
    mut stopped: watch::Receiver<bool>,
) where
    S: Service<Request<Incoming>, Response = Response<B>> + Clone + Send + 'static,
    S::Future: Send,
    S::Error: Into<BoxError>,
    B: Body + Send + 'static,
    B::Data: Send,
    B::Error: Into<BoxError>,
{
    loop {
        let accepted = tokio::select! {
            accepted = listener.accept() => accepted,
            () = is_true(&mut stopped) => return,
        };
        match accepted {
            Ok((stream, from)) => {
                let Some(ticket) = guards.connection(from.ip()) else {
                    // There is nothing to be said before a request has come, and that may take its time.
                    tracing::debug!(from = %from.ip(), "too many connections");
                    continue;
                };
                let service = Named {
                    service: service.clone(),
                    from: from.ip(),
                    guards: guards.clone(),
                    is_secure: tls.is_some(),
                };
                let stream = Patient::new(stream, guards.times().answer);
                tokio::spawn(open(stream, tls.clone(), service, ticket, stopped.clone()));
            }
            Err(error) => {
                tracing::warn!(%error, "cannot accept a connection");
                sleep(PAUSE).await;
            }
        }
    }
}

/// Serves one connection, which holds its place until it ends or becomes a socket.
async fn open<S, B>(
    stream: Patient<TcpStream>,
    tls: Option<Tls>,
    service: Named<S>,
    _ticket: Ticket,
    stopped: watch::Receiver<bool>,
) where
    S: Service<Request<Incoming>, Response = Response<B>> + Send,
    S::Future: Send,
    S::Error: Into<BoxError>,
    B: Body + Send + 'static,
    B::Data: Send,
    B::Error: Into<BoxError>,
{
    // Messages are small and wanted at once: Nagle's algorithm would hold them back for an acknowledgement.
    if let Err(error) = stream.get_ref().set_nodelay(true) {
        tracing::debug!(%error, "cannot set TCP_NODELAY");
    }
    let Some(tls) = tls else {
        return serve(stream, service, stopped).await;
    };
    match timeout(service.guards.times().head, tls.acceptor().accept(stream)).await {
        Ok(Ok(stream)) => serve(stream, service, stopped).await,
        Ok(Err(error)) => tracing::debug!(%error, "no TLS"),
        Err(_) => tracing::debug!("TLS took too long"),
    }
}

async fn serve<S, B>(
    stream: impl AsyncRead + AsyncWrite + Unpin + Send + 'static,
    service: Named<S>,
    mut stopped: watch::Receiver<bool>,
) where
    S: Service<Request<Incoming>, Response = Response<B>>,
    S::Error: Into<BoxError>,
    B: Body + 'static,
    B::Error: Into<BoxError>,
{
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(service.guards.times().head)
        .max_buf_size(HEAD_BYTES)
        .serve_connection(TokioIo::new(stream), service)
        .with_upgrades();
    let mut connection = pin!(connection);
    let outcome = tokio::select! {
        outcome = connection.as_mut() => outcome,
        () = is_true(&mut stopped) => {
            connection.as_mut().graceful_shutdown();
            connection.await
        }
    };
    if let Err(error) = outcome {
        tracing::debug!(%error, "a connection ended badly");
    }
}

/// Waits until it is so, or until nobody is left who could say so.
async fn is_true(flag: &mut watch::Receiver<bool>) {
    // Dropped here: what it returns must not be held over an await.
    let _ = flag.wait_for(|flag| *flag).await;
}
