//! Who wrote what.

use control_plane::{ControlPlane, Mark, Record, Stage};
use http::header::{HeaderValue, USER_AGENT};
use k8s_openapi::apiextensions_apiserver::pkg::apis::apiextensions::v1::CustomResourceDefinition;
use kube::api::{ApiResource, DynamicObject, Patch, PatchParams, PostParams};
use kube::{Api, Client};
use serde_json::{from_value, json};

use crate::deadline::{PATIENCE, eventually};
use crate::objects::{create_config_map, has_config_map};

#[tokio::test]
async fn a_write_is_told_with_its_user_and_its_client() {
    let plane = ControlPlane::start().await.unwrap();
    let audit = plane.audit();
    create_config_map(plane.client(), "before").await.unwrap();
    audit.wait_for(Mark::default(), PATIENCE, |record| record.name == "before").await.unwrap();

    let mark = audit.mark().unwrap();
    let mut config = plane.config();
    config.headers.push((USER_AGENT, HeaderValue::from_static("holystone/1.2")));
    let client = Client::try_from(config).unwrap();
    has_config_map(client.clone(), "before").await.unwrap();
    create_config_map(client, "shop").await.unwrap();
    let record = audit.wait_for(mark, PATIENCE, |record| record.name == "shop").await.unwrap();

    assert_eq!((record.user.as_str(), record.verb.as_str()), ("admin", "create"));
    assert_eq!((record.namespace.as_str(), record.code), ("default", 201));
    assert_eq!(record.stage, Stage::ResponseComplete);
    assert!(record.is_about("", "configmaps") && record.succeeded());
    assert!(record.request.is_none(), "bodies are for our own group only");
    let writes = audit.since(mark).unwrap().writes().by_user_agent("holystone/");
    assert_eq!(writes.len(), 1, "{writes:?}");
}

#[tokio::test]
async fn a_write_to_our_own_group_is_told_with_its_body() {
    let plane = ControlPlane::start().await.unwrap();
    let things = serve_things(plane.client()).await;
    let robot = Api::<DynamicObject>::all_with(plane.client(), &things);
    let thing = json!({
        "apiVersion": "holystone.dev/v1", "kind": "Thing",
        "metadata": { "name": "one" }, "spec": { "size": 7 },
    });
    let parameters = PatchParams::apply("test");
    eventually("the new kind is served", async || {
        robot.patch("one", &parameters, &Patch::Apply(&thing)).await.is_ok()
    })
    .await;

    let wanted = |record: &Record| {
        record.is_about("holystone.dev", "things") && record.is_write() && record.succeeded()
    };
    let record = plane.audit().wait_for(Mark::default(), PATIENCE, wanted).await.unwrap();
    assert_eq!((record.verb.as_str(), record.name.as_str()), ("patch", "one"));
    assert_eq!(record.request.unwrap()["spec"]["size"], 7);
}

async fn serve_things(client: Client) -> ApiResource {
    let definition = json!({
        "metadata": { "name": "things.holystone.dev" },
        "spec": {
            "group": "holystone.dev",
            "scope": "Cluster",
            "names": { "kind": "Thing", "plural": "things" },
            "versions": [{
                "name": "v1", "served": true, "storage": true,
                "schema": { "openAPIV3Schema": {
                    "type": "object", "x-kubernetes-preserve-unknown-fields": true,
                } },
            }],
        },
    });
    let definitions: Api<CustomResourceDefinition> = Api::all(client);
    definitions.create(&PostParams::default(), &from_value(definition).unwrap()).await.unwrap();
    ApiResource {
        group: "holystone.dev".to_owned(),
        version: "v1".to_owned(),
        api_version: "holystone.dev/v1".to_owned(),
        kind: "Thing".to_owned(),
        plural: "things".to_owned(),
    }
}
