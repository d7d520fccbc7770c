//! Paths that are to lead out of the site.

use crate::{
    raw::{self, Must},
    stage::Stage,
};

const MISSING: Must = Must::BeOneOf(&[400, 404]);
/// The app's own page, which decides what it shows; nothing of the disk.
const PAGE: Must = Must::Be(200);

const TARGETS: &[(&str, &[u8], Must)] = &[
    ("up", b"/../secret.txt", MISSING),
    ("far up", b"/../../../../../../../../etc/passwd", PAGE),
    ("up from a directory", b"/assets/../../secret.txt", MISSING),
    ("up from a file", b"/index.html/../../secret.txt", MISSING),
    ("up without a file's ending", b"/../secret", PAGE),
    ("encoded dots", b"/%2e%2e/secret.txt", MISSING),
    ("half encoded dots", b"/.%2e/secret.txt", MISSING),
    ("an encoded slash", b"/..%2fsecret.txt", MISSING),
    ("all encoded", b"/%2e%2e%2fsecret%2etxt", PAGE),
    ("encoded twice", b"/%252e%252e%252fsecret.txt", MISSING),
    ("a backslash", b"/..\\secret.txt", MISSING),
    ("an encoded backslash", b"/..%5csecret.txt", MISSING),
    (
        "backslashes from a directory",
        b"/assets\\..\\..\\secret.txt",
        MISSING,
    ),
    ("a null byte", b"/../secret.txt\0.html", Must::Be(400)),
    ("an encoded null byte", b"/../secret.txt%00.html", MISSING),
    ("overlong dots", b"/%c0%ae%c0%ae/secret.txt", MISSING),
    ("an overlong slash", b"/..%c0%afsecret.txt", MISSING),
    ("raw overlong dots", b"/\xc0\xae\xc0\xae/secret.txt", MISSING),
    ("wide dots", b"/%uff0e%uff0e/secret.txt", MISSING),
    ("dots with a semicolon", b"/..;/secret.txt", MISSING),
    ("dots that are taken out", b"/....//secret.txt", MISSING),
    ("two slashes", b"//secret.txt", MISSING),
    ("the root of the disk", b"///etc/passwd", PAGE),
    ("a host before the path", b"//evil.example/../secret.txt", MISSING),
    ("the absolute form", b"http://localhost/../secret.txt", MISSING),
    ("another host's", b"http://evil.example/secret.txt", MISSING),
    ("a file's address", b"file:///etc/passwd.txt", MISSING),
    ("no slash", b"secret.txt", PAGE),
    ("an asterisk", b"*", Must::BeOneOf(&[200, 400, 404])),
    ("below the API", b"/api/../secret.txt", MISSING),
    ("below a socket", b"/ws/../secret.txt", MISSING),
    ("a hidden file of the site", b"/.stamp", MISSING),
    ("settings", b"/.env", MISSING),
    ("a repository", b"/.git/config.txt", MISSING),
    ("a drive", b"/C:\\Windows\\win.ini", MISSING),
    ("another stream of a file", b"/index.html::$DATA", MISSING),
    ("a tilde", b"/~root/.ssh/id_rsa.pub", MISSING),
    ("a space", b"/../secret.txt /", Must::Be(400)),
];

#[tokio::test(flavor = "multi_thread")]
async fn no_path_leads_out_of_the_site() {
    let (world, directory) = raw::world().await;
    let mut stage = Stage::set("paths", &world).await;
    for (what, target, must) in TARGETS {
        stage
            .row(what, raw::check(&world, &raw::get(target), *must))
            .await;
    }
    // As it is on the disk, once as it is and once encoded.
    let secret = raw::shown(&directory.path().join("secret.txt"));
    for target in [secret.clone(), secret.replace('/', "%2f")] {
        let request = raw::get(format!("/{target}").as_bytes());
        stage.row(&target, raw::check(&world, &request, MISSING)).await;
    }
    stage.end(world).await;
}
