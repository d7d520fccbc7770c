# English, for who is asked for access. The subset of Fluent that is read here is told in src/i18n.rs.
access-sign-in = Sign in
access-or = or
access-token = Access token
access-show = Use it
access-bad = That is no access token. It is one word, as you were given it.
access-wrong = That access token is not good, or no longer. Please try another one.
access-nothing = You were not signed in, or you may not do this. Please try again, or ask whoever runs this server.
