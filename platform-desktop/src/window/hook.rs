//! A door for tests, which no release has: whoever connects to the port that is written into the file `TSUKIYO_EVAL` can run
//! scripts in the page. A message is a script, and the answer is `{"value": …}` with what it returns, or `{"error": …}`.

use dioxus::prelude::*;
use futures::{SinkExt, StreamExt};
use serde_json::{Value, json};
use std::{env, fs, net::Ipv4Addr, path::PathBuf};
use tokio::{
    net::TcpListener,
    runtime::Handle,
    sync::{mpsc, oneshot},
};
use tokio_tungstenite::{accept_async, tungstenite::Message};

type Question = (String, oneshot::Sender<Value>);

/// Opens the door, if a test asks for it.
pub fn open(background: &Handle) {
    let Some(file) = env::var_os("TSUKIYO_EVAL").map(PathBuf::from) else {
        return;
    };
    let (questions, mut asked) = mpsc::channel::<Question>(1);
    background.spawn(async move {
        if let Err(error) = listen(file, questions).await {
            tracing::error!(%error, "no test can look in");
        }
    });
    spawn(async move {
        while let Some((script, answer)) = asked.recv().await {
            let result = document::eval(&script).join::<Value>().await;
            let result = match result {
                Ok(value) => json!({ "value": value }),
                Err(error) => json!({ "error": error.to_string() }),
            };
            // The test may have lost its patience.
            let _ = answer.send(result);
        }
    });
}

async fn listen(file: PathBuf, questions: mpsc::Sender<Question>) -> anyhow::Result<()> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
    fs::write(file, listener.local_addr()?.port().to_string())?;
    loop {
        let (stream, _) = listener.accept().await?;
        let mut socket = accept_async(stream).await?;
        while let Some(Ok(Message::Text(script))) = socket.next().await {
            let (answer, answered) = oneshot::channel();
            questions.send((script.to_string(), answer)).await?;
            let answer = answered.await?.to_string();
            socket.send(Message::text(answer)).await?;
        }
    }
}
