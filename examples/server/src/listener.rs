//! Accepting connections, within limits that hold before anybody is known.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::extract::Request;
use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpListener;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio_rustls::TlsAcceptor;
use tokio_util::sync::CancellationToken;
use tower_service::Service;

use crate::app::App;
use crate::gate::{Gate, GatedStream};
use crate::metrics::CountedConnection;

/// How many connections are held, and how long a request may take to arrive.
#[derive(Debug, Clone, Copy)]
pub(crate) struct ListenerLimits {
    pub(crate) max_connections: usize,
    pub(crate) header_timeout: Duration,
}

/// One of the places of `max_connections`. A WebSocket outlives the HTTP connection it came from and keeps its own hold.
#[derive(Debug, Clone)]
pub(crate) struct ConnectionPlace(
    #[expect(dead_code, reason = "held, not read")] Arc<(OwnedSemaphorePermit, CountedConnection)>,
);

/// Serves `router` until the shutdown, then lets the connections finish; the app's tasks tell when they have.
pub(crate) async fn serve(
    listener: TcpListener,
    router: Router,
    limits: ListenerLimits,
    tls: Option<TlsAcceptor>,
    app: App,
) {
    let places = Arc::new(Semaphore::new(limits.max_connections));
    loop {
        let Ok(place) = Arc::clone(&places).acquire_owned().await else { return };
        let accepted = tokio::select! {
            accepted = listener.accept() => accepted,
            () = app.shutdown.cancelled() => return,
        };
        let (stream, peer) = match accepted {
            Ok(accepted) => accepted,
            Err(error) => {
                // Out of file descriptors, most likely: a pause keeps the loop from spinning.
                tracing::warn!(error = %error, "a connection could not be accepted");
                tokio::time::sleep(Duration::from_millis(100)).await;
                continue;
            }
        };
        // Small messages must not wait for the acknowledgement of earlier ones.
        let _ = stream.set_nodelay(true);
        let (router, shutdown) = (router.clone(), app.shutdown.clone());
        let place = ConnectionPlace(Arc::new((place, app.metrics.connected())));
        let tls = tls.clone();
        app.tasks.spawn(async move {
            let Some(tls) = tls else {
                return converse(stream, peer, router, place, limits, shutdown).await;
            };
            // A handshake takes no longer than a request's header may; who has not spoken by then is gone.
            if let Ok(Ok(stream)) = tokio::time::timeout(limits.header_timeout, tls.accept(stream)).await {
                converse(stream, peer, router, place, limits, shutdown).await;
            }
        });
    }
}

/// One connection, to its end.
async fn converse(
    stream: impl AsyncRead + AsyncWrite + Unpin + Send + 'static,
    peer: SocketAddr,
    router: Router,
    place: ConnectionPlace,
    limits: ListenerLimits,
    shutdown: CancellationToken,
) {
    let gate = Gate::open();
    let stream = TokioIo::new(GatedStream::new(stream, gate.clone()));
    let service = hyper::service::service_fn(move |request: hyper::Request<hyper::body::Incoming>| {
        call(router.clone(), request, gate.clone(), place.clone(), peer)
    });
    let mut builder = http1::Builder::new();
    builder.timer(TokioTimer::new()).header_read_timeout(limits.header_timeout).max_buf_size(64 << 10);
    let connection = builder.serve_connection(stream, service).with_upgrades();
    tokio::pin!(connection);
    tokio::select! {
        _ = connection.as_mut() => {}
        () = shutdown.cancelled() => {
            connection.as_mut().graceful_shutdown();
            let _ = connection.await;
        }
    }
}

async fn call(
    mut router: Router,
    request: hyper::Request<hyper::body::Incoming>,
    gate: Gate,
    place: ConnectionPlace,
    peer: SocketAddr,
) -> Result<axum::response::Response, std::convert::Infallible> {
    let mut request: Request = request.map(Body::new);
    request.extensions_mut().insert(gate);
    request.extensions_mut().insert(place);
    request.extensions_mut().insert(peer);
    router.call(request).await
}
