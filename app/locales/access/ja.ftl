# 日本語。ここで読める Fluent の範囲は src/i18n.rs にあります。
access-sign-in = サインイン
access-or = または
access-token = アクセストークン
access-show = 使う
access-bad = アクセストークンではありません。渡された文字列をそのまま入力してください。
access-wrong = このアクセストークンは無効か、期限切れです。別のものをお試しください。
access-nothing = サインインできなかったか、権限がありません。もう一度試すか、サーバーの管理者に聞いてください。
