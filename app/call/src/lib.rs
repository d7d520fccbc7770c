//! The handshake of a room as a pure state machine, sans-IO.
