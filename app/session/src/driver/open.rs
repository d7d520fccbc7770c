//! Opens devices, as far as they can be had.

use crate::{
    platform::{Exception, MediaConstraints, MediaKind, MediaStreamTrack, Platform},
    view::Trouble,
};

/// Opens what is asked for, as far as it can be had: without a camera there is still the microphone, and where the device
/// that was chosen is gone, another is better than none.
pub(super) async fn get_user_media<P: Platform>(
    platform: &P,
    constraints: MediaConstraints,
) -> Vec<(MediaKind, Result<P::Track, Trouble>)> {
    let (audio, video) = (constraints.audio.is_some(), constraints.video.is_some());
    // In one go: people are asked one question, not two.
    if audio
        && video
        && let Ok(tracks) = platform.get_user_media(&constraints).await
    {
        return opened(tracks);
    }
    let mut results = Vec::new();
    let kinds = [(MediaKind::Audio, audio), (MediaKind::Video, video)];
    for (kind, _) in kinds.into_iter().filter(|(_, wanted)| *wanted) {
        match open_one(platform, constraints.only(kind)).await {
            Ok(tracks) => results.extend(opened(tracks)),
            Err(exception) => {
                tracing::info!(?kind, %exception, "getUserMedia");
                results.push((kind, Err(exception.trouble())));
            }
        }
    }
    results
}

/// Opens one device: the one that is named, or any other if that is gone.
async fn open_one<P: Platform>(
    platform: &P,
    constraints: MediaConstraints,
) -> Result<Vec<P::Track>, Exception> {
    let result = platform.get_user_media(&constraints).await;
    match &result {
        Err(exception) if exception.trouble() == Trouble::Missing && constraints.names_a_device() => {
            tracing::info!(%exception, "the chosen device is gone: any other will do");
            platform.get_user_media(&constraints.of_any_device()).await
        }
        Ok(_) | Err(_) => result,
    }
}

fn opened<T: MediaStreamTrack>(tracks: Vec<T>) -> Vec<(MediaKind, Result<T, Trouble>)> {
    let named = |track: T| (track.kind(), Ok(track));
    tracks.into_iter().map(named).collect()
}
