//! The components: one tree for every platform.
