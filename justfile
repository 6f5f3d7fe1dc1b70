# Shortcuts; everything works without them, too. `just` lists them.

_default:
    @just --list

# What has to pass before a commit.
check:
    cargo fmt --all --check
    cargo clippy --workspace --all-targets --locked -- -D warnings
    cargo test --workspace --locked

# All tests, or those whose name holds a text.
test *filter:
    cargo test --workspace {{filter}}

# The promises on a real etcd and kube-apiserver.
e2e *filter:
    cargo test --test e2e {{filter}}

# What a real API server answers about thousands of objects, held against the verdicts.
oracle *filter:
    HOLYSTONE_ORACLE=large cargo test --test oracles {{filter}} -- --nocapture

# A control plane, a small shop with defects, and the controller that finds them.
demo *arguments:
    cargo demo {{arguments}}

# Writes what is generated: custom resource definitions, pages of the checks, expected outputs.
generate:
    cargo run --quiet -- crds --out crds
    cargo run --quiet -- crds --markdown docs/reference.md
    cargo run --quiet -- checks --markdown docs/checks
    BLESS=1 cargo test --quiet --test checks --test cli
    BLESS=1 cargo test --quiet --lib the_committed
    BLESS=1 cargo test --quiet --test chart

# The alerts and the dashboard, by the real promtool and Prometheus.
monitoring *filter:
    cargo test --test monitoring {{filter}}

# The chart and the kustomizations, by the real Helm and kustomize.
chart *filter:
    cargo test --test chart {{filter}}

# One manifest of everything, for `kubectl apply --server-side`; needs kubectl.
install-yaml file="target/install.yaml":
    mkdir -p "$(dirname {{file}})"
    kubectl kustomize config/default > {{file}}

# The image, for both architectures, without a daemon.
image *architectures:
    tools/image.sh {{architectures}}

# What a release publishes beside the image.
release: image
    tools/release.sh

# Time and memory of the engine.
bench *arguments:
    cargo bench --bench engine {{arguments}}

# Time and memory of the controller on a real control plane.
bench-cluster *workloads:
    cargo build --profile bench --bin holystone
    cargo run --profile bench --example bench-cluster {{workloads}}

# Looks for inputs that hurt the decoder or a check; needs cargo-fuzz and a nightly toolchain.
fuzz seconds="3600":
    mkdir -p fuzz/corpus/judge
    cargo +nightly fuzz run judge fuzz/corpus/judge tests/checks -- -max_total_time={{seconds}} -max_len=20000 -timeout=20

# Time and memory of `scan`, beside the checkers on the PATH.
bench-scan *workloads:
    cargo build --profile bench --bin holystone
    cargo run --profile bench --example bench-scan {{workloads}}

# Looks for texts that the quick readers read otherwise than the full one; needs cargo-fuzz and a nightly toolchain.
fuzz-readers seconds="3600":
    mkdir -p fuzz/corpus/readers
    cargo +nightly fuzz run readers fuzz/corpus/readers tests/checks -- -max_total_time={{seconds}} -max_len=4000 -timeout=20

# Looks for expressions that hurt; needs cargo-fuzz and a nightly toolchain.
fuzz-cel seconds="3600":
    mkdir -p fuzz/corpus/cel
    cargo +nightly fuzz run cel fuzz/corpus/cel tests/hostile/cel -- -max_total_time={{seconds}} -max_len=4000 -timeout=20

# Looks for policies that hurt; needs cargo-fuzz and a nightly toolchain.
fuzz-policy seconds="3600":
    mkdir -p fuzz/corpus/policy
    cargo +nightly fuzz run policy fuzz/corpus/policy tests/hostile/policies -- -max_total_time={{seconds}} -max_len=20000 -timeout=60

# Licences, sources and banned crates; needs cargo-deny.
deny:
    cargo deny --locked check

# Writes the table of Kubernetes' own schemas, of the version that tests/control-plane/go pins; needs Go.
schema:
    tools/schema.py > src/schema/kubernetes.txt.new
    mv src/schema/kubernetes.txt.new src/schema/kubernetes.txt

# The table of API versions, from one release of each minor version of Kubernetes; needs Go.
api-lifecycle:
    cd tools/api-lifecycle && go run . > ../../src/model/api_lifecycle.txt.new
    mv src/model/api_lifecycle.txt.new src/model/api_lifecycle.txt
