# English. The subset of Fluent that is read here is told in src/i18n.rs.

# Pages
nav-label = Site
nav-posts = Posts
page-not-found = This page does not exist
page-not-found-hint = The address may be mistyped, or the page is gone.
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
server-away-room = The server cannot be reached. Your call goes on; chat and newcomers have to wait.
server-retry = Try now

# Room
room-people-one = { $count } person
room-people-other = { $count } people
room-tiles = People in the room
alone-title = Nobody here yet
alone-hint = Send this link to whom you want to talk with:
tile-connecting = Connecting…
tile-interrupted = Back in a moment
tile-failed = The connection broke. Trying again…
tile-muted = Muted
tile-you = { $name } (you)
control-label = Controls
control-microphone = Microphone
control-camera = Camera
control-mute = Mute
control-unmute = Unmute
control-camera-off = Turn the camera off
control-camera-on = Turn the camera on
control-leave = Leave
help-title = Keyboard shortcuts
help-button = { $title } (?)
help-microphone = Microphone on or off
help-camera = Camera on or off
help-chat = Open or close the chat
help-send = Send a message
help-line = New line in a message
help-close = Close what is open
help-this = This list
refused-full = The room is full
refused-full-hint = Nobody else fits in at the moment. Try again when somebody has left.
refused-superseded = You are in this room elsewhere
refused-superseded-hint = The call goes on in another tab or window of yours. Go there, or come back here.
refused-other = You could not be let in
refused-other-hint = The server says: { $reason }
refused-back = Back to the lobby

# Chat
chat-title = Chat
chat-close = Close the chat
chat-close-key = { $close } (Esc)
chat-loading = Loading…
chat-empty = Nothing has been said yet.
chat-beginning = This is where it began.
chat-earlier = Earlier messages
chat-unread-one = Chat, { $count } new message
chat-unread-other = Chat, { $count } new messages
chat-pending = Sending…
chat-refused = Not sent: { $reason }
chat-again = Send again
chat-placeholder = Write a message
chat-send = Send
chat-left = { $left } characters left
chat-too-long = { $over } characters too many: a message has at most { $limit }.
chat-control = Please leave out invisible characters.

# Posts
posts-write = Write a post
posts-none = No posts yet
posts-none-hint = The first one may be yours.
posts-more = Earlier posts
posts-loading = Loading…
posts-untitled = Untitled
posts-back = All posts
posts-edit = Edit
posts-delete = Delete
posts-delete-title = Delete this post?
posts-delete-hint = “{ $title }” will be gone for everyone.
posts-keep = Keep it
posts-title = Title
posts-title-empty = Please enter a title.
posts-text = Text
posts-photo = Photo
posts-photo-choose = Choose a photo
posts-photo-remove = Remove the photo
posts-photo-kind = That is not a picture.
posts-photo-unreadable = The file could not be read.
posts-photo-large = The photo is too large: at most { $limit } KB in its written form, which is about three quarters of that as a file.
posts-save = Save
posts-saving = Saving…
posts-failed = That did not work
posts-away = The server cannot be reached. Nothing is lost: try again in a moment.
posts-missing = There is no such post. It may have been deleted.
posts-said = The server says: { $reason }
posts-retry = Try again
