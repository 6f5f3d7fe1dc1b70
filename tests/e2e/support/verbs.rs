//! People at a terminal: the verbs, with the rights of whoever types them.

use std::{
    path::{Path, PathBuf},
    process::Command,
};

use serde_json::{Value, json};

use super::{Cluster, OWN_NAMESPACE};

/// Somebody with a kubeconfig.
pub struct People(PathBuf);

/// How a command ended, and what it printed.
#[derive(Debug)]
pub struct Answer {
    pub code: i32,
    pub out: String,
    pub error: String,
}

impl People {
    pub fn of(kubeconfig: &Path) -> Self {
        Self(kubeconfig.to_owned())
    }

    /// Types a command.
    pub fn ask(&self, arguments: &[&str]) -> Answer {
        self.ask_as("holystone", arguments)
    }

    /// The same by another name of the program.
    pub fn ask_as(&self, name: &str, arguments: &[&str]) -> Answer {
        let folder = tempfile::tempdir().expect("there is a folder");
        let program = folder.path().join(name);
        let link = std::os::unix::fs::symlink(env!("CARGO_BIN_EXE_holystone"), &program);
        link.expect("the program can be linked to");
        let mut command = Command::new(program);
        command.args(arguments).env("KUBECONFIG", &self.0).env("NO_COLOR", "1");
        let output = command.output().expect("the program runs");
        let text = |bytes: Vec<u8>| String::from_utf8(bytes).expect("it is text");
        Answer {
            code: output.status.code().expect("it ends by itself"),
            out: text(output.stdout),
            error: text(output.stderr),
        }
    }
}

impl Answer {
    /// What was printed, of a command that went well.
    pub fn good(self) -> String {
        assert_eq!((self.code, &*self.error), (0, ""), "{}", self.out);
        self.out
    }

    /// The same as JSON.
    pub fn json(self) -> Value {
        let text = self.good();
        serde_json::from_str(&text).unwrap_or_else(|error| panic!("{error}: {text}"))
    }

    /// Why a command failed: one line.
    pub fn refused(self) -> String {
        assert_eq!((self.code, &*self.out), (2, ""), "{}", self.error);
        assert_eq!(self.error.lines().count(), 1, "{}", self.error);
        self.error
    }
}

impl Cluster {
    /// Whoever may do anything.
    pub fn administrator(&self) -> People {
        People::of(self.plane.kubeconfig())
    }

    /// Somebody who may do this in one namespace, and nothing elsewhere. A rule is group, resource
    /// and verbs.
    pub async fn tenant(
        &self,
        namespace: &str,
        name: &str,
        rules: &[(&str, &str, &[&str])],
    ) -> People {
        let people = People(self.kubeconfig_of(name).await);
        let rules = rules.iter().map(|(group, resource, verbs)| {
            json!({ "apiGroups": [group], "resources": [resource], "verbs": verbs })
        });
        let rbac = "rbac.authorization.k8s.io";
        let metadata = json!({ "name": name, "namespace": namespace });
        let role = json!({
            "apiVersion": format!("{rbac}/v1"), "kind": "Role", "metadata": metadata,
            "rules": rules.collect::<Vec<_>>(),
        });
        let binding = json!({
            "apiVersion": format!("{rbac}/v1"), "kind": "RoleBinding", "metadata": metadata,
            "roleRef": { "apiGroup": rbac, "kind": "Role", "name": name },
            "subjects": [{ "kind": "ServiceAccount", "name": name, "namespace": OWN_NAMESPACE }],
        });
        self.apply(&role.to_string()).await;
        self.apply(&binding.to_string()).await;
        people
    }
}
