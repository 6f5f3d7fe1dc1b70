//! Who may do what.

use control_plane::ControlPlane;
use k8s_openapi::api::core::v1::{Namespace, Pod};
use kube::Api;
use kube::api::{ListParams, PostParams};
use serde_json::{from_value, json};

#[tokio::test]
async fn the_administrator_may_do_all_and_a_service_account_nothing() {
    let plane = ControlPlane::start().await.unwrap();
    let administrator: Api<Namespace> = Api::all(plane.client());
    assert!(administrator.get_opt("default").await.unwrap().is_some());

    let robot = plane.client_for("default", "robot").await.unwrap();
    let refusal = Api::<Namespace>::all(robot).list(&ListParams::default()).await.unwrap_err();
    let kube::Error::Api(status) = refusal else { panic!("{refusal}") };
    assert!(status.is_forbidden(), "{status:?}");
    assert!(status.message.contains("system:serviceaccount:default:robot"), "{status:?}");
}

#[tokio::test]
async fn pods_can_be_created_without_controllers_and_kubectl_sees_them() {
    let plane = ControlPlane::builder().audit(false).start().await.unwrap();
    let pod = json!({
        "metadata": { "name": "web" },
        "spec": { "containers": [
            { "name": "web", "image": "nginx", "securityContext": { "privileged": true } },
        ] },
    });
    let pods: Api<Pod> = Api::namespaced(plane.client(), "default");
    pods.create(&PostParams::default(), &from_value(pod).unwrap()).await.unwrap();

    let mut kubectl = plane.kubectl().await.unwrap();
    let output = kubectl.args(["get", "pods", "--output=name"]).output().unwrap();
    assert_eq!(String::from_utf8_lossy(&output.stdout), "pod/web\n", "{output:?}");
    plane.audit().records().unwrap_err();
}
