# English. The subset of Fluent that is read here is told in src/i18n.rs.

# Pages
nav-label = Site
nav-posts = Posts
page-not-found = This page does not exist
page-not-found-hint = The address may be mistyped, or the page is gone.
page-loading = Loading…
page-incomplete = A part of this page did not arrive
page-incomplete-hint = The network is away, or there is a new version. Reloading the page brings everything; a call goes on after it.
page-reload = Reload the page
page-to-lobby = To the lobby
theme-auto = Theme: as the system
theme-light = Theme: light
theme-dark = Theme: dark
dialog-close = Close
copy-invite = Copy invite link
copy-done = Copied
copy-by-hand = Copy it from here:

# Lobby
lobby-title = Into the room
lobby-sub = One link, and you are talking.
lobby-media = Camera and microphone
lobby-meter = Level of your microphone
control-microphone = Microphone
control-camera = Camera
control-speaker = Speaker
control-mute = Mute
control-unmute = Unmute
control-camera-off = Turn the camera off
control-camera-on = Turn the camera on
device-none = None found
lobby-camera-off = Your camera is off
lobby-camera-starting = Starting your camera…
lobby-camera-refused = Your camera may not be used
lobby-camera-none = No camera
lobby-camera-busy = Your camera is in use elsewhere
lobby-camera-unsupported = No camera on this page
name-label = Your name
name-empty = Please enter a name.
name-too-long = Please keep your name to { $limit } characters.
name-control = Please leave out invisible characters.
room-label = Room
room-new = New room
room-new-hint = Make a name that nobody can guess
room-empty = Please enter the name of a room.
room-too-long = Please keep the room’s name to { $limit } characters.
room-forbidden = Letters, digits, “-” and “_” only, please.
join-join = Join
join-joining = Joining…
join-cancel = Cancel
peek-nobody = Nobody is inside yet
peek-and = { $names }, { $name }
peek-inside = Inside now: { $names }
peek-inside-more = Inside now: { $names } and { $count } more
peek-guarded = Not everybody may come in here
peek-full = All { $count } places are taken
later-title = Calls from the desktop program come with the next release
later-hint = Until then, open this link in a browser:

# Devices in trouble
trouble-both = Camera and microphone
trouble-refused = { $device }: not allowed
trouble-refused-hint = You can join all the same. To be seen and heard, press the button beside the address, allow it there, and try again.
trouble-picture = The button on the left of the address bar opens the page’s permissions, with a switch each for camera and microphone.
trouble-missing = { $device }: none found
trouble-missing-hint = You can join all the same, and see and hear the others. Plug one in, and it can be used at once.
trouble-busy = { $device }: in use by another program
trouble-busy-hint = Close that program and try again. You can join all the same.
trouble-unsupported = { $device }: not available on this page
trouble-unsupported-hint = Browsers want a secure address for it: https, or localhost. You can join all the same.
trouble-again = Try again

# Server
server-away = The server cannot be reached
server-away-lobby = We keep trying. You can join already: you will be let in as soon as it is back.
server-retry = Try now
