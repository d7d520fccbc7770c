//! Who is recorded: which streams of a view, and whose they are.

use session::{
    View,
    platform::Feed,
    view::{Phase, StreamId},
};
use wire::MemberId;

/// Whom to record.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Whom {
    /// All but the one who records.
    Others,
    /// All.
    Everyone,
    /// The voice of the one who records, and nobody else.
    OwnVoice,
}

/// A stream, and what is to be known of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Part {
    /// Whose it is.
    pub member: MemberId,
    /// What that member is called.
    pub name: String,
    /// Whether it is the person or what the person shares.
    pub feed: Feed,
    /// The stream.
    pub stream: StreamId,
}

impl Part {
    /// What its track is called.
    pub fn title(&self) -> String {
        match self.feed {
            Feed::Person => self.name.clone(),
            Feed::Screen => format!("{} (screen)", self.name),
        }
    }
}

/// Returns the streams of a view that are to be recorded. Only within a room there are any.
pub fn parts(view: &View, whom: Whom) -> Vec<Part> {
    let Phase::Inside { me, name, .. } = &view.phase else {
        return Vec::new();
    };
    let others = view.people.iter().flat_map(|person| {
        let feeds = [(Feed::Person, &person.stream), (Feed::Screen, &person.screen)];
        feeds.map(|(feed, stream)| (&person.id, &person.name, feed, stream))
    });
    let local = &view.local;
    let own = [
        (Feed::Person, &local.voice),
        (Feed::Person, &local.preview),
        (Feed::Screen, &local.screen_preview),
    ];
    let own = own.map(|(feed, stream)| (me, name, feed, stream));
    let all: Vec<_> = match whom {
        Whom::Others => others.collect(),
        Whom::Everyone => others.chain(own).collect(),
        Whom::OwnVoice => own.into_iter().take(1).collect(),
    };
    let part = |(member, name, feed, stream): (&MemberId, &wire::DisplayName, Feed, &Option<StreamId>)| {
        Some(Part {
            member: member.clone(),
            name: name.to_string(),
            feed,
            stream: stream.clone()?,
        })
    };
    all.into_iter().filter_map(part).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use session::view::Local;

    fn view() -> View {
        View {
            phase: Phase::Inside {
                room: "moon".parse().unwrap(),
                me: "me".parse().unwrap(),
                name: wire::DisplayName::try_from("Luna".to_owned()).unwrap(),
            },
            local: Local {
                preview: Some(StreamId("face".into())),
                voice: Some(StreamId("voice".into())),
                screen_preview: Some(StreamId("screen".into())),
                ..Local::default()
            },
            ..View::default()
        }
    }

    #[test]
    fn oneself_is_recorded_only_with_everyone_and_only_in_a_room() {
        assert_eq!(parts(&view(), Whom::Others), []);
        let titles = |whom| parts(&view(), whom).iter().map(Part::title).collect::<Vec<_>>();
        assert_eq!(titles(Whom::Everyone), ["Luna", "Luna", "Luna (screen)"]);
        assert_eq!(titles(Whom::OwnVoice), ["Luna"]);
        let before = View {
            phase: Phase::Lobby,
            ..view()
        };
        assert_eq!(parts(&before, Whom::Everyone), []);
    }
}
