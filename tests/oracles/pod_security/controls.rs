//! The controls of the Pod Security Standards: what the server calls them, and which checks stand
//! for them.

use std::collections::BTreeSet;

/// How the server calls a control, the control, and its checks.
pub const CONTROLS: [(&str, &str, &[&str]); 19] = [
    (
        "allowPrivilegeEscalation != false",
        "allowPrivilegeEscalation",
        &["privilege-escalation-allowed"],
    ),
    ("forbidden AppArmor profile", "appArmorProfile", &["apparmor-profile-forbidden"]),
    ("non-default capabilities", "capabilities_baseline", &["capability-added-beyond-default"]),
    ("unrestricted capabilities", "capabilities_restricted", &["capabilities-restricted-profile"]),
    ("host namespaces", "hostNamespaces", &["host-network", "host-pid", "host-ipc"]),
    ("hostPath volumes", "hostPathVolumes", &["host-path-volume"]),
    ("hostPort", "hostPorts", &["host-port"]),
    ("probe or lifecycle host", "hostProbesAndHostLifecycle", &["probe-or-hook-host-set"]),
    ("privileged", "privileged", &["privileged-container"]),
    ("procMount", "procMount", &["proc-mount-unmasked"]),
    ("procMount", "procMount_restricted", &["proc-mount-unmasked"]),
    ("restricted volume types", "restrictedVolumes", &["volume-type-restricted"]),
    ("runAsNonRoot != true", "runAsNonRoot", &["run-as-non-root-not-enforced"]),
    ("runAsUser=0", "runAsUser", &["run-as-user-root"]),
    ("seLinuxOptions", "seLinuxOptions", &["selinux-options-forbidden"]),
    ("seccompProfile", "seccompProfile_baseline", &["seccomp-unconfined"]),
    ("seccompProfile", "seccompProfile_restricted", &["seccomp-profile-missing"]),
    ("forbidden sysctls", "sysctls", &["sysctl-unsafe"]),
    ("hostProcess", "windowsHostProcess", &["windows-host-process"]),
];

/// Whether a level has a control at a version, where that is in doubt: restricted controls replace
/// some of the baseline ones, and two of them under the same name.
fn applies(control: &str, level: &str, minor: u16) -> bool {
    match (level, control) {
        ("restricted", "capabilities_baseline") => minor < 22,
        ("restricted", "procMount") => minor < 35,
        ("restricted", "procMount_restricted") => minor >= 35,
        ("restricted", "seccompProfile_baseline") => minor < 19,
        ("restricted", "seccompProfile_restricted") => minor >= 19,
        ("restricted", "hostPathVolumes")
        | ("baseline", "procMount_restricted" | "seccompProfile_restricted") => false,
        _ => true,
    }
}

/// The controls that a failing check stands for.
pub fn of_check(check: &str, level: &str, minor: u16) -> impl Iterator<Item = &'static str> {
    let controls = CONTROLS.iter().filter(move |(_, _, checks)| checks.contains(&check));
    controls.map(|(_, control, _)| *control).filter(move |control| applies(control, level, minor))
}

/// The controls that a message names: a list of phrases, each with details in parentheses.
pub fn named(message: &str, level: &str, minor: u16) -> BTreeSet<&'static str> {
    let control = |phrase: &str| {
        let phrase = phrase.trim().trim_end_matches('s');
        let mut controls = CONTROLS.iter().filter(|(_, control, _)| applies(control, level, minor));
        let found = controls.find(|(name, _, _)| name.trim_end_matches('s') == phrase);
        let (_, control, _) = found
            .unwrap_or_else(|| panic!("no control of {level} 1.{minor} is `{phrase}`: {message}"));
        *control
    };
    without_details(message).split(',').map(control).collect()
}

fn without_details(message: &str) -> String {
    let mut depth = 0;
    let is_outside = |c: &char| {
        depth += i32::from(*c == '(');
        let outside = depth == 0;
        depth -= i32::from(*c == ')');
        outside
    };
    message.chars().filter(is_outside).collect()
}
