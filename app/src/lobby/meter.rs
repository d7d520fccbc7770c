//! The microphone's level, the one thing in the lobby that moves.

use crate::context::{use_app, use_words};
use dioxus::prelude::*;
use futures::StreamExt;

/// Bars that follow the voice. Only this component is drawn again as the level changes, and only when a bar does.
#[component]
pub fn Meter() -> Element {
    let app = use_app();
    let words = use_words();
    let mut lit = use_signal(|| 0);
    use_hook(move || {
        spawn(async move {
            let mut levels = app.door().handle.levels();
            while let Some(level) = levels.next().await {
                let now = bars(level);
                if now != *lit.peek() {
                    lit.set(now);
                }
            }
        });
    });

    rsx! {
        span { class: "meter", role: "img", "aria-label": words.say("lobby-meter"), "data-lit": lit() as i64,
            for bar in 1..=BARS {
                i { key: "{bar}", "data-on": bar <= lit() }
            }
        }
    }
}

const BARS: usize = 6;

/// How many bars a level from 0 to 1 lights. Voices live in the lower fifth of the scale, so its root is shown.
fn bars(level: f32) -> usize {
    if level < 0.003 {
        return 0;
    }
    let share = (level.clamp(0.0, 1.0) * 4.0).min(1.0).sqrt();
    ((share * BARS as f32).ceil() as usize).clamp(1, BARS)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn silence_lights_nothing_and_shouting_everything() {
        assert_eq!(bars(0.0), 0);
        assert_eq!(bars(0.01), 2);
        assert_eq!(bars(1.0), BARS);
        assert_eq!(bars(f32::INFINITY), BARS);
    }

    #[test]
    fn a_louder_voice_never_lights_fewer_bars() {
        let lit: Vec<_> = (0..=1000u16).map(|step| bars(f32::from(step) / 1000.0)).collect();
        assert!(lit.is_sorted());
    }
}
