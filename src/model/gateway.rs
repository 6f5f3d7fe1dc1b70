//! The Gateway API.

use compact_str::CompactString;

use super::{List, mirror::mirror};

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
