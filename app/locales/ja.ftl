# 日本語。ここで読む Fluent の範囲は src/i18n.rs にあります。

# ページ
nav-label = サイト
nav-posts = 投稿
page-not-found = ページが見つかりません
page-not-found-hint = アドレスが間違っているか、ページがなくなっています。
page-loading = 読み込んでいます…
page-incomplete = ページの一部を読み込めませんでした
page-incomplete-hint = ネットワークが切れているか、新しいバージョンが公開されました。再読み込みすると元に戻り、通話にもそのまま復帰します。
page-reload = 再読み込み
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
control-microphone = マイク
control-camera = カメラ
control-speaker = スピーカー
control-mute = ミュートする
control-unmute = ミュートを解除
control-camera-off = カメラをオフにする
control-camera-on = カメラをオンにする
device-none = 見つかりません
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
peek-guarded = 入室は制限されています
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
server-retry = いますぐ試す
