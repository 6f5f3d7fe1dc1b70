//! The Gateway API.

use compact_str::CompactString;

use super::{Kind, List, ObjectKey, mirror::mirror};

mirror! {
    /// What is read of an `HTTPRoute`, `GRPCRoute` or `TCPRoute`.
    pub struct Route {
        pub parent_refs: List<ParentReference>,
        pub hostnames: List<CompactString>,
        pub rules: List<RouteRule>,
    }

    /// The Gateway that a route is attached to.
    pub struct ParentReference {
        pub group: Option<CompactString>,
        pub kind: Option<CompactString>,
        pub namespace: Option<CompactString>,
        pub name: CompactString,
    }

    /// One rule of a route.
    pub struct RouteRule {
        pub backend_refs: List<BackendReference>,
    }

    /// Where traffic is sent.
    pub struct BackendReference {
        /// Absent is the core group.
        pub group: Option<CompactString>,
        /// Absent is `Service`.
        pub kind: Option<CompactString>,
        /// Absent is the namespace of the route.
        pub namespace: Option<CompactString>,
        pub name: CompactString,
        pub port: Option<i32>,
    }

    /// What is read of a Gateway.
    pub struct Gateway {
        pub gateway_class_name: CompactString,
        pub listeners: List<Listener>,
    }

    /// One listener of a Gateway.
    pub struct Listener {
        pub name: CompactString,
        pub hostname: Option<CompactString>,
        pub protocol: CompactString,
        pub tls: Option<ListenerTls>,
    }

    /// How a listener ends TLS.
    pub struct ListenerTls {
        pub certificate_refs: List<ObjectReference>,
    }

    /// An object of another namespace perhaps.
    pub struct ObjectReference {
        pub group: Option<CompactString>,
        pub kind: Option<CompactString>,
        pub namespace: Option<CompactString>,
        pub name: CompactString,
    }

    /// What is read of a `ReferenceGrant`: who may refer to what in its namespace.
    pub struct ReferenceGrant {
        pub from: List<GrantedFrom>,
        pub to: List<GrantedTo>,
    }

    /// Who may refer.
    pub struct GrantedFrom {
        pub group: CompactString,
        pub kind: CompactString,
        pub namespace: CompactString,
    }

    /// What may be referred to.
    pub struct GrantedTo {
        pub group: CompactString,
        pub kind: CompactString,
        /// Absent is every object of the kind.
        pub name: Option<CompactString>,
    }
}

/// The API group of routes and Gateways.
const GROUP: &str = "gateway.networking.k8s.io";

impl Route {
    /// Where it sends traffic, with the index of the rule and that in the rule.
    pub fn backends(&self) -> impl Iterator<Item = ((usize, usize), &BackendReference)> {
        self.rules.iter().enumerate().flat_map(|(rule, content)| {
            let backends = content.backend_refs.iter().enumerate();
            backends.map(move |(index, backend)| ((rule, index), backend))
        })
    }

    /// Whether it is attached to a Gateway, rather than to a Service of a mesh.
    #[must_use]
    pub fn has_gateway(&self) -> bool {
        self.parent_refs.iter().any(|parent| {
            parent.group.as_deref().unwrap_or(GROUP) == GROUP
                && parent.kind.as_deref().unwrap_or("Gateway") == "Gateway"
        })
    }
}

impl BackendReference {
    /// Whether it is a Service.
    #[must_use]
    pub fn is_service(&self) -> bool {
        let is_core = self.group.as_deref().unwrap_or_default().is_empty();
        is_core && self.kind.as_deref().unwrap_or("Service") == "Service"
    }

    /// The namespace of the backend, for a route of a namespace.
    #[must_use]
    pub fn namespace_or<'a>(&'a self, own: &'a str) -> &'a str {
        self.namespace.as_deref().unwrap_or(own)
    }
}

impl ReferenceGrant {
    /// Whether it lets a route lead to a Service of its own namespace.
    #[must_use]
    pub fn allows(&self, route: &ObjectKey, service: &str) -> bool {
        let from = self.from.iter().any(|from| {
            from.group == GROUP
                && Kind::find(&from.group, &from.kind) == Some(route.kind)
                && from.namespace == *route.namespace
        });
        let to = self.to.iter().any(|to| {
            let named = to.name.as_deref().filter(|name| !name.is_empty());
            to.group.is_empty() && to.kind == "Service" && named.is_none_or(|name| name == service)
        });
        from && to
    }
}
