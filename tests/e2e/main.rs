//! One file per promise, kept on a real etcd and kube-apiserver by the real program.
#![allow(missing_docs, unreachable_pub, reason = "nobody uses these tests as a library")]

mod support;

mod opens_closes_reopens;
