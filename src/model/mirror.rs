//! Declares lean mirrors of API types.

/// Declares types named and meant as in the Kubernetes API; every field may be absent or `null`.
macro_rules! mirror {
    ($($(#[$meta:meta])* pub struct $name:ident { $($(#[$field_meta:meta])* pub $field:ident: $type:ty,)* })*) => {$(
        $(#[$meta])*
        #[derive(Clone, Debug, Default, PartialEq, Eq, Hash, serde::Deserialize)]
        #[serde(default, rename_all = "camelCase")]
        pub struct $name {
            $($(#[$field_meta])* #[allow(missing_docs, reason = "named and meant as in the Kubernetes API")] pub $field: $type,)*
        }
    )*};
}
pub(super) use mirror;
