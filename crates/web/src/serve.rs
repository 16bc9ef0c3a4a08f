//! Listening, and stopping without breaking off an answer.

use std::future::Future;
use std::net::SocketAddr;

use delivery::Courier;
use tokio::net::TcpListener;

use crate::{App, cases, jobs, router};

/// Serves, does the jobs, minds the cases and carries notices away, until `stop` is done, then takes no more requests and lets those under way finish.
///
/// # Errors
/// What the operating system reports of the socket.
pub async fn serve(
    app: App,
    listener: TcpListener,
    stop: impl Future<Output = ()> + Send + 'static,
) -> std::io::Result<()> {
    let settings = app.settings();
    let courier = Courier::new(app.store().clone(), settings.public_origin.clone(), settings.mail.clone());
    let behind = [
        tokio::spawn(jobs::runner::run(app.clone())),
        tokio::spawn(cases::minding::run(app.clone())),
        tokio::spawn(delivery::run(courier)),
    ];
    let service = router(app).into_make_service_with_connect_info::<SocketAddr>();
    let served = axum::serve(listener, service).with_graceful_shutdown(stop).await;
    // A job under way is taken up again when the server comes back; so is a notice that was not written down.
    behind.iter().for_each(|task| task.abort());
    served
}
