//! Servers are stopped, killed, frozen and started again.

use std::fs;
use std::net::TcpListener;
use std::time::Duration;

use control_plane::{ControlPlane, Error, Server};
use kube::{Client, Config};

use crate::deadline::eventually;
use crate::objects::{create_config_map, has_config_map};

/// Fails at once where an ordinary client would try again or wait for ever.
fn impatient(mut config: Config) -> Client {
    config.default_retry = false;
    config.read_timeout = Some(Duration::from_secs(1));
    Client::try_from(config).unwrap()
}

#[tokio::test]
async fn a_frozen_api_server_is_silent_until_it_is_thawed() {
    let plane = ControlPlane::start().await.unwrap();
    let client = impatient(plane.config());
    create_config_map(client.clone(), "shop").await.unwrap();

    plane.freeze(Server::ApiServer).await.unwrap();
    has_config_map(client.clone(), "shop").await.unwrap_err();
    assert!(plane.process_id(Server::ApiServer).await.unwrap().is_some());

    plane.thaw(Server::ApiServer).await.unwrap();
    assert!(has_config_map(plane.client(), "shop").await.unwrap());
}

#[tokio::test]
async fn killed_servers_come_back_with_their_data_at_their_address() {
    let plane = ControlPlane::start().await.unwrap();
    let client = impatient(plane.config());
    create_config_map(client.clone(), "shop").await.unwrap();

    plane.kill(Server::Etcd).await.unwrap();
    assert_eq!(plane.process_id(Server::Etcd).await.unwrap(), None);
    create_config_map(client.clone(), "lost").await.unwrap_err();
    plane.restart(Server::Etcd).await.unwrap();
    assert!(has_config_map(client.clone(), "shop").await.unwrap());

    plane.kill(Server::ApiServer).await.unwrap();
    has_config_map(client.clone(), "shop").await.unwrap_err();
    plane.restart(Server::ApiServer).await.unwrap();
    assert!(has_config_map(client, "shop").await.unwrap());
}

#[tokio::test]
async fn a_server_stops_when_it_is_asked_even_if_it_is_frozen() {
    let plane = ControlPlane::start().await.unwrap();
    plane.freeze(Server::ApiServer).await.unwrap();
    plane.stop(Server::ApiServer).await.unwrap();
    assert_eq!(plane.process_id(Server::ApiServer).await.unwrap(), None);
    plane.restart(Server::ApiServer).await.unwrap();
    assert!(!has_config_map(plane.client(), "shop").await.unwrap());

    let absent = plane.stop(Server::ControllerManager).await.unwrap_err();
    assert!(matches!(absent, Error::ServerAbsent(Server::ControllerManager)));
}

#[cfg(target_os = "linux")]
#[tokio::test]
async fn the_api_server_has_the_environment_that_was_asked_for() {
    let builder = ControlPlane::builder().audit(false).apiserver_environment([("GOGC", "50")]);
    let plane = builder.start().await.unwrap();
    plane.restart(Server::ApiServer).await.unwrap();
    for (server, wanted) in [(Server::ApiServer, true), (Server::Etcd, false)] {
        let process = plane.process_id(server).await.unwrap().unwrap();
        let environment = fs::read_to_string(format!("/proc/{process}/environ")).unwrap();
        let is_there = environment.split('\0').any(|variable| variable == "GOGC=50");
        assert_eq!(is_there, wanted, "{server}");
    }
}

#[tokio::test]
async fn a_server_waits_for_its_port_when_somebody_else_took_it() {
    let plane = ControlPlane::start().await.unwrap();
    plane.stop(Server::ApiServer).await.unwrap();
    let address = plane.server_url().trim_start_matches("https://");
    let squatter = TcpListener::bind(address).unwrap();

    let log = plane.logs().join("kube-apiserver.log");
    let release = async {
        eventually("the API server fails to listen", async || {
            fs::read_to_string(&log).unwrap().contains("address already in use")
        })
        .await;
        drop(squatter);
    };
    let (restarted, ()) = tokio::join!(plane.restart(Server::ApiServer), release);
    restarted.unwrap();
    assert!(!has_config_map(plane.client(), "shop").await.unwrap());
}
