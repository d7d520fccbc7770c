//! One other member.
