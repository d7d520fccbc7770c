//! Scenarios as data, the worlds that run them.
