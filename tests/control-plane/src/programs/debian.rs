//! Prometheus and its promtool, from the PATH or from the package of Debian. The package is unpacked
//! into the cache and not installed: that needs no rights, and starts no service.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};

use super::cache::{Cache, publish};
use super::progress::Progress;
use super::task;
use crate::error::Error;

/// The folder of the cache for the unpacked package.
const RELEASE: &str = "prometheus-debian";

/// Where the programs of Prometheus are.
#[derive(Clone, Debug)]
pub struct Prometheus {
    /// The server.
    pub server: PathBuf,
    /// What checks and tests its files.
    pub promtool: PathBuf,
}

impl Prometheus {
    /// Both programs, if a folder has them.
    fn in_folder(folder: &Path) -> Option<Self> {
        let [server, promtool] = ["prometheus", "promtool"].map(|name| folder.join(name));
        (server.is_file() && promtool.is_file()).then_some(Self { server, promtool })
    }
}

/// Finds Prometheus: on the PATH, in the cache, or in the package of Debian, which is downloaded
/// then and told on the standard error. Blocks; several processes may do it at once.
pub fn locate_prometheus() -> Result<Prometheus, Error> {
    let cache = Cache::locate();
    let unpacked = cache.folder(RELEASE).join("usr/bin");
    let at_hand = || {
        let path = env::var_os("PATH").unwrap_or_default();
        env::split_paths(&path).chain([unpacked.clone()]).find_map(|it| Prometheus::in_folder(&it))
    };
    if let Some(found) = at_hand() {
        return Ok(found);
    }
    let progress = Progress::start();
    let _lock = cache.lock(&progress)?;
    // Asked again, because another process may have fetched it while we waited for the lock.
    if let Some(found) = at_hand() {
        return Ok(found);
    }
    let reason = fetch(&cache, &progress).err();
    at_hand().ok_or_else(|| Error::FindPrometheus {
        reason: reason.unwrap_or_else(|| "the package of Debian does not hold it".to_owned()),
    })
}

fn fetch(cache: &Cache, progress: &Progress) -> Result<(), String> {
    let workshop = cache.workshop().map_err(|error| error.to_string())?;
    let folder = workshop.path();
    progress.say("downloading the package prometheus of Debian");
    for place in ["lists/partial", "cache/archives/partial"] {
        fs::create_dir_all(folder.join(place)).map_err(|error| error.to_string())?;
    }
    // Lists of its own: those of the system may be missing, old, or not ours to renew.
    let state = |option: &str, name: &str| format!("{option}={}", folder.join(name).display());
    let apt = [
        "apt-get".to_owned(),
        "-qq".to_owned(),
        "-o".to_owned(),
        state("Dir::State::Lists", "lists"),
        "-o".to_owned(),
        state("Dir::Cache", "cache"),
        "-o".to_owned(),
        "APT::Sandbox::User=".to_owned(),
    ];
    let apt = |words: &[&str]| {
        let words = words.iter().map(|word| (*word).to_owned());
        let command: Vec<_> = apt.iter().cloned().chain(words).collect();
        task::run(in_folder(folder, command), folder, "apt-get", progress)
    };
    apt(&["update"])?;
    apt(&["download", "prometheus"])?;
    let package = package(folder).ok_or("apt-get has left no package")?;
    let unpacked = folder.join("unpacked");
    let command = ["dpkg-deb", "-x", &package, &unpacked.display().to_string()].map(str::to_owned);
    task::run(command, folder, "dpkg-deb", progress)?;
    publish(&unpacked, &cache.folder(RELEASE)).map_err(|error| error.to_string())?;
    progress.say("downloaded and unpacked");
    Ok(())
}

/// `apt-get download` writes into the folder that it runs in.
fn in_folder(folder: &Path, command: Vec<String>) -> Vec<String> {
    let folder = folder.display().to_string();
    ["env".to_owned(), format!("--chdir={folder}")].into_iter().chain(command).collect()
}

fn package(folder: &Path) -> Option<String> {
    let files = fs::read_dir(folder).ok()?;
    let mut files = files.filter_map(|file| Some(file.ok()?.path()));
    let package = files.find(|file| file.extension().is_some_and(|end| end == "deb"))?;
    Some(package.display().to_string())
}
