//! Nothing outlives the process that owns a control plane, however that process ends.

use std::env;
use std::io::{BufRead, BufReader};
use std::net::TcpStream;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};

use control_plane::{ControlPlane, Server};

use crate::deadline::eventually;

/// Set for the process that is going to be killed.
const VICTIM: &str = "CONTROL_PLANE_TEST_VICTIM";

/// What the victim says about its control plane, in one line.
const ANNOUNCEMENT: &str = "control plane:";

#[tokio::test]
async fn servers_and_folder_go_when_their_owner_is_killed() {
    let (mut victim, announcement) = spawn_victim();
    let words: Vec<&str> = announcement.split_whitespace().collect();
    let [api_server, etcd, folder] = words[..] else { panic!("{announcement}") };
    let folder = PathBuf::from(folder);
    assert!(listens(api_server) && listens(etcd) && folder.is_dir());

    victim.kill().unwrap();
    victim.wait().unwrap();
    eventually("etcd, running, is gone", async || !listens(etcd)).await;
    eventually("kube-apiserver, frozen, is gone", async || !listens(api_server)).await;
    eventually("the folder is gone", async || !folder.exists()).await;
}

#[tokio::test]
async fn servers_and_folder_go_when_the_plane_is_dropped() {
    let plane = ControlPlane::start().await.unwrap();
    let (url, folder) = (plane.server_url().to_owned(), plane.folder().to_owned());
    drop(plane);
    assert!(!listens(&url) && !folder.exists());
}

/// The victim: holds a control plane until it is killed. Nothing to do in an ordinary run.
#[tokio::test]
async fn hold_a_control_plane() {
    if env::var_os(VICTIM).is_none() {
        return;
    }
    let plane = ControlPlane::start().await.unwrap();
    plane.freeze(Server::ApiServer).await.unwrap();
    let folder = plane.folder().display();
    println!("{ANNOUNCEMENT} {} {} {folder}", plane.server_url(), plane.etcd_url());
    std::future::pending::<()>().await;
}

fn spawn_victim() -> (Child, String) {
    let mut victim = Command::new(env::current_exe().unwrap())
        .args(["--exact", "orphans::hold_a_control_plane", "--nocapture"])
        .env(VICTIM, "1")
        .env_remove("HOLYSTONE_KEEP")
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(victim.stdout.take().unwrap()).lines();
    let announcement = lines.find_map(|line| {
        line.unwrap().split_once(ANNOUNCEMENT).map(|(_, announcement)| announcement.to_owned())
    });
    (victim, announcement.expect("the victim announces its control plane"))
}

fn listens(url: &str) -> bool {
    let (_, address) = url.split_once("://").unwrap();
    TcpStream::connect(address).is_ok()
}
