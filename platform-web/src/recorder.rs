//! Recording. What draws, mixes and writes is in `scripts/recording`; here is what the app calls, in its terms.
//!
//! It is a script, because a worker that writes to the disk has no WebAssembly, and because typed bindings for canvas,
//! `MediaRecorder` and files would weigh on every first visit. Functions are called by their names.

use crate::{
    js::{Listener, call, dictionary, promise, window},
    streams,
};
use app::recorder::{
    Apart, HEIGHT, Kept, Phase, Plan, Problem, Progress, Recorder, Recording, Scene, SceneTile, Told, Tool,
    WIDTH, What, Wish,
};
use futures::{
    channel::mpsc,
    future::{FutureExt, LocalBoxFuture},
};
use js_sys::{Array, Reflect};
use session::view::StreamId;
use std::rc::Rc;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{EventTarget, MediaStream};

/// Returns what records. It begins a chunk (`dc.sh`), so it must stay a function.
#[inline(never)]
pub fn open() -> Option<Rc<dyn Recorder>> {
    let script = Reflect::get(&window(), &"tsukiyoRecorder".into()).ok()?;
    script
        .is_object()
        .then(|| Rc::new(Script(script)) as Rc<dyn Recorder>)
}

/// Whether there is what it takes.
pub fn possible() -> bool {
    let has = |object: &JsValue, name: &str| Reflect::has(object, &name.into()).unwrap_or(false);
    // Pages that are not served securely have no storage.
    has(&window(), "MediaRecorder") && has(&window().navigator(), "storage")
}

/// Whether the browser has windows above others.
pub fn apart_possible() -> bool {
    let has = |object: &JsValue, name: &str| {
        Reflect::get(object, &name.into()).is_ok_and(|value| value.is_truthy())
    };
    let page = window().document();
    has(&window(), "documentPictureInPicture")
        || page.is_some_and(|page| has(&page, "pictureInPictureEnabled"))
}

/// `tsukiyoRecorder`
struct Script(JsValue);

impl Recorder for Script {
    fn formats(&self) -> Vec<String> {
        let formats = call(&self.0, "formats", &JsValue::UNDEFINED).unwrap_or_default();
        Array::from(&formats)
            .iter()
            .filter_map(|name| name.as_string())
            .collect()
    }

    fn free(&self) -> LocalBoxFuture<'static, Option<u64>> {
        let free = promise(&self.0, "free", &JsValue::UNDEFINED);
        async move { free.await.ok()?.as_f64().map(|bytes| bytes as u64) }.boxed_local()
    }

    fn start(
        &self,
        plan: &Plan,
        told: mpsc::UnboundedSender<Progress>,
    ) -> LocalBoxFuture<'static, Result<Rc<dyn Recording>, Problem>> {
        let start = promise(&self.0, "start", &described(plan));
        async move {
            let recording = start.await.map_err(|error| problem(&text(&error, "name")))?;
            Ok(Rc::new(Running::new(recording, told)) as Rc<dyn Recording>)
        }
        .boxed_local()
    }

    fn kept(&self) -> LocalBoxFuture<'static, Vec<Kept>> {
        let kept = promise(&self.0, "kept", &JsValue::UNDEFINED);
        async move {
            // A browser that lets nobody at its files has none.
            let kept = kept.await.unwrap_or_default();
            let file = |file: JsValue| Kept {
                name: text(&file, "name"),
                bytes: number(&file, "size").unwrap_or_default() as u64,
                at: number(&file, "at").unwrap_or_default() as u64,
                url: text(&file, "url"),
            };
            Array::from(&kept).iter().map(file).collect()
        }
        .boxed_local()
    }

    fn apart(
        &self,
        scene: &Scene,
        tools: &[Tool],
        told: mpsc::UnboundedSender<Told>,
    ) -> LocalBoxFuture<'static, Option<Rc<dyn Apart>>> {
        let [tiles, sounds, voice] = depicted(scene);
        let plan = dictionary([
            ("width", WIDTH.into()),
            ("height", HEIGHT.into()),
            ("tools", equipment(tools)),
            tiles,
            sounds,
            voice,
        ]);
        let open = promise(&self.0, "apart", &plan);
        async move {
            let window = open.await.ok()?;
            let target: EventTarget = window.clone().unchecked_into();
            let tell = |name, what| {
                let told = told.clone();
                // Nobody listens any more when the room is left.
                Listener::new(target.clone(), name, move |_| drop(told.unbounded_send(what)))
            };
            let wishes = Wish::ALL.map(|wish| tell(wish.name(), Told::Wish(wish)));
            let follow = (tell("close", Told::Closed), wishes);
            Some(Rc::new(Small {
                window,
                _follow: follow,
            }) as Rc<dyn Apart>)
        }
        .boxed_local()
    }

    fn remove(&self, name: &str) -> LocalBoxFuture<'static, ()> {
        let removal = promise(&self.0, "remove", &name.into());
        async move {
            if removal.await.is_err() {
                tracing::warn!("recording is not removed");
            }
        }
        .boxed_local()
    }
}

/// `Apart` of the script, while it is open.
struct Small {
    window: JsValue,
    _follow: (Listener, [Listener; 3]),
}

impl Apart for Small {
    fn show(&self, scene: &Scene) {
        let _ = call(&self.window, "show", &dictionary(depicted(scene)));
    }

    fn equip(&self, tools: &[Tool]) {
        let _ = call(&self.window, "equip", &equipment(tools));
    }

    fn close(&self) {
        let _ = call(&self.window, "close", &JsValue::UNDEFINED);
    }
}

/// `Recorder` of the script, while it runs.
struct Running {
    recording: JsValue,
    _follow: Listener,
}

impl Running {
    fn new(recording: JsValue, told: mpsc::UnboundedSender<Progress>) -> Self {
        let tell = {
            let recording = recording.clone();
            // Nobody listens any more when the room is left; the file is completed all the same.
            move || drop(told.unbounded_send(progress(&recording)))
        };
        tell();
        let target: EventTarget = recording.clone().unchecked_into();
        Self {
            recording,
            _follow: Listener::new(target, "change", move |_| tell()),
        }
    }

    fn do_now(&self, what: &str, argument: &JsValue) {
        if call(&self.recording, what, argument).is_none() {
            tracing::warn!(what, "recording does not obey");
        }
    }
}

impl Recording for Running {
    fn show(&self, scene: &Scene) {
        self.do_now("show", &dictionary(depicted(scene)));
    }

    fn pause(&self) {
        self.do_now("pause", &JsValue::UNDEFINED);
    }

    fn resume(&self) {
        self.do_now("resume", &JsValue::UNDEFINED);
    }

    fn stop(&self) {
        self.do_now("stop", &JsValue::UNDEFINED);
    }
}

fn progress(recording: &JsValue) -> Progress {
    Progress {
        phase: match text(recording, "phase").as_str() {
            "paused" => Phase::Paused,
            "ending" => Phase::Ending,
            "over" => Phase::Over,
            _ => Phase::Running,
        },
        seconds: number(recording, "elapsed").unwrap_or_default() as u64 / 1000,
        bytes: number(recording, "bytes").unwrap_or_default() as u64,
        free: number(recording, "free").map(|bytes| bytes as u64),
        problem: Some(text(recording, "problem"))
            .filter(|name| !name.is_empty())
            .map(|name| problem(&name)),
    }
}

fn problem(exception: &str) -> Problem {
    match exception {
        "NotAllowedError" => Problem::Cancelled,
        "QuotaExceededError" => Problem::Full,
        _ => Problem::Failed,
    }
}

fn described(plan: &Plan) -> JsValue {
    let [tiles, sounds, voice] = depicted(&plan.scene);
    let what = match plan.what {
        What::Everyone => "everyone",
        What::Screen => "screen",
    };
    dictionary([
        ("what", what.into()),
        ("format", plan.format.as_str().into()),
        ("name", plan.name.as_str().into()),
        ("width", WIDTH.into()),
        ("height", HEIGHT.into()),
        tiles,
        sounds,
        voice,
    ])
    .into()
}

fn depicted(scene: &Scene) -> [(&'static str, JsValue); 3] {
    let sounds = scene.sounds.iter().filter_map(streams::sounds);
    [
        ("tiles", scene.tiles.iter().map(tile).collect::<Array>().into()),
        ("sounds", sounds.collect::<Array>().into()),
        ("voice", stream(&scene.voice, streams::sounds)),
    ]
}

fn equipment(tools: &[Tool]) -> JsValue {
    let tool = |tool: &Tool| {
        dictionary([
            ("name", tool.wish.name().into()),
            ("label", tool.label.into()),
            ("icon", tool.icon.into()),
            ("on", tool.on.map_or(JsValue::NULL, JsValue::from)),
        ])
    };
    tools.iter().map(tool).collect::<Array>().into()
}

fn tile(tile: &SceneTile) -> JsValue {
    dictionary([
        ("x", tile.place.x.into()),
        ("y", tile.place.y.into()),
        ("width", tile.place.width.into()),
        ("height", tile.place.height.into()),
        ("stream", stream(&tile.stream, streams::pictures)),
        ("whole", tile.whole.into()),
        ("name", tile.name.as_str().into()),
        ("initials", tile.initials.as_str().into()),
        ("mark", tile.mark.into()),
        ("speaking", tile.speaking.into()),
    ])
    .into()
}

fn stream(id: &Option<StreamId>, part: fn(&StreamId) -> Option<MediaStream>) -> JsValue {
    id.as_ref().and_then(part).map_or(JsValue::NULL, JsValue::from)
}

fn text(object: &JsValue, key: &str) -> String {
    crate::js::text(object, key).unwrap_or_default()
}

fn number(object: &JsValue, key: &str) -> Option<f64> {
    Reflect::get(object, &key.into()).ok()?.as_f64()
}
