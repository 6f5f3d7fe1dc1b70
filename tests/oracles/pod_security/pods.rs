//! Pods of many kinds: a few plain ones, each with some of the fields changed that the Pod Security
//! Standards read.

use serde_json::{Value, json};

use crate::random::Random;

/// A field, and values of it, in JSON.
type Field = (&'static str, &'static [&'static str]);

const BOOLS: &[&str] = &["true", "false", "null"];
const USERS: &[&str] = &["0", "10001", "null"];
const SECCOMP: &[&str] = &[
    r#"{"type": "RuntimeDefault"}"#,
    r#"{"type": "Localhost", "localhostProfile": "profiles/app.json"}"#,
    r#"{"type": "Unconfined"}"#,
    "null",
];
const APP_ARMOR: &[&str] = &[
    r#"{"type": "RuntimeDefault"}"#,
    r#"{"type": "Localhost", "localhostProfile": "app"}"#,
    r#"{"type": "Unconfined"}"#,
    "null",
];
const SE_LINUX: &[&str] = &[
    r#"{"type": "container_t"}"#,
    r#"{"type": "container_init_t", "level": "s0:c1,c2"}"#,
    r#"{"type": "container_kvm_t"}"#,
    r#"{"type": "container_engine_t"}"#,
    r#"{"type": "Container_t"}"#,
    r#"{"type": "spc_t"}"#,
    r#"{"type": "", "user": "", "role": "", "level": "s0"}"#,
    r#"{"user": "system_u"}"#,
    r#"{"role": "system_r"}"#,
    r#"{"type": "container_t", "user": "system_u", "role": "system_r"}"#,
    "{}",
    "null",
];
const WINDOWS: &[&str] = &[
    r#"{"hostProcess": true}"#,
    r#"{"hostProcess": false}"#,
    r#"{"runAsUserName": "ContainerAdministrator"}"#,
    "{}",
    "null",
];

/// Fields of a pod.
const POD: &[Field] = &[
    ("spec/hostNetwork", BOOLS),
    ("spec/hostPID", BOOLS),
    ("spec/hostIPC", BOOLS),
    ("spec/hostUsers", BOOLS),
    ("spec/os", &[r#"{"name": "linux"}"#, r#"{"name": "windows"}"#, "null"]),
    ("spec/securityContext", &["{}", "null"]),
    ("spec/securityContext/runAsNonRoot", BOOLS),
    ("spec/securityContext/runAsUser", USERS),
    ("spec/securityContext/seccompProfile", SECCOMP),
    ("spec/securityContext/appArmorProfile", APP_ARMOR),
    ("spec/securityContext/seLinuxOptions", SE_LINUX),
    ("spec/securityContext/windowsOptions", WINDOWS),
    ("spec/securityContext/sysctls", SYSCTLS),
    ("spec/volumes", HOST_PATHS),
    ("spec/volumes", VOLUMES),
    ("metadata/annotations", ANNOTATIONS),
];

const SYSCTLS: &[&str] = &[
    r#"[{"name": "kernel.shm_rmid_forced", "value": "1"}]"#,
    r#"[{"name": "net.ipv4.ip_local_port_range", "value": "1024 65535"}]"#,
    r#"[{"name": "net.ipv4.tcp_syncookies", "value": "1"}]"#,
    r#"[{"name": "net.ipv4.ping_group_range", "value": "0 1"}]"#,
    r#"[{"name": "net.ipv4.ip_unprivileged_port_start", "value": "0"}]"#,
    r#"[{"name": "net/ipv4/ip_unprivileged_port_start", "value": "0"}]"#,
    r#"[{"name": "net.ipv4.ip_local_reserved_ports", "value": "80"}]"#,
    r#"[{"name": "net.ipv4.tcp_keepalive_time", "value": "1"}]"#,
    r#"[{"name": "net.ipv4.tcp_fin_timeout", "value": "1"},
        {"name": "net.ipv4.tcp_keepalive_intvl", "value": "1"}]"#,
    r#"[{"name": "net.ipv4.tcp_keepalive_probes", "value": "1"}]"#,
    r#"[{"name": "net.ipv4.tcp_rmem", "value": "1"}, {"name": "net.ipv4.tcp_wmem", "value": "1"}]"#,
    r#"[{"name": "net.ipv4.tcp_slow_start_after_idle", "value": "1"}]"#,
    r#"[{"name": "net.ipv4.tcp_notsent_lowat", "value": "1"}]"#,
    r#"[{"name": "net.ipv4.tcp_syncookies", "value": "1"}, {"name": "kernel.msgmax", "value": "1"}]"#,
    r#"[{"name": "net.core.somaxconn", "value": "1"}]"#,
    "[]",
    "null",
];

const HOST_PATHS: &[&str] = &[
    r#"[{"name": "a", "hostPath": null}]"#,
    r#"[{"name": "a", "hostPath": {"path": "/", "type": "Directory"}}]"#,
    r#"[{"name": "a", "emptyDir": {}}, {"name": "b", "hostPath": {"path": "/var/log"}}]"#,
];

const VOLUMES: &[&str] = &[
    r#"[{"name": "a"}]"#,
    r#"[{"name": "a", "configMap": {"name": "a"}}, {"name": "b", "secret": {"secretName": "b"}}]"#,
    r#"[{"name": "a", "downwardAPI": {"items": []}}, {"name": "b", "projected": {"sources": []}}]"#,
    r#"[{"name": "a", "persistentVolumeClaim": {"claimName": "a"}}]"#,
    r#"[{"name": "a", "csi": {"driver": "csi.example.com"}}]"#,
    r#"[{"name": "a", "ephemeral": {"volumeClaimTemplate": {"spec": {"accessModes":
        ["ReadWriteOnce"], "resources": {"requests": {"storage": "1Gi"}}}}}}]"#,
    r#"[{"name": "a", "image": {"reference": "registry.example.com/a:1"}}]"#,
    r#"[{"name": "a", "gcePersistentDisk": {"pdName": "a"}}]"#,
    r#"[{"name": "a", "awsElasticBlockStore": {"volumeID": "a"}}]"#,
    r#"[{"name": "a", "gitRepo": {"repository": "https://git.example.com/a"}}]"#,
    r#"[{"name": "a", "nfs": {"server": "nfs.example.com", "path": "/a"}}]"#,
    r#"[{"name": "a", "iscsi": {"targetPortal": "10.0.0.1", "iqn": "iqn.2000-01.com.example:a",
        "lun": 0}}]"#,
    r#"[{"name": "a", "glusterfs": {"endpoints": "a", "path": "a"}}]"#,
    r#"[{"name": "a", "rbd": {"monitors": ["10.0.0.1"], "image": "a"}}]"#,
    r#"[{"name": "a", "flexVolume": {"driver": "example.com/a"}}]"#,
    r#"[{"name": "a", "cinder": {"volumeID": "a"}}]"#,
    r#"[{"name": "a", "cephfs": {"monitors": ["10.0.0.1"]}}]"#,
    r#"[{"name": "a", "flocker": {"datasetName": "a"}}]"#,
    r#"[{"name": "a", "fc": {"targetWWNs": ["a"], "lun": 0}}]"#,
    r#"[{"name": "a", "azureFile": {"secretName": "a", "shareName": "a"}}]"#,
    r#"[{"name": "a", "azureDisk": {"diskName": "a", "diskURI": "https://blob/a"}}]"#,
    r#"[{"name": "a", "vsphereVolume": {"volumePath": "a"}}]"#,
    r#"[{"name": "a", "quobyte": {"registry": "a:1", "volume": "a"}}]"#,
    r#"[{"name": "a", "portworxVolume": {"volumeID": "a"}}]"#,
    r#"[{"name": "a", "photonPersistentDisk": {"pdID": "a"}}]"#,
    r#"[{"name": "a", "scaleIO": {"gateway": "a", "system": "a", "volumeName": "a",
        "secretRef": {"name": "a"}}}]"#,
    r#"[{"name": "a", "storageos": {"volumeName": "a"}}]"#,
    "[]",
    "null",
];

const ANNOTATIONS: &[&str] = &[
    r#"{"container.apparmor.security.beta.kubernetes.io/app": "unconfined"}"#,
    r#"{"container.apparmor.security.beta.kubernetes.io/app": "runtime/default"}"#,
    r#"{"container.apparmor.security.beta.kubernetes.io/app": "localhost/app"}"#,
    r#"{"container.apparmor.security.beta.kubernetes.io/app": ""}"#,
    r#"{"container.apparmor.security.beta.kubernetes.io/init": "unconfined"}"#,
    r#"{"seccomp.security.alpha.kubernetes.io/pod": "unconfined"}"#,
    r#"{"seccomp.security.alpha.kubernetes.io/pod": "runtime/default"}"#,
    r#"{"seccomp.security.alpha.kubernetes.io/pod": ""}"#,
    r#"{"container.seccomp.security.alpha.kubernetes.io/app": "unconfined"}"#,
    r#"{"container.seccomp.security.alpha.kubernetes.io/app": "docker/default"}"#,
    r#"{"container.seccomp.security.alpha.kubernetes.io/app": "localhost/app.json"}"#,
    r#"{"container.seccomp.security.alpha.kubernetes.io/gone": "unconfined"}"#,
    "null",
];

/// Fields of the security context of a container.
const CONTAINER_SECURITY: &[Field] = &[
    ("securityContext", &["{}", "null", r#"{"privileged": true}"#]),
    ("securityContext/privileged", BOOLS),
    ("securityContext/allowPrivilegeEscalation", BOOLS),
    ("securityContext/runAsNonRoot", BOOLS),
    ("securityContext/runAsUser", USERS),
    ("securityContext/seccompProfile", SECCOMP),
    ("securityContext/appArmorProfile", APP_ARMOR),
    ("securityContext/seLinuxOptions", SE_LINUX),
    ("securityContext/windowsOptions", WINDOWS),
    ("securityContext/procMount", &[r#""Unmasked""#, r#""Default""#]),
    ("securityContext/capabilities", &["{}", "null"]),
    ("securityContext/capabilities/add", ADDED),
    ("securityContext/capabilities/drop", DROPPED),
];

const ADDED: &[&str] = &[
    r#"["NET_BIND_SERVICE"]"#,
    r#"["net_bind_service"]"#,
    r#"["CAP_NET_BIND_SERVICE"]"#,
    r#"["AUDIT_WRITE", "CHOWN", "DAC_OVERRIDE", "FOWNER", "FSETID", "KILL", "MKNOD"]"#,
    r#"["SETFCAP", "SETGID", "SETPCAP", "SETUID", "SYS_CHROOT"]"#,
    r#"["chown"]"#,
    r#"["CAP_CHOWN"]"#,
    r#"["SYS_ADMIN"]"#,
    r#"["NET_BIND_SERVICE", "NET_RAW"]"#,
    r#"["ALL"]"#,
    r#"["all"]"#,
    r#"[""]"#,
    "[]",
    "null",
];

const DROPPED: &[&str] = &[
    r#"["ALL"]"#,
    r#"["NET_RAW", "ALL"]"#,
    r#"["all"]"#,
    r#"["All"]"#,
    r#"["CAP_ALL"]"#,
    r#"["NET_RAW"]"#,
    "[]",
    "null",
];

/// Other fields of a container.
const CONTAINER: &[Field] = &[
    ("ports", PORTS),
    ("livenessProbe", PROBES),
    ("readinessProbe", PROBES),
    ("startupProbe", PROBES),
    ("lifecycle/postStart", HOOKS),
    ("lifecycle/preStop", HOOKS),
];

const PORTS: &[&str] = &[
    r#"[{"containerPort": 80}]"#,
    r#"[{"containerPort": 80, "hostPort": 80}]"#,
    r#"[{"containerPort": 80, "hostPort": 0}]"#,
    r#"[{"containerPort": 53, "hostPort": 53, "protocol": "UDP", "hostIP": "127.0.0.1"}]"#,
    r#"[{"name": "a", "containerPort": 80}, {"name": "b", "containerPort": 81, "hostPort": 81}]"#,
    "null",
];

const PROBES: &[&str] = &[
    r#"{"httpGet": {"port": 80}}"#,
    r#"{"httpGet": {"port": 80, "host": ""}}"#,
    r#"{"httpGet": {"port": 80, "host": "127.0.0.1"}}"#,
    r#"{"httpGet": {"port": "http", "host": "example.com"}}"#,
    r#"{"tcpSocket": {"port": 80}}"#,
    r#"{"tcpSocket": {"port": 80, "host": "localhost"}}"#,
    r#"{"exec": {"command": ["true"]}}"#,
    r#"{"grpc": {"port": 80}}"#,
    "null",
];

const HOOKS: &[&str] = &[
    r#"{"httpGet": {"port": 80}}"#,
    r#"{"httpGet": {"port": 80, "host": "example.com"}}"#,
    r#"{"tcpSocket": {"port": 80, "host": "10.0.0.1"}}"#,
    r#"{"exec": {"command": ["true"]}}"#,
    r#"{"sleep": {"seconds": 1}}"#,
    "null",
];

/// A pod to begin with.
#[derive(Clone, Copy)]
pub enum Start {
    /// It says nothing.
    Plain,
    /// It meets the restricted standard.
    Clean,
    /// The same, in a user namespace of its own.
    OwnUsers,
    /// It runs on Windows, and says no more than that it is not root.
    Windows,
    /// It runs as a process of a Windows node.
    HostProcess,
}

impl Start {
    /// Its `metadata` and `spec`.
    pub fn pod(self) -> Value {
        let spec = match self {
            Self::Plain => json!({}),
            Self::Clean => json!({ "securityContext": clean_pod() }),
            Self::OwnUsers => json!({ "hostUsers": false, "securityContext": clean_pod() }),
            Self::Windows => {
                json!({ "os": { "name": "windows" }, "securityContext": { "runAsNonRoot": true } })
            }
            Self::HostProcess => json!({
                "hostNetwork": true,
                "securityContext": { "windowsOptions": { "hostProcess": true } },
            }),
        };
        let mut pod = json!({ "metadata": {}, "spec": spec });
        pod["spec"]["containers"] = json!([self.container("app")]);
        pod
    }

    fn container(self, name: &str) -> Value {
        let mut container = json!({ "name": name, "image": "registry.example.com/app:1" });
        if matches!(self, Self::Clean | Self::OwnUsers) {
            container["securityContext"] = json!({
                "allowPrivilegeEscalation": false,
                "capabilities": { "drop": ["ALL"] },
            });
        }
        container
    }

    fn any(random: &mut Random) -> Self {
        match random.below(20) {
            0..2 => Self::Plain,
            2..7 => Self::OwnUsers,
            7..9 => Self::Windows,
            9 => Self::HostProcess,
            _ => Self::Clean,
        }
    }
}

fn clean_pod() -> Value {
    json!({ "runAsNonRoot": true, "seccompProfile": { "type": "RuntimeDefault" } })
}

/// `metadata` and `spec` of a pod.
pub fn any_pod(random: &mut Random) -> Value {
    let start = Start::any(random);
    let mut pod = start.pod();
    if random.one_in(4) {
        pod["spec"]["initContainers"] = json!([start.container("init")]);
    }
    if random.one_in(4) {
        let mut sidecar = start.container("sidecar");
        sidecar["restartPolicy"] = "Always".into();
        pod["spec"]["initContainers"] = json!([sidecar]);
    }
    if random.one_in(4) {
        pod["spec"]["containers"] = json!([start.container("app"), start.container("log")]);
    }
    for _ in 0..changes(random) {
        match random.below(5) {
            0 | 1 => change(&mut pod, POD, random),
            2 => change(any_container(&mut pod, random), CONTAINER, random),
            _ => change(any_container(&mut pod, random), CONTAINER_SECURITY, random),
        }
    }
    pod
}

/// An ephemeral container.
pub fn any_ephemeral_container(random: &mut Random) -> Value {
    let start = if random.one_in(5) { Start::Plain } else { Start::Clean };
    let mut container = start.container("debug");
    for _ in 0..changes(random) {
        change(&mut container, CONTAINER_SECURITY, random);
    }
    container
}

/// How many fields to change.
fn changes(random: &mut Random) -> usize {
    random.choose(&[0, 1, 1, 1, 2, 2, 3])
}

fn any_container<'a>(pod: &'a mut Value, random: &mut Random) -> &'a mut Value {
    let lists = pod["spec"].as_object_mut().expect("it is a pod").iter_mut();
    let lists = lists.filter(|(name, _)| matches!(name.as_str(), "containers" | "initContainers"));
    let mut containers: Vec<_> =
        lists.filter_map(|(_, list)| list.as_array_mut()).flatten().collect();
    let chosen = random.below(containers.len());
    containers.swap_remove(chosen)
}

fn change(value: &mut Value, fields: &[Field], random: &mut Random) {
    let (path, values) = random.choose(fields);
    let field = path.split('/').fold(value, |value, name| &mut value[name]);
    *field = serde_json::from_str(random.choose(values)).expect("the value is JSON");
}
