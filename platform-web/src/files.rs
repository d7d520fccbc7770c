//! Files that go from person to person. What picks and keeps them is in `scripts/room/files.mjs`, a script for the reasons that
//! `recorder.rs` gives.

use crate::{
    exception::exception,
    js::{call, dictionary, promise, text, window},
};
use futures::future::{FutureExt, LocalBoxFuture};
use js_sys::{Array, ArrayBuffer, Reflect, Uint8Array};
use session::platform::{Exception, File, WritableFile};
use std::rc::Rc;
use wasm_bindgen::{JsCast, JsValue};

/// `File`
struct Picked {
    script: JsValue,
    file: JsValue,
}

/// `Received` of the script.
struct Received(JsValue);

/// Lets the person pick files.
pub fn pick() -> LocalBoxFuture<'static, Vec<Rc<dyn File>>> {
    let script = script();
    let picked = promise(&script, "pick", &JsValue::UNDEFINED);
    async move {
        let files = Array::from(&picked.await.unwrap_or_default());
        let file = |file| {
            let script = script.clone();
            Rc::new(Picked { script, file }) as Rc<dyn File>
        };
        files.iter().map(file).collect()
    }
    .boxed_local()
}

/// Makes a place for a file that comes.
pub fn create() -> LocalBoxFuture<'static, Result<Rc<dyn WritableFile>, Exception>> {
    let created = promise(&script(), "create", &JsValue::UNDEFINED);
    async move {
        let received = created.await.map_err(exception)?;
        Ok(Rc::new(Received(received)) as Rc<dyn WritableFile>)
    }
    .boxed_local()
}

fn script() -> JsValue {
    Reflect::get(&window(), &"tsukiyoFiles".into()).unwrap_or_default()
}

impl File for Picked {
    fn name(&self) -> String {
        text(&self.file, "name").unwrap_or_default()
    }

    fn size(&self) -> u64 {
        let size = Reflect::get(&self.file, &"size".into()).unwrap_or_default();
        size.as_f64().unwrap_or_default() as u64
    }

    fn slice(&self, from: u64, to: u64) -> LocalBoxFuture<'static, Result<Vec<u8>, Exception>> {
        let slice = dictionary([
            ("file", self.file.clone()),
            ("from", (from as f64).into()),
            ("to", (to as f64).into()),
        ]);
        let read = promise(&self.script, "read", &slice);
        async move {
            let bytes = read.await.map_err(exception)?;
            Ok(Uint8Array::new(bytes.unchecked_ref::<ArrayBuffer>()).to_vec())
        }
        .boxed_local()
    }
}

impl WritableFile for Received {
    fn write(&self, bytes: Vec<u8>) -> LocalBoxFuture<'static, Result<(), Exception>> {
        let written = promise(&self.0, "write", &Uint8Array::from(bytes.as_slice()));
        async move { written.await.map(drop).map_err(exception) }.boxed_local()
    }

    fn close(&self) -> LocalBoxFuture<'static, Result<String, Exception>> {
        let closed = promise(&self.0, "close", &JsValue::UNDEFINED);
        async move {
            let url = closed.await.map_err(exception)?;
            Ok(url.as_string().unwrap_or_default())
        }
        .boxed_local()
    }
}

impl Drop for Received {
    fn drop(&mut self) {
        let _ = call(&self.0, "drop", &JsValue::UNDEFINED);
    }
}
