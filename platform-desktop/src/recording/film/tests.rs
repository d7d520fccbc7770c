use super::*;
use mkv_element::io::blocking_impl::ReadFrom;
use std::io::Cursor;

fn film() -> (Film<Cursor<Vec<u8>>>, Number, Number) {
    let mut film = Film::create(Cursor::new(Vec::new())).unwrap();
    let sound = film.add_sound("Luna").unwrap();
    let pictures = film.add_pictures("Luna", 320, 240).unwrap();
    (film, sound, pictures)
}

fn at(milliseconds: u64) -> Time {
    Time::from_millis(milliseconds)
}

/// The clusters of a file, however it ended: time, and the blocks' tracks and times.
fn clusters(file: &[u8]) -> Vec<Vec<(u64, i64)>> {
    let mut rest = Cursor::new(file);
    Ebml::read_from(&mut rest).unwrap();
    let begin = rest.position() as usize + segment(0).len() + FRONT;
    let mut rest = &file[begin..];
    let mut found = Vec::new();
    while rest.starts_with(&[0x1f, 0x43, 0xb6, 0x75]) {
        let cluster = Cluster::read_from(&mut rest).unwrap();
        let frames = cluster.frames().map(|frame| frame.unwrap());
        found.push(
            frames
                .map(|frame| (frame.track_number, frame.timestamp))
                .collect(),
        );
    }
    found
}

#[test]
fn frames_stand_in_the_order_of_their_times_and_none_is_lost_for_being_late() {
    let (mut film, sound, pictures) = film();
    film.push(sound, at(40), true, Bytes::from_static(b"b"));
    film.push(pictures, at(10), true, Bytes::from_static(b"picture"));
    film.push(sound, at(20), true, Bytes::from_static(b"a"));
    film.write(at(1000)).unwrap();
    film.push(sound, at(60), true, Bytes::from_static(b"late"));
    film.push(sound, at(1100), true, Bytes::from_static(b"c"));
    let file = film.finish().unwrap().into_inner();
    assert_eq!(
        clusters(&file),
        [vec![(2, 10), (1, 20), (1, 40)], vec![(1, 1000), (1, 1100)]]
    );
}

#[test]
fn a_long_gap_begins_another_cluster() {
    let (mut film, sound, _) = film();
    film.push(sound, at(0), true, Bytes::new());
    film.push(sound, at(70_000), true, Bytes::new());
    film.write(at(80_000)).unwrap();
    assert_eq!(clusters(film.out.get_ref()), [vec![(1, 0)], vec![(1, 70_000)]]);
}

#[test]
fn who_comes_later_has_a_track_and_there_is_an_end_to_it() {
    let (mut film, ..) = film();
    film.write(at(1000)).unwrap();
    let name = "か".repeat(64);
    let mut count = 2;
    while film.add_sound(&name).is_some() {
        count += 1;
        film.write(at(1000)).unwrap();
    }
    assert!(count > 60, "{count}");
    let file = film.finish().unwrap().into_inner();
    let mut rest = Cursor::new(&file[..]);
    Ebml::read_from(&mut rest).unwrap();
    let begin = rest.position() as usize + segment(0).len();
    let mut front = &file[begin..];
    Info::read_from(&mut front).unwrap();
    assert_eq!(Tracks::read_from(&mut front).unwrap().track_entry.len(), count);
}
