//! What the control plane promises, each promise shown on a real one.

mod access;
mod audit;
mod controllers;
mod deadline;
mod etcd;
mod failures;
mod objects;
mod orphans;
mod server_control;
