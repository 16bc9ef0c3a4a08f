//! `xianshou serve`: the pages and the API until someone says stop.

use std::net::SocketAddr;

use kernel::Lang;
use serde_json::json;
use store::Store;
use tokio::net::TcpListener;
use web::{App, Settings};

use crate::args::{Listen, Serve};
use crate::failure::{Exit, Failure};
use crate::talk::Talk;

/// Serves a register that exists, or a new and empty one.
pub async fn run(talk: &Talk, wanted: Serve) -> Result<Exit, Failure> {
    // The port first: a second server by mistake should say so before it touches the register.
    let listener = listen(wanted.listen.listen).await?;
    let store = wanted.register.open_or_create().await?;
    let url = address(&wanted.listen, &listener)?;
    if store.accounts(None, None, 1).await?.is_empty() {
        talk.note(
            "这个台账还没有账号。请另开一个终端运行：xianshou user add 名字 --role system_admin",
            "This register has no accounts yet. In another terminal run: xianshou user add NAME --role system_admin",
        );
    }
    talk.answer(&json!({ "url": url }), |lang| match lang {
        Lang::Zh => format!("服务已启动：{url}（按 Ctrl+C 停止）"),
        Lang::En => format!("Serving {url} (Ctrl+C stops)"),
    });
    until_stopped(store, &wanted.listen, listener).await
}

/// Takes the port.
///
/// # Errors
/// Another program has it, or the address is not this machine's.
pub async fn listen(address: SocketAddr) -> Result<TcpListener, Failure> {
    use std::io::ErrorKind;
    TcpListener::bind(address).await.map_err(|error| match error.kind() {
        ErrorKind::AddrInUse => Failure::said(
            format!(
                "端口 {address} 已被占用。请停掉占用它的程序，或用 --listen 换一个，例如 --listen 127.0.0.1:8090。"
            ),
            format!(
                "{address} is taken by another program. Stop that one, or choose another with --listen, \
                 such as --listen 127.0.0.1:8090."
            ),
        ),
        ErrorKind::AddrNotAvailable => Failure::said(
            format!("本机没有 {} 这个地址。只在本机使用可写 127.0.0.1。", address.ip()),
            format!("{} is no address of this machine. For this machine only, use 127.0.0.1.", address.ip()),
        ),
        ErrorKind::PermissionDenied => Failure::said(
            format!("没有权限监听 {address}。1024 以下的端口需要管理员权限，请换一个。"),
            format!("not allowed to listen on {address}; ports below 1024 need an administrator, choose another"),
        ),
        _ => Failure::said(format!("无法监听 {address}：{error}。"), format!("cannot listen on {address}: {error}")),
    })
}

/// The address to type: the public one where there is one, else the port that was taken.
///
/// # Errors
/// The system does not know its own port.
pub fn address(listen: &Listen, listener: &TcpListener) -> Result<String, Failure> {
    match &listen.public_origin {
        Some(origin) => Ok(origin.trim_end_matches('/').to_owned()),
        None => match listener.local_addr() {
            Ok(address) => Ok(format!("http://{address}")),
            Err(error) => Err(Failure::said(error.to_string(), error.to_string())),
        },
    }
}

/// Serves until SIGINT or SIGTERM; answers under way are finished, then the register is closed.
///
/// # Errors
/// What the store or the socket reports.
pub async fn until_stopped(store: Store, listen: &Listen, listener: TcpListener) -> Result<Exit, Failure> {
    let settings = Settings {
        public_origin: listen.public_origin.clone(),
        behind_proxy: listen.public_origin.is_some(),
        fonts: listen.fonts.places(),
        mail: listen.mail.server()?,
        ..Settings::default()
    };
    let app = App::new(store.clone(), settings).await?;
    web::serve(app, listener, stopped())
        .await
        .map_err(|error| Failure::said(format!("服务中断：{error}。"), format!("the server broke off: {error}")))?;
    store.close().await?;
    Ok(Exit::Done)
}

/// Waits for SIGINT (Ctrl+C) or SIGTERM.
async fn stopped() {
    use tokio::signal::unix::{SignalKind, signal};
    let interrupted = tokio::signal::ctrl_c();
    let Ok(mut terminated) = signal(SignalKind::terminate()) else {
        // Without a handler the system itself ends the process at SIGTERM.
        let _ = interrupted.await;
        return;
    };
    tokio::select! {
        _ = interrupted => {}
        _ = terminated.recv() => {}
    }
}
