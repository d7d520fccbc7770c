//! The end of a session: its last words are sent before the program ends.

use crate::local::Local;
use futures::future::join;
use std::time::Duration;
use tokio::{runtime::Handle, sync::oneshot, time::sleep};

/// A farewell takes no longer.
const PATIENCE: Duration = Duration::from_secs(2);

/// Runs the session to its end, and waits for its last words to be sent.
pub async fn finished(
    background: &Handle,
    driver: impl Future<Output = ()>,
    local: Local,
    run: impl Future<Output = ()>,
) {
    let (ended, end) = oneshot::channel();
    let driven = async move {
        driver.await;
        local.finish();
        // Nobody listens if the other is done already.
        let _ = ended.send(());
    };
    let late = async move {
        let _ = end.await;
        let patience = {
            let _on = background.enter();
            sleep(PATIENCE)
        };
        patience.await;
    };
    let run = async move {
        tokio::select! {
            () = run => {}
            () = late => tracing::warn!("not all was said in time"),
        }
    };
    join(driven, run).await;
}
