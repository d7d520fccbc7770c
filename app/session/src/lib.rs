//! Platform traits in W3C terms, and the driver that performs what call decides.
