//! What extends the API server: webhooks, aggregated APIs and custom resources.

use compact_str::CompactString;

use super::{LabelSelector, List, mirror::mirror};

mirror! {
    /// What is read of a `ValidatingWebhookConfiguration` or a mutating one.
    pub struct WebhookConfiguration {
        pub webhooks: List<Webhook>,
    }

    /// One admission webhook.
    pub struct Webhook {
        pub name: CompactString,
        pub client_config: ClientConfig,
        /// Defaulted to `Fail`.
        pub failure_policy: CompactString,
        pub rules: List<WebhookRule>,
        pub namespace_selector: Option<LabelSelector>,
        pub object_selector: Option<LabelSelector>,
        /// In seconds; defaulted to 10.
        pub timeout_seconds: Option<i32>,
        pub match_conditions: List<MatchCondition>,
    }

    /// What a webhook is asked about.
    pub struct WebhookRule {
        pub api_groups: List<CompactString>,
        pub api_versions: List<CompactString>,
        pub operations: List<CompactString>,
        pub resources: List<CompactString>,
        /// `Cluster`, `Namespaced`, or defaulted to `*`.
        pub scope: CompactString,
    }

    /// A condition under which a webhook is asked.
    pub struct MatchCondition {
        pub name: CompactString,
    }

    /// How a webhook is reached.
    pub struct ClientConfig {
        pub url: Option<CompactString>,
        pub service: Option<ServiceReference>,
    }

    /// A Service that the API server calls.
    pub struct ServiceReference {
        pub namespace: CompactString,
        pub name: CompactString,
        /// Defaulted to 443.
        pub port: Option<i32>,
    }

    /// What is read of an `APIService`.
    pub struct ApiService {
        pub group: CompactString,
        pub version: CompactString,
        /// Absent for what the API server serves itself.
        pub service: Option<ServiceReference>,
    }

    /// What is read of a `CustomResourceDefinition`.
    pub struct CustomResourceDefinition {
        pub group: CompactString,
        pub names: ResourceNames,
        pub versions: List<ResourceVersion>,
        pub conversion: Option<Conversion>,
    }

    /// How objects of a definition are called.
    pub struct ResourceNames {
        pub kind: CompactString,
        pub plural: CompactString,
    }

    /// One version of a definition.
    pub struct ResourceVersion {
        pub name: CompactString,
        pub served: bool,
        pub storage: bool,
        pub deprecated: bool,
    }

    /// How objects are converted between versions.
    pub struct Conversion {
        pub webhook: Option<ConversionWebhook>,
    }

    /// The webhook that converts.
    pub struct ConversionWebhook {
        pub client_config: Option<ClientConfig>,
    }
}
