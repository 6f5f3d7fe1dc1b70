//! One file per promise, kept on a real etcd and kube-apiserver by the real program.
//!
//! The tests mostly wait: `RUST_TEST_THREADS=4` halves their time even on two cores. With
//! `HOLYSTONE_KEEP=1` the control planes and the logs of the controllers are kept for a look.
#![allow(missing_docs, unreachable_pub, reason = "nobody uses these tests as a library")]

mod support;

mod a_cluster_is_scanned;
mod a_dry_run_writes_nothing;
mod access_is_told_of_a_cluster;
mod api_server_failures_close_nothing;
mod audit_on_demand;
mod broken_custom_check_is_rejected_alone;
mod compliance_is_not_told_too_early;
mod crash_between_post_and_status_heals;
mod custom_checks_look_up_others;
mod custom_checks_open_and_close;
mod dear_checks_slow_no_other_policy;
mod decisions_accept_findings;
mod definitions_come_late;
mod definitions_on_the_server;
mod deleted_policy_gives_up_its_items;
mod deposed_leader_writes_nothing;
mod events_tell_what_happens;
mod exemptions_accept_findings;
mod findings_are_on_the_owner;
mod findings_fall_due;
mod fixed_manifests_are_accepted;
mod forbidden_kind_degrades_alone;
mod foreign_object_is_replaced;
mod git_first_item_is_adopted;
mod git_keeps_its_items;
mod gitops_tools_understand_us;
mod invalid_policies_are_told;
mod live_set_equals_scan;
mod metrics_and_health;
mod names_of_any_shape;
mod namespace_deletion_ends_quietly;
mod namespace_label_moves_the_scope;
mod narrowed_policy_keeps_history;
mod nothing_is_written_at_rest;
mod older_definitions_are_told;
mod one_replica_writes;
mod opens_closes_reopens;
mod owners_are_named;
mod policy_definition_deleted_closes_nothing;
mod replicas_and_rollouts_are_one_item;
mod resolved_items_are_not_kept_for_ever;
mod restart_writes_nothing;
mod rights_of_the_chart_are_enough;
mod scheduled_audit_repairs;
mod scripts_wait_and_select;
mod secrets_stay_secret;
mod sources_are_told;
mod suspended_policy_keeps_items;
mod tampering_is_repaired;
mod target_deleted_and_recreated;
mod tenants_keep_to_their_own;
mod the_image_runs;
mod too_many_findings_are_cut;
mod triage_meets_the_controller;
mod two_policies_share_an_item;
mod undecodable_objects_spoil_nothing_else;
mod verbs_ask_for_audits;
mod verbs_decide;
mod verbs_tell_of_items;
