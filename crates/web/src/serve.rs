//! Listening, and stopping without breaking off an answer.

use std::future::Future;
use std::net::SocketAddr;

use tokio::net::TcpListener;

use crate::{App, jobs, router};

/// Serves, and does the jobs, until `stop` is done, then takes no more requests and lets those under way finish.
///
/// # Errors
/// What the operating system reports of the socket.
pub async fn serve(
    app: App,
    listener: TcpListener,
    stop: impl Future<Output = ()> + Send + 'static,
) -> std::io::Result<()> {
    let runner = tokio::spawn(jobs::runner::run(app.clone()));
    let service = router(app).into_make_service_with_connect_info::<SocketAddr>();
    let served = axum::serve(listener, service).with_graceful_shutdown(stop).await;
    // A job under way is taken up again when the server comes back.
    runner.abort();
    served
}
