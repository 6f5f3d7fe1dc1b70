//! One list of a kind, for a command that asks once.

use kube::{Api, Client, api::ListParams};

use crate::model::{Kind, Object, decode};

use super::{
    Problem, Source,
    raw::Raw,
    reader::{refused, resource},
};

/// Objects in one page.
const PAGE: u32 = 500;

/// What a list holds.
#[derive(Debug, Default)]
pub struct Listed {
    /// The objects.
    pub objects: Vec<Object>,
    /// What is wrong with those that do not have the shape of their kind; never a value of one.
    pub undecodable: Vec<String>,
}

/// Lists a kind page by page, in one namespace or in all.
pub async fn list(client: &Client, kind: Kind, namespace: Option<&str>) -> Result<Listed, Problem> {
    let resource = resource(Source::Kind(kind));
    let client = client.clone();
    let api: Api<Raw> = match namespace.filter(|_| kind.is_namespaced()) {
        Some(namespace) => Api::namespaced_with(client, namespace, &resource),
        None => Api::all_with(client, &resource),
    };
    let mut parameters = ListParams::default().limit(PAGE);
    let mut listed = Listed::default();
    loop {
        let page = api.list(&parameters).await.map_err(|error| match error {
            kube::Error::Api(status) => refused(&status, &resource),
            other => Problem::Unavailable(crate::items::clean(&other.to_string(), 200)),
        })?;
        for raw in &page.items {
            match decode(kind, raw.json()) {
                Ok(object) => listed.objects.push(object),
                Err(error) => listed.undecodable.push(error.to_string()),
            }
        }
        match page.metadata.continue_.filter(|token| !token.is_empty()) {
            Some(token) => parameters = parameters.continue_token(&token),
            None => return Ok(listed),
        }
    }
}
