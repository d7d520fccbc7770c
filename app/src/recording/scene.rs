//! What a recording of everyone shows and plays: the room as the person sees it, for a picture of one size.

use crate::{
    i18n::Words,
    icons,
    lobby::is_on,
    recorder::{HEIGHT, Place, Scene, SceneTile, WIDTH},
    room::{Spot, front, initials, layout},
};
use session::view::{Connection, Person, Source, StreamId, View};
use wire::DisplayName;

/// Between tiles, and around them.
const GAP: f64 = 8.0;

/// How the person has the room before it.
#[derive(Debug, Clone, PartialEq)]
pub struct Sight {
    /// The person's name.
    pub name: DisplayName,
    /// What is pinned.
    pub pinned: Option<Spot>,
    /// Whoever speaks stands in front.
    pub speaker_view: bool,
    /// The person does not want to see itself.
    pub hides_self: bool,
}

/// Returns the scene of the moment.
pub fn scene(view: &View, sight: &Sight, words: Words) -> Scene {
    let mut tiles = tiles(view, sight, words);
    let (width, height) = (f64::from(WIDTH) - 2.0 * GAP, f64::from(HEIGHT) - 2.0 * GAP);
    let front = front(view, sight.pinned.clone(), sight.speaker_view);
    let front = front.and_then(|front| tiles.iter().position(|(spot, _)| *spot == front));
    let places = match front {
        None => layout::grid(tiles.len(), width, height, GAP),
        Some(index) => {
            let (before, mut others) = layout::front(tiles.len() - 1, width, height, GAP);
            others.insert(index, before);
            others
        }
    };
    for ((_, tile), place) in tiles.iter_mut().zip(places) {
        tile.place = Place {
            x: place.x + GAP,
            y: place.y + GAP,
            ..place
        };
    }

    let people = view.people.iter();
    let heard = |person: &Person| {
        let screen = person.screen.clone().filter(|_| person.media.screen);
        [person.stream.clone(), screen].into_iter().flatten()
    };
    Scene {
        tiles: tiles.into_iter().map(|(_, tile)| tile).collect(),
        sounds: people
            .flat_map(heard)
            .chain(view.local.screen_sound.clone())
            .collect(),
        voice: view.local.voice.clone(),
    }
}

/// The tiles in the order in which the grid has them, not yet in their places.
fn tiles(view: &View, sight: &Sight, words: Words) -> Vec<(Spot, SceneTile)> {
    let people = &view.people;
    let screens = people.iter().filter(|person| person.media.screen).map(|person| {
        let name = words.fill("share-of", &[("name", person.name.as_str())]);
        (
            Spot::Screen(person.id.clone()),
            screen(name, person.screen.clone()),
        )
    });
    let faces = people.iter().map(|person| {
        let seen = person.media.video && person.connection != Connection::Connecting;
        let tile = SceneTile {
            speaking: person.speaking,
            ..face(
                &person.name,
                person.media.audio,
                person.stream.clone().filter(|_| seen),
            )
        };
        (Spot::Face(person.id.clone()), tile)
    });
    let local = &view.local;
    let me = (people.is_empty() || !sight.hides_self).then(|| {
        let picture = local.preview.clone().filter(|_| local.camera == Source::On);
        (Spot::Me, face(&sight.name, is_on(&local.microphone), picture))
    });
    let mine = (local.screen == Source::On).then(|| {
        let name = words.fill("share-of", &[("name", sight.name.as_str())]);
        (Spot::MyScreen, screen(name, local.screen_preview.clone()))
    });
    screens.chain(faces).chain(me).chain(mine).collect()
}

fn face(name: &DisplayName, audible: bool, stream: Option<StreamId>) -> SceneTile {
    SceneTile {
        place: NOWHERE,
        stream,
        whole: false,
        name: name.to_string(),
        initials: initials(name.as_str()),
        mark: if audible { "" } else { icons::MIC_OFF },
        speaking: false,
    }
}

fn screen(name: String, stream: Option<StreamId>) -> SceneTile {
    SceneTile {
        place: NOWHERE,
        stream,
        whole: true,
        name,
        initials: String::new(),
        mark: "",
        speaking: false,
    }
}

const NOWHERE: Place = Place {
    x: 0.0,
    y: 0.0,
    width: 0.0,
    height: 0.0,
};

#[cfg(test)]
mod tests {
    use super::*;
    use crate::i18n::Language;
    use session::view::Local;
    use std::rc::Rc;
    use wire::MediaState;

    fn person(id: &str, media: MediaState) -> Person {
        Person {
            id: id.parse().expect("an id"),
            name: DisplayName::new(id).expect("a name"),
            media,
            stream: Some(StreamId(id.into())),
            screen: Some(StreamId(format!("{id}-screen").into())),
            connection: Connection::Connected,
            away: false,
            speaking: false,
            checkup: session::view::Checkup::default(),
        }
    }

    const SEEN: MediaState = MediaState {
        audio: true,
        video: true,
        screen: false,
        recording: false,
    };

    fn view<const N: usize>(people: [Person; N]) -> View {
        View {
            people: Rc::new(people.into()),
            local: Local {
                microphone: Source::On,
                camera: Source::On,
                preview: Some(StreamId("me".into())),
                voice: Some(StreamId("voice".into())),
                ..Local::default()
            },
            ..View::default()
        }
    }

    fn sight() -> Sight {
        Sight {
            name: DisplayName::new("Kaguya").expect("a name"),
            pinned: None,
            speaker_view: false,
            hides_self: false,
        }
    }

    fn drawn(view: &View, sight: &Sight) -> Scene {
        // Recording comes after the room, whose words are there by then.
        crate::i18n::ROOM.add([
            include_str!("../../locales/room/en.ftl"),
            include_str!("../../locales/room/ja.ftl"),
        ]);
        scene(view, sight, Words::of(Language::English))
    }

    fn names(scene: &Scene) -> Vec<&str> {
        scene.tiles.iter().map(|tile| tile.name.as_str()).collect()
    }

    #[test]
    fn everybody_is_seen_and_heard_and_the_person_once() {
        let scene = drawn(&view([person("a", SEEN), person("b", SEEN)]), &sight());
        assert_eq!(names(&scene), ["a", "b", "Kaguya"]);
        assert_eq!(scene.sounds, [StreamId("a".into()), StreamId("b".into())]);
        assert_eq!(scene.voice, Some(StreamId("voice".into())));
        assert_eq!(scene.tiles[0].place.width, scene.tiles[2].place.width);
    }

    #[test]
    fn a_screen_stands_in_front_and_its_sound_is_heard() {
        let sharing = MediaState { screen: true, ..SEEN };
        let scene = drawn(&view([person("a", sharing), person("b", SEEN)]), &sight());
        assert_eq!(names(&scene), ["a’s screen", "a", "b", "Kaguya"]);
        assert!(scene.tiles[0].place.width > 3.0 * scene.tiles[1].place.width);
        assert!(scene.tiles[0].whole && !scene.tiles[1].whole);
        assert!(scene.sounds.contains(&StreamId("a-screen".into())));
    }

    #[test]
    fn what_is_pinned_and_who_hides_is_as_on_the_screen() {
        let view = view([person("a", SEEN), person("b", SEEN)]);
        let pinned = Sight {
            pinned: Some(Spot::Face("b".parse().expect("an id"))),
            hides_self: true,
            ..sight()
        };
        let scene = drawn(&view, &pinned);
        assert_eq!(names(&scene), ["a", "b"]);
        assert!(scene.tiles[1].place.width > scene.tiles[0].place.width);
        let alone = drawn(&self::view([]), &pinned);
        assert_eq!(names(&alone), ["Kaguya"], "alone there is nobody else to see");
    }

    #[test]
    fn who_is_muted_or_has_no_picture_is_shown_to_be() {
        let dark = MediaState::default();
        let scene = drawn(&view([person("a", dark), person("b", SEEN)]), &sight());
        assert_eq!(scene.tiles[0].stream, None);
        assert_eq!((scene.tiles[0].mark, scene.tiles[1].mark), (icons::MIC_OFF, ""));
        assert_eq!(scene.tiles[0].initials, "A");
    }
}
