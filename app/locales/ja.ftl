# 日本語。ここで読む Fluent の範囲は src/i18n.rs にあります。

# ページ
nav-label = サイト
nav-posts = 投稿
page-not-found = ページが見つかりません
page-not-found-hint = アドレスが間違っているか、ページがなくなっています。
page-to-lobby = ロビーへ
theme-auto = テーマ：システムに合わせる
theme-light = テーマ：ライト
theme-dark = テーマ：ダーク
dialog-close = 閉じる
copy-invite = 招待リンクをコピー
copy-done = コピーしました
copy-by-hand = こちらからコピー：

# ロビー
lobby-title = 今夜の部屋へ
lobby-sub = リンクひとつで、すぐに話せます。
lobby-media = カメラとマイク
lobby-meter = マイクの音量
lobby-camera-off = カメラはオフです
lobby-camera-starting = カメラを起動しています…
lobby-camera-refused = カメラの使用が許可されていません
lobby-camera-none = カメラがありません
lobby-camera-busy = カメラはほかで使われています
lobby-camera-unsupported = このページではカメラを使えません
name-label = お名前
name-empty = お名前を入力してください。
name-too-long = お名前は{ $limit }文字までです。
name-control = 見えない文字は使えません。
room-label = ルーム
room-new = 新しいルーム
room-new-hint = 推測できない名前を作ります
room-empty = ルーム名を入力してください。
room-too-long = ルーム名は{ $limit }文字までです。
room-forbidden = 使えるのは文字、数字、「-」「_」です。
join-join = 参加する
join-joining = 参加しています…
join-cancel = やめる
peek-nobody = まだ誰もいません
peek-and = { $names }、{ $name }
peek-inside = いまいる人：{ $names }
peek-inside-more = いまいる人：{ $names }、ほか{ $count }人
peek-full = { $count }人で満室です
later-title = デスクトップ版の通話は次のリリースからです
later-hint = それまでは、このリンクをブラウザーで開いてください：

# 使えないデバイス
trouble-both = カメラとマイク
trouble-refused = { $device }が許可されていません
trouble-refused-hint = このままでも参加できます。映像と音声を届けるには、アドレスの横のボタンから許可して、もう一度お試しください。
trouble-picture = アドレスバーの左のボタンを押すと、カメラとマイクを許可するスイッチが出ます。
trouble-missing = { $device }が見つかりません
trouble-missing-hint = このままでも参加でき、相手の映像と音声は届きます。つなげば、すぐに使えます。
trouble-busy = { $device }はほかのアプリが使用中です
trouble-busy-hint = そのアプリを閉じて、もう一度お試しください。このままでも参加できます。
trouble-unsupported = このページでは{ $device }を使えません
trouble-unsupported-hint = https または localhost のアドレスで開いてください。このままでも参加できます。
trouble-again = もう一度試す

# サーバー
server-away = サーバーにつながりません
server-away-lobby = 自動で再接続しています。いま参加を押しておけば、つながりしだい入室します。
server-away-room = サーバーにつながりません。通話は続いています。チャットと入室はお待ちください。
server-retry = いますぐ試す

# ルーム
room-people-one = { $count }人
room-people-other = { $count }人
room-tiles = ルームにいる人
alone-title = まだ誰もいません
alone-hint = 話したい人に、このリンクを送ってください：
tile-connecting = 接続しています…
tile-interrupted = すぐに戻ります
tile-failed = 接続が切れました。再接続しています…
tile-muted = ミュート中です
tile-you = { $name }（あなた）
control-label = 操作
control-microphone = マイク
control-camera = カメラ
control-mute = ミュートする
control-unmute = ミュートを解除
control-camera-off = カメラをオフにする
control-camera-on = カメラをオンにする
control-leave = 退出
help-title = キーボードショートカット
help-button = { $title }（?）
help-microphone = マイクのオン・オフ
help-camera = カメラのオン・オフ
help-chat = チャットを開く・閉じる
help-send = メッセージを送る
help-line = メッセージの中で改行
help-close = 開いているものを閉じる
help-this = この一覧
refused-full = 満室です
refused-full-hint = いまは入れません。誰かが退出してから、もう一度お試しください。
refused-superseded = 別の場所でこのルームに参加しています
refused-superseded-hint = 通話は別のタブかウィンドウで続いています。そちらへ移るか、ここに戻ってください。
refused-other = 入室できませんでした
refused-other-hint = サーバーからの返答：{ $reason }
refused-back = ロビーへ戻る

# チャット
chat-title = チャット
chat-close = チャットを閉じる
chat-close-key = { $close }（Esc）
chat-loading = 読み込んでいます…
chat-empty = まだ発言はありません。
chat-beginning = ここが始まりです。
chat-earlier = 以前のメッセージ
chat-unread-one = チャット、新着{ $count }件
chat-unread-other = チャット、新着{ $count }件
chat-pending = 送信しています…
chat-refused = 送れませんでした：{ $reason }
chat-again = もう一度送る
chat-placeholder = メッセージを書く
chat-send = 送信
chat-left = あと{ $left }文字
chat-too-long = { $over }文字多すぎます。{ $limit }文字までです。
chat-control = 見えない文字は使えません。

# 投稿
posts-write = 投稿を書く
posts-none = 投稿はまだありません
posts-none-hint = 最初のひとつを書いてみませんか。
posts-more = 以前の投稿
posts-loading = 読み込んでいます…
posts-untitled = 無題
posts-back = 投稿一覧
posts-edit = 編集
posts-delete = 削除
posts-delete-title = この投稿を削除しますか？
posts-delete-hint = 「{ $title }」は誰からも見えなくなります。
posts-keep = 残す
posts-title = タイトル
posts-title-empty = タイトルを入力してください。
posts-text = 本文
posts-photo = 写真
posts-photo-choose = 写真を選ぶ
posts-photo-remove = 写真を外す
posts-photo-kind = 画像ではありません。
posts-photo-unreadable = ファイルを読めませんでした。
posts-photo-large = 写真が大きすぎます。変換後で{ $limit } KBまで（ファイルではその約4分の3）です。
posts-save = 保存
posts-saving = 保存しています…
posts-failed = うまくいきませんでした
posts-away = サーバーにつながりません。内容は失われていません。少し待って、もう一度お試しください。
posts-missing = その投稿はありません。削除された可能性があります。
posts-said = サーバーからの返答：{ $reason }
posts-retry = もう一度試す
