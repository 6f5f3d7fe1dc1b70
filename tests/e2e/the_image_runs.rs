//! The image holds one static program and nothing else, is small, runs as nobody, and does the main job: on each
//! architecture that it was built for.
//!
//! `tools/image.sh` builds it. Where that was not done the test says so and skips; where `HOLYSTONE_IMAGE` names
//! an OCI layout, as in CI, it has to be there. The program of another architecture runs on an emulator, if there is
//! one.

use std::{
    env, fs,
    path::{Path, PathBuf},
    process::Command,
};

use holystone::api::State;
use serde_json::Value;

use crate::support::{Cluster, Controller, ONLY_PRIVILEGED, PRIVILEGED, deployment, target};

/// What a registry keeps and a node fetches, in bytes.
const MOST: u64 = 15_000_000;

/// An OCI layout.
struct Layout(PathBuf);

impl Layout {
    /// That of `HOLYSTONE_IMAGE`, else the one that was built here, if any.
    fn find() -> Option<Self> {
        let built = || Path::new(env!("CARGO_MANIFEST_DIR")).join("target/image/oci");
        let named = env::var_os("HOLYSTONE_IMAGE").map(PathBuf::from);
        let is_named = named.is_some();
        let layout = Self(named.unwrap_or_else(built));
        let is_there = layout.0.join("index.json").is_file();
        assert!(is_there || !is_named, "{} is no OCI layout", layout.0.display());
        is_there.then_some(layout)
    }

    fn blob(&self, descriptor: &Value) -> PathBuf {
        let digest = descriptor["digest"].as_str().expect("it has a digest");
        self.0.join("blobs").join(digest.replace(':', "/"))
    }

    fn json(path: &Path) -> Value {
        let text = fs::read(path).expect("it can be read");
        serde_json::from_slice(&text).expect("it is JSON")
    }

    /// The manifests of all architectures; an index may be within an index.
    fn manifests(&self) -> Vec<Value> {
        let (mut indexes, mut manifests) = (vec![self.0.join("index.json")], Vec::new());
        while let Some(path) = indexes.pop() {
            let index = Self::json(&path);
            match index["manifests"].as_array() {
                Some(inner) => indexes.extend(inner.iter().map(|one| self.blob(one))),
                None => manifests.push(index),
            }
        }
        manifests
    }
}

/// What runs a program of an architecture, as an image and as Rust call it: nothing for our own.
fn emulator(architecture: &str) -> Option<String> {
    let machine = match architecture {
        "amd64" => "x86_64",
        "arm64" => "aarch64",
        other => panic!("nobody builds images for {other}"),
    };
    (machine != env::consts::ARCH).then(|| format!("qemu-{machine}-static"))
}

#[tokio::test]
async fn it_holds_one_program_that_audits() {
    let Some(layout) = Layout::find() else {
        eprintln!("skipped: there is no image; build it by `tools/image.sh amd64`");
        return;
    };
    let manifests = layout.manifests();
    assert!(!manifests.is_empty(), "there is no image in {}", layout.0.display());
    for manifest in manifests {
        let layers = manifest["layers"].as_array().expect("it has layers");
        let size: u64 = layers.iter().filter_map(|layer| layer["size"].as_u64()).sum();
        assert!(size > 0 && size <= MOST, "{size} bytes");
        let image = Layout::json(&layout.blob(&manifest["config"]));
        let config = &image["config"];
        assert_eq!(config["User"], "65532:65532");
        assert_eq!(config["Entrypoint"], serde_json::json!(["/holystone"]));
        assert_eq!(config["Cmd"], serde_json::json!(["run"]));
        let labels = &config["Labels"];
        assert_eq!(labels["org.opencontainers.image.version"], env!("CARGO_PKG_VERSION"));

        let root = tempfile::tempdir().expect("there is a folder");
        for layer in layers {
            let mut unpack = Command::new("tar");
            unpack.arg("-xf").arg(layout.blob(layer)).arg("-C").arg(root.path());
            assert!(unpack.status().expect("tar runs").success());
        }
        let files = fs::read_dir(root.path()).expect("it can be read");
        let mut files: Vec<_> = files.flatten().map(|file| file.file_name()).collect();
        files.sort();
        assert_eq!(files, ["LICENSE", "holystone"]);
        let architecture = image["architecture"].as_str().expect("it is for one");
        match emulator(architecture) {
            None => runs(root.path(), &["/holystone"]).await,
            Some(emulator) => {
                let from = Path::new("/usr/bin").join(&emulator);
                match fs::copy(from, root.path().join(&emulator)) {
                    Ok(_) => runs(root.path(), &[&format!("/{emulator}"), "/holystone"]).await,
                    Err(_) => {
                        eprintln!("skipped: {architecture} was not run, there is no {emulator}");
                    }
                }
            }
        }
    }
}

/// The main job, from within this root file system, as nobody.
async fn runs(root: &Path, command: &[&str]) {
    let cluster = Cluster::start().await;
    cluster.create_namespace("shop").await;
    cluster.apply_policy("baseline", ONLY_PRIVILEGED).await;
    cluster.apply(&deployment("shop", "web", true)).await;
    let kubeconfig = cluster.kubeconfig_of("holystone").await;
    // Only root changes the root; whoever is not root is so in a user namespace.
    let (name, arguments) = match rustix::process::geteuid().is_root() {
        true => ("chroot", ["--userspec=65532:65532"].as_slice()),
        false => ("unshare", ["--map-root-user", "--root"].as_slice()),
    };
    let mut program = Command::new(name);
    program.args(arguments).arg(root).args(command);
    move_in(root, &kubeconfig);
    let _controller = Controller::spawn(program, Path::new("/kubeconfig"), &[]);
    let web = target("apps", "Deployment", "shop", "web");
    cluster.item_becomes(PRIVILEGED, &web, State::Open).await;
    cluster.apply(&deployment("shop", "web", false)).await;
    cluster.item_is_resolved(PRIVILEGED, &web, "Fixed").await;
}

/// Puts a kubeconfig, and the certificate that it names, where the program finds them and may read them.
fn move_in(root: &Path, kubeconfig: &Path) {
    use std::os::unix::fs::PermissionsExt;
    let text = fs::read_to_string(kubeconfig).expect("it can be read");
    let mut kubeconfig: Value = serde_saphyr::from_str(&text).expect("it is YAML");
    let authority = &mut kubeconfig["clusters"][0]["cluster"]["certificate-authority"];
    let certificate = authority.as_str().expect("it names a certificate").to_owned();
    *authority = "/authority.crt".into();
    fs::copy(certificate, root.join("authority.crt")).expect("it can be copied");
    fs::write(root.join("kubeconfig"), kubeconfig.to_string()).expect("it can be written");
    for (name, mode) in [("", 0o755), ("kubeconfig", 0o644), ("authority.crt", 0o644)] {
        let permissions = fs::Permissions::from_mode(mode);
        fs::set_permissions(root.join(name), permissions).expect("it is ours");
    }
}
