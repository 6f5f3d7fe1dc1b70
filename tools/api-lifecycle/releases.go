package main

// A release of Kubernetes: its minor version, and the versions of the modules that hold its API types.
type release struct {
	minor   int
	version string
	// Modules that are read; all of them unless told otherwise.
	modules []string
}

const (
	api        = "k8s.io/api"
	extensions = "k8s.io/apiextensions-apiserver"
	aggregator = "k8s.io/kube-aggregator"
)

// One release of each minor version, oldest first, without a gap: what a release lacks that the one
// before had was removed in it. A type of the newest release says of itself how long it lives.
//
// Before 1.15 the modules had no versions; those two are the tags kubernetes-1.13.1 and -1.14.1.
var releases = []release{
	{13, "v0.0.0-20181213150558-05914d821849", []string{api}},
	{14, "v0.0.0-20190409021203-6e4e0e4f393b", []string{api}},
	{15, "v0.15.12", nil},
	{16, "v0.16.15", nil},
	{17, "v0.17.17", nil},
	{18, "v0.18.19", nil},
	{19, "v0.19.16", nil},
	{20, "v0.20.15", nil},
	{21, "v0.21.14", nil},
	{22, "v0.22.17", nil},
	{23, "v0.23.17", nil},
	{24, "v0.24.17", nil},
	{25, "v0.25.16", nil},
	{26, "v0.26.15", nil},
	{27, "v0.27.16", nil},
	{28, "v0.28.15", nil},
	{29, "v0.29.15", nil},
	{30, "v0.30.14", nil},
	{31, "v0.31.10", nil},
	{32, "v0.32.13", nil},
	{33, "v0.33.13", nil},
	{34, "v0.34.13", nil},
	{35, "v0.35.10", nil},
	{36, "v0.36.6", nil},
	{37, "v0.37.2", nil},
}

// Types that outlived their API and say nothing of it, or too late: the release since which the OpenAPI
// description in kubernetes/kubernetes (api/openapi-spec/swagger.json) lacks them.
var stoppedEarlier = map[gvk]int{
	{"networking.k8s.io", "v1alpha1", "IPAddress"}:                  31,
	{"networking.k8s.io", "v1alpha1", "ServiceCIDR"}:                31,
	{"node.k8s.io", "v1alpha1", "RuntimeClass"}:                     24,
	{"rbac.authorization.k8s.io", "v1alpha1", "ClusterRole"}:        23,
	{"rbac.authorization.k8s.io", "v1alpha1", "ClusterRoleBinding"}: 23,
	{"rbac.authorization.k8s.io", "v1alpha1", "Role"}:               23,
	{"rbac.authorization.k8s.io", "v1alpha1", "RoleBinding"}:        23,
	{"scheduling.k8s.io", "v1alpha1", "PriorityClass"}:              23,
	{"storage.k8s.io", "v1alpha1", "VolumeAttachment"}:              23,
}
