//! The released envtest archive: etcd, kube-apiserver and kubectl, built by the Kubernetes
//! project.

use std::env::consts;
use std::fs::{self, File};
use std::io::{self, BufRead, BufReader};
use std::path::Path;

use ring::digest::{Context, SHA512};

use super::cache::{Cache, publish};
use super::progress::Progress;
use super::{Program, task};

/// The folder of the cache for the unpacked archive.
pub(super) const RELEASE: &str = "envtest-1.36.2";

const LOCATION: &str =
    "https://github.com/kubernetes-sigs/controller-tools/releases/download/envtest-v1.36.2";

struct Archive {
    name: &'static str,
    sha512: &'static str,
}

const DARWIN_AMD64: Archive = Archive {
    name: "envtest-v1.36.2-darwin-amd64.tar.gz",
    sha512: "b4fe9f973cd1992e3880f8b230ed32c0c243b83371591e3e3315f4404df2cdbe\
             f8ee94eeb9bb245b7e5feb987d5c4a76c43e0877654ab73f00d7bbc2b9984514",
};
const DARWIN_ARM64: Archive = Archive {
    name: "envtest-v1.36.2-darwin-arm64.tar.gz",
    sha512: "9278f9e5af556b2f1f2d139769c1f0d717c7b4426917fdebdba898bcb725a916\
             e4910d6160886194ff9be9589ea7c5c32c2b8ae0754703874b7c8ba8ddfc41ce",
};
const LINUX_AMD64: Archive = Archive {
    name: "envtest-v1.36.2-linux-amd64.tar.gz",
    sha512: "ea743186c8a799f5cf8faf16969f86189d003cb7d130e0ac4b58789f1e5748dc\
             f30ebe91c837a10d5ac415383da3e10b9e64d65785c938c23e739781cfb76f08",
};
const LINUX_ARM64: Archive = Archive {
    name: "envtest-v1.36.2-linux-arm64.tar.gz",
    sha512: "2d72ee985a8e262a3c57dc9f7f0fd891f6a8c7bf7ebaa2db6dc6d8eac8ae2818\
             1afe51c1f368b67756cdb40b10de9b205609e1726e5f27f7c6d824dd9c6649ac",
};

pub(super) fn holds(program: Program) -> bool {
    matches!(program, Program::Etcd | Program::KubeApiserver | Program::Kubectl)
}

/// Downloads the archive for this machine, compares it with the pinned hash, and unpacks it into
/// the cache.
pub(super) fn fetch(cache: &Cache, progress: &Progress) -> Result<(), String> {
    let archive = archive(consts::OS, consts::ARCH)?;
    let workshop = cache.workshop().map_err(|error| error.to_string())?;
    let file = workshop.path().join(archive.name);
    progress.say(format_args!("downloading {}", archive.name));
    download(archive, &file, workshop.path(), progress)?;
    verify(&file, archive.sha512)?;
    let unpacked = workshop.path().join("unpacked");
    unpack(&file, &unpacked, workshop.path(), progress)?;
    publish(&unpacked, &cache.folder(RELEASE)).map_err(|error| error.to_string())?;
    progress.say("downloaded, verified and unpacked");
    Ok(())
}

fn archive(system: &str, architecture: &str) -> Result<&'static Archive, String> {
    match (system, architecture) {
        ("linux", "x86_64") => Ok(&LINUX_AMD64),
        ("linux", "aarch64") => Ok(&LINUX_ARM64),
        ("macos", "x86_64") => Ok(&DARWIN_AMD64),
        ("macos", "aarch64") => Ok(&DARWIN_ARM64),
        _ => Err(format!("there is none for {system} on {architecture}")),
    }
}

/// With curl, which every machine has: an HTTP and TLS stack for one download would be the
/// larger part of this crate.
fn download(
    archive: &Archive,
    file: &Path,
    workshop: &Path,
    progress: &Progress,
) -> Result<(), String> {
    let file = file.display().to_string();
    let location = format!("{LOCATION}/{}", archive.name);
    let command = [
        "curl",
        "--fail",
        "--location",
        "--silent",
        "--show-error",
        "--connect-timeout",
        "5",
        // A connection that gives less than 10 kB/s for 20 s is given up.
        "--speed-limit",
        "10000",
        "--speed-time",
        "20",
        "--output",
        &file,
        &location,
    ];
    task::run(command, workshop, "curl", progress)
}

fn verify(file: &Path, expected: &str) -> Result<(), String> {
    let actual = sha512(file).map_err(|error| error.to_string())?;
    if actual == expected {
        return Ok(());
    }
    Err(format!("its SHA-512 is {actual}, not the pinned {expected}"))
}

fn sha512(file: &Path) -> io::Result<String> {
    let mut reader = BufReader::with_capacity(1 << 16, File::open(file)?);
    let mut context = Context::new(&SHA512);
    loop {
        let chunk = reader.fill_buf()?;
        if chunk.is_empty() {
            return Ok(hexadecimal(context.finish().as_ref()));
        }
        context.update(chunk);
        let length = chunk.len();
        reader.consume(length);
    }
}

fn hexadecimal(bytes: &[u8]) -> String {
    let digits = bytes.iter().flat_map(|byte| [byte >> 4, byte & 15]);
    digits.filter_map(|digit| char::from_digit(digit.into(), 16)).collect()
}

fn unpack(file: &Path, target: &Path, workshop: &Path, progress: &Progress) -> Result<(), String> {
    fs::create_dir(target).map_err(|error| error.to_string())?;
    let [file, target] = [file, target].map(|path| path.display().to_string());
    // The programs are in controller-tools/envtest.
    let command = ["tar", "-xzf", &file, "-C", &target, "--strip-components=2"];
    task::run(command, workshop, "tar", progress)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hashes_are_those_of_the_named_archives() {
        for archive in [DARWIN_AMD64, DARWIN_ARM64, LINUX_AMD64, LINUX_ARM64] {
            assert_eq!(archive.sha512.len(), 128);
            assert!(LOCATION.ends_with("envtest-v1.36.2") && archive.name.contains("v1.36.2"));
        }
    }

    #[test]
    fn a_file_with_another_hash_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("archive");
        fs::write(&file, "abc").unwrap();
        let known = "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a\
                     2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f";
        assert_eq!(verify(&file, known), Ok(()));
        assert!(verify(&file, LINUX_AMD64.sha512).unwrap_err().contains(known));
    }
}
