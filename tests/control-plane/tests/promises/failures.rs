//! A server that cannot start says why.

use control_plane::ControlPlane;

#[tokio::test]
async fn the_error_shows_the_end_of_the_log() {
    let builder = ControlPlane::builder().extra_apiserver_args(["--no-such-argument"]);
    let error = builder.start().await.unwrap_err();
    let text = error.to_string();
    assert!(text.starts_with("start kube-apiserver: it ended with exit status: 1"), "{text}");
    assert!(text.contains("unknown flag: --no-such-argument"), "{text}");
}
