//! One suite of what the store promises, run against the embedded emulator and, where it is installed, Google's.

#![allow(
    clippy::expect_used,
    reason = "a test that finds something else than it expects has failed"
)]

#[path = "store/owners.rs"]
mod owners;
#[path = "store/posts.rs"]
mod posts;
#[path = "store/restart.rs"]
mod restart;
#[path = "store/rooms.rs"]
mod rooms;
#[path = "store/rules.rs"]
mod rules;
#[path = "store/world.rs"]
mod world;

use world::{Google, World};

/// Makes a test of each behaviour on an embedded emulator of its own, and one test of all of them on Google's, which
/// takes seconds to start.
macro_rules! suite {
    ($($topic:ident::$behaviour:ident),* $(,)?) => {
        mod embedded {
            $(
                #[tokio::test]
                async fn $behaviour() {
                    let (emulator, world) = super::World::embedded().await;
                    super::$topic::$behaviour(&world).await;
                    emulator.shutdown().await;
                }
            )*
        }

        #[tokio::test]
        async fn everything_on_google_s_emulator() {
            let Some(google) = Google::start().await else {
                return;
            };
            $(
                println!("on Google's emulator: {}", stringify!($behaviour));
                $topic::$behaviour(&google.world(stringify!($behaviour)).await).await;
            )*
        }
    };
}

suite! {
    posts::a_post_is_read_back_as_it_was_sent,
    posts::the_server_stamps_the_times,
    posts::an_update_changes_what_it_names_and_nothing_else,
    posts::an_update_of_a_field_whose_name_needs_quotes,
    posts::what_is_not_there_cannot_be_read_changed_or_deleted,
    posts::a_deleted_post_is_gone,
    posts::pages_lose_and_repeat_nothing_among_equal_times,
    posts::pages_of_one_author_hold_no_other_s_posts,
    posts::a_time_as_cursor_leaves_only_what_is_older,
    posts::a_cursor_that_names_nothing_is_refused,
    posts::posts_that_others_wrote_are_shown_as_they_are,
    posts::a_document_may_be_as_large_and_as_deep_as_we_say,
    posts::many_posts_at_once_are_all_stored,
    rooms::a_room_is_made_once_and_touched_after,
    rooms::a_room_opened_by_many_at_once_is_one_room,
    rooms::an_empty_room_has_no_history,
    rooms::history_is_read_backwards_page_by_page,
    rooms::a_repeated_message_keeps_its_first_content,
    rooms::one_batch_may_name_a_message_twice,
    rooms::of_crossing_batches_one_content_wins,
    rooms::rooms_do_not_hear_each_other,
    rooms::what_is_no_message_is_passed_over,
    rooms::history_may_begin_at_a_time,
    owners::a_room_that_many_want_is_one_server_s,
    owners::what_a_server_stores_of_a_room_that_another_has_taken_is_refused,
    owners::a_reign_ends_with_its_release_and_an_older_one_cannot_end_the_next,
    owners::who_does_not_say_that_it_lives_is_given_up_and_learns_of_it,
    owners::servers_know_whether_others_reach_the_bus,
    rules::a_room_that_nobody_has_changed_is_open_to_all,
    rules::rules_are_read_back_as_they_were_saved,
    rules::what_is_saved_again_is_no_conflict_and_what_is_older_does_not_win,
    rules::of_two_changes_at_once_one_wins_and_the_other_knows,
    rules::entering_and_changing_at_once_lose_nothing,
    rules::rules_that_cannot_be_understood_are_an_error_and_not_an_open_door,
}
